"""Finding a corrected value on the pages, and the words by which it will be found again.

The words that announce a value stand before it in the same stretch, left of it, or above it; each
becomes an anchor with the distance to the value. A value that nothing announces is remembered by
its place on the first page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.evidence import PageBox
from domain.identifiers import compact, fold
from domain.lesson import Anchor, Located, Piece, Stands, Wanted
from ingest.fields import Form, form_of
from ingest.parsers.pages.habits import Habits
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.numbers import find_numbers
from ingest.parsers.pages.values_seen import (
    Seen,
    masked,
    shape_of,
    stretches,
    values_of_form,
)

_LETTERS: Final = 2
_ABOVE: Final = 4.0
_SAME_HEIGHT: Final = 0.5
_MOST_PIECES: Final = 3000


@dataclass(frozen=True, slots=True)
class _Place:
    """One place where the value stands."""

    page: LabelledPage
    phrase: Phrase
    seen: Seen

    @property
    def box(self) -> PageBox:
        return self.phrase.box(self.seen.start, self.seen.end)


def locate(
    pages: Sequence[LabelledPage],
    habits: Habits,
    wanted: Sequence[Wanted],
    seen: Callable[[PageBox], PageBox],
) -> tuple[Located, ...]:
    """Where these values stand; those that stand nowhere are left out.

    `seen` says where a person sees a place of a page that was set upright.
    """
    found = (_locate(pages, habits, one, seen) for one in wanted)
    return tuple(one for one in found if one is not None)


def _locate(
    pages: Sequence[LabelledPage],
    habits: Habits,
    wanted: Wanted,
    seen: Callable[[PageBox], PageBox],
) -> Located | None:
    form = form_of(wanted.field)
    places = list(_places(pages, habits, wanted.value, form))
    pointed = [p for p in places if wanted.box is not None and _meet(seen(p.box), wanted.box)]
    best: tuple[int, _Place, tuple[Anchor, ...]] | None = None
    for place in pointed or places:
        anchors = tuple(_anchors(place))
        worth = max((_WORTH[a.stands] for a in anchors), default=0)
        if best is None or worth > best[0]:
            best = (worth, place, anchors)
    if best is None:
        return None
    _, place, anchors = best
    return Located(wanted.field, place.box, anchors, shape_of(place.seen.value))


_WORTH: Final = {Stands.AFTER: 3, Stands.RIGHT: 3, Stands.BELOW: 2, Stands.PLACE: 1}


def _places(
    pages: Sequence[LabelledPage], habits: Habits, value: str, form: Form
) -> Iterator[_Place]:
    key = _key(value, form)
    for page in pages:
        for phrase in page.phrases:
            for seen in values_of_form(phrase.text, form, habits):
                if _key(seen.value, form) == key:
                    yield _Place(page, phrase, seen)
                    break


def _key(value: str, form: Form) -> str:
    if form is Form.AMOUNT:
        return value.rstrip("0").rstrip(".") if "." in value else value
    return compact(fold(value)) if form is Form.TEXT else value


def _meet(one: PageBox, other: PageBox) -> bool:
    return (
        one.page == other.page
        and min(one.right, other.right) > max(one.left, other.left)
        and min(one.bottom, other.bottom) > max(one.top, other.top)
    )


def _anchors(place: _Place) -> Iterator[Anchor]:
    phrase, box = place.phrase, place.box
    before = masked(phrase.text[: place.seen.start])
    if _tells(before):
        yield _anchor(Stands.AFTER, before, phrase.left, phrase.top, box)
    else:
        left = _left_of(place.page, phrase)
        if left is not None:
            yield _anchor(Stands.RIGHT, masked(left.text), left.left, left.top, box)
        above = _above(place.page, phrase, box)
        if above is not None:
            yield _anchor(Stands.BELOW, masked(above.text), above.left, above.top, box)
        if left is None and above is None and place.page.page.number == 1:
            yield _anchor(Stands.PLACE, "", 0.0, 0.0, box)


def _anchor(stands: Stands, label: str, left: float, top: float, box: PageBox) -> Anchor:
    near, far, down = box.left - left, box.right - left, box.top - top
    return Anchor(stands, label, round(left, 1), round(near, 1), round(far, 1), round(down, 1))


def _tells(label: str) -> bool:
    return sum(c.isalpha() for c in label) >= _LETTERS


def same_height(one: Phrase, other: Phrase) -> bool:
    """Whether two phrases stand in one row, also where their sizes differ."""
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > _SAME_HEIGHT * min(one.size, other.size)


def _left_of(page: LabelledPage, phrase: Phrase) -> Phrase | None:
    """The nearest words left of a phrase at its height; amounts between them are passed over."""
    left = [
        p
        for p in page.phrases
        if p.right <= phrase.left + 1 and same_height(p, phrase) and _tells(masked(p.text))
    ]
    return max(left, key=lambda p: p.right, default=None)


def _above(page: LabelledPage, phrase: Phrase, box: PageBox) -> Phrase | None:
    """The nearest words above a value that reach over it."""
    above = [
        p
        for p in page.phrases
        if p.bottom <= phrase.top + 1
        and phrase.top - p.bottom < _ABOVE * phrase.size
        and p.left < box.right
        and p.right > box.left
    ]
    nearest = max(above, key=lambda p: p.bottom, default=None)
    return nearest if nearest is not None and _tells(masked(nearest.text)) else None


def find_pieces(pages: Sequence[LabelledPage], habits: Habits) -> tuple[Piece, ...]:
    """What a person can point at: amounts and dates as wholes, other words one by one."""
    return tuple(piece for page in pages for piece in _pieces(page, habits))[:_MOST_PIECES]


def _pieces(page: LabelledPage, habits: Habits) -> Iterator[Piece]:
    for phrase in page.phrases:
        wholes = [
            *values_of_form(phrase.text, Form.DATE, habits),
            *(Seen("", n.start, n.end) for n in find_numbers(phrase.text, habits.mark)),
        ]
        taken: list[tuple[int, int]] = []
        for seen in wholes:
            if all(seen.end <= start or seen.start >= end for start, end in taken):
                taken.append((seen.start, seen.end))
        taken += [
            (word.start, word.end)
            for word in stretches(phrase.text)
            if " " not in word.value
            and all(word.end <= start or word.start >= end for start, end in taken)
        ]
        for start, end in sorted(taken):
            text = phrase.text[start:end].strip()
            yield Piece(text, phrase.box(start, end), phrase.text, phrase.box())
