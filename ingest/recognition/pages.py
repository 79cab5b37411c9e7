"""The pages of a scan recognised one by one, each set upright first, within bounds of time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from PIL import Image, ImageFilter

from ingest.parsers.pages.pictures import Pictures
from ingest.parsers.pages.placement import SAME, Affine, scaled
from ingest.parsers.pages.words import PageWords, Word
from ingest.recognition.agreement import agreed
from ingest.recognition.options import RecognitionOptions
from ingest.recognition.rules import without_rules
from ingest.recognition.searchable import TextLayer
from ingest.recognition.straighten import levelled, turned
from ingest.recognition.tesseract import (
    Layout,
    Recognised,
    RecognitionFailed,
    quarters_to_upright,
    recognise,
)

_DOTS_PER_INCH: Final = 300
_POINTS: Final = 72
_GOOD: Final = 0.85
"""A page read with less confidence is tried again turned, then with its noise filtered."""

_WORTH_READING_AGAIN: Final = 0.5
_SECOND_SECONDS: Final = 60.0
_FEW_WORDS: Final = 8
_MOSTLY: Final = 0.3
_LEAST_CONFIDENCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class RecognisedPages:
    """What was recognised: words, how sure each is, layers for the derived PDF, pages left."""

    pages: tuple[PageWords, ...] = ()
    confidences: Mapping[int, Mapping[Word, float]] = field(default_factory=dict)
    layers: Mapping[int, TextLayer] = field(default_factory=dict)
    left: tuple[int, ...] = ()


def recognise_pages(
    data: bytes, numbers: Sequence[int], options: RecognitionOptions
) -> RecognisedPages:
    """Recognise these pages of a PDF; those beyond the bounds are left and named."""
    deadline = time.monotonic() + options.document_seconds
    pages: list[PageWords] = []
    confidences: dict[int, Mapping[Word, float]] = {}
    layers: dict[int, TextLayer] = {}
    left = list(numbers[options.pages :])
    pictures = Pictures(data)
    try:
        for number in numbers[: options.pages]:
            seconds = min(options.page_seconds, deadline - time.monotonic())
            try:
                attempt = _recognise_page(pictures, number, options.languages, seconds)
            except RecognitionFailed:
                left.append(number)
                continue
            words = dict(attempt.words())
            confidences[number] = words
            layers[number] = TextLayer(attempt.seen.text_layer, attempt.layer_back())
            width, height = attempt.size
            pages.append(
                PageWords(number, width, height, tuple(words), back=attempt.back_in_points())
            )
    finally:
        pictures.close()
    return RecognisedPages(tuple(pages), confidences, layers, tuple(sorted(left)))


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try at a page: the image that was read, what was seen, the way back to the page."""

    image: Image.Image
    dots: float
    back: Affine
    seen: Recognised

    @property
    def score(self) -> float:
        """How sure the letters are on average; 0 for a page of few words, or of sideways ones."""
        weights = [(len(w.text), w.confidence) for w in self.seen.words]
        sideways = sum(len(w.text) for w in self.seen.words if w.sideways)
        if len(weights) < _FEW_WORDS or sideways > _MOSTLY * sum(n for n, _ in weights):
            return 0.0
        return sum(n * c for n, c in weights) / sum(n for n, _ in weights)

    @property
    def size(self) -> tuple[float, float]:
        """The image in points."""
        return self.image.width * _POINTS / self.dots, self.image.height * _POINTS / self.dots

    def words(self) -> Iterator[tuple[Word, float]]:
        """The words in points, with their confidence."""
        to_points = scaled(_POINTS / self.dots)
        for w in self.seen.words:
            if w.confidence >= _LEAST_CONFIDENCE:
                box = to_points.box(w.left, w.top, w.right, w.bottom)
                yield Word(w.text, *box), w.confidence

    def back_in_points(self) -> Affine:
        """From the points of the image that was read to the points of the page."""
        return scaled(self.dots / _POINTS).then(self.back).then(scaled(_POINTS / self.dots))

    def layer_back(self) -> Affine:
        """The same for the text layer, whose points go by a whole number of dots an inch."""
        return scaled(round(self.dots) / _POINTS).then(self.back).then(scaled(_POINTS / self.dots))


def _recognise_page(
    pictures: Pictures, number: int, languages: tuple[str, ...], seconds: float
) -> _Attempt:
    """Read a page the way it reads best, and a second time as lines from edge to edge."""
    if seconds <= 0:
        raise RecognitionFailed("no time is left")
    deadline = time.monotonic() + seconds
    best = _best_attempt(pictures, number, languages, seconds)
    left = min(deadline - time.monotonic(), _SECOND_SECONDS)
    if best.score < _WORTH_READING_AGAIN or left <= 0:
        return best
    bare = without_rules(best.image, best.dots)
    try:
        second = recognise(bare, round(best.dots), languages, left, Layout.BLOCK)
    except RecognitionFailed:
        return best  # noise can keep Tesseract busy for minutes
    return replace(best, seen=replace(best.seen, words=agreed(best.seen.words, second.words)))


def _best_attempt(
    pictures: Pictures, number: int, languages: tuple[str, ...], seconds: float
) -> _Attempt:
    """Try a page as it lies; turned when it does not read well so; then without its noise."""
    image, dots = pictures.draw(number, _DOTS_PER_INCH)
    best = _attempt(image, dots, SAME, languages, seconds)
    if best.score >= _GOOD:
        return best
    quarters = quarters_to_upright(image, round(dots), seconds)
    if quarters:
        upright, back = turned(image, quarters)
        best = max(best, _attempt(upright, dots, back, languages, seconds), key=lambda a: a.score)
    if best.score < _GOOD:
        calm = best.image.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.MedianFilter(3))
        again = recognise(calm, round(dots), languages, seconds)
        best = max(best, _Attempt(calm, dots, best.back, again), key=lambda a: a.score)
    return best


def _attempt(
    image: Image.Image, dots: float, back: Affine, languages: tuple[str, ...], seconds: float
) -> _Attempt:
    level, lean = levelled(image)
    seen = recognise(level, round(dots), languages, seconds)
    return _Attempt(level, dots, lean.then(back), seen)
