"""Labels on a page and the places where their values may stand: beside, right of, or below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from domain.evidence import PageBox
from ingest.parsers.pages.columns import TableHead, find_heads
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.lines import PageRows, Phrase
from ingest.parsers.pages.vocabulary import compiled

_SPELLED = re.compile(r"[a-z#]")
"""What every label has: most phrases of a table are numbers and need not be looked through."""
_SEPARATORS = re.compile(r"[\s:=.°·•|>-]*")
_BELOW_REACH = 2.6
_RIGHT_REACH = 0.55
_FULL_LABEL = 0.9
_VALUE_GAP = 160.0
_PROGRESS = 0.01
_PART_WORDS = 3
_PREFIX = 3
_MOST_ROWS = 3
_VAGUE = 0.6
_TABLE_REACH = 3.6
_SAME_ROW = 3.0
_FLUSH = 2.0
_NUMBERED = frozenset(
    {
        Concept.VAT_ID,
        Concept.SIRET,
        Concept.SIREN,
        Concept.IBAN,
        Concept.NUMBER,
        Concept.ISSUE_DATE,
        Concept.DUE_DATE,
    }
)
"""What has no value without digits."""
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
    if _SPELLED.search(phrase.folded) is None:
        return ()
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
        self.label_parts: set[int] = set()
        """The rows (by `id`) of labels that take several."""
        wrapped = tuple(self._wrapped_labels())
        self.labels = (*(x for p in self.phrases for x in self._labels[id(p)]), *wrapped)
        self._right: dict[int, Phrase | None] = {}
        self._spots: dict[int, tuple[Spot, ...]] = {}

    def _wrapped_labels(self) -> Iterator[Label]:
        """Labels set in two or three rows, as narrow columns make them (`Date` over `d'échéance`).

        The rows then announce nothing by themselves.
        """
        short = [p for p in self.phrases if _may_be_part(p)]
        for index, upper in enumerate(short):
            parts, best = [upper], 1
            whole: list[Label] = []
            for _ in range(_MOST_ROWS - 1):
                lower = next((p for p in short[index + 1 :] if _goes_on(parts[-1], p)), None)
                if lower is None or id(lower) in self.label_parts or self._is_whole_label(lower):
                    break
                if self._are_two_fields(parts[-1], lower):
                    break
                parts.append(lower)
                stacked = Phrase.of(upper.page, [w for p in parts for w in p.words])
                found = [x for x in find_labels(stacked) if _spans(x) and x.weight > _VAGUE]
                if found:
                    whole, best = found, len(parts)
            if whole:
                self.label_parts.update(id(p) for p in parts[:best])
                self._labels.update((id(p), ()) for p in parts[:best])
                self._labels[id(whole[0].phrase)] = tuple(whole)
                yield from whole

    def _are_two_fields(self, upper: Phrase, lower: Phrase) -> bool:
        """Whether each row has a value of its own beside it, one under the other."""
        values = [self._find_right(p) for p in (upper, lower)]
        one, other = values
        if one is None or other is None or one is other or abs(one.left - other.left) > _FLUSH:
            return False
        return all(c.isdigit() for v in (one, other) for c in v.text[-1:])

    def _is_whole_label(self, phrase: Phrase) -> bool:
        return any(_spans(x) and x.weight >= _FULL_LABEL for x in self.labels_of(phrase))

    @cached_property
    def heads(self) -> list[TableHead]:
        """The heads of item tables, from top to bottom."""
        return find_heads(self.page)

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
            numbered = labels[-1].concept not in _NUMBERED or any(map(str.isdigit, right.text))
            if numbered and not self.begins_with_label(right):
                out.add(id(right))
        return frozenset(out)

    def labels_of(self, phrase: Phrase) -> tuple[Label, ...]:
        """The labels inside a phrase."""
        return self._labels.get(id(phrase), ())

    def begins_with_label(self, phrase: Phrase) -> bool:
        """Whether a phrase opens with a label of its own, so that it is nobody's value."""
        labels = self.labels_of(phrase)
        if id(phrase) in self.label_parts:
            return True
        if not labels or labels[0].start or is_prefix(labels[0]):
            return False
        return not phrase.text[: labels[0].end].isdigit()

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
        if self.in_row_of_labels(label):
            yield from self._in_cell(label, words[0].left - 4, words[-1].right + 4)
            return
        below = self.below(phrase, words[0].left - 4, words[-1].right + 4, _BELOW_REACH)
        if below is not None:
            yield Spot(below, 0, len(below.text), Relation.BELOW)

    def _in_cell(self, label: Label, left: float, right: float) -> Iterator[Spot]:
        """The value under the head of a little table: its own words of what the row shows.

        Cells set close become one phrase; heads flush left may stand over values that are centred.
        """
        before, after = self._cell_edges(label, left + 4, right - 4)
        below = self.below(label.phrase, left, right, _TABLE_REACH)
        if below is None and after < self.page.width:
            below = self.below(label.phrase, left, after, _TABLE_REACH)
            if below is not None and below.left + below.right > 2 * after:
                below = None
        if below is None:
            return
        own = [i for i, w in enumerate(below.words) if before < w.left + w.right <= 2 * after]
        if not own or len(own) == len(below.words):
            yield Spot(below, 0, len(below.text), Relation.BELOW)
            return
        end = below.starts[own[-1]] + len(below.words[own[-1]].text)
        yield Spot(below, below.starts[own[0]], end, Relation.BELOW)

    def _cell_edges(self, label: Label, left: float, right: float) -> tuple[float, float]:
        """Twice the place where the label before ends, and where the one after it begins."""
        row = [
            x.phrase
            for x in self.labels
            if x.phrase is not label.phrase and abs(x.phrase.top - label.phrase.top) < _SAME_ROW
        ]
        before = max((p.right for p in row if p.right <= left), default=0.0)
        after = min((p.left for p in row if p.left >= right), default=self.page.width)
        return 2 * before, after

    def in_row_of_labels(self, label: Label) -> bool:
        """Whether two further phrases of the row are labels: the head of a little table."""
        in_row = {
            id(x.phrase)
            for x in self.labels
            if x.phrase is not label.phrase and abs(x.phrase.top - label.phrase.top) < _SAME_ROW
        }
        return len(in_row) > 1

    def _first_label_after(self, phrase: Phrase, position: int) -> int:
        starts = [x.start for x in self.labels_of(phrase) if x.start > position]
        return min(starts, default=len(phrase.text))


def is_prefix(label: Label) -> bool:
    """Whether a label is rather the first part of a code: the `BC` of `BC 2026-118`."""
    text = label.phrase.text
    printed = text[label.start : label.end]
    following = text[label.end : label.end + 2]
    return (
        len(printed) <= _PREFIX
        and printed.isalpha()
        and printed.isupper()
        and following[1:].isdigit()
        and following[0] == " "
    )


def _may_be_part(phrase: Phrase) -> bool:
    """Whether a phrase may be one row of a label that takes two."""
    return len(phrase.words) <= _PART_WORDS and not any(c.isdigit() for c in phrase.text)


def _goes_on(upper: Phrase, lower: Phrase) -> bool:
    """Whether a phrase stands close under another, flush left, flush right or centred."""
    gap = lower.top - upper.bottom
    if not -0.5 * upper.size < gap < 0.6 * upper.size or lower.middle < upper.bottom - 1:
        return False
    if abs(upper.size - lower.size) > 1 or upper.text.rstrip().endswith(":"):
        return False
    return (
        abs(upper.left - lower.left) < _FLUSH
        or abs(upper.right - lower.right) < _FLUSH
        or abs(upper.left + upper.right - lower.left - lower.right) < 2 * _FLUSH
    )


def _spans(label: Label) -> bool:
    """Whether a label is all that its phrase says."""
    return label.start == 0 and label.end >= len(label.phrase.text.rstrip(" :.="))


def _same_height(one: Phrase, other: Phrase) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.4 * min(one.size, other.size)


def _skip(text: str, position: int) -> int:
    match = _SEPARATORS.match(text, position)
    return match.end() if match else position
