"""Corrections applied to a kept reading: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.errors import Error
from domain.evidence import CorrectionMark, Evidence, PageBox
from domain.invoice import Invoice, Reading
from domain.lesson import COLUMN, Located
from ingest.consequences import with_consequences
from ingest.fields import Value, corrected, current, written


class HeadingUnknown(Error):
    """No column of the item table is headed so, or the lines would no longer multiply."""

    code = "ING-74"
    hint = "Write the heading as it stands over the column, or correct the cells one by one."


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    field: str
    before: str | None
    after: str | None


def with_values(
    reading: Reading,
    values: Mapping[str, Value | None],
    marks: Mapping[str, CorrectionMark],
    boxes: Mapping[str, PageBox],
) -> tuple[Reading, tuple[Change, ...]]:
    """The reading with these values, and what that changed; evidence says who corrected them."""
    invoice = _invoice(reading)
    after, evidence = invoice, dict(reading.evidence)
    changes = []
    for path, value in values.items():
        changes.append(Change(path, written(current(after, path)), written(value)))
        after = corrected(after, path, value)
        evidence[path] = Evidence("corrected", boxes.get(path), 1.0, correction=marks[path])
    computed = [path for path, seen in evidence.items() if seen.origin == "computed"]
    after = with_consequences(invoice, after, computed)
    return replace(reading, invoice=after, evidence=evidence), tuple(changes)


def with_lines_of(
    reading: Reading, again: Reading, columns: Mapping[str, CorrectionMark]
) -> Reading:
    """The reading with the item lines of another, read with columns called otherwise.

    Cells and totals that a person corrected before stay as they were said to be, but for the cells
    of these columns.

    Raises:
        HeadingUnknown: a column was not found under its heading.
    """
    taught = {seen.correction for seen in again.evidence.values() if seen.correction is not None}
    missing = [c for c, mark in columns.items() if mark not in taught and not _ignores(c)]
    if missing or again.invoice is None:
        raise HeadingUnknown(f"nothing was read as {', '.join(missing)}")
    invoice = replace(_invoice(reading), lines=again.invoice.lines, totals=again.invoice.totals)
    evidence = {
        **{p: e for p, e in reading.evidence.items() if not _of_body(p)},
        **{p: _said(e, columns) for p, e in again.evidence.items() if _of_body(p)},
    }
    named = {column.removeprefix(COLUMN) for column in columns}
    for path, seen in reading.evidence.items():
        if (
            seen.origin == "corrected"
            and _of_body(path)
            and not (path.startswith("lines[") and path.rpartition(".")[2] in named)
        ):
            invoice = corrected(invoice, path, current(_invoice(reading), path))
            evidence[path] = seen
    return replace(reading, invoice=invoice, evidence=evidence)


def _said(seen: Evidence, columns: Mapping[str, CorrectionMark]) -> Evidence:
    """A cell of a column that a person named; it was read all the same, as surely as before."""
    by_person = seen.correction in columns.values()
    return replace(seen, origin="corrected") if by_person else seen


def boxes_of(located: tuple[Located, ...]) -> dict[str, PageBox]:
    """Where the corrected values stand."""
    return {one.field: one.box for one in located}


def _of_body(path: str) -> bool:
    return path.startswith(("lines[", "totals."))


def _ignores(column: str) -> bool:
    return column == f"{COLUMN}ignore"


def _invoice(reading: Reading) -> Invoice:
    if reading.invoice is None:
        raise ValueError("a reading without an invoice has nothing to correct")
    return reading.invoice
