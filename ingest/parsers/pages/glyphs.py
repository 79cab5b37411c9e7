"""The characters of a PDF as words with boxes, through PDFium.

Only the first and the last character of a word are measured, and the text of a page is fetched in
one call: some ten times faster than asking for every character. Work is bounded by pages, by
characters and by a deadline; what lies beyond is not read and `truncated` says so.
"""

from __future__ import annotations

import ctypes
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.parsers.pages.folding import expand_ligatures
from ingest.parsers.pages.placement import turning, unturning
from ingest.parsers.pages.words import PageWords, Word

_WORD = re.compile(r"[^\s\x00]+")
_LINE_END_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-"}
_UPRIGHT = math.radians(25)
_FULL_TURN = 2 * math.pi
_QUARTERS = 4
_LEVEL = 0.2
_MOSTLY = 2
"""A page with more words at an angle than this many times its level ones was drawn sideways."""

_PASSWORD_ERROR = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a document is read at most."""

    pages: int = 100
    characters_per_page: int = 60_000
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class PrintedPages:
    """The words of a document's pages."""

    pages: tuple[PageWords, ...]
    page_count: int
    truncated: bool = False


class Unopenable(Exception):
    """PDFium cannot open the bytes; `locked` when a password is asked for."""

    def __init__(self, message: str, *, locked: bool) -> None:
        super().__init__(message)
        self.locked = locked


def read_words(data: bytes, limits: Limits = Limits()) -> PrintedPages:
    """Read the words of every page within the limits."""
    import pypdfium2  # type: ignore[import-untyped]

    deadline = time.monotonic() + limits.seconds
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD_ERROR
        raise Unopenable(str(error), locked=locked) from error
    try:
        count = len(document)
        pages: list[PageWords] = []
        for index in range(min(count, limits.pages)):
            if time.monotonic() > deadline:
                break
            try:
                page = document[index]
            except pypdfium2.PdfiumError:
                continue
            pages.append(_read_page(page, index + 1, limits.characters_per_page))
        return PrintedPages(tuple(pages), count, truncated=len(pages) < count)
    finally:
        document.close()


def _read_page(page: Any, number: int, most: int) -> PageWords:
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        frame = Frame.of(page, width, height)
        words: list[Word] = []
        sideways: list[tuple[Word, float]] = []
        for word, angle in _page_words(textpage, most):
            placed = frame.place(word)
            if frame.is_upright(angle):
                words.append(placed)
            else:
                sideways.append((placed, angle))
        hidden = _is_hidden(textpage)
    finally:
        textpage.close()
        page.close()
    if len(sideways) > _MOSTLY * len(words):
        return _set_upright(number, frame, words, sideways)
    return PageWords(
        number, width, height, tuple(words), tuple(w for w, _ in sideways), hidden=hidden
    )


def _set_upright(
    number: int, frame: Frame, words: list[Word], sideways: list[tuple[Word, float]]
) -> PageWords:
    """A page drawn sideways or upside down, turned so that most of its lines can be read."""
    angles = [frame.quarter(angle) for _, angle in sideways]
    drawn = max(set(angles), key=angles.count)
    if drawn == 0:  # lines that climb at no right angle
        return PageWords(
            number, frame.width, frame.height, tuple(words), tuple(w for w, _ in sideways)
        )
    upright = _QUARTERS - drawn
    turn = turning(upright, frame.width, frame.height)
    lines = [w for (w, _), angle in zip(sideways, angles, strict=True) if angle == drawn]
    others = words + [w for (w, _), angle in zip(sideways, angles, strict=True) if angle != drawn]
    width, height = frame.width, frame.height
    if upright % 2:
        width, height = height, width
    return PageWords(
        number,
        width,
        height,
        tuple(Word(w.text, *turn.box(*w[1:])) for w in lines),
        tuple(Word(w.text, *turn.box(*w[1:])) for w in others),
        unturning(upright, frame.width, frame.height),
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """From PDF coordinates (origin bottom left, before rotation) to the page as it is seen."""

    left: float
    bottom: float
    width: float
    height: float
    turns: int

    @classmethod
    def of(cls, page: Any, width: float, height: float) -> Frame:
        """The frame of a page of PDFium's."""
        left, bottom, *_ = page.get_cropbox(fallback_ok=True) or (0.0, 0.0, 0.0, 0.0)
        return cls(left, bottom, width, height, (page.get_rotation() // 90) % _QUARTERS)

    def place(self, word: Word) -> Word:
        """Turn a box whose `top` and `bottom` still count upwards."""
        x0, x1 = word.left - self.left, word.right - self.left
        y0, y1 = word.bottom - self.bottom, word.top - self.bottom
        if self.turns == 0:
            top, bottom = self.height - y1, self.height - y0
            if x0 <= x1 and top <= bottom:  # nearly every word there is
                return Word(word.text, x0, top, x1, bottom)
            box = (x0, top, x1, bottom)
        elif self.turns == 1:
            box = (y0, x0, y1, x1)
        elif self.turns == 2:  # noqa: PLR2004 (half a turn)
            box = (self.width - x1, y0, self.width - x0, y1)
        else:
            box = (self.width - y1, self.height - x1, self.width - y0, self.height - x0)
        left, right = sorted((box[0], box[2]))
        top, bottom = sorted((box[1], box[3]))
        return Word(word.text, left, top, right, bottom)

    def is_upright(self, angle: float) -> bool:
        """Whether text drawn at this angle is read horizontally on the page as it is seen.

        PDFium counts the angle of text clockwise, as pages are turned.
        """
        seen = (angle + self.turns * math.pi / 2) % _FULL_TURN
        return seen < _UPRIGHT or seen > _FULL_TURN - _UPRIGHT

    def quarter(self, angle: float) -> int:
        """By how many clockwise quarter turns text drawn at this angle is turned, as it is seen."""
        return (round(angle / (math.pi / 2)) + self.turns) % _QUARTERS


def aligned_text(textpage: Any, count: int) -> str:
    """The text with exactly one character for each of PDFium's."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(textpage, 0, count, buffer)
    if written - 1 == count:
        text = ctypes.string_at(buffer, 2 * count).decode("utf-16-le", "replace")
        if len(text) == count:  # a pair of surrogates is one character here and two for PDFium
            return text.translate(_LINE_END_HYPHENS)
    get = pdfium.FPDFText_GetUnicode
    text = "".join(chr(get(textpage, i) or 0x20) for i in range(count))
    return text.translate(_LINE_END_HYPHENS)


def _page_words(textpage: Any, most: int) -> Iterator[tuple[Word, float]]:
    """Words in drawing order with their angle; `top` and `bottom` still in PDF's upward sense."""
    import pypdfium2.raw as pdfium

    count = min(textpage.count_chars(), most)
    if count <= 0:
        return
    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    loose, angle_of = pdfium.FPDFText_GetLooseCharBox, pdfium.FPDFText_GetCharAngle
    for match in _WORD.finditer(aligned_text(textpage, count)):
        start, end = match.start(), match.end() - 1
        if not loose(textpage, start, first):
            continue
        left, top, right, bottom = first.left, first.top, first.right, first.bottom
        if end == start or not loose(textpage, end, last):
            angle = angle_of(textpage, start)
        else:
            end_left, end_bottom = last.left, last.bottom
            # A word may be drawn at an angle only where its ends do not lie level.
            is_level = abs(bottom - end_bottom) < _LEVEL * (top - bottom) and end_left > left
            angle = 0.0 if is_level else angle_of(textpage, start)
            left, bottom = min(left, end_left), min(bottom, end_bottom)
            top, right = max(top, last.top), max(right, last.right)
        yield Word(expand_ligatures(match[0]), left, top, right, bottom), angle


def _is_hidden(textpage: Any) -> bool:
    """Whether the text is not drawn, told by its first, middle and last character."""
    import pypdfium2.raw as pdfium

    count = textpage.count_chars()
    if count <= 0:
        return False
    return all(
        pdfium.FPDFTextObj_GetTextRenderMode(pdfium.FPDFText_GetTextObject(textpage, place))
        == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        for place in (0, count // 2, count - 1)
    )
