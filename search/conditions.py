"""What engines are asked: plain conditions on the fields of an index entry.

Engines differ in their query languages; they do not differ on these. Everything that needs
judgement (stems, whole forms, what `amount:` means) has been settled before.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Term:
    """The field holds exactly this term."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Follows:
    """The field holds these terms, each right after the one before."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begins:
    """The field holds a term that begins so."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Near:
    """The field holds a term at most `distance` edits away.

    An edit adds, drops or changes a letter, or swaps two neighbours (optimal string alignment).
    """

    field: str
    value: str
    distance: int


@dataclass(frozen=True, slots=True)
class Between:
    """The field holds a number within these bounds, both included; None is open."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part at least holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The part does not hold."""

    part: Condition


Condition = Everything | Term | Follows | Begins | Near | Between | AllOf | AnyOf | NoneOf


def all_of(parts: list[Condition]) -> Condition:
    """Join conditions that must all hold."""
    kept = [p for p in parts if not isinstance(p, Everything)]
    if not kept:
        return Everything()
    return kept[0] if len(kept) == 1 else AllOf(tuple(kept))


def any_of(parts: list[Condition]) -> Condition:
    """Join conditions of which one must hold, each kept once."""
    flat = (p.parts if isinstance(p, AnyOf) else (p,) for p in parts)
    kept = list(dict.fromkeys(part for group in flat for part in group))
    return kept[0] if len(kept) == 1 else AnyOf(tuple(kept))
