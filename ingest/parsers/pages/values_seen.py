"""Values of one form inside a stretch of text: what a correction is compared with and read by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.identifiers import compact
from domain.money import plain
from ingest.fields import Form
from ingest.parsers.pages.dates import find_dates
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.habits import Habits
from ingest.parsers.pages.numbers import find_numbers
from ingest.parsers.pages.references import reference_in

_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_EDGES: Final = ".,;:·•|<>\"'*=!?"
_MOST_WORDS: Final = 12
_OTHER_SHAPE: Final = 0.85


@dataclass(frozen=True, slots=True)
class Seen:
    """A value in a text, as CONTRACT writes it; `weight` says how well it fits."""

    value: str
    start: int
    end: int
    weight: float = 1.0


def shape_of(value: str) -> str:
    """How a value looks: each word of letters `a`, each number `0`, the rest as it is."""
    return _DIGITS.sub("0", _LETTERS.sub("a", value))


def masked(text: str) -> str:
    """Folded words with each number written as `0`: what labels of a template have in common."""
    return _DIGITS.sub("0", fold_printed(text)).strip(" :.=-|>")


def stretches(text: str) -> Iterator[Seen]:
    """Every run of up to twelve words, the shortest first at each word."""
    words = list(_WORD.finditer(text))
    for first, word in enumerate(words):
        for last in words[first : first + _MOST_WORDS]:
            raw = text[word.start() : last.end()]
            value = raw.strip(_EDGES)
            if value:
                start = word.start() + raw.find(value)
                yield Seen(value, start, start + len(value))


def values_of_form(text: str, form: Form, habits: Habits) -> Iterator[Seen]:
    """Every value that a text may be holding."""
    if form is Form.DATE:
        for day in find_dates(text):
            yield Seen(day.read(habits.order).isoformat(), day.start, day.end)
    elif form is Form.AMOUNT:
        for number in find_numbers(text, habits.mark):
            yield Seen(plain(number.value), number.start, number.end)
    else:
        for seen in stretches(text):
            value = compact(seen.value) if form is Form.CODE else seen.value
            yield Seen(value, seen.start, seen.end)


def values_after_label(text: str, form: Form, shape: str, habits: Habits) -> Iterator[Seen]:
    """What a text that follows a label may be stating, for a value known to look so."""
    if form in {Form.DATE, Form.AMOUNT}:
        yield from values_of_form(text, form, habits)
        return
    for seen in values_of_form(text, form, habits):
        if shape_of(seen.value) == shape:
            yield seen
            return
    whole = text.strip(" " + _EDGES)
    if "0" not in shape:
        if whole and not any(c.isdigit() for c in whole):
            yield Seen(whole, text.find(whole), text.find(whole) + len(whole), _OTHER_SHAPE)
        return
    reference = reference_in(text) if form is Form.TEXT else None
    if reference is not None:
        yield Seen(*reference, weight=_OTHER_SHAPE)
