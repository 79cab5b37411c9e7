"""`meg parse`: read invoices without storing anything (CONTRACT §3).

One JSON object a file with `--json`, a short summary otherwise, in the order the files were named
and as soon as each is read. PDFs and large files are read in guarded child processes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from domain.invoice import DocumentKind, ReadFailure, Reading
from domain.money import plain
from domain.records import Record, reading_record
from ingest.detect import FileType, file_type
from ingest.files import load_file
from ingest.reader import read

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ingest.examine import Examination
    from ingest.isolation import ExaminerPool

EXIT_FINDINGS: Final = 1
_GUARDED: Final = frozenset({FileType.PDF, FileType.IMAGE, FileType.CMS})
_AHEAD: Final = 8
_SMALL: Final = 4 << 20
"""An XML up to this size cannot cost more memory or time than a command may take."""


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line (CONTRACT §3).")
def parse(files: tuple[str, ...], *, as_json: bool) -> None:
    """Read invoices without storing anything.

    Factur-X, ZUGFeRD, CII, UBL, plain PDF, scans (PDF or image). Exit code 1 when a file
    could not be read.
    """
    findings = False
    for started in _in_order(files):
        reading = started.reading()
        findings = findings or not reading.readable
        if as_json:
            _print({"file": started.name, "sha256": started.digest, **reading_record(reading)})
        else:
            click.echo("\n".join(_summary(started.name, reading)))
    if findings:
        sys.exit(EXIT_FINDINGS)  # not ctx.exit: its code is lost outside standalone mode


@dataclass(frozen=True, slots=True)
class _Started:
    """A file whose reading is done or under way."""

    name: str
    digest: str | None
    outcome: Reading | Future[Examination]

    @property
    def is_done(self) -> bool:
        return isinstance(self.outcome, Reading) or self.outcome.done()

    def reading(self) -> Reading:
        if isinstance(self.outcome, Reading):
            return self.outcome
        return self.outcome.result().reading


def _in_order(names: tuple[str, ...]) -> Iterator[_Started]:
    """Start reading ahead, hand over in the order of the names."""
    with ExitStack() as stack:
        start = _Starter(stack)
        pending: deque[_Started] = deque()
        for name in names:
            pending.append(start(name))
            while pending and (pending[0].is_done or len(pending) >= _AHEAD):
                yield pending.popleft()
        yield from pending


class _Starter:
    """Starts reading files, with child processes only once there is something to guard against."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._pool: ExaminerPool | None = None

    def __call__(self, name: str) -> _Started:
        data = load_file(Path(name))
        if isinstance(data, ReadFailure):
            return _Started(name, None, Reading(DocumentKind.OTHER, error=data))
        digest = hashlib.sha256(data).hexdigest()
        label = Path(name).name
        if len(data) <= _SMALL and file_type(data) not in _GUARDED:
            return _Started(name, digest, read(data, label))
        return _Started(name, digest, self._guards().submit(data, label))

    def _guards(self) -> ExaminerPool:
        if self._pool is None:
            from ingest.isolation import ExaminerPool  # slow to load, not needed for XML

            self._pool = self._stack.enter_context(ExaminerPool(validate=False, take_out=False))
        return self._pool


def _print(record: Record) -> None:
    """Write one line of UTF-8, whatever the terminal's encoding is."""
    try:
        line = json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a file name that is no UTF-8
        line = json.dumps(record).encode()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _summary(name: str, reading: Reading) -> Iterator[str]:
    yield f"{name}: {_title(reading)}"
    if reading.error is not None:
        yield f"  {reading.error.code} {reading.error.message}"
        yield f"  {reading.error.hint}"
    invoice = reading.invoice
    if invoice is not None:
        day = "no date" if invoice.issue_date is None else invoice.issue_date.isoformat()
        totals = (
            ("net", invoice.totals.tax_exclusive),
            ("VAT", invoice.totals.tax),
            ("gross", invoice.totals.tax_inclusive),
            ("payable", invoice.totals.payable),
        )
        yield f"  {invoice.number or 'no number'} of {day}"
        yield f"  from {invoice.seller.name or 'unnamed'} to {invoice.buyer.name or 'unnamed'}"
        amounts = ", ".join(f"{word} {plain(value)}" for word, value in totals if value is not None)
        yield f"  {amounts or 'no totals'} {invoice.currency or ''}; {len(invoice.lines)} lines"
    told = reading.order or reading.delivery or reading.status_message
    if told is not None:
        yield f"  {told.number or 'no number'} of {told.issue_date or 'no date'}"
    for remark in reading.remarks:
        yield f"  {remark.code} {remark.field} {remark.stated!r}: {remark.message}"
    for difference in reading.page_differences:
        yield f"  page says {difference.field} {difference.page}, XML says {difference.xml}"
    for attachment in reading.attachments:
        yield f"  carries {attachment.name} ({attachment.size} bytes)"


def _title(reading: Reading) -> str:
    words = reading.kind.value.replace("_", " ")
    if reading.error is not None:
        return "cannot be read" if reading.kind is DocumentKind.OTHER else f"{words}, unreadable"
    return words if reading.syntax is None else f"{words} ({reading.syntax.value})"
