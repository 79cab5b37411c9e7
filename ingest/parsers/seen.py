"""What the pages of a PDF show, for looking values up: texts and the boxes of their pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.evidence import PageBox

Measure = Callable[[int, int], PageBox | None]
"""The box around a piece of a page's text (from, to); none where nothing is printed."""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """The text of one page, one sign for one, and the boxes of its pieces."""

    text: str
    box: Measure


@dataclass(frozen=True, slots=True)
class SeenPages:
    """The pages of a document: all their words, and the first pages for looking at."""

    text: str
    pages: tuple[SeenPage, ...]
