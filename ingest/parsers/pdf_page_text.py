"""The words on the pages of a PDF, in reading order as the file has them, for full-text search."""

from __future__ import annotations

from typing import Final

import pypdfium2  # type: ignore[import-untyped]

_MOST_PAGES: Final = 300
_MOST_CHARACTERS: Final = 2_000_000


def page_text(data: bytes) -> str:
    """The text of all pages; empty when there is none or the file cannot be opened."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return ""
    try:
        return "\n".join(_pages(document)).strip()
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument) -> list[str]:
    texts: list[str] = []
    left = _MOST_CHARACTERS
    for number in range(min(len(document), _MOST_PAGES)):
        try:
            page = document[number]
            text = page.get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            continue  # one damaged page does not hide the others
        texts.append(text[:left].replace("\r\n", "\n").replace("\x00", ""))
        left -= len(text)
        if left <= 0:
            break
    return texts
