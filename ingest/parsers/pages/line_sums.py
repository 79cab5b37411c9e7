"""Lines against the totals of their document: one rate for all, VAT by rate, gross amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from domain.invoice import VatBreakdown
from domain.money import round_to_cents
from ingest.parsers.pages.breakdown import BreakdownRow
from ingest.parsers.pages.column_vocabulary import Holds
from ingest.parsers.pages.items import ReadLine, amounts_of
from ingest.parsers.pages.numbers import Mark
from ingest.parsers.pages.table import Table
from ingest.parsers.pages.totals import FoundTotals
from ingest.parsers.pages.totals_vocabulary import Sum

_HUNDRED = Decimal(100)
_CENT = Decimal("0.011")
_TWO = 2


def with_single_rate(
    lines: Sequence[ReadLine], breakdown: Sequence[BreakdownRow]
) -> list[ReadLine]:
    """Lines that print no rate have the one rate of the document, where it has one."""
    if len(breakdown) != 1 or breakdown[0].vat.rate is None:
        return list(lines)
    only = breakdown[0]
    return [_rated(read, only) if read.line.vat_rate is None else read for read in lines]


def breakdown_of_lines(lines: Sequence[ReadLine], totals: FoundTotals) -> list[BreakdownRow]:
    """The VAT breakdown that the lines make, where it makes the totals of the document."""
    tax, net = totals.get(Sum.TAX), totals.get(Sum.NET)
    bases: dict[Decimal, Decimal] = {}
    for read in lines:
        rate, amount = read.line.vat_rate, read.line.net_amount
        if rate is None or amount is None:
            return []
        bases[rate] = bases.get(rate, Decimal(0)) + amount
    if tax is None or net is None or not bases or sum(bases.values()) != net.value:
        return []
    taxes = {rate: round_to_cents(base * rate / _HUNDRED) for rate, base in bases.items()}
    if abs(sum(taxes.values()) - tax.value) > _CENT * len(taxes):
        return []
    return [
        BreakdownRow(
            VatBreakdown("S" if rate else None, rate, bases[rate], taxes[rate]), tax.box, 0.85
        )
        for rate in bases
    ]


def are_gross(lines: Sequence[ReadLine], totals: FoundTotals) -> bool:
    """Whether the lines make the gross total: their amounts hold the VAT."""
    net, gross = totals.get(Sum.NET), totals.get(Sum.GROSS)
    amounts = [read.line.net_amount for read in lines if read.line.net_amount is not None]
    if net is None or gross is None or not amounts or len(amounts) != len(lines):
        return False
    return sum(amounts) == gross.value != net.value


def without_amounts(read: ReadLine) -> ReadLine:
    """A line whose amounts are not net gives none: a wrong amount is worse."""
    places = {k: v for k, v in read.places.items() if k not in ("net_amount", "net_price")}
    line = replace(read.line, net_amount=None, net_price=None, price_base_quantity=None)
    return ReadLine(line, places, read.proven)


def _rated(read: ReadLine, only: BreakdownRow) -> ReadLine:
    line = replace(read.line, vat_rate=only.vat.rate, vat_category=only.vat.category)
    places = {**read.places, "vat_rate": (only.box, 0.9 * only.confidence)}
    return replace(read, line=line, places=places)


def summing_column(
    table: Table, lines: Sequence[ReadLine], totals: FoundTotals, mark: Mark
) -> int | None:
    """The column whose amounts make the total, where those of the column taken do not.

    A statement of works prints what was ordered beside what is billed now; only the latter adds up.
    """
    wanted = {t.value for s in (Sum.LINES, Sum.NET) if (t := totals.get(s)) is not None}
    amounts = [read.line.net_amount for read in lines if read.line.net_amount is not None]
    columns = (*table.head.of(Holds.AMOUNT), *table.head.of(Holds.OTHER))
    if not wanted or sum(amounts) in wanted or len(columns) < _TWO:
        return None
    for column in reversed(columns):
        sums = [amounts_of(item, column, mark) for item in table.items]
        if all(len(x) == 1 for x in sums) and sum(x[0] for x in sums) in wanted:
            return column
    return None


def without_quantity(read: ReadLine) -> ReadLine:
    """A line whose quantity is not that of its amount (all that was ordered) gives none."""
    if read.proven or read.line.quantity is None:
        return read
    places = {k: v for k, v in read.places.items() if k != "quantity"}
    return replace(read, line=replace(read.line, quantity=None), places=places)
