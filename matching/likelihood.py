"""How likely an invoice line answers an order line, as a sum of evidence for and against.

Each sign adds or takes points; the sum must pass `ACCEPTED` for a line still free, and `SHARED`
for an order line that another invoice line answers already.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.identifiers import normalise_reference
from domain.invoice import InvoiceLine
from domain.order import OrderLine
from matching.measures import billed_quantity, converted, line_amount, paid_price
from matching.units import ONE
from matching.wording import FREIGHT, WordingIndex, is_freight, likeness, words_of

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
_PRICE_LIMITS: Final = (1.0005, 1.02, 1.06, 1.2, 1.5, 3.0)  # how many times one is the other
_PRICE_POINTS: Final = (2.0, 1.5, 1.0, 0.5, 0.0, -1.0, -2.0)
_ROUNDING: Final = 1e-9
_COMMON_PRICES: Final = (1e-9, 1e15)
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
    rough_price: float
    quantity: Decimal

    @classmethod
    def of(cls, line: InvoiceLine, position: int) -> Stated:
        """Prepare a line."""
        reference, price = line.order_line_reference, paid_price(line)
        return cls(
            line,
            position,
            tuple(words_of(text) for text in (line.name, line.description) if text),
            normalise_reference(reference) if reference else None,
            price,
            _rough(price),
            billed_quantity(line),
        )


class LineScorer:
    """Scores invoice lines against the lines of some orders."""

    def __init__(self, ordered: Sequence[OrderLine], *, same_numbering: bool) -> None:
        self._ordered = ordered
        self._same_numbering = same_numbering
        self._words = [words_of(line.description or "") for line in ordered]
        freight = [column for column, words in enumerate(self._words) if is_freight(words)]
        self._one_freight = len(freight) == 1
        if self._one_freight:
            # Of two, the price would tell which is meant, and hide that it is another's.
            self._words[freight[0]] = FREIGHT
        self._index = WordingIndex(self._words)
        self._wordless = [column for column, words in enumerate(self._words) if not words]
        self._line_ids = [normalise_reference(line.line_id) for line in ordered]
        self._rough_prices = [_rough(line.unit_price) for line in ordered]
        self._by_line_id: defaultdict[str, list[int]] = defaultdict(list)
        self._by_price: defaultdict[Decimal, list[int]] = defaultdict(list)
        for column, line in enumerate(ordered):
            self._by_line_id[self._line_ids[column]].append(column)
            if line.unit_price is not None:
                self._by_price[round(line.unit_price, 4)].append(column)

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
        for word in sorted(words, key=lambda w: (len(self._index.places(w)), w)):
            if len(near) >= _COMPARED_BY_WORD:
                break
            near.update(self._index.places(word)[:_COMPARED_BY_WORD])
        return [column for column in sorted(near) if column in columns]

    def likely(
        self,
        stated: Stated,
        columns: Collection[int],
        left: Mapping[int, Decimal],
        same_item: Collection[int],
    ) -> dict[int, float]:
        """The order lines among these that this invoice line may answer, with the evidence for it.

        What cannot pass `ACCEPTED` even at the right price and quantity is left out unseen: most
        order lines share no word with the invoice line.
        """
        alike = self._alike(stated)
        compared = self.worth_comparing(stated, columns)
        if stated.wordings:
            seen = {
                *alike,
                *self._wordless,
                *same_item,
                *self._by_line_id.get(stated.order_line or "", ()),
            }
            compared = [column for column in compared if column in seen]
        found = {}
        for column in compared:
            likeness_here = alike.get(column, 0.0)
            points = self._said(stated, column, likeness_here, same_item=column in same_item)
            if points + _PRICE_POINTS[0] + _SAME_QUANTITY <= ACCEPTED:
                continue
            points = self._counted(points, stated, column, left[column])
            if points > ACCEPTED:
                found[column] = points
        return found

    def _alike(self, stated: Stated) -> dict[int, float]:
        """The likeness of every order line that shares a word."""
        wordings = self._wordings(stated)
        if len(wordings) == 1:
            return self._index.alike(wordings[0])
        best: dict[int, float] = {}
        for words in wordings:
            for column, alike in self._index.alike(words).items():
                best[column] = max(alike, best.get(column, 0.0))
        return best

    def _said(self, stated: Stated, column: int, alike: float, *, same_item: bool) -> float:
        """The evidence of numbers, words and place."""
        points = _SAME_ITEM if same_item else self._other_item(stated.line, self._ordered[column])
        if stated.order_line:
            points += self._order_line_number(stated, column)
        if stated.wordings and self._words[column]:
            points += (alike - _INDIFFERENT_LIKENESS) * _WORDING
        return points + _SAME_PLACE if stated.position == column else points

    def _counted(self, points: float, stated: Stated, column: int, left: Decimal) -> float:
        """With the evidence of unit, price and quantity."""
        ordered = self._ordered[column]
        factor = converted(stated.line, ordered)
        if factor is None:
            return points + _UNITS_DIFFER
        quantity = stated.quantity if factor == ONE else stated.quantity * factor
        price = self._price_points(stated, column, factor)
        return points + price + _quantity(quantity, ordered, left)

    def _price_points(self, stated: Stated, column: int, factor: Decimal) -> float:
        """Most prices are so far from a limit that binary numbers tell as much as decimals."""
        agreed = self._rough_prices[column]
        if agreed and stated.rough_price and factor == ONE:
            ratio = stated.rough_price / agreed
            limit = _limit(ratio * (1 - _ROUNDING))
            if limit == _limit(ratio * (1 + _ROUNDING)):
                return _PRICE_POINTS[limit]
        return _price(stated.price, self._ordered[column], factor)

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
        words, weights = self._words[column], self._index.weights
        return max((likeness(w, words, weights) for w in self._wordings(stated)), default=0.0)

    def _wordings(self, stated: Stated) -> Sequence[frozenset[str]]:
        """What the line says, freight by the name of the one freight line ordered."""
        if not self._one_freight:
            return stated.wordings
        return [FREIGHT if is_freight(words) else words for words in stated.wordings]


def _price(price: Decimal | None, ordered: OrderLine, factor: Decimal) -> float:
    agreed = ordered.unit_price
    if not price or not agreed:
        return 0.0
    if price == agreed and factor == ONE:
        return _PRICE_POINTS[0]
    return _PRICE_POINTS[_limit(float(abs(price / factor / agreed)))]


def _limit(ratio: float) -> int:
    """The first of the limits that the ratio of two prices keeps."""
    return bisect_left(_PRICE_LIMITS, max(ratio, 1 / ratio))


def _rough(price: Decimal | None) -> float:
    """A price for quick comparison; 0 for one that must be compared exactly."""
    value = abs(float(price or 0))
    return value if _COMMON_PRICES[0] < value < _COMMON_PRICES[1] else 0.0


def _quantity(quantity: Decimal, ordered: OrderLine, left: Decimal) -> float:
    if ordered.quantity is None:
        return 0.0
    if quantity in (ordered.quantity, left):
        return _SAME_QUANTITY
    if quantity <= left:
        return _ROOM
    return _MUCH_TOO_MUCH if quantity > ordered.quantity + ordered.quantity else 0.0
