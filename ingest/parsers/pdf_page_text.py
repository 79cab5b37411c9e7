"""The words on the pages of a PDF, in the order the file has them, and where each stands.

For full-text search, and to show and compare values of an embedded XML on the visible page. Laying
a page out is what costs; asking where a piece of its text stands is then cheap.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]

from domain.evidence import PageBox
from ingest.parsers.pages.glyphs import Frame, aligned_text
from ingest.parsers.pages.words import Word
from ingest.parsers.seen import SeenPage, SeenPages

_MOST_PAGES: Final = 300
_MOST_CHARACTERS: Final = 2_000_000
_SEARCHED_PAGES: Final = 20
_SEARCHED_CHARACTERS: Final = 60_000
_MOST_MEASURED: Final = 80


def page_text(data: bytes) -> str:
    """The text of all pages; empty when there is none or the file cannot be opened."""
    with seen_pages(data) as seen:
        return seen.text


@contextmanager
def seen_pages(data: bytes) -> Iterator[SeenPages]:
    """The pages of a PDF; boxes can be asked for inside the block only."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        yield SeenPages("", ())
        return
    try:
        texts: list[str] = []
        pages: list[SeenPage] = []
        left = _MOST_CHARACTERS
        for number in range(min(len(document), _MOST_PAGES)):
            try:
                page = document[number]
                textpage = page.get_textpage()
                text = textpage.get_text_bounded()
            except pypdfium2.PdfiumError:
                continue  # one damaged page does not hide the others
            texts.append(text[:left].replace("\r\n", "\n").replace("\x00", ""))
            if number < _SEARCHED_PAGES:
                pages.append(_page(page, textpage, number + 1))
            left -= len(text)
            if left <= 0:
                break
        yield SeenPages("\n".join(texts).strip(), tuple(pages))
    finally:
        document.close()


def _page(page: Any, textpage: Any, number: int) -> SeenPage:
    count = min(textpage.count_chars(), _SEARCHED_CHARACTERS)
    text = aligned_text(textpage, count) if count > 0 else ""
    frame = Frame.of(page, *page.get_size())

    def measure(start: int, end: int) -> PageBox | None:
        first, last = charbox(start), charbox(end - 1)
        if first is None or last is None or last[0] < first[0] or last[1] != first[1]:
            # Not on one line, or not set level: every character is asked.
            between = range(start, min(end, start + _MOST_MEASURED))
            boxes = [box for i in between if (box := charbox(i)) is not None]
        else:
            boxes = [first, last]
        if not boxes:
            return None
        around = Word(
            "",
            min(b[0] for b in boxes),
            max(b[3] for b in boxes),
            max(b[2] for b in boxes),
            min(b[1] for b in boxes),
        )
        placed = frame.place(around)
        edges = (placed.left, placed.top, placed.right, placed.bottom)
        return PageBox(number, *(round(edge, 2) for edge in edges))

    def charbox(index: int) -> tuple[float, float, float, float] | None:
        if text[index].isspace() or text[index] == "\x00":
            return None
        try:
            left, bottom, right, top = textpage.get_charbox(index, loose=True)
        except pypdfium2.PdfiumError:
            return None
        return left, bottom, right, top

    return SeenPage(text, measure)
