"""Words as they stand on a page, and the repairs that drawing tricks make necessary.

Upholds: what was drawn twice (fake bold, shadows) is read once; letters set apart for looks
(`F A C T U R E`) become the word they spell; pieces of one word drawn one after the other are
joined. Coordinates are PDF points, origin top left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ingest.parsers.pages.placement import SAME, Affine

_SAME_PLACE = 2.0
_TOUCHING = 0.04
_LETTER_GAP = 0.75
_MIN_SPACED_LETTERS = 3


class Word(NamedTuple):
    """One printed word with its box (a tuple, since a page makes hundreds of them)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Line height, near the type size."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Vertical middle."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of one page; `sideways` holds what is printed at an angle.

    A page whose lines run sideways or askew is set upright; `back` leads from here to the page as
    it is seen. `hidden` says that its words are not drawn: somebody's recognition of a picture.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    sideways: tuple[Word, ...] = ()
    back: Affine = SAME
    hidden: bool = False


def drop_overprints(words: Iterable[Word]) -> list[Word]:
    """Keep one of each word that is drawn again in the same place."""
    seen: dict[str, list[Word]] = defaultdict(list)
    kept: list[Word] = []
    for word in words:
        twins = seen[word.text]
        if any(
            abs(word.left - w.left) < _SAME_PLACE and abs(word.top - w.top) < _SAME_PLACE
            for w in twins
        ):
            continue
        twins.append(word)
        kept.append(word)
    return kept


def _join(pieces: Sequence[Word]) -> Word:
    if len(pieces) == 1:
        return pieces[0]
    return Word(
        "".join(p.text for p in pieces),
        min(p.left for p in pieces),
        min(p.top for p in pieces),
        max(p.right for p in pieces),
        max(p.bottom for p in pieces),
    )


def join_touching(row: Sequence[Word]) -> list[Word]:
    """Join pieces of one word that were drawn apart; `row` goes from left to right."""
    joined: list[Word] = []
    for word in row:
        last = joined[-1] if joined else None
        if last is not None and _touch(last, word):
            joined[-1] = _join((last, word))
        else:
            joined.append(word)
    return joined


def _touch(left: Word, right: Word) -> bool:
    gap = right.left - left.right
    alike = abs(left.height - right.height) < 0.2 * left.height
    return alike and -0.5 * left.height < gap < _TOUCHING * left.height


def join_spaced_letters(row: Sequence[Word]) -> list[Word]:
    """Spell words whose letters are set apart; a gap twice as wide as the others parts words."""
    out: list[Word] = []
    index = 0
    while index < len(row):
        end = index
        while end < len(row) and _is_lone_letter(row[end], row[end - 1] if end > index else None):
            end += 1
        if end - index >= _MIN_SPACED_LETTERS:
            out.extend(_spell(row[index:end]))
            index = end
        else:
            out.append(row[index])
            index += 1
    return out


def _is_lone_letter(word: Word, before: Word | None) -> bool:
    if len(word.text) != 1 or not word.text.isalpha():
        return False
    return before is None or word.left - before.right < 2 * _LETTER_GAP * word.height


def _spell(letters: Sequence[Word]) -> list[Word]:
    gaps = [b.left - a.right for a, b in pairwise(letters)]
    usual = sorted(gaps)[len(gaps) // 2]
    words: list[list[Word]] = [[letters[0]]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        if gap > max(2 * usual, usual + 0.2 * letter.height):
            words.append([letter])
        else:
            words[-1].append(letter)
    return [_join(w) for w in words]
