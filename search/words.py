"""Words, phrases, beginnings and fuzzy words as conditions on the fields of one text.

A text is three fields: its stems in order (`body`), the set of its forms (`body_forms`), and the
set of its references, amounts and dates as wholes (`body_wholes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from search import analyser
from search.conditions import Begins, Condition, Follows, Near, Term, any_of

FORMS: Final = "_forms"
"""What the name of a text's set of forms ends in."""

WHOLES: Final = "_wholes"
"""What the name of a text's set of wholes ends in."""

_LONGEST_WITH_ONE_EDIT = 7


@dataclass(frozen=True, slots=True)
class Marks:
    """What a snippet highlights."""

    stems: tuple[tuple[str, ...], ...] = ()  # runs of consecutive stems
    wholes: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()
    near: frozenset[tuple[str, int]] = frozenset()

    def __or__(self, other: Marks) -> Marks:
        return Marks(
            self.stems + tuple(s for s in other.stems if s not in self.stems),
            self.wholes | other.wholes,
            self.beginnings | other.beginnings,
            self.near | other.near,
        )

    def __bool__(self) -> bool:
        return bool(self.stems or self.wholes or self.beginnings or self.near)


@dataclass(frozen=True, slots=True)
class _Analysed:
    stems: tuple[str, ...]
    joined: str
    wholes: tuple[str, ...]


def _analyse(text: str) -> _Analysed:
    text = analyser.clean(text)
    found = list(analyser.tokens(text))
    if not found:
        return _Analysed((), "", ())
    whole = (found[0].start, found[-1].end)
    return _Analysed(
        tuple(t.stem for t in found),
        "".join(t.form for t in found),
        tuple(w.form for w in analyser.wholes(text) if (w.start, w.end) == whole),
    )


def is_searchable(text: str) -> bool:
    """Whether anything is left of a text once it is analysed."""
    return bool(_analyse(text).stems)


def words_condition(field: str, text: str) -> tuple[Condition, Marks]:
    """A word, or words that follow one another; a reference or amount also as a whole."""
    seen = _analyse(text)
    parts: list[Condition] = []
    wholes = seen.wholes
    if len(seen.stems) == 1:
        parts.append(Term(field, seen.stems[0]))
        wholes = (seen.joined, *wholes)
    else:
        parts.append(Follows(field, seen.stems))
    parts += (Term(field + WHOLES, form) for form in wholes)
    return any_of(parts), Marks(stems=(seen.stems,), wholes=frozenset(wholes))


def beginning_condition(field: str, text: str) -> tuple[Condition, Marks]:
    """The beginning of a word, reference or amount."""
    seen = _analyse(text)
    forms = dict.fromkeys((seen.joined, *seen.wholes))
    condition = any_of([Begins(field + kind, form) for form in forms for kind in (FORMS, WHOLES)])
    return condition, Marks(beginnings=frozenset(forms))


def near_condition(field: str, text: str, distance: int | None) -> tuple[Condition, Marks]:
    """A word give or take one edit, two when it is long, or as many as asked for.

    What the word finds without being fuzzy is found as well.
    """
    form = _analyse(text).joined
    if distance is None:
        distance = 1 if len(form) <= _LONGEST_WITH_ONE_EDIT else 2
    exact, marks = words_condition(field, text)
    near: list[Condition] = [Near(field + kind, form, distance) for kind in (FORMS, WHOLES)]
    found = any_of([exact, *near])
    return found, marks | Marks(near=frozenset({(form, distance)}))
