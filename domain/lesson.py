"""What is learned from a correction: where on a supplier's layout a value stands, how it looks.

Plain values: they are kept with the correction and handed to the readers as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.evidence import CorrectionMark, PageBox

COLUMN = "column:"
"""Fields that start so are columns of the item table: `column:quantity`, by their heading."""


class Stands(StrEnum):
    """How a value stands to the words that announce it."""

    AFTER = "after"  # behind them, in the same stretch of words
    RIGHT = "right"  # further right at the same height
    BELOW = "below"  # under them
    PLACE = "place"  # nothing announces it: always at this place of the page


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words that announce a value, and where the value stands from them.

    `label` is folded, each number in it written as `0`; it began at `left` on the page. `near`,
    `far` and `down` are points from the label's upper left corner (for `PLACE` the page's) to the
    value's left, right and upper edge.
    """

    stands: Stands
    label: str
    left: float
    near: float
    far: float
    down: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """One correction as a reader applies it.

    `field` is a path of CONTRACT §3, or a column. A column has a `heading`; any other field has
    anchors, and the `shape` of the corrected value (letters `a`, digits `0`).
    """

    mark: CorrectionMark
    field: str
    anchors: tuple[Anchor, ...] = ()
    heading: str | None = None
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A corrected value that is to be looked for on the pages, in a person's or our own spelling.

    `box` is the place a person pointed at; without one, every place is tried.
    """

    field: str
    value: str
    box: PageBox | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a wanted value stands, and by which words it can be found again."""

    field: str
    box: PageBox
    anchors: tuple[Anchor, ...]
    shape: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a page that a person can point at: an amount, a date, a reference, a name."""

    text: str
    box: PageBox
    phrase: str
    phrase_box: PageBox


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a reader of pages besides reading: nothing, most of the time."""

    lessons: tuple[Lesson, ...] = ()  # to be applied
    wanted: tuple[Wanted, ...] = ()  # to be located
    pieces: bool = False  # whether to list what a person can point at


NOTHING_ASKED = Asked()
