"""Whether the pages are an invoice, and of which type (UNTDID 1001).

The title speaks first; what the pages show has to bear it out. Pages without a title pass only
when they show all that an invoice shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from domain.codes import CREDIT_NOTE_TYPES
from domain.invoice import DocumentKind
from ingest.parsers.pages.kind import (
    Title,
    find_titles,
    greets,
    main_title,
    mentions_invoice,
    offers,
)
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.totals import FoundTotals
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.votes import Found

_BILLED = re.compile(r"facture|invoice|rechnung|factuur")
_PRINTED_CODE = re.compile(r"\((38[01469]|326|393|50[0-3]|26[12]|396|575|751|875|876|877)\)")
_SELF_BILLED = re.compile(r"autofactur|selbst ausgestellte rechnung|self-?billed")
_FULL_SHOW = 5
"""Number, date, net and gross total (which counts double): what an untitled invoice shows."""
_TYPES = {
    Title.CREDIT_NOTE: (DocumentKind.CREDIT_NOTE, "381"),
    Title.CORRECTED: (DocumentKind.INVOICE, "384"),
    Title.DEPOSIT: (DocumentKind.INVOICE, "386"),
    Title.INVOICE: (DocumentKind.INVOICE, "380"),
}


def judge_kind(
    pages: Sequence[LabelledPage],
    number: Found[str] | None,
    issued: Found[date] | None,
    totals: FoundTotals,
) -> tuple[DocumentKind, str | None]:
    """Invoice, credit note, order or something else, with the UNTDID 1001 code."""
    shown = (number is not None) + (issued is not None) + _has_net(totals)
    shown += 2 * (totals.get(Sum.GROSS) is not None)
    title = main_title(pages)
    if title is not None and title.title is Title.ORDER and title.like_field:
        title = None if mentions_invoice(pages) else title
    if title is None:
        passes = _passes_untitled(pages, shown, totals, named=number is not None)
        return (DocumentKind.INVOICE, "380") if passes else (DocumentKind.OTHER, None)
    if title.title is Title.ORDER and shown:
        return DocumentKind.ORDER, None
    if title.title in (Title.OTHER, Title.ORDER) or not shown:
        return DocumentKind.OTHER, None
    told = _told_type(title.phrase.folded)
    if told is not None:
        reduces = told in CREDIT_NOTE_TYPES
        return DocumentKind.CREDIT_NOTE if reduces else DocumentKind.INVOICE, told
    titles = {t.title for t in find_titles(pages)}
    kind = next(
        (
            t
            for t in (Title.CORRECTED, Title.DEPOSIT)
            if t in titles and title.title is not Title.CREDIT_NOTE
        ),
        title.title,
    )
    if kind is Title.INVOICE and shown == 1:
        return DocumentKind.OTHER, None
    return _TYPES[kind]


def _told_type(title: str) -> str | None:
    """The type a title tells itself: its UNTDID 1001 code in brackets, or self-billing."""
    code = _PRINTED_CODE.search(title)
    if code is not None:
        return code.group(1)
    return "389" if _SELF_BILLED.search(title) else None


def _has_net(totals: FoundTotals) -> bool:
    return totals.get(Sum.NET) is not None or totals.get(Sum.LINES) is not None


def _passes_untitled(
    pages: Sequence[LabelledPage], shown: int, totals: FoundTotals, *, named: bool
) -> bool:
    if offers(pages):
        return False
    billed = billed_total(totals)
    if greets(pages) and not billed:
        return False
    return shown >= _FULL_SHOW - mentions_invoice(pages) - billed and (named or billed)


def billed_total(totals: FoundTotals) -> bool:
    """Whether the total calls itself that of an invoice (`Rechnungsbetrag`, `Total facture`)."""
    return any(
        printed.which is Sum.GROSS and _BILLED.search(printed.phrase.folded)
        for printed in totals.sums
    )
