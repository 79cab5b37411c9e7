"""VAT rates that lines name by a code (`1`, `A`), which the breakdown under the table explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from domain.evidence import PageBox
from ingest.parsers.pages.breakdown import BreakdownRow
from ingest.parsers.pages.column_vocabulary import Holds
from ingest.parsers.pages.items import ReadLine
from ingest.parsers.pages.lines import box_of
from ingest.parsers.pages.table import Table

_TOLERATED = Decimal("0.06")
_PROVEN = 0.95
_MAY_HOLD = (Holds.VAT_RATE, Holds.OTHER, Holds.VAT_AMOUNT, Holds.AMOUNT, Holds.UNIT)
"""A code may stand in a column of its own, or close behind the amount."""


def with_coded_rates(
    lines: Sequence[ReadLine], table: Table, breakdown: Sequence[BreakdownRow]
) -> list[ReadLine]:
    """Lines with the rates their codes mean, where the lines so rated make every base."""
    rates = {row.code: row.vat.rate for row in breakdown if row.code and row.vat.rate is not None}
    if not rates or len(rates) != len(breakdown) or len(lines) != len(table.items):
        return list(lines)
    for column, head in enumerate(table.head.columns):
        if head.holds not in _MAY_HOLD:
            continue
        words = [item.anchor.cells[column][-1:] for item in table.items]
        codes = [word[0].text.strip("()*") if word else "" for word in words]
        if all(code in rates for code in codes) and _make_bases(lines, codes, rates, breakdown):
            return [
                _rated(read, rates[code], box_of(item.anchor.page, word))
                for read, code, item, word in zip(lines, codes, table.items, words, strict=True)
            ]
    return list(lines)


def _make_bases(
    lines: Sequence[ReadLine],
    codes: Sequence[str],
    rates: Mapping[str, Decimal],
    breakdown: Sequence[BreakdownRow],
) -> bool:
    bases: dict[Decimal | None, Decimal] = {}
    for read, code in zip(lines, codes, strict=True):
        if read.line.net_amount is None:
            return False
        bases[rates[code]] = bases.get(rates[code], Decimal(0)) + read.line.net_amount
    return all(
        abs(bases.get(row.vat.rate, Decimal(0)) - (row.vat.taxable or 0)) <= _TOLERATED
        for row in breakdown
    )


def _rated(read: ReadLine, rate: Decimal, box: PageBox) -> ReadLine:
    line = replace(read.line, vat_rate=rate)
    return replace(read, line=line, places={**read.places, "vat_rate": (box, _PROVEN)})
