"""Which orders, contracts and commitments an invoice may answer.

References are looked for everywhere, since suppliers swap the fields (BT-10, BT-12, BT-13), put
them in notes or at the lines; where one stands is a matter of weight, not a filter. One wrong or
lost character is forgiven where the supplier agrees. Without a reference an order is found by its
content, and only taken when it is the one clear candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from domain.identifiers import normalise_reference
from domain.invoice import Invoice, InvoiceLine
from domain.money import ZERO
from domain.order import Order, OrderStatus
from matching.lines import Allocation, OpenLine, billable, pair_lines
from matching.measures import line_amount

CLEAR: Final = 0.6  # the least content a candidate must share with the invoice
APART: Final = 0.12  # by how much it must beat the next one
_SHORTEST_IN_TEXT: Final = 4
_LONGEST: Final = 50
_LONGEST_FIELD: Final = 100  # with lots, labels and several references in it
_MOST_WORDS: Final = 400
_WINDOW: Final = 3
_MOST_QUOTED: Final = 1000
_EDGES: Final = ".,;:()[]{}\"'«»<>#*"
_DIGIT: Final = re.compile(r"\d")
_GAPS: Final = re.compile(r"[\s,;:=|]+")
_JOINED: Final = re.compile(r"[/+&]")  # two orders in one field; a slash may as well be in one
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_TELLING: Final = re.compile(r"(?=.*\d).{4,}")
_LOT_WORD: Final = r"lot(?:\s*n(?:\u00b0|\u00ba|o|um\w*)?)?\s*"
# "Lot à livrer" and "lot d'outils" name none: a letter is one where it is large and stands alone.
_LOT: Final = re.compile(
    rf"\b{_LOT_WORD}(?:(\d{{1,3}})\b|(?-i:([A-Z]))(?=\s*(?:$|[,;:.)/\n-])))", re.IGNORECASE
)
_WITH_LOT: Final = re.compile(
    rf"(.*\w)(?:[\s/_.,:-]+(?:{_LOT_WORD}|l)?|lot|l)(\d{{1,2}})", re.DOTALL | re.IGNORECASE
)
_GOOD_SCORE: Final = 3.0
_LINES_TO_TELL: Final = 40  # the largest lines are enough to know an order by
_FAR_PRICE: Final = Decimal("0.3")


class Weight(IntEnum):
    """How much it means that a reference stands in this place."""

    TEXT = 1  # notes, wordings
    FIELD = 2  # a field for another sort of reference
    ORDER = 3  # BT-13, or the order named at a line


class Quoted(NamedTuple):
    """A reference as it stands in the invoice (a tuple, since wordings are full of numbers)."""

    text: str
    normalised: str
    field: str
    weight: Weight


def quoted_references(invoice: Invoice) -> tuple[Quoted, ...]:
    """Every reference in the invoice, the weightiest place of each."""
    found: dict[str, Quoted] = {}
    for text, field, weight in _places(invoice):
        if not text:
            continue
        for part, normalised in _in_text(text) if weight is Weight.TEXT else _in_field(text):
            if normalised not in found:
                found[normalised] = Quoted(part, normalised, field, weight)
        if weight > Weight.TEXT:
            for part, normalised in _joined(text):
                found.setdefault(normalised, Quoted(part, normalised, field, Weight.FIELD))
        if len(found) >= _MOST_QUOTED:
            break
    return tuple(found.values())[:_MOST_QUOTED]


def _places(invoice: Invoice) -> Iterator[tuple[str | None, str, Weight]]:
    """Where references stand, the weightiest places first."""
    yield invoice.order_reference, "order_reference", Weight.ORDER
    for line in invoice.lines:
        if line.order_reference:
            yield line.order_reference, "lines.order_reference", Weight.ORDER
    for name in (
        "contract_reference",
        "buyer_reference",
        "sales_order_reference",
        "project_reference",
        "tender_reference",
    ):
        yield getattr(invoice, name), name, Weight.FIELD
    for note in (*invoice.notes, invoice.payment_terms):
        yield note, "notes", Weight.TEXT
    for line in invoice.lines:
        for text in (line.note, line.description, line.name):
            if text:
                yield text, "lines", Weight.TEXT


def _in_field(text: str) -> Iterator[tuple[str, str]]:
    whole = normalise_reference(text)
    if whole and len(whole) <= _LONGEST:
        yield text, whole
    if _GAPS.search(text.strip()):
        yield from windows(text)


def _joined(text: str) -> Iterator[tuple[str, str]]:
    """What stands between slashes and the like, which may be parts of one reference too."""
    if len(text) > _LONGEST_FIELD or not _JOINED.search(text):
        return
    for part in _JOINED.split(text):
        normalised = normalise_reference(part)
        if _TELLING.fullmatch(normalised) and not _YEAR.fullmatch(normalised):
            yield part.strip(), normalised


@lru_cache(maxsize=4096)
def _in_text(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(found for found in windows(text) if len(found[1]) >= _SHORTEST_IN_TEXT)


@lru_cache(maxsize=4096)
def windows(text: str) -> tuple[tuple[str, str], ...]:
    """Runs of up to three words with a digit in them, normalised as references are."""
    found: dict[str, str] = {}
    for part in runs_of_words(text):
        normalised = normalise_reference(part)
        if 1 < len(normalised) <= _LONGEST and _DIGIT.search(normalised):
            found.setdefault(normalised, part)
    return tuple((part, normalised) for normalised, part in found.items())


def runs_of_words(text: str) -> Iterator[str]:
    """Runs of up to three words with a digit in them."""
    if not _DIGIT.search(text):
        return
    words = [word.strip(_EDGES) for word in _GAPS.split(text)[:_MOST_WORDS]]
    for start in range(len(words)):
        for end in range(start + 1, min(start + _WINDOW, len(words)) + 1):
            part = " ".join(words[start:end])
            if _DIGIT.search(part):
                yield part


def lots_quoted(quoted: Iterable[Quoted]) -> frozenset[tuple[str, str]]:
    """Contracts quoted together with a lot (`2026-015 lot 2`, `2026-015-02`): id and lot.

    The id is normalised, the lot without zeros. A number at the end may as well belong to the id:
    whoever asks knows the lots.
    """
    found = set()
    for one in quoted:
        text = one.text.strip()
        if one.weight == Weight.TEXT or len(text) > _LONGEST_FIELD:
            continue
        if told := _WITH_LOT.fullmatch(text):
            contract, lot = normalise_reference(told.group(1)), told.group(2).lstrip("0")
            if contract and lot:
                found.add((contract, lot))
    return frozenset(found)


def lots_named(invoice: Invoice) -> frozenset[str]:
    """The lots that fields, notes and wordings name ("lot n° 2"), without zeros."""
    return frozenset(
        (found.group(1) or found.group(2)).lstrip("0").casefold()
        for text, _, _ in _places(invoice)
        if text
        for found in _LOT.finditer(text)
    )


def one_wrong_character(normalised: str) -> frozenset[str]:
    """Every reference that is one wrong, lost, doubled or swapped character away."""
    alphabet = "0123456789" if normalised.isdigit() else "0123456789abcdefghijklmnopqrstuvwxyz"
    splits = [(normalised[:i], normalised[i:]) for i in range(len(normalised) + 1)]
    lost = {head + tail[1:] for head, tail in splits if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
    wrong = {head + c + tail[1:] for head, tail in splits if tail for c in alphabet}
    more = {head + c + tail for head, tail in splits for c in alphabet}
    return frozenset(lost | swapped | wrong | more) - {normalised, ""}


def is_one_character_off(one: str, other: str) -> bool:
    """Whether two references differ by one wrong, lost, doubled or swapped character."""
    return one != other and OSA.distance(one, other, score_cutoff=1) <= 1


@dataclass(frozen=True, slots=True)
class Scored:
    """An order and how much of the invoice's content it explains, from 0 to 1."""

    order: Order
    score: float


def score_by_content(
    lines: Sequence[InvoiceLine],
    order: Order,
    open_lines: Sequence[OpenLine],
    *,
    only_open: bool = False,
) -> float:
    """The share of the amount that stands on lines of this order, at its prices, with room left.

    Nothing is said about an order without lines: its score is 0. With `only_open`, a line that
    was wholly billed before explains nothing: an order is not found by what is no longer due.
    """
    billed = [line for line in lines if billable(line) and line_amount(line) > 0]
    if len(billed) > _LINES_TO_TELL:
        billed = sorted(billed, key=line_amount, reverse=True)[:_LINES_TO_TELL]
    total = sum((line_amount(line) for line in billed), ZERO)
    if not open_lines or not total:
        return 0.0
    room = {open_line.line.line_id: open_line.open for open_line in open_lines}
    explained = 0.0
    for allocation in pair_lines(billed, (order,), open_lines).allocations:
        if only_open and room[allocation.line.line_id] <= 0:
            continue
        weight = float(allocation.net_amount / total)
        explained += weight * _agreement(allocation, room)
    return explained if order.status is OrderStatus.OPEN else explained * 0.8


def _agreement(allocation: Allocation, room: dict[str, Decimal]) -> float:
    """How well one pair agrees: it is the item (0.6), there is room (0.2), at its price (0.2)."""
    if allocation.score < _GOOD_SCORE:
        return 0.2
    points = 0.6
    if allocation.quantity <= room[allocation.line.line_id]:
        points += 0.2
    agreed = allocation.line.unit_price
    if agreed and allocation.quantity:
        off = abs(allocation.net_amount / allocation.quantity - agreed) / agreed
        points += 0.2 * float(max(ZERO, 1 - off / _FAR_PRICE))
    return points


def clear_candidate(scored: Iterable[Scored]) -> Scored | None:
    """The one order that explains the invoice clearly better than every other."""
    ranked = sorted(scored, key=lambda s: (-s.score, s.order.order_id))
    if not ranked or ranked[0].score < CLEAR:
        return None
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < APART:
        return None
    return ranked[0]
