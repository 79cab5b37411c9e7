"""How likely an invoice line answers an order line, as a sum of evidence for and against.

Each sign adds or takes points; the sum must pass `ACCEPTED` for a line still free, and `SHARED`
for an order line that another invoice line answers already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from domain.identifiers import normalise_reference
from domain.invoice import InvoiceLine
from domain.order import OrderLine
from matching.measures import billed_quantity, converted, line_amount, paid_price
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


class LineScorer:
    """Scores invoice lines against the lines of some orders."""

    def __init__(self, ordered: Sequence[OrderLine], *, same_numbering: bool) -> None:
        self._ordered = ordered
        self._same_numbering = same_numbering
        self._words = [words_of(line.description or "") for line in ordered]
        self._weights = rarity(self._words)
        self._by_line_id: defaultdict[str, list[int]] = defaultdict(list)
        self._by_price: defaultdict[Decimal, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        for column, line in enumerate(ordered):
            self._by_line_id[normalise_reference(line.line_id)].append(column)
            if line.unit_price is not None:
                self._by_price[round(line.unit_price, 4)].append(column)
            for word in self._words[column]:
                self._by_word[word].append(column)

    def worth_comparing(self, line: InvoiceLine, columns: Sequence[int]) -> Sequence[int]:
        """Of very many order lines those that share a rare word, the price or the line number."""
        if len(columns) <= _COMPARED_ALL:
            return columns
        near: set[int] = set()
        if line.order_line_reference:
            near.update(self._by_line_id.get(normalise_reference(line.order_line_reference), ()))
        price = paid_price(line)
        if price is not None:
            near.update(self._by_price.get(round(price, 4), ())[:_COMPARED_BY_PRICE])
        words = words_of(line.name or line.description or "")
        for word in sorted(words, key=lambda w: (len(self._by_word.get(w, ())), w)):
            if len(near) >= _COMPARED_BY_WORD:
                break
            near.update(self._by_word.get(word, ())[:_COMPARED_BY_WORD])
        return sorted(near.intersection(columns))

    def score(
        self, line: InvoiceLine, position: int, column: int, left: Decimal, *, same_item: bool
    ) -> float:
        """The evidence that this invoice line answers the order line in this column."""
        ordered = self._ordered[column]
        points = _SAME_ITEM if same_item else self._other_item(line, ordered)
        points += self._order_line_number(line, ordered)
        points += self._wording(line, column)
        points += _SAME_PLACE if position == column else 0.0
        factor = converted(line, ordered)
        if factor is None:
            return points + _UNITS_DIFFER
        quantity = billed_quantity(line) * factor
        return points + _price(line, ordered, factor) + _quantity(quantity, ordered, left)

    def may_share(self, line: InvoiceLine, column: int, *, same_item: bool) -> bool:
        """Whether it is surely the same article, so that an answered line may be meant again.

        What takes money back must do so at the order's price and VAT: a rebate is no return.
        """
        ordered = self._ordered[column]
        surely = (
            same_item
            or self._order_line_number(line, ordered) == _SAME_ORDER_LINE
            or self._likeness(line, column) >= _SURELY_ALIKE
        )
        if not surely or line_amount(line) >= 0:
            return surely
        if None not in {line.vat_rate, ordered.vat_rate} and line.vat_rate != ordered.vat_rate:
            return False
        factor = converted(line, ordered)
        return factor is not None and _price(line, ordered, factor) >= _SAME_PRICE

    def _other_item(self, line: InvoiceLine, ordered: OrderLine) -> float:
        if not ordered.item_id or not (line.seller_item_id or line.buyer_item_id):
            return 0.0
        return _OTHER_ITEM_SAME_NUMBERING if self._same_numbering else _OTHER_ITEM

    def _order_line_number(self, line: InvoiceLine, ordered: OrderLine) -> float:
        if not line.order_line_reference:
            return 0.0
        stated = normalise_reference(line.order_line_reference)
        if stated == normalise_reference(ordered.line_id):
            return _SAME_ORDER_LINE
        return _OTHER_ORDER_LINE if stated in self._by_line_id else 0.0

    def _wording(self, line: InvoiceLine, column: int) -> float:
        if not self._words[column] or not (line.name or line.description):
            return 0.0
        return (self._likeness(line, column) - _INDIFFERENT_LIKENESS) * _WORDING

    def _likeness(self, line: InvoiceLine, column: int) -> float:
        words = self._words[column]
        return max(
            (
                likeness(words_of(text), words, self._weights)
                for text in (line.name, line.description)
                if text
            ),
            default=0.0,
        )


def _price(line: InvoiceLine, ordered: OrderLine, factor: Decimal) -> float:
    price = paid_price(line)
    if not price or not ordered.unit_price:
        return 0.0
    ratio = float(abs(price / factor / ordered.unit_price))
    ratio = max(ratio, 1 / ratio)
    return next((points for limit, points in _PRICE_POINTS if ratio <= limit), _PRICE_FAR)


def _quantity(quantity: Decimal, ordered: OrderLine, left: Decimal) -> float:
    if ordered.quantity is None:
        return 0.0
    if quantity in {ordered.quantity, left}:
        return _SAME_QUANTITY
    if quantity <= left:
        return _ROOM
    return _MUCH_TOO_MUCH if quantity > ordered.quantity + ordered.quantity else 0.0
