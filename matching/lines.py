"""Which order line each invoice line answers: exact matches first, an optimum for the rest.

1. A line whose item number stands on one order line is settled, so is one whose wording does.
2. The others are scored against every order line that could be meant: item number, order line
   number, wording, price, quantity, unit, place. The assignment with the greatest total wins.
3. A line that found nothing may share an order line already answered (returns, partial lines).
4. A line that bills more than its order line has left goes on to twin lines of the same item
   that no other invoice line answers.

Nothing is lost: what an invoice line bills is what its allocations hold, or it is left over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from domain.identifiers import compact, normalise_reference
from domain.invoice import InvoiceLine
from domain.money import ZERO
from domain.order import Order, OrderLine
from matching.assignment import best_pairs
from matching.likelihood import ACCEPTED, SHARED, LineScorer, Stated
from matching.measures import billed_quantity, converted, line_amount
from matching.wording import words_of

_SILENT: Final = frozenset({"GROUP", "INFORMATION"})  # EXT-FR-FE-163: lines without amounts
CERTAIN: Final = 10.0


class Allocation(NamedTuple):
    """The part of one invoice line that answers one order line."""

    position: int
    line: OrderLine
    quantity: Decimal  # in the order line's unit; in the invoice's where units do not convert
    net_amount: Decimal
    convertible: bool
    score: float


@dataclass(frozen=True, slots=True)
class Pairing:
    """What answers what, and the positions of the invoice lines that answer nothing."""

    allocations: tuple[Allocation, ...] = ()
    left_over: tuple[int, ...] = ()


class OpenLine(NamedTuple):
    """An order line with what is still to be billed on it."""

    line: OrderLine
    open: Decimal


def billable(line: InvoiceLine) -> bool:
    """Whether a line bills something, rather than title or explain other lines."""
    if line.subtype in _SILENT:
        return False
    return line.net_amount is not None or line.quantity is not None or line.net_price is not None


def pair_lines(
    lines: Sequence[InvoiceLine], orders: Iterable[Order], open_lines: Sequence[OpenLine]
) -> Pairing:
    """Assign invoice lines to order lines; `open_lines` are those of the orders."""
    positions = [i for i, line in enumerate(lines) if billable(line)]
    if not open_lines:
        return Pairing(left_over=tuple(positions))
    by_reference = {normalise_reference(order.order_id): order.order_id for order in orders}
    found = _Pairs(lines, open_lines, by_reference)
    found.settle_exact(positions)
    found.settle_scored()
    allocations = tuple(
        part
        for position in positions
        if position in found.column_of
        for part in found.allocate(position)
    )
    left = tuple(position for position in positions if position not in found.column_of)
    return Pairing(allocations, left)


class _Pairs:
    """The assignment in the making: invoice positions to indices of order lines."""

    def __init__(
        self,
        lines: Sequence[InvoiceLine],
        open_lines: Sequence[OpenLine],
        by_reference: dict[str, str],
    ) -> None:
        self.lines = lines
        self.open_lines = open_lines
        self.by_reference = by_reference
        self.column_of: dict[int, int] = {}
        self.score_of: dict[int, float] = {}
        self.answered: set[int] = set()
        self.left = {column: open_line.open for column, open_line in enumerate(open_lines)}
        self.everywhere = range(len(open_lines))
        self.by_order: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self.by_item: defaultdict[str, list[int]] = defaultdict(list)
        for column, open_line in enumerate(open_lines):
            self.by_order[open_line.line.order_id][column] = None
            if open_line.line.item_id:
                self.by_item[item_key(open_line.line.item_id)].append(column)
        self.waiting: list[tuple[int, list[int], Collection[int]]] = []
        self.same_numbering = False

    @cached_property
    def by_words(self) -> defaultdict[frozenset[str], list[int]]:
        """The order lines of each wording; where all items are numbered nobody asks."""
        found: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for column, open_line in enumerate(self.open_lines):
            if open_line.line.description:
                found[words_of(open_line.line.description)].append(column)
        return found

    def settle_exact(self, positions: Sequence[int]) -> None:
        """Step 1; what is not settled waits with the order lines its item number stands on."""
        undecided = []
        for position in positions:
            allowed = self._allowed(self.lines[position])
            by_item = self._item_columns(self.lines[position])
            if by_item and allowed is not self.everywhere:
                by_item = [column for column in by_item if column in allowed]
            self.same_numbering = self.same_numbering or bool(by_item)
            if len(by_item) == 1:
                self._settle(position, by_item[0], CERTAIN)
            else:
                undecided.append((position, by_item, allowed))
        names = Counter(_words(self.lines[p]) for p in positions) if undecided else {}
        for position, by_item, allowed in undecided:
            words = _words(self.lines[position])
            by_words = [c for c in self.by_words.get(words, ()) if c in allowed]
            alone = len(by_words) == 1 and names[words] == 1 and not by_item
            if alone and not self._contradicted(position, by_words[0]):
                self._settle(position, by_words[0], CERTAIN)
            else:
                self.waiting.append((position, by_item, by_item or allowed))

    def settle_scored(self) -> None:
        """Steps 2 and 3."""
        if not self.waiting:
            return
        scorer = LineScorer(
            [open_line.line for open_line in self.open_lines], same_numbering=self.same_numbering
        )
        taken = frozenset(self.answered)
        stated = {p: Stated.of(self.lines[p], p) for p, _, _ in self.waiting}
        scores = {
            position: scorer.likely(stated[position], columns, self.left, by_item)
            for position, by_item, columns in self.waiting
        }
        free = {
            (position, column): score - ACCEPTED
            for position, likely in scores.items()
            for column, score in likely.items()
            if column not in taken
        }
        for position, column in best_pairs(free).items():
            self._settle(position, column, scores[position][column])
        for position, by_item, _ in self.waiting:
            if position in self.column_of:
                continue
            sure = {
                column: score
                for column, score in scores[position].items()
                if score >= SHARED
                and scorer.may_share(stated[position], column, same_item=column in by_item)
            }
            if sure:
                best = max(sure, key=sure.__getitem__)
                self._settle(position, best, sure[best])

    def allocate(self, position: int) -> Iterable[Allocation]:
        """Step 4: the allocations of one invoice line, which add up to it."""
        line, column = self.lines[position], self.column_of[position]
        ordered = self.open_lines[column].line
        amount, quantity = line_amount(line), billed_quantity(line)
        factor = converted(line, ordered)
        whole = Allocation(
            position,
            ordered,
            quantity if factor is None else _tidy(quantity * factor),
            amount,
            convertible=factor is not None,
            score=self.score_of[position],
        )
        if factor is not None and whole.quantity > self.left[column]:
            twins = [c for c in self._twins(column) if c not in self.answered and self.left[c] > 0]
            if twins:
                return self._split(whole, [column, *twins])
        self.left[column] -= whole.quantity
        return [whole]

    def _split(self, whole: Allocation, columns: list[int]) -> list[Allocation]:
        """Fill each line as far as it is open; the last one takes what remains."""
        parts, quantity, amount = [], whole.quantity, whole.net_amount
        for column in columns:
            last = column == columns[-1]
            take = quantity if last else max(ZERO, min(quantity, self.left[column]))
            if not take:
                continue
            share = amount if take == quantity else _tidy(whole.net_amount * take / whole.quantity)
            parts.append(
                whole._replace(line=self.open_lines[column].line, quantity=take, net_amount=share)
            )
            self.left[column] -= take
            quantity, amount = quantity - take, amount - share
        return parts

    def _settle(self, position: int, column: int, score: float) -> None:
        self.column_of[position] = column
        self.score_of[position] = score
        self.answered.add(column)

    def _allowed(self, line: InvoiceLine) -> Collection[int]:
        """The order lines of the order that the line names, or all."""
        order_id = self.by_reference.get(normalise_reference(line.order_reference or ""))
        return self.everywhere if order_id is None else self.by_order.get(order_id, ())

    def _item_columns(self, line: InvoiceLine) -> list[int]:
        for number in (line.buyer_item_id, line.seller_item_id, line.standard_item_id):
            if number and (columns := self.by_item.get(item_key(number))):
                return columns
        return []

    def _contradicted(self, position: int, column: int) -> bool:
        """Whether both sides number their items the same way, but differently here."""
        line, item = self.lines[position], self.open_lines[column].line.item_id
        numbered = line.buyer_item_id or line.seller_item_id
        return bool(self.same_numbering and item and numbered)

    def _twins(self, column: int) -> list[int]:
        line = self.open_lines[column].line
        if line.item_id:
            return self.by_item[item_key(line.item_id)]
        return self.by_words[words_of(line.description)] if line.description else []


@lru_cache(maxsize=16384)
def item_key(number: str) -> str:
    """How item numbers are compared: letters and digits only, without leading zeros."""
    return compact(number).lstrip("0")


def _words(line: InvoiceLine) -> frozenset[str]:
    return words_of(line.name or line.description or "")


def _tidy(value: Decimal) -> Decimal:
    """Without the noise of a division: at most nine decimals, no trailing zeros."""
    if not value:
        return ZERO
    rounded = round(value, 9)
    whole = rounded.to_integral_value()
    return whole if rounded == whole else rounded.normalize()
