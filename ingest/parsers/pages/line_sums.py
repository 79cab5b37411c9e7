"""Lines against the totals of their document: one rate for all, VAT by rate, gross amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from domain.invoice import VatBreakdown
from domain.money import round_to_cents
from ingest.parsers.pages.breakdown import BreakdownRow
from ingest.parsers.pages.items import ReadLine
from ingest.parsers.pages.totals import FoundTotals
from ingest.parsers.pages.totals_vocabulary import Sum

_HUNDRED = Decimal(100)
_CENT = Decimal("0.011")


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
