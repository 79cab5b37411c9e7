"""Two readings of one page put together: what one missed is added, what they dispute is doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.recognition.hocr import SeenWord

_ADDED: Final = 0.5
"""A word that only the second reading has must be read at least so surely."""

_DISPUTED: Final = 0.5
_CLEARLY: Final = 0.15


def agreed(first: Sequence[SeenWord], second: Sequence[SeenWord]) -> tuple[SeenWord, ...]:
    """The words of the first reading, surer or less sure by the second, and what only that has."""
    words = list(first)
    for other in second:
        meeting = [i for i, word in enumerate(first) if _meet(word, other)]
        if not meeting:
            if other.confidence >= _ADDED and not other.sideways:
                words.append(other)
        elif len(meeting) == 1 and _same_stretch(first[meeting[0]], other):
            words[meeting[0]] = _settled(first[meeting[0]], other)
    return tuple(words)


def _settled(word: SeenWord, other: SeenWord) -> SeenWord:
    surest = max(word.confidence, other.confidence)
    if word.text == other.text:
        return replace(word, confidence=surest)
    better = other if other.confidence > word.confidence + _CLEARLY else word
    return replace(word, text=better.text, confidence=min(better.confidence, _DISPUTED))


def _meet(word: SeenWord, other: SeenWord) -> bool:
    """Whether the middle of one lies in the other."""
    return _holds(word, other) or _holds(other, word)


def _holds(word: SeenWord, other: SeenWord) -> bool:
    middle, height = (other.left + other.right) / 2, (other.top + other.bottom) / 2
    return word.left <= middle <= word.right and word.top <= height <= word.bottom


def _same_stretch(word: SeenWord, other: SeenWord) -> bool:
    """Whether two words begin and end at the same places, so that they are one."""
    slack = (word.bottom - word.top) / 3
    return abs(word.left - other.left) < slack and abs(word.right - other.right) < slack
