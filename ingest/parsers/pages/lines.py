"""Rows of a page, and the phrases a row falls into where gaps part its columns.

A phrase is what a person reads in one go: words of one row with ordinary spaces between them.
Labels, values and table cells are looked for in phrases.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from domain.evidence import PageBox
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.words import (
    PageWords,
    Word,
    drop_overprints,
    join_spaced_letters,
    join_touching,
)

_SAME_ROW = 0.38
_COLUMN_GAP = 0.82
_NUMBER_GAP = 0.6
"""Between two numbers, of which one has decimals, a narrower gap parts columns already."""
_LETTERS = 1.25
_HEAD_GAP = 0.52
"""Of the line height: twice the space between two words of one label."""
_WIDER = 1.7
_DECIMALS = re.compile(r"[-+(]?\d[\d.,']*[.,]\d+[)%€-]?")
_NUMERIC = re.compile(r"[-+(]?\d[\d.,']*[)%€-]?")
_RULES = "|\u00a6\u2502\u2503"


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """Neighbouring words of one row; `text` joins them with single spaces.

    `size` is the line height of the tallest word. Phrases are told apart by identity: the same
    words may stand on a page twice.
    """

    page: int
    words: tuple[Word, ...]
    text: str
    folded: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    starts: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, page: int, words: Sequence[Word]) -> Phrase:
        """Make a phrase of words that go from left to right."""
        text = " ".join(w.text for w in words)
        starts: list[int] = []
        position = 0
        for word in words:
            starts.append(position)
            position += len(word.text) + 1
        return cls(
            page,
            tuple(words),
            text,
            fold_printed(text),
            left=words[0].left,
            top=min(w.top for w in words),
            right=words[-1].right,
            bottom=max(w.bottom for w in words),
            size=max(w.bottom - w.top for w in words),
            starts=tuple(starts),
        )

    @property
    def middle(self) -> float:
        """Vertical middle of the first word."""
        return self.words[0].middle

    def cut(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that characters `start` to `end` touch."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = max(bisect_right(self.starts, max(end - 1, start)) - 1, 0)
        return self.words[first : last + 1]

    def box(self, start: int = 0, end: int | None = None) -> PageBox:
        """Where characters `start` to `end` stand."""
        words = self.words if end is None and start == 0 else self.cut(start, end or len(self.text))
        return box_of(self.page, words)


def box_of(page: int, words: Sequence[Word]) -> PageBox:
    """The rectangle around some words."""
    return PageBox(
        page,
        round(min(w.left for w in words), 2),
        round(min(w.top for w in words), 2),
        round(max(w.right for w in words), 2),
        round(max(w.bottom for w in words), 2),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """Phrases that stand at one height, from left to right."""

    page: int
    phrases: tuple[Phrase, ...]
    top: float
    bottom: float

    @property
    def words(self) -> list[Word]:
        """All words from left to right."""
        return [w for p in self.phrases for w in p.words]

    @property
    def text(self) -> str:
        """All words, phrases parted by two spaces."""
        return "  ".join(p.text for p in self.phrases)

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class PageRows:
    """A page laid out in rows from top to bottom.

    `taught` are headings of columns with what a person said they hold.
    """

    number: int
    width: float
    height: float
    rows: tuple[Row, ...]
    taught: tuple[tuple[str, str], ...] = ()

    @property
    def phrases(self) -> list[Phrase]:
        """All phrases, row by row."""
        return [p for r in self.rows for p in r.phrases]


def lay_out(page: PageWords) -> PageRows:
    """Put the words of a page into rows and phrases; rules set in characters are no words."""
    printed = [w for w in drop_overprints(page.words) if w.text.strip(_RULES)]
    rows = tuple(_row(page.number, words) for words in group_rows(printed) if words)
    return PageRows(page.number, page.width, page.height, rows)


def group_rows(words: Iterable[Word]) -> list[list[Word]]:
    """Words that share a height, each group from left to right, groups from top to bottom.

    A word joins the nearest open row whose middle is within a fraction of the type size: columns
    whose baselines are a few points apart stay apart.
    """
    groups: list[tuple[float, list[Word]]] = []
    for word in sorted(words, key=lambda w: (w.middle, w.left)):
        best: tuple[float, list[Word]] | None = None
        nearest = _SAME_ROW * max(word.height, 1.0)
        for middle, members in groups[-4:]:
            distance = abs(word.middle - middle)
            if distance <= min(nearest, _SAME_ROW * max(members[0].height, 1.0)):
                best = (middle, members)
                nearest = distance
        if best is None:
            groups.append((word.middle, [word]))
        else:
            best[1].append(word)
    ordered = [sorted(members, key=lambda w: w.left) for _, members in groups]
    return [join_spaced_letters(join_touching(m)) for m in ordered]


def _row(page: int, words: Sequence[Word]) -> Row:
    phrases = [Phrase.of(page, part) for part in split_at_gaps(words)]
    return Row(page, tuple(phrases), min(w.top for w in words), max(w.bottom for w in words))


def split_at_gaps(words: Sequence[Word]) -> list[list[Word]]:
    """Part a row where the gap is too wide for a space between words."""
    parts: list[list[Word]] = [[words[0]]]
    for before, word in pairwise(words):
        gap, size = word.left - before.right, max(min(before.height, word.height), 4.0)
        apart = gap > _NUMBER_GAP * size and gap > _LETTERS * letter_width((before, word))
        if gap > _COLUMN_GAP * size or (apart and _are_two_numbers(before.text, word.text)):
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def letter_width(words: Sequence[Word]) -> float:
    """How wide a letter of some words is; in typewriter type a space is as wide."""
    return sum(w.right - w.left for w in words) / sum(len(w.text) for w in words)


def parted(phrase: Phrase) -> list[Phrase]:
    """A phrase of labels cut at the gaps that are wider than its spaces."""
    gaps = [word.left - before.right for before, word in pairwise(phrase.words)]
    letter = letter_width(phrase.words)
    usual = min(_LETTERS * letter, _WIDER * max(min(gaps, default=0.0), 0.0) or letter)
    cuts = [
        i
        for i, (gap, word) in enumerate(zip(gaps, phrase.words[1:], strict=True), 1)
        if gap > max(_HEAD_GAP * word.height, usual)
    ]
    if not cuts:
        return [phrase]
    edges = [0, *cuts, len(phrase.words)]
    return [Phrase.of(phrase.page, phrase.words[a:b]) for a, b in pairwise(edges)]


def _are_two_numbers(before: str, after: str) -> bool:
    """Whether two words are numbers by themselves rather than the groups of one."""
    if not _NUMERIC.fullmatch(before) or not _NUMERIC.fullmatch(after):
        return False
    return bool(_DECIMALS.fullmatch(before) or _DECIMALS.fullmatch(after))


def page_text(page: PageRows) -> str:
    """The text of a page in reading order, one row a line."""
    return "\n".join(row.text for row in page.rows)
