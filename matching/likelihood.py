"""How likely an invoice line answers an order line, as a sum of evidence for and against.

Each sign adds or takes points; the sum must pass `ACCEPTED` for a line still free, and `SHARED`
for an order line that another invoice line answers already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.identifiers import normalise_reference
from domain.invoice import InvoiceLine
from domain.order import OrderLine
from matching.measures import billed_quantity, converted, line_amount, paid_price
from matching.units import ONE
from matching.wording import likeness, rarity, words_of

ACCEPTED: Final = 0.5
SHARED: Final = 3.5

_SAME_ITEM: Final = 6.0
_OTHER_ITEM: Final = -1.0
_OTHER_ITEM_SAME_NUMBERING: Final = -5.0
_SAME_ORDER_LINE: Final = 3.0
_OTHER_ORDER_LINE: Final = -0.5
_INDIFFERENT_LIKENESS: Final = 0.45
_WORDING: Final = 6.0
_SURELY_ALIKE: Final = 0.85
_SAME_PLACE: Final = 0.1
_SAME_QUANTITY: Final = 1.0
_ROOM: Final = 0.2
_MUCH_TOO_MUCH: Final = -0.5
_UNITS_DIFFER: Final = -0.5
_PRICE_POINTS: Final = ((1.0005, 2.0), (1.02, 1.5), (1.06, 1.0), (1.2, 0.5), (1.5, 0.0), (3, -1.0))
_PRICE_FAR: Final = -2.0
_SAME_PRICE: Final = 1.0
_COMPARED_ALL: Final = 60
_COMPARED_BY_WORD: Final = 24
_COMPARED_BY_PRICE: Final = 12


@dataclass(frozen=True, slots=True)
class Stated:
    """What an invoice line says about itself, prepared for many comparisons."""

    line: InvoiceLine
    position: int
    wordings: tuple[frozenset[str], ...]
    order_line: str | None
    price: Decimal | None
    quantity: Decimal

    @classmethod
    def of(cls, line: InvoiceLine, position: int) -> Stated:
        """Prepare a line."""
        reference = line.order_line_reference
        return cls(
            line,
            position,
            tuple(words_of(text) for text in (line.name, line.description) if text),
            normalise_reference(reference) if reference else None,
            paid_price(line),
            billed_quantity(line),
        )


class LineScorer:
    """Scores invoice lines against the lines of some orders."""

    def __init__(self, ordered: Sequence[OrderLine], *, same_numbering: bool) -> None:
        self._ordered = ordered
        self._same_numbering = same_numbering
        self._words = [words_of(line.description or "") for line in ordered]
        self._weights = rarity(self._words)
        self._line_ids = [normalise_reference(line.line_id) for line in ordered]
        self._by_line_id: defaultdict[str, list[int]] = defaultdict(list)
        self._by_price: defaultdict[Decimal, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        for column, line in enumerate(ordered):
            self._by_line_id[self._line_ids[column]].append(column)
            if line.unit_price is not None:
                self._by_price[round(line.unit_price, 4)].append(column)
            for word in self._words[column]:
                self._by_word[word].append(column)

    def worth_comparing(self, stated: Stated, columns: Collection[int]) -> Collection[int]:
        """Of very many order lines those that share a rare word, the price or the line number."""
        if len(columns) <= _COMPARED_ALL:
            return columns
        near: set[int] = set()
        if stated.order_line:
            near.update(self._by_line_id.get(stated.order_line, ()))
        if stated.price is not None:
            near.update(self._by_price.get(round(stated.price, 4), ())[:_COMPARED_BY_PRICE])
        words = stated.wordings[0] if stated.wordings else frozenset[str]()
        for word in sorted(words, key=lambda w: (len(self._by_word.get(w, ())), w)):
            if len(near) >= _COMPARED_BY_WORD:
                break
            near.update(self._by_word.get(word, ())[:_COMPARED_BY_WORD])
        return [column for column in sorted(near) if column in columns]

    def score(self, stated: Stated, column: int, left: Decimal, *, same_item: bool) -> float:
        """The evidence that this invoice line answers the order line in this column."""
        ordered = self._ordered[column]
        points = _SAME_ITEM if same_item else self._other_item(stated.line, ordered)
        if stated.order_line:
            points += self._order_line_number(stated, column)
        if stated.wordings and self._words[column]:
            points += (self._likeness(stated, column) - _INDIFFERENT_LIKENESS) * _WORDING
        points += _SAME_PLACE if stated.position == column else 0.0
        factor = converted(stated.line, ordered)
        if factor is None:
            return points + _UNITS_DIFFER
        quantity = stated.quantity if factor == ONE else stated.quantity * factor
        return points + _price(stated.price, ordered, factor) + _quantity(quantity, ordered, left)

    def may_share(self, stated: Stated, column: int, *, same_item: bool) -> bool:
        """Whether it is surely the same article, so that an answered line may be meant again.

        What takes money back must do so at the order's price and VAT: a rebate is no return.
        """
        line, ordered = stated.line, self._ordered[column]
        surely = (
            same_item
            or stated.order_line == self._line_ids[column]
            or self._likeness(stated, column) >= _SURELY_ALIKE
        )
        if not surely or line_amount(line) >= 0:
            return surely
        if None not in {line.vat_rate, ordered.vat_rate} and line.vat_rate != ordered.vat_rate:
            return False
        factor = converted(line, ordered)
        return factor is not None and _price(stated.price, ordered, factor) >= _SAME_PRICE

    def _other_item(self, line: InvoiceLine, ordered: OrderLine) -> float:
        if not ordered.item_id or not (line.seller_item_id or line.buyer_item_id):
            return 0.0
        return _OTHER_ITEM_SAME_NUMBERING if self._same_numbering else _OTHER_ITEM

    def _order_line_number(self, stated: Stated, column: int) -> float:
        if stated.order_line == self._line_ids[column]:
            return _SAME_ORDER_LINE
        return _OTHER_ORDER_LINE if stated.order_line in self._by_line_id else 0.0

    def _likeness(self, stated: Stated, column: int) -> float:
        words, weights = self._words[column], self._weights
        return max((likeness(w, words, weights) for w in stated.wordings), default=0.0)


def _price(price: Decimal | None, ordered: OrderLine, factor: Decimal) -> float:
    agreed = ordered.unit_price
    if not price or not agreed:
        return 0.0
    if price == agreed and factor == ONE:
        return _PRICE_POINTS[0][1]
    ratio = float(abs(price / factor / agreed))
    ratio = max(ratio, 1 / ratio)
    return next((points for limit, points in _PRICE_POINTS if ratio <= limit), _PRICE_FAR)


def _quantity(quantity: Decimal, ordered: OrderLine, left: Decimal) -> float:
    if ordered.quantity is None:
        return 0.0
    if quantity in (ordered.quantity, left):
        return _SAME_QUANTITY
    if quantity <= left:
        return _ROOM
    return _MUCH_TOO_MUCH if quantity > ordered.quantity + ordered.quantity else 0.0
