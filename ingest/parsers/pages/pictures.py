"""What is drawn on the pages of a PDF beside text, and the pages as images, through PDFium."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
from PIL import Image

_MOST_OBJECTS: Final = 4000
_DEEPEST: Final = 3
_LARGE_PICTURE: Final = 0.5
_PICTURE: Final = 0.15
_OUTLINED_WORDS: Final = 150
"""So many drawn shapes on a page without text are letters turned into outlines."""

_MOST_PIXELS: Final = 26_000_000
_POINTS: Final = 72


class Pictures:
    """The pages of one PDF, looked at as pictures; numbers count from 1."""

    def __init__(self, data: bytes) -> None:
        """Open the PDF.

        Raises:
            pypdfium2.PdfiumError: it cannot be opened.
        """
        self._document = pypdfium2.PdfDocument(data)

    def __len__(self) -> int:
        return len(self._document)

    def close(self) -> None:
        """Give the memory back."""
        self._document.close()

    def has_unread(self, number: int, *, empty: bool) -> bool:
        """Whether a page shows pictures large enough, or shapes many enough, to hold the text.

        Args:
            number: of the page.
            empty: whether it has no text at all; a smaller picture then counts.
        """
        page = self._document[number - 1]
        try:
            share, shapes = _drawn(page)
        finally:
            page.close()
        return share >= (_PICTURE if empty else _LARGE_PICTURE) or (
            empty and shapes >= _OUTLINED_WORDS
        )

    def draw(self, number: int, dots_per_inch: int) -> tuple[Image.Image, float]:
        """A page in grey as it is seen, and its dots an inch: fewer for large pages."""
        page = self._document[number - 1]
        try:
            width, height = page.get_size()
            scale = dots_per_inch / _POINTS
            scale = min(scale, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
            bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=True)
            image: Image.Image = bitmap.to_pil().convert("L")
        finally:
            page.close()
        return image, scale * _POINTS


def _drawn(page: Any) -> tuple[float, int]:
    """The share of a page that images cover, and how many shapes are drawn on it."""
    width, height = page.get_size()
    covered, shapes = 0.0, 0
    kinds = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH)
    for count, item in enumerate(page.get_objects(filter=kinds, max_depth=_DEEPEST)):
        if count > _MOST_OBJECTS:
            break
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            shapes += 1
            continue
        left, bottom, right, top = item.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return covered / max(width * height, 1.0), shapes


def with_unread(data: bytes, numbers: Sequence[int], empty: frozenset[int]) -> tuple[int, ...]:
    """Which of these pages show what their text does not say."""
    try:
        pictures = Pictures(data)
    except pypdfium2.PdfiumError:
        return ()
    try:
        return tuple(n for n in numbers if _unread(pictures, n, empty=n in empty))
    finally:
        pictures.close()


def _unread(pictures: Pictures, number: int, *, empty: bool) -> bool:
    try:
        return pictures.has_unread(number, empty=empty)
    except pypdfium2.PdfiumError:
        return False  # a page that cannot be opened cannot be recognised
