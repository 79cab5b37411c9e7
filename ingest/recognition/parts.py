"""Several invoices in one scan: a mailroom feeds a pile, and the scanner makes one file of it.

A scan is parted only where every part is an invoice of its own: a number that no other part has, a
date, a net and a gross total, each read on its own pages. Anything less stays one document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.identifiers import compact
from domain.invoice import Invoice
from ingest.parsers.pages.words import PageWords
from ingest.parsers.pdf_text import read_layout


@dataclass(frozen=True, slots=True)
class PagesOfOne:
    """The pages of one invoice in a scan of several."""

    number: str
    pages: tuple[int, ...]


def invoices_in(pages: Sequence[PageWords]) -> tuple[PagesOfOne, ...]:
    """The invoices of a scan with their pages, in their order; none where it is one document."""
    groups: list[list[PageWords]] = []
    current = ""
    for page in pages:
        number = _number_on(page)
        if not groups or (number not in {"", current} and current and _is_whole(groups[-1])):
            groups.append([])
            current = ""
        current = current or number
        groups[-1].append(page)
    parts = tuple(_part(group) for group in groups)
    numbers = {compact(part.number) for part in parts}
    if len(parts) < 2 or len(numbers) < len(parts) or not all(part.number for part in parts):  # noqa: PLR2004
        return ()
    return parts


def _number_on(page: PageWords) -> str:
    """The number of the invoice that a page by itself shows, with its date; empty without."""
    invoice = read_layout([page])[0].invoice
    if invoice is None or invoice.issue_date is None:
        return ""
    return compact(invoice.number or "")


def _part(group: Sequence[PageWords]) -> PagesOfOne:
    invoice = _whole(group)
    number = "" if invoice is None else invoice.number or ""
    return PagesOfOne(number, tuple(page.number for page in group))


def _is_whole(group: Sequence[PageWords]) -> bool:
    return _whole(group) is not None


def _whole(group: Sequence[PageWords]) -> Invoice | None:
    """The invoice that these pages show, if it lacks nothing that an invoice needs."""
    invoice = read_layout(group)[0].invoice
    if invoice is None:
        return None
    totals = invoice.totals
    needed = (invoice.number, invoice.issue_date, totals.tax_exclusive, totals.tax_inclusive)
    return None if None in needed else invoice
