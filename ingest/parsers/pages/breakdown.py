"""The VAT breakdown of a document: base, rate and tax where they multiply.

A row is a breakdown row when one of its numbers is a rate and two others are a base and that rate
of it. Rows count together: their taxes have to make the VAT total that was found, or they are not
given. A document with one rate has one entry, made of its net and VAT totals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from domain.evidence import PageBox
from domain.invoice import VatBreakdown
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Row
from ingest.parsers.pages.numbers import Mark, find_numbers
from ingest.parsers.pages.sums import Amount
from ingest.parsers.pages.table import Table
from ingest.parsers.pages.totals import FoundTotals
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.votes import Found
from ingest.parsers.pages.wording import words

_HUNDRED = Decimal(100)
_CLOSE = Decimal("0.02")
_TOLERATED = Decimal("0.06")
_HIGHEST = Decimal(28)
_RATES = tuple(
    Decimal(r)
    for r in (
        "20 10 5.5 2.1 8.5 19 7 16 5 21 6 12 9 13 22 4 25 8.1 2.6 3.8 7.7 2.5 17 14 3 23"
    ).split()
)
_NAMED = words(r"tva|vat|mwst|ust|umsatzsteuer\w*|tax|btw|taux|steuer\w*")
_CATEGORY = re.compile(r"(?<![a-z])(?:\()?(s|e|ae|k|g|o|z)(?:\))?(?![a-z])")
_RATE_CODE = re.compile(r"[A-Z]|[A-Z]?\d{1,2}")
_REVERSED = words(r"autoliquidation|autoliquidee|reverse charge|steuerschuldnerschaft\w*")
_INTRA = words(
    r"""
    innergemeinschaftliche\w*
    intracommunautaire exoneree
    livraison intracommunautaire
    intra-community supply
    """
)


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """One entry with the place it was read at."""

    vat: VatBreakdown
    box: PageBox
    confidence: float
    code: str | None = None
    """What lines name the rate by (`1`, `A`), where the row opens with it."""


def find_breakdown(
    pages: Sequence[LabelledPage], tables: Sequence[Table], totals: FoundTotals, mark: Mark
) -> list[BreakdownRow]:
    """The VAT breakdown (BG-23), empty when rows and totals do not agree."""
    rows = list(_breakdown_rows(pages, tables, mark))
    tax, net = totals.get(Sum.TAX), totals.get(Sum.NET)
    if rows and _sums_to(rows, tax.value if tax else None, net.value if net else None):
        return rows
    if rows and _makes_gross(rows, totals):
        return rows
    if tax is None or net is None:
        return []
    named = _rates_named(totals)
    rate = one_rate(net.value, tax.value, named)
    if rate is None:
        return []
    category = _category_of(pages, rate)
    vat = VatBreakdown(category, rate, net.value, tax.value)
    return [BreakdownRow(vat, tax.box, 0.93 if rate in named else 0.8)]


def with_tax_of(rows: Sequence[BreakdownRow], totals: FoundTotals) -> FoundTotals:
    """The VAT total that the breakdown makes, where it is printed nowhere else.

    Where bases and taxes of several rates make the gross total and what was read as net or VAT
    does not, that was one row of them.
    """
    net, gross = totals.get(Sum.NET), totals.get(Sum.GROSS)
    if len(rows) > 1 and _makes_gross(rows, totals):
        return _by_rows(rows, totals)
    if totals.get(Sum.TAX) is not None or net is None or gross is None or not rows:
        return totals
    tax = sum((r.vat.tax or Decimal(0) for r in rows), Decimal(0))
    if abs(net.value + tax - gross.value) > _CLOSE:
        return totals
    found = Found(tax, rows[0].box, 0.93, "computed" if len(rows) > 1 else "pdf_text")
    return FoundTotals({**totals.values, Sum.TAX: found}, totals.sums)


def _makes_gross(rows: Sequence[BreakdownRow], totals: FoundTotals) -> bool:
    """Whether all bases and taxes make the gross total, which net and VAT do not."""
    net, tax, gross = (totals.get(s) for s in (Sum.NET, Sum.TAX, Sum.GROSS))
    if gross is None:
        return False
    if net and tax and abs(net.value + tax.value - gross.value) <= _CLOSE:
        return False
    every = sum(((r.vat.taxable or 0) + (r.vat.tax or 0) for r in rows), Decimal(0))
    return abs(every - gross.value) <= _CLOSE


def _by_rows(rows: Sequence[BreakdownRow], totals: FoundTotals) -> FoundTotals:
    taxable = sum((r.vat.taxable or Decimal(0) for r in rows), Decimal(0))
    tax = sum((r.vat.tax or Decimal(0) for r in rows), Decimal(0))
    box = rows[0].box
    made = {
        Sum.NET: Found(taxable, box, 0.95, "computed"),
        Sum.TAX: Found(tax, box, 0.95, "computed"),
    }
    return FoundTotals({**totals.values, **made}, totals.sums)


def one_rate(net: Decimal, tax: Decimal, named: Sequence[Decimal]) -> Decimal | None:
    """The single rate that makes the VAT of the net: one that is named, else a usual one."""
    for rate in (*named, *_RATES):
        if tax != 0 and abs(net * rate / _HUNDRED - tax) <= _CLOSE:
            return rate
    if tax == 0 and net != 0 and (not named or Decimal(0) in named):
        return Decimal(0) if named else None
    return None


def _rates_named(totals: FoundTotals) -> list[Decimal]:
    return [s.rate for s in totals.sums if s.rate is not None and 0 <= s.rate <= _HIGHEST]


def _sums_to(rows: Sequence[BreakdownRow], tax: Decimal | None, net: Decimal | None) -> bool:
    taxes = sum((r.vat.tax or Decimal(0) for r in rows), Decimal(0))
    bases = sum((r.vat.taxable or Decimal(0) for r in rows), Decimal(0))
    if tax is not None and abs(taxes - tax) > _TOLERATED:
        return False
    return net is None or abs(bases - net) <= _TOLERATED


def _breakdown_rows(
    pages: Sequence[LabelledPage], tables: Sequence[Table], mark: Mark
) -> Iterator[BreakdownRow]:
    seen: set[tuple[Decimal | None, Decimal | None]] = set()
    for page in pages:
        text = " ".join(p.folded for p in page.phrases)
        for index, row in enumerate(page.page.rows):
            if _in_table(tables, row):
                continue
            near = page.page.rows[max(0, index - 4) : index + 1]
            if not any(_NAMED.search(p.folded) for r in near for p in r.phrases):
                continue
            found = entry_of(row, mark, text)
            if found is None or (found.vat.rate, found.vat.taxable) in seen:
                continue
            seen.add((found.vat.rate, found.vat.taxable))
            yield found


def _in_table(tables: Sequence[Table], row: Row) -> bool:
    return any(
        r.page == row.page and abs(r.top - row.top) < 1
        for table in tables
        for item in table.items
        for r in item.rows
    )


def entry_of(row: Row, mark: Mark, text: str = "") -> BreakdownRow | None:
    """The breakdown entry a row holds, if its numbers multiply."""
    numbers: list[tuple[Amount, bool]] = []
    for phrase in row.phrases:
        for n in find_numbers(phrase.text, mark):
            amount = Amount(n.value, phrase.box(n.start, n.end), sure=n.looks_like_money)
            numbers.append((amount, n.is_percentage))
    if not 2 < len(numbers) <= 8:  # noqa: PLR2004 (rate, base and tax, with little beside)
        return None
    percentages = [a for a, is_rate in numbers if is_rate]
    rates = percentages or [a for a, _ in numbers if 0 <= a.value <= _HIGHEST]
    for rate in rates:
        others = [a for a, is_rate in numbers if a is not rate and not is_rate and a.sure]
        for base, tax in permutations(others, 2):
            if rate.value == 0 and (tax.value != 0 or base.value == 0):
                continue
            if base.value and _is_tax(rate.value, base.value, tax.value):
                category = _category(row, rate.value, text)
                vat = VatBreakdown(category, rate.value, base.value, tax.value)
                code = _code_before(row, min(rate.box.left, base.box.left, tax.box.left))
                return BreakdownRow(vat, base.box, 0.95, code)
    return None


def _code_before(row: Row, left: float) -> str | None:
    """The code that a row gives its rate: a letter or a figure or two just left of its numbers."""
    before = [w for w in row.words if w.right <= left + 1]
    return before[-1].text if before and _RATE_CODE.fullmatch(before[-1].text) else None


def _is_tax(rate: Decimal, base: Decimal, tax: Decimal) -> bool:
    return abs(base * rate / _HUNDRED - tax) <= _CLOSE and (rate > 0 or tax == 0)


def _category(row: Row, rate: Decimal, text: str) -> str | None:
    """UNTDID 5305: printed in the row, else S for a rate, else what the document says of it."""
    for phrase in row.phrases:
        match = _CATEGORY.fullmatch(phrase.folded.strip()) or re.search(
            r"\((s|e|ae|k|g|o|z)\)", phrase.folded
        )
        if match:
            return match.group(1).upper()
    return _by_rate(rate, text)


def _category_of(pages: Sequence[LabelledPage], rate: Decimal) -> str | None:
    return _by_rate(rate, " ".join(p.folded for page in pages for p in page.phrases))


def _by_rate(rate: Decimal, text: str) -> str | None:
    if rate > 0:
        return "S"
    if _REVERSED.search(text):
        return "AE"
    return "K" if _INTRA.search(text) else None
