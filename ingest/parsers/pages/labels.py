"""Labels on a page and the places where their values may stand: beside, right of, or below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from domain.evidence import PageBox
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.lines import PageRows, Phrase
from ingest.parsers.pages.vocabulary import compiled

_SEPARATORS = re.compile(r"[\s:=.°·•|>-]*")
_BELOW_REACH = 2.6
_RIGHT_REACH = 0.55
_FULL_LABEL = 0.9
_VALUE_GAP = 160.0
_PROGRESS = 0.01
_PARTY_CONCEPTS = (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY)


@dataclass(frozen=True, slots=True)
class Label:
    """A label found in a phrase, from character `start` to `end`."""

    concept: Concept
    weight: float
    phrase: Phrase
    start: int
    end: int


class Relation(Enum):
    """How a value stands to its label, with what that is worth."""

    BESIDE = 1.0
    RIGHT = 0.95
    BELOW = 0.85


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a phrase where the value of a label may stand."""

    phrase: Phrase
    start: int
    end: int
    relation: Relation

    @property
    def text(self) -> str:
        """What is printed there."""
        return self.phrase.text[self.start : self.end]

    def box(self, start: int, end: int) -> PageBox:
        """Where a part of the text stands, counted from the beginning of the spot."""
        return self.phrase.box(self.start + start, self.start + end)


def find_labels(phrase: Phrase) -> tuple[Label, ...]:
    """The labels of a phrase; where two overlap, the longer one stands."""
    found = [
        Label(concept, weight, phrase, m.start(), m.end())
        for concept, weight, pattern in compiled()
        for m in pattern.finditer(phrase.folded)
    ]
    found.sort(key=lambda x: (x.start - x.end, -x.weight))
    kept: list[Label] = []
    for label in found:
        if all(
            label.end <= k.start
            or label.start >= k.end
            or (label.start == k.start and label.end == k.end and label.concept != k.concept)
            for k in kept
        ):
            kept.append(label)
    kept.sort(key=lambda x: x.start)
    return tuple(x for i, x in enumerate(kept) if not _repeats(kept[:i], x))


def _repeats(before: list[Label], label: Label) -> bool:
    """Whether a label only opens the value of the one before it (`Commande : BC 4295`)."""
    if not before or before[-1].concept is not label.concept:
        return False
    gap = label.phrase.text[before[-1].end : label.start]
    return before[-1].end <= label.start and not gap.strip(" :.=")


class LabelledPage:
    """A page with its labels found once, and the neighbours of a phrase."""

    def __init__(self, page: PageRows) -> None:
        self.page = page
        self.phrases = page.phrases
        self._labels = {id(p): find_labels(p) for p in self.phrases}
        self.labels = tuple(x for p in self.phrases for x in self._labels[id(p)])
        self._right: dict[int, Phrase | None] = {}
        self._spots: dict[int, tuple[Spot, ...]] = {}

    @cached_property
    def values(self) -> frozenset[int]:
        """The phrases (by `id`) that stand right of a label other than a party's heading."""
        out: set[int] = set()
        for phrase in self.phrases:
            labels = self.labels_of(phrase)
            if not labels or labels[-1].concept in _PARTY_CONCEPTS:
                continue
            if labels[-1].weight < _FULL_LABEL and not phrase.text.endswith(":"):
                continue
            if labels[-1].end < len(phrase.text.rstrip(" :.=")):
                continue
            right = self.right_of(phrase)
            if right is None or right.left - phrase.right > _VALUE_GAP:
                continue
            if not self.begins_with_label(right):
                out.add(id(right))
        return frozenset(out)

    def labels_of(self, phrase: Phrase) -> tuple[Label, ...]:
        """The labels inside a phrase."""
        return self._labels.get(id(phrase), ())

    def begins_with_label(self, phrase: Phrase) -> bool:
        """Whether a phrase opens with a label of its own, so that it is nobody's value."""
        labels = self.labels_of(phrase)
        return bool(labels) and labels[0].start == 0 and not phrase.text[: labels[0].end].isdigit()

    def right_of(self, phrase: Phrase) -> Phrase | None:
        """The next phrase at the same height."""
        if id(phrase) not in self._right:
            self._right[id(phrase)] = self._find_right(phrase)
        return self._right[id(phrase)]

    def _find_right(self, phrase: Phrase) -> Phrase | None:
        best: Phrase | None = None
        edge = max(phrase.right - 1, phrase.left + _PROGRESS)  # so that no chain runs in a circle
        for other in self.phrases:
            if other.left < edge or (best is not None and other.left >= best.left):
                continue
            if other is not phrase and _same_height(phrase, other):
                best = other
        return best

    def below(self, phrase: Phrase, left: float, right: float, reach: float) -> Phrase | None:
        """The nearest phrase under a stretch of the page, within `reach` line heights."""
        limit = phrase.bottom + reach * phrase.size
        best: Phrase | None = None
        for other in self.phrases:
            if other is phrase or other.middle <= phrase.bottom or other.middle > limit:
                continue
            if other.right < left or other.left > right:
                continue
            if best is None or other.top < best.top - 1:
                best = other
        return best

    def spots(self, label: Label) -> tuple[Spot, ...]:
        """Where the value of a label may stand, the likeliest place first."""
        if id(label) not in self._spots:
            self._spots[id(label)] = tuple(self._find_spots(label))
        return self._spots[id(label)]

    def _find_spots(self, label: Label) -> Iterator[Spot]:
        phrase = label.phrase
        following = [x for x in self.labels_of(phrase) if x.start >= label.end]
        end = following[0].start if following else len(phrase.text)
        start = _skip(phrase.text, label.end)
        if start < end:
            yield Spot(phrase, start, end, Relation.BESIDE)
        elif not following:
            right = self.right_of(phrase)
            near = right is not None and right.left - phrase.right < _RIGHT_REACH * self.page.width
            if right is not None and near:
                stop = self._first_label_after(right, 0)
                yield Spot(right, _skip(right.text, 0), stop, Relation.RIGHT)
        words = phrase.cut(label.start, label.end)
        below = self.below(phrase, words[0].left - 4, words[-1].right + 4, _BELOW_REACH)
        if below is not None:
            yield Spot(below, 0, len(below.text), Relation.BELOW)

    def _first_label_after(self, phrase: Phrase, position: int) -> int:
        starts = [x.start for x in self.labels_of(phrase) if x.start > position]
        return min(starts, default=len(phrase.text))


def _same_height(one: Phrase, other: Phrase) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.4 * min(one.size, other.size)


def _skip(text: str, position: int) -> int:
    match = _SEPARATORS.match(text, position)
    return match.end() if match else position
