"""Tesseract's hOCR answer as words with boxes, line heights and confidence.

Tesseract measures the ink of each word; a row of words is told by its middle, so each word gets
the height of its line: from the line's baseline up and down by the type size that was measured.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TAG = re.compile(r"<[^>]+>")
_WORD = re.compile(r"<span class='ocrx_word'[^>]*? title='([^']*)'[^>]*>(.*?)</span>", re.DOTALL)
_LINE = re.compile(
    r"<span class='ocr_(?:line|header|textfloat|caption)'[^>]*? title=\"([^\"]*)\"[^>]*>"
    r"(.*?)(?=<span class='ocr_(?:line|header|textfloat|caption)'|\Z)",
    re.DOTALL,
)
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_BOX = re.compile(r"bbox (\d+) (\d+) (\d+) (\d+)")
_BASELINE = re.compile(rf"baseline {_NUMBER} {_NUMBER}")
_SIZE = re.compile(rf"x_size {_NUMBER}")
_DESCENDERS = re.compile(rf"x_descenders {_NUMBER}")
_CONFIDENCE = re.compile(r"x_wconf (\d+)")


_LETTERS_ALONE = 0.83
"""The type size that Tesseract measures, as a share of the line height that PDFs state."""

_LONG = 4
_TALL = 1.5


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word in pixels of the image, as tall as its line, and how sure Tesseract is (0 to 1).

    `sideways` tells a word that is taller than wide though it has several letters: Tesseract reads
    columns of turned text too, with no word on how they lie.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float
    sideways: bool = False


def seen_words(answer: str) -> list[SeenWord]:
    """The words of an hOCR file, in reading order."""
    return [word for line in _LINE.finditer(answer) for word in _line_words(line[1], line[2])]


def _line_words(title: str, body: str) -> Iterator[SeenWord]:
    extent = _extent(title)
    for word in _WORD.finditer(body):
        text = html.unescape(_TAG.sub("", word[2])).strip()
        box = _BOX.search(word[1])
        confidence = _CONFIDENCE.search(word[1])
        if not text or box is None or confidence is None:
            continue
        left, top, right, bottom = (float(n) for n in box.groups())
        sideways = len(text) >= _LONG and bottom - top > _TALL * (right - left)
        if extent is not None and not sideways:
            top, bottom = extent
        yield SeenWord(text, left, top, right, bottom, int(confidence[1]) / 100, sideways)


def _extent(title: str) -> tuple[float, float] | None:
    """Top and bottom of a line: its baseline in the middle, and the type size around it."""
    box, baseline, size = _BOX.search(title), _BASELINE.search(title), _SIZE.search(title)
    below = _DESCENDERS.search(title)
    if box is None or baseline is None or size is None or below is None:
        return None
    left, _, right, lowest = (float(n) for n in box.groups())
    foot = lowest + float(baseline[2]) + float(baseline[1]) * (right - left) / 2
    height = float(size[1]) / _LETTERS_ALONE
    middle = foot + float(below[1]) - float(size[1]) / 2
    return middle - height / 2, middle + height / 2
