"""Whether two documents come from one template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_ENOUGH: Final = 0.55
_FEWEST: Final = 4
"""Measured on the corpus: documents of one template share 0.7 or more of the smaller layout, those
of two templates of one supplier under 0.45."""


def are_alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether most of the smaller layout comes back in the other; too little says nothing."""
    smaller = min(len(set(one)), len(set(other)))
    return smaller >= _FEWEST and len(set(one) & set(other)) >= _ENOUGH * smaller
