"""The body of an invoice: the item table and what is summed from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.invoice import AllowanceCharge
from ingest.parsers.pages.breakdown import BreakdownRow, find_breakdown, with_tax_of
from ingest.parsers.pages.deductions import split_deductions
from ingest.parsers.pages.exemption import find_exemption, without_vat
from ingest.parsers.pages.items import ReadLine, read_lines
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.line_sums import (
    are_gross,
    breakdown_of_lines,
    summing_column,
    with_single_rate,
    without_amounts,
    without_quantity,
)
from ingest.parsers.pages.numbers import Mark
from ingest.parsers.pages.rate_codes import with_coded_rates
from ingest.parsers.pages.table import Table, find_tables
from ingest.parsers.pages.totals import FoundTotals, find_totals


@dataclass(frozen=True, slots=True)
class Body:
    """The item table and what is summed from it."""

    lines: tuple[ReadLine, ...]
    deductions: tuple[AllowanceCharge, ...]
    totals: FoundTotals
    breakdown: tuple[BreakdownRow, ...]


@dataclass(frozen=True, slots=True)
class _Items:
    """A table, what of it are items, and the lines they make."""

    table: Table
    items: Table
    deductions: list[AllowanceCharge]
    lines: list[ReadLine]

    @property
    def rank(self) -> tuple[int, int]:
        """Tables whose lines multiply are likelier that of the items, then longer ones."""
        return sum(x.proven for x in self.lines), len(self.lines)


def _head_rows(pages: Sequence[LabelledPage]) -> frozenset[tuple[int, float]]:
    """The rows of table heads: `Montant HT` over a column is no label of a sum."""
    return frozenset(
        (row.page, row.top)
        for page in pages
        for head in page.heads
        for row in page.page.rows
        if head.top - 1 <= row.top <= head.bottom
    )


def read_body(pages: Sequence[LabelledPage], mark: Mark) -> Body:
    """Items first, then the totals outside them, then the VAT that both agree on."""
    tables = find_tables(pages, mark)
    best: _Items | None = None
    for table in tables:
        items, deductions = split_deductions(table, mark)
        found = _Items(table, items, deductions, read_lines(items, mark))
        if best is None or found.rank > best.rank:
            best = found
    chosen = [best.table] if best else []
    rows = frozenset((r.page, r.top) for t in chosen for item in t.items for r in item.rows)
    rows |= _head_rows(pages) if chosen else frozenset()
    totals = find_totals(pages, mark, rows)
    breakdown = find_breakdown(pages, chosen, totals, mark)
    exempt = without_vat(totals, find_exemption(pages))
    if exempt is not None:
        totals, breakdown = exempt
    totals = with_tax_of(breakdown, totals)
    lines = _settled(best, totals, breakdown, mark) if best else []
    breakdown = breakdown or breakdown_of_lines(lines, totals)
    return Body(tuple(lines), tuple(best.deductions) if best else (), totals, tuple(breakdown))


def _settled(
    found: _Items, totals: FoundTotals, breakdown: Sequence[BreakdownRow], mark: Mark
) -> list[ReadLine]:
    """The lines as the totals of the document know them."""
    column = summing_column(found.items, found.lines, totals, mark)
    lines = found.lines
    if column is not None:
        lines = [without_quantity(read) for read in read_lines(found.items, mark, column)]
    lines = with_coded_rates(with_single_rate(lines, breakdown), found.items, breakdown)
    return [without_amounts(read) for read in lines] if are_gross(lines, totals) else lines
