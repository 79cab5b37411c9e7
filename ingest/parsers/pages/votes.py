"""Votes for a value: every sign that speaks for it adds, every rival takes away.

A candidate's score ranks its sign: a full label beside its value 0.97 to 0.98, right of it 0.95 of
that, below it 0.85; a title followed by a code 0.8; a bare `N°` 0.58. Signs that agree elsewhere on
the pages take away a third of the doubt that is left; two values backed almost alike halve it.
Totals that add up and lines that multiply have proven themselves (0.97); check digits do the same
for identifiers (0.98). What such a score is worth in right values is measured, by family of fields:
`calibration`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from domain.evidence import Evidence, Origin, PageBox

T = TypeVar("T")

_AGREEMENT = 0.35
_CLEAR_LEAD = 0.12
_CEILING = 0.99
_ENOUGH = 0.45


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A value that may be the one looked for, where it stands, and what speaks for it."""

    value: T
    box: PageBox
    score: float


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """The value that won."""

    value: T
    box: PageBox
    confidence: float
    origin: Origin = "pdf_text"

    def evidence(self) -> Evidence:
        """As the reading carries it."""
        return Evidence(self.origin, self.box, round(self.confidence, 2))

    def weakened(self, factor: float) -> Found[T]:
        """The same value, believed less."""
        return replace(self, confidence=self.confidence * factor)


def _same(value: object) -> Hashable:
    return str(value)


def elect(
    candidates: Iterable[Candidate[T]],
    key: Callable[[T], Hashable] = _same,
    enough: float = _ENOUGH,
) -> Found[T] | None:
    """The value with the most votes; None when too few, or when a rival has about as many."""
    groups: dict[Hashable, list[Candidate[T]]] = defaultdict(list)
    for candidate in candidates:
        groups[key(candidate.value)].append(candidate)
    if not groups:
        return None
    ranked = sorted(((_score(g), g) for g in groups.values()), key=lambda x: -x[0])
    score, group = ranked[0]
    lead = score - ranked[1][0] if len(ranked) > 1 else 1.0
    if lead < _CLEAR_LEAD:
        score *= 0.5 + 0.5 * lead / _CLEAR_LEAD
    if score < enough:
        return None
    best = max(group, key=lambda c: c.score)
    return Found(best.value, best.box, score)


def _score(group: list[Candidate[T]]) -> float:
    """The best sign, and a part of the doubt it leaves for each further sign elsewhere."""
    places = {(c.box.page, c.box.top, c.box.left): c.score for c in group}
    scores = sorted(places.values(), reverse=True)
    score = scores[0]
    for further in scores[1:]:
        score += (1 - score) * _AGREEMENT * further
    return min(score, _CEILING)
