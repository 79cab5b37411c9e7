"""The words that come back on every page of one template: labels, headings, legal mentions.

A layout is a set of short texts without numbers, each with the place where it begins across the
page. What stands lower or higher from one document to the next (totals under a longer table) keeps
its place across; what changes (items, amounts, dates) has numbers or is met on one document only.
Two documents of one template share most of the smaller set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ingest.parsers.pages.labels import LabelledPage

_STEP: Final = 12.0
_FEWEST_LETTERS: Final = 3
_LONGEST: Final = 40
_MOST: Final = 160
_ENDS = re.compile(r"\d|:|\u2026|\.{3}")


def layout_of(pages: Sequence[LabelledPage]) -> tuple[str, ...]:
    """The layout of a document, by its first page."""
    if not pages:
        return ()
    found: dict[str, None] = {}
    for phrase in pages[0].phrases:
        stop = _ENDS.search(phrase.folded)
        text = phrase.folded[: stop.start() if stop else None].strip(" .-=/°|")[:_LONGEST]
        if sum(c.isalpha() for c in text) >= _FEWEST_LETTERS:
            found[f"{text}@{round(phrase.left / _STEP)}"] = None
    return tuple(sorted(list(found)[:_MOST]))
