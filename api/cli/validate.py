"""`meg validate`: run the official rule sets on files (CONTRACT §4).

One JSON object a file with `--json`, otherwise a list of findings with a French explanation, in the
order the files were named and as soon as each is judged. Files are opened and judged in child
processes, on all cores; what cannot be read is neither valid nor invalid.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from domain.invoice import ReadFailure
from domain.records import Record, validation_record
from domain.validation import FindingSeverity, Validation
from ingest.examine import Examination
from ingest.files import load_file
from ingest.isolation import ExaminerPool
from ingest.validation import unreadable

EXIT_FINDINGS = 1
_AHEAD = 16
_WORTH_A_CHILD = 8
_NO_XML = "the file carries no invoice in XML; the official rules judge nothing else"
_WORDS = {True: "valid", False: "NOT VALID", None: "NOT JUDGED"}
_LISTED = frozenset({FindingSeverity.FATAL, FindingSeverity.WARNING})


@dataclass(frozen=True, slots=True)
class Judged:
    """One file and what the rule sets said of it."""

    file: str
    sha256: str | None
    validation: Validation
    error: ReadFailure | None = None

    @property
    def calls_for_attention(self) -> bool:
        """Whether the caller must look: not valid, or a fatal rule broken all the same."""
        fatal = any(f.severity is FindingSeverity.FATAL for f in self.validation.findings)
        return self.validation.valid is not True or fatal


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line (CONTRACT §4).")
@click.pass_context
def validate(context: click.Context, files: tuple[str, ...], *, as_json: bool) -> None:
    """Run the official rule sets on invoices and Order-X orders.

    XSD, EN 16931, Factur-X profiles, EXTENDED-CTC-FR, BR-FR Flux 2. Exit code 1 when a file is not
    valid, could not be judged, or breaks a fatal rule.
    """
    attention = False
    for judged in _judged(files):
        attention = attention or judged.calls_for_attention
        if as_json:
            _print(_record(judged))
        else:
            click.echo("\n".join(_summary(judged)))
    if attention:
        context.exit(EXIT_FINDINGS)


def _judged(files: Iterable[str]) -> Iterator[Judged]:
    """Judge files in their order, a few ahead of the one that is printed."""
    names = list(files)
    waiting: deque[tuple[str, bytes | ReadFailure, Future[Examination] | None]] = deque()
    with ExitStack() as stack:
        pool = stack.enter_context(ExaminerPool(_workers(len(names)), values=False))
        for name in names:
            data = load_file(Path(name))
            future = None
            if not isinstance(data, ReadFailure):
                future = pool.submit(data, Path(name).name)
            waiting.append((name, data, future))
            if len(waiting) > _AHEAD:
                yield _one(*waiting.popleft())
        while waiting:
            yield _one(*waiting.popleft())


def _workers(files: int) -> int:
    """Every child compiles the rule sets anew, which a few files do not repay."""
    return max(1, min(os.cpu_count() or 1, files // _WORTH_A_CHILD))


def _one(name: str, data: bytes | ReadFailure, future: Future[Examination] | None) -> Judged:
    if isinstance(data, ReadFailure) or future is None:
        failure = data if isinstance(data, ReadFailure) else None
        return Judged(name, None, unreadable(failure.message if failure else _NO_XML), failure)
    digest = hashlib.sha256(data).hexdigest()
    examination = future.result()
    if examination.validation is not None:
        return Judged(name, digest, examination.validation, examination.reading.error)
    error = examination.reading.error
    if error is not None:
        return Judged(name, digest, unreadable(error.message), error)
    return Judged(name, digest, unreadable(_NO_XML))


def _record(judged: Judged) -> Record:
    """CONTRACT §4's object, with an explanation in French where there is one."""
    record = validation_record(judged.validation)
    for finding in record["findings"]:
        finding["explanation"] = (finding["plain"] or {}).get("fr")
    error = judged.error
    told = None if error is None else {k: getattr(error, k) for k in ("code", "message", "hint")}
    return {"file": judged.file, "sha256": judged.sha256, **record, "error": told}


def _print(record: Record) -> None:
    """Write one line of UTF-8, whatever the terminal's encoding is."""
    try:
        line = json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a file name that is no UTF-8
        line = json.dumps(record).encode()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _summary(judged: Judged) -> Iterator[str]:
    """What a person reads; findings for information only are counted, not listed."""
    validation = judged.validation
    yield f"{judged.file}: {_WORDS[validation.valid]}"
    for rules in validation.rule_sets:
        why = f" ({rules.why})" if rules.why else ""
        name = f"{rules.name} {rules.version}".strip()
        yield f"  {name}: {rules.status.value.replace('_', ' ')}{why}"
    quiet = 0
    for finding in validation.findings:
        if finding.severity not in _LISTED:
            quiet += 1
            continue
        text = finding.plain_fr or finding.message
        yield f"  {finding.severity.value} {finding.rule}: {text}"
    if quiet:
        yield f"  {quiet} more for information (see --json)"
    if judged.error is not None:
        yield f"  {judged.error.code} {judged.error.hint}"
