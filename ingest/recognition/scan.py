"""A scan, PDF or image file, from its bytes to a reading with evidence and the derived PDF.

What is recognised goes through the same reader as printed pages. Pages that have their own text
keep it; where that text alone shows a whole invoice, the recognised pages add words to be found,
and no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.identifiers import Digest
from domain.invoice import Attachment, DocumentKind, ReadFailure, Reading, ReadRemark, Syntax
from domain.lesson import NOTHING_ASKED, Asked
from ingest.detect import FileType
from ingest.member import Member
from ingest.parsers.pages.glyphs import Unopenable, read_words
from ingest.parsers.pages.words import PageWords
from ingest.parsers.pdf_text import as_asked, as_seen, read_layout, unread_pages
from ingest.recognition.doubt import doubted
from ingest.recognition.options import Derived, RecognitionOptions
from ingest.recognition.pages import RecognisedPages, recognise_pages
from ingest.recognition.parts import PagesOfOne, invoices_in
from ingest.recognition.searchable import MADE_WITH, NotAnImage, only_pages, pdf_of_image, with_text
from ingest.recognition.waiting import PROGRAM, is_whole, left_unread, version

_FEWEST_LETTERS: Final = 20
_MOST_PIXELS: Final = 120_000_000
_HEADER_WINDOW: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ScanReading:
    """What a scan turned out to be."""

    reading: Reading
    derived: Derived | None = None
    parts: tuple[Member, ...] = ()


def read_scan(
    data: bytes, kind: FileType, options: RecognitionOptions, asked: Asked = NOTHING_ASKED
) -> ScanReading:
    """Recognise what is a picture in a file, read it, and answer what else is asked."""
    if kind is FileType.IMAGE:
        try:
            data = pdf_of_image(data, options.pages, _MOST_PIXELS)
        except NotAnImage as problem:
            return ScanReading(_failed(_bad_image(problem)))
    else:
        data = data[max(data.find(b"%PDF-", 0, _HEADER_WINDOW), 0) :]
    try:
        printed = read_words(data)
    except Unopenable as problem:
        return ScanReading(_failed(_bad_image(problem)))
    unread = unread_pages(data, printed)
    if kind is FileType.IMAGE:
        unread = tuple(page.number for page in printed.pages)
    recognised = recognise_pages(data, unread, options)
    own = [page for page in printed.pages if page.number not in unread]
    derived = _derived(data, recognised)
    pages = sorted((*own, *recognised.pages), key=lambda page: page.number)
    several = () if recognised.left else invoices_in(pages)
    if several:
        parts = tuple(Member(_part_name(one), only_pages(data, one.pages)) for one in several)
        return ScanReading(_of_several(several, parts, pages), derived, parts)
    return ScanReading(_read(own, recognised, asked), derived)


def _of_several(
    several: Sequence[PagesOfOne], parts: Sequence[Member], pages: Sequence[PageWords]
) -> Reading:
    """A scan of several invoices: no invoice itself, and each of them named."""
    named = "; ".join(f"{one.number}: {_page_range(one)}" for one in several)
    message = f"The scan holds {len(several)} invoices, each read on its own pages ({named})."
    return Reading(
        DocumentKind.OTHER,
        Syntax.PDF_OCR,
        attachments=tuple(
            Attachment(part.name, Digest.of(part.data).hex, len(part.data), archived=True)
            for part in parts
        ),
        text=read_layout(pages)[1],
        remarks=(ReadRemark("ING-OCR-06", "text", "", message),),
    )


def _part_name(one: PagesOfOne) -> str:
    number = "".join(c if c.isalnum() or c in "-_" else "-" for c in one.number)
    return f"{number} ({_page_range(one)}).pdf"


def _page_range(one: PagesOfOne) -> str:
    first, last = one.pages[0], one.pages[-1]
    return f"p. {first}" if first == last else f"p. {first}-{last}"


def _read(own: Sequence[PageWords], recognised: RecognisedPages, asked: Asked) -> Reading:
    found, text = read_layout(own, asked)
    reading = Reading(
        found.kind,
        Syntax.PDF_TEXT,
        found.invoice,
        as_seen(found.evidence, own),
        text=text,
        **as_asked(found, own),
    )
    pages = sorted((*own, *recognised.pages), key=lambda page: page.number)
    if is_whole(reading):
        reading = replace(reading, text=read_layout(pages)[1])
    else:
        found, text = read_layout(pages, asked)
        if sum(c.isalnum() for c in text) < _FEWEST_LETTERS:
            why = _TOO_SLOW if recognised.left else _NOTHING_SEEN
            return replace(_failed(why), text=text, unread_pages=recognised.left)
        invoice, evidence = doubted(found, recognised)
        reading = Reading(
            found.kind,
            Syntax.PDF_OCR,
            invoice,
            as_seen(evidence, pages),
            text=text,
            **as_asked(found, pages),
        )
    if recognised.left:
        remark = left_unread(recognised.left, _OUT_OF_BOUNDS)
        reading = replace(reading, remarks=(remark,), unread_pages=recognised.left)
    return reading


def _derived(data: bytes, recognised: RecognisedPages) -> Derived | None:
    if not recognised.layers:
        return None
    made = with_text(data, recognised.layers)
    return None if made is None else Derived(made, {PROGRAM: version(), **MADE_WITH})


_NOTHING_SEEN: Final = ReadFailure(
    "ING-OCR-03",
    "The pages are pictures, and no text could be recognised on them.",
    "Look at the document: it may be blank, handwritten or too faint. Scan it again at 300 dpi.",
)
_TOO_SLOW: Final = ReadFailure(
    "ING-OCR-04",
    "Recognising the pages took longer than a document may take.",
    "Raise recognition.seconds, or look at the document: it may be damaged or hostile.",
)
_OUT_OF_BOUNDS: Final = ReadFailure(
    "ING-OCR-04", "they are more than are recognised, or took too long", ""
)


def _bad_image(problem: Exception) -> ReadFailure:
    return ReadFailure(
        "ING-OCR-05",
        f"The picture cannot be opened: {str(problem)[:200]}.",
        "Scan the page again, to PDF if the scanner can.",
    )


def _failed(failure: ReadFailure) -> Reading:
    return Reading(DocumentKind.OTHER, Syntax.PDF_OCR, error=failure)
