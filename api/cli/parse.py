"""`meg parse`: read invoices without storing anything (CONTRACT §3).

One JSON object a file with `--json`, a short summary otherwise, in the order the files were named
and as soon as each is read.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from domain.invoice import DocumentKind, ReadFailure, Reading
from domain.money import plain
from domain.records import Record, reading_record
from ingest.files import load_file
from ingest.reader import read

EXIT_FINDINGS = 1


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line (CONTRACT §3).")
@click.pass_context
def parse(context: click.Context, files: tuple[str, ...], *, as_json: bool) -> None:
    """Read invoices without storing anything.

    Factur-X, ZUGFeRD, CII, UBL and plain PDF. Exit code 1 when a file could not be read.
    """
    findings = False
    for name, digest, reading in _readings(files):
        findings = findings or not reading.readable
        if as_json:
            _print({"file": name, "sha256": digest, **reading_record(reading)})
        else:
            click.echo("\n".join(_summary(name, reading)))
    if findings:
        context.exit(EXIT_FINDINGS)


def _readings(files: Iterable[str]) -> Iterator[tuple[str, str | None, Reading]]:
    for name in files:
        data = load_file(Path(name))
        if isinstance(data, ReadFailure):
            yield name, None, Reading(DocumentKind.OTHER, error=data)
        else:
            yield name, hashlib.sha256(data).hexdigest(), read(data, Path(name).name)


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
    for remark in reading.remarks:
        yield f"  {remark.code} {remark.field} {remark.stated!r}: {remark.message}"
    for attachment in reading.attachments:
        yield f"  carries {attachment.name} ({attachment.size} bytes)"


def _title(reading: Reading) -> str:
    words = reading.kind.value.replace("_", " ")
    if reading.error is not None:
        return "cannot be read" if reading.kind is DocumentKind.OTHER else f"{words}, unreadable"
    return words if reading.syntax is None else f"{words} ({reading.syntax.value})"
