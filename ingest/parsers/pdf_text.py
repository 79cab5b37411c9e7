"""Invoices that are only printed: the pages of a PDF without invoice XML inside.

No templates per supplier. Words with boxes come from PDFium; labels, geometry, arithmetic and
check digits vote for each field together (`ingest.parsers.pages`). Every value says on which page
and where it stands and how sure the reader is; a field without enough votes is None.

Pages that are pictures are named in `unread_pages`, for `ingest.recognition` to read; a document
that is no invoice keeps its text and gets the kind `other`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from domain.evidence import Evidence, PageBox
from domain.invoice import DocumentKind, ReadFailure, Reading, Syntax
from domain.lesson import NOTHING_ASKED, Asked
from ingest.parsers.pages.assembly import PageReading, read_invoice
from ingest.parsers.pages.glyphs import Limits, PrintedPages, Unopenable, read_words
from ingest.parsers.pages.habits import find_habits
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.layout import layout_of
from ingest.parsers.pages.legible import is_doubtful, is_empty, is_garbled
from ingest.parsers.pages.lines import PageRows, lay_out, page_text
from ingest.parsers.pages.placement import SAME, Affine
from ingest.parsers.pages.words import PageWords

INVOICE_PAGES = 40
"""Pages beyond these are kept as text only; no invoice of our corpus has more than six."""

INVOICE_WORDS = 30_000
PAGE_WORDS = 4_000
"""A denser page is no invoice page; labels and neighbours are not looked for on it."""

_FEWEST_LETTERS = 20


def read_pages(data: bytes, limits: Limits | None = None, asked: Asked = NOTHING_ASKED) -> Reading:
    """Read a PDF by what its pages show, and answer what else is asked about them."""
    try:
        printed = read_words(data, limits or Limits())
    except Unopenable as problem:
        return Reading(DocumentKind.OTHER, error=_unopenable(problem))
    unread = unread_pages(data, printed)
    found, text = read_layout(printed.pages, asked)
    if sum(c.isalnum() for c in text) < _FEWEST_LETTERS:
        return Reading(
            DocumentKind.OTHER,
            Syntax.PDF_TEXT,
            error=_no_text(printed),
            text=text,
            unread_pages=unread,
        )
    return Reading(
        kind=found.kind,
        syntax=Syntax.PDF_TEXT,
        invoice=found.invoice,
        evidence=as_seen(found.evidence, printed.pages),
        text=text,
        unread_pages=unread,
        **as_asked(found, printed.pages),
    )


def unread_pages(data: bytes, printed: PrintedPages) -> tuple[int, ...]:
    """The pages that show more than their text says: scans, outlines, fonts without a table."""
    doubtful = [page for page in printed.pages if is_doubtful(page)]
    if not doubtful:
        return ()
    from ingest.parsers.pages.pictures import with_unread  # only scans need it

    garbled = {page.number for page in doubtful if is_garbled(page)}
    pictured = with_unread(
        data,
        [page.number for page in doubtful if page.number not in garbled],
        frozenset(page.number for page in doubtful if is_empty(page)),
    )
    return tuple(sorted(garbled.union(pictured)))


def read_layout(
    pages: Sequence[PageWords], asked: Asked = NOTHING_ASKED
) -> tuple[PageReading, str]:
    """What these pages are and say, with places as they lie in the words; and their text."""
    laid_out = [lay_out(page) for page in pages]
    labelled = [LabelledPage(rows) for rows in _worth_reading(laid_out)]
    found = replace(read_invoice(labelled), layout=layout_of(labelled))
    if asked is not NOTHING_ASKED:
        found = _answered(found, labelled, asked, _backs(pages))
    return found, _full_text(laid_out, pages)


def _answered(
    found: PageReading, pages: Sequence[LabelledPage], asked: Asked, backs: Mapping[int, Affine]
) -> PageReading:
    """The reading as the lessons change it, with what else was asked."""
    from ingest.parsers.pages.anchors import find_pieces, locate  # seldom asked
    from ingest.parsers.pages.learned import read_with_lessons

    habits = find_habits(pages)
    if asked.lessons:
        found = read_with_lessons(found, pages, habits, asked.lessons)
    return replace(
        found,
        located=locate(pages, habits, asked.wanted, partial(_box_seen, backs=backs)),
        pieces=find_pieces(pages, habits) if asked.pieces else (),
    )


def as_asked(found: PageReading, pages: Sequence[PageWords]) -> dict[str, Any]:
    """The fields of a reading that answer what was asked, places as a person sees them."""
    backs = _backs(pages)
    return {
        "layout": found.layout,
        "located": tuple(replace(x, box=_box_seen(x.box, backs)) for x in found.located),
        "pieces": tuple(
            replace(x, box=_box_seen(x.box, backs), phrase_box=_box_seen(x.phrase_box, backs))
            for x in found.pieces
        ),
    }


def as_seen(evidence: Mapping[str, Evidence], pages: Sequence[PageWords]) -> dict[str, Evidence]:
    """Evidence with its places on the pages as a person sees them, before they were set upright."""
    backs = _backs(pages)
    if not backs:
        return dict(evidence)
    return {path: _seen(item, backs) for path, item in evidence.items()}


def _backs(pages: Sequence[PageWords]) -> dict[int, Affine]:
    """How the pages that were set upright lie in truth."""
    return {page.number: page.back for page in pages if page.back != SAME}


def _seen(item: Evidence, back: Mapping[int, Affine]) -> Evidence:
    where = item.where
    if not isinstance(where, PageBox) or where.page not in back:
        return item
    return replace(item, where=_box_seen(where, back))


def _box_seen(box: PageBox, backs: Mapping[int, Affine]) -> PageBox:
    if box.page not in backs:
        return box
    seen = backs[box.page].box(box.left, box.top, box.right, box.bottom)
    return PageBox(box.page, *(round(n, 2) for n in seen))


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


def _full_text(laid_out: list[PageRows], pages: Sequence[PageWords]) -> str:
    parts = []
    for rows, page in zip(laid_out, pages, strict=True):
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
        f"The PDF has no text on its {pages} page(s): they are empty.",
        "Look at the document; ask the sender to send the invoice again.",
    )
