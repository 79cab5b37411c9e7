"""Invoices that are only printed: the pages of a PDF without invoice XML inside.

No templates per supplier. Words with boxes come from PDFium; labels, geometry, arithmetic and
check digits vote for each field together (`ingest.parsers.pages`). Every value says on which page
and where it stands and how sure the reader is; a field without enough votes is None.

A page without text (a scan) is refused with a code that says that character recognition is
needed; a document that is no invoice keeps its text and gets the kind `other`.
"""

from __future__ import annotations

from domain.invoice import DocumentKind, ReadFailure, Reading, Syntax
from ingest.parsers.pages.assembly import read_invoice
from ingest.parsers.pages.glyphs import Limits, PrintedPages, Unopenable, read_words
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import PageRows, lay_out, page_text

INVOICE_PAGES = 40
"""Pages beyond these are kept as text only; no invoice of our corpus has more than six."""

INVOICE_WORDS = 30_000
PAGE_WORDS = 4_000
"""A denser page is no invoice page; labels and neighbours are not looked for on it."""

_FEWEST_LETTERS = 20


def read_pages(data: bytes, limits: Limits | None = None) -> Reading:
    """Read a PDF by what its pages show."""
    try:
        printed = read_words(data, limits or Limits())
    except Unopenable as problem:
        return Reading(DocumentKind.OTHER, error=_unopenable(problem))
    laid_out = [lay_out(page) for page in printed.pages]
    text = _full_text(laid_out, printed)
    if sum(c.isalnum() for c in text) < _FEWEST_LETTERS:
        return Reading(DocumentKind.OTHER, Syntax.PDF_TEXT, error=_no_text(printed), text=text)
    pages = [LabelledPage(rows) for rows in _worth_reading(laid_out)]
    found = read_invoice(pages)
    return Reading(
        kind=found.kind,
        syntax=Syntax.PDF_TEXT,
        invoice=found.invoice,
        evidence=found.evidence,
        text=text,
    )


def _worth_reading(laid_out: list[PageRows]) -> list[PageRows]:
    """The pages on which an invoice is looked for, within the bounds of words."""
    pages: list[PageRows] = []
    left = INVOICE_WORDS
    for rows in laid_out[:INVOICE_PAGES]:
        words = sum(len(p.words) for p in rows.phrases)
        if words > PAGE_WORDS:
            continue
        left -= words
        if left < 0:
            break
        pages.append(rows)
    return pages


def _full_text(laid_out: list[PageRows], printed: PrintedPages) -> str:
    parts = []
    for rows, page in zip(laid_out, printed.pages, strict=True):
        parts.append(page_text(rows))
        if page.sideways:
            parts.append(" ".join(w.text for w in page.sideways))
    return "\n\n".join(p for p in parts if p)


def _unopenable(problem: Unopenable) -> ReadFailure:
    if problem.locked:
        return ReadFailure(
            "ING-PAGE-02",
            "The PDF is locked with a password.",
            "Ask the sender for the invoice without a password.",
        )
    return ReadFailure(
        "ING-PAGE-01",
        "The PDF is damaged and cannot be opened.",
        "Ask the sender to send the invoice again.",
    )


def _no_text(printed: PrintedPages) -> ReadFailure:
    pages = printed.page_count
    return ReadFailure(
        "ING-PAGE-03",
        f"The PDF has no text on its {pages} page(s): it is a scan or empty.",
        "Character recognition (OCR) is needed and is not enabled; read the document by eye, or "
        "ask the sender for the original PDF.",
    )
