"""What an invoice is linked to: orders with their lines, contract and lot, commitments.

In this order: what a person linked; the invoice that a credit note credits; orders quoted; orders
of a commitment quoted; orders one character off; the one clear candidate by content. A contract or
commitment quoted by itself needs no order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from domain.commitment import Commitment
from domain.contract import Contract
from domain.identifiers import normalise_reference
from domain.money import ZERO
from domain.order import Order, OrderStatus
from domain.party import Entity, Supplier
from matching.candidates import (
    Quoted,
    Scored,
    Weight,
    clear_candidate,
    is_one_character_off,
    lots_named,
    lots_quoted,
    quoted_references,
    score_by_content,
)
from matching.case import Case, EarlierDocument, Ledger
from matching.lines import OpenLine, Pairing, pair_lines
from matching.preceding import credited_documents

_UNLIMITED: Final = Decimal("1E+12")
_TYPO_CONTENT: Final = 0.4
_FOREIGN_CONTENT: Final = 0.5


class How(StrEnum):
    """By what an order was found."""

    PERSON = "person"
    CREDITED = "credited"
    REFERENCE = "reference"
    COMMITMENT = "commitment"
    TYPO = "typo"
    CONTENT = "content"
    NOTHING = "nothing"


_SCORES: Final = {
    How.PERSON: 1.0,
    How.CREDITED: 1.0,
    How.REFERENCE: 1.0,
    How.COMMITMENT: 0.9,
    How.NOTHING: 0.0,
}


@dataclass(frozen=True, slots=True)
class Links:
    """Everything the invoice was linked to, and how."""

    how: How
    score: float
    orders: tuple[Order, ...] = ()
    contract_id: str | None = None
    lot: str | None = None
    contracts: tuple[Contract, ...] = ()
    commitment_ids: tuple[str, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    pairing: Pairing = field(default_factory=Pairing)
    credited: tuple[EarlierDocument, ...] = ()
    quoted: tuple[Quoted, ...] = ()

    @property
    def order_was_quoted(self) -> bool:
        """Whether BT-13 or a line names an order, known or not."""
        return any(q.weight is Weight.ORDER for q in self.quoted)


def link(case: Case, supplier: Supplier | None, entity: Entity | None, ledger: Ledger) -> Links:
    """Decide what the invoice of this case belongs to."""
    return _Linker(case, supplier, entity, ledger).links()


class _Linker:
    """One linking under way; the steps are tried in the order of the module's text."""

    def __init__(
        self, case: Case, supplier: Supplier | None, entity: Entity | None, ledger: Ledger
    ) -> None:
        self.case = case
        self.invoice = case.invoice
        self.supplier = supplier
        self.entity = entity
        self.ledger = ledger
        self.quoted = quoted_references(case.invoice)
        self.contracts_by_id: defaultdict[str, list[Contract]] = defaultdict(list)
        for contract in case.contracts:
            self.contracts_by_id[contract.contract_id].append(contract)
        self.orders_by_key: defaultdict[str, list[Order]] = defaultdict(list)
        for order in case.orders:
            self.orders_by_key[normalise_reference(order.order_id)].append(order)

    def links(self) -> Links:
        credited = credited_documents(self.case)
        how, orders, score = self._orders(credited)
        pairing = self._pairing(orders)
        if how in {How.REFERENCE, How.CREDITED}:
            orders, pairing = self._without_idle(orders, pairing)
        contract_id, lot, contracts = self._contract(orders, credited)
        ids, commitments = self._commitments(orders, credited, contract_id, lot)
        return Links(
            how, score, tuple(orders), contract_id, lot, contracts, ids, commitments, pairing,
            credited, self.quoted,
        )  # fmt: skip

    def _orders(self, credited: Sequence[EarlierDocument]) -> tuple[How, list[Order], float]:
        case = self.case
        if not case.linked_orders and (case.linked_contract or case.linked_commitment):
            return How.PERSON, [], _SCORES[How.PERSON]
        # An invoice that only a text names gives way to an order that is quoted.
        ways_named: tuple[tuple[How, Callable[[], list[Order]]], ...] = (
            (How.CREDITED, lambda: self._known(o for d in credited for o in d.orders)),
            (How.REFERENCE, self._quoted_orders),
        )
        ways: tuple[tuple[How, Callable[[], list[Order]]], ...] = (
            (How.PERSON, lambda: self._known(self.case.linked_orders)),
            *(ways_named if self.invoice.preceding_invoices else reversed(ways_named)),
            (How.COMMITMENT, self._orders_of_commitment),
        )
        for how, found_by in ways:
            if orders := found_by():
                return how, orders, _SCORES[how]
        ours = [order for order in self.case.orders if self._is_on(order)]
        how, guess = How.TYPO, self._one_off(ours)
        if guess is None:
            how, guess = How.CONTENT, self._by_content(ours)
        if guess is None:
            return How.NOTHING, [], _SCORES[How.NOTHING]
        return how, [guess.order], round(guess.score, 3)

    def _known(self, order_ids: Iterable[str]) -> list[Order]:
        wanted = set(order_ids)
        return [order for order in self.case.orders if order.order_id in wanted]

    def _quoted_orders(self) -> list[Order]:
        """Orders named where orders are named; elsewhere only where supplier or content agree."""
        chosen: dict[str, Order] = {}
        known = [quoted for quoted in self.quoted if quoted.normalised in self.orders_by_key]
        for weight in (Weight.ORDER, Weight.FIELD, Weight.TEXT):
            if chosen and weight is Weight.FIELD:
                continue
            for quoted in known:
                if quoted.weight is weight:
                    for order in self._named(quoted):
                        chosen.setdefault(order.order_id, order)
        return list(chosen.values())

    def _named(self, quoted: Quoted) -> list[Order]:
        orders = self.orders_by_key[quoted.normalised]
        ours = [order for order in orders if self._is_on(order)]
        if ours or quoted.weight is Weight.ORDER:
            return ours or orders
        return [order for order in orders if self._content(order) >= _FOREIGN_CONTENT]

    def _orders_of_commitment(self) -> list[Order]:
        keys = {quoted.normalised for quoted in self.quoted if quoted.weight > Weight.TEXT}
        orders = [
            order
            for order in self.case.orders
            if order.commitment_id
            and normalise_reference(order.commitment_id) in keys
            and self._is_on(order)
        ]
        if len(orders) == 1:
            return orders
        found = clear_candidate(Scored(order, self._content(order)) for order in orders)
        return [found.order] if found else []

    def _one_off(self, orders: Iterable[Order]) -> Scored | None:
        keys = [quoted.normalised for quoted in self.quoted if quoted.weight > Weight.TEXT]
        near = [
            Scored(order, self._content(order) if order.lines else 1.0)
            for order in orders
            if any(is_one_character_off(normalise_reference(order.order_id), key) for key in keys)
        ]
        if len(near) == 1 and near[0].score >= _TYPO_CONTENT:
            return near[0]
        return clear_candidate(near)

    def _by_content(self, orders: Iterable[Order]) -> Scored | None:
        entity_id = self.entity.entity_id if self.entity else None
        issued = self.invoice.issue_date
        fitting = (
            order
            for order in orders
            if order.status is OrderStatus.OPEN
            and entity_id in {None, order.entity_id}
            and not (issued and order.order_date and order.order_date > issued)
        )
        return clear_candidate(
            Scored(order, self._content(order, only_open=True)) for order in fitting
        )

    def _content(self, order: Order, *, only_open: bool = False) -> float:
        open_lines = self._open([order])
        return score_by_content(self.invoice.lines, order, open_lines, only_open=only_open)

    def _is_on(self, order: Order) -> bool:
        """Whether the supplier is the order's, or stands on its contract."""
        if self.supplier is None:
            return False
        return self.supplier.supplier_id in suppliers_on(order, self.case.contracts)

    def _open(self, orders: Iterable[Order]) -> list[OpenLine]:
        """The order lines with what may still be billed, or credited, on them."""
        found = []
        for order in orders:
            for line in order.lines:
                billed = self.ledger.billed("line", line.order_id, line.line_id).quantity
                if self.invoice.is_credit_note:
                    found.append(OpenLine(line, billed))
                else:
                    ordered = _UNLIMITED if line.quantity is None else line.quantity
                    found.append(OpenLine(line, max(ZERO, ordered - billed)))
        return found

    def _pairing(self, orders: Sequence[Order]) -> Pairing:
        return pair_lines(self.invoice.lines, orders, self._open(orders))

    def _without_idle(self, orders: list[Order], pairing: Pairing) -> tuple[list[Order], Pairing]:
        """Drop orders that are only mentioned: no line answers them."""
        if len(orders) == 1:
            return orders, pairing
        used = {allocation.line.order_id for allocation in pairing.allocations}
        header = normalise_reference(self.invoice.order_reference or "")
        named_at_lines = any(line.order_reference for line in self.invoice.lines)
        kept = [
            order
            for order in orders
            if order.order_id in used
            or not order.lines
            or (normalise_reference(order.order_id) == header and not named_at_lines)
        ]
        if not kept or len(kept) == len(orders):
            return orders, pairing
        return kept, self._pairing(kept)

    def _contract(
        self, orders: Sequence[Order], credited: Sequence[EarlierDocument]
    ) -> tuple[str | None, str | None, tuple[Contract, ...]]:
        """The contract of the orders, of what is credited, or quoted; None of several."""
        wanted = {(order.contract_id, order.lot or "") for order in orders if order.contract_id}
        if self.case.linked_contract:
            wanted = {(self.case.linked_contract, self.case.linked_lot or "")}
        if not wanted and not orders:
            wanted = {(d.contract_id, d.lot or "") for d in credited if d.contract_id}
        if not wanted and self.contracts_by_id:
            wanted = self._contracts_quoted()
            if not wanted and not orders and not self._commitments(orders, credited, None, None)[0]:
                wanted = self._contracts_of_others()
        contracts = [found for pair in sorted(wanted) if (found := self._lot(*pair))]
        if len(wanted) != 1:
            return None, None, tuple(contracts)
        contract_id, lot = wanted.pop()
        if contracts:
            lot = contracts[0].lot
        return contract_id, lot or None, tuple(contracts)

    def _contracts_quoted(self) -> set[tuple[str, str]]:
        """Contracts that the invoice quotes and its supplier stands on, with the lot if told."""
        if not self.contracts_by_id:
            return set()
        keys = {quoted.normalised for quoted in self.quoted}
        # What is the whole id of something known is no other contract with a lot.
        whole = {*self.orders_by_key, *map(normalise_reference, self.contracts_by_id)}
        with_lot = lots_quoted(q for q in self.quoted if q.normalised not in whole)
        found = set()
        for contract_id, lots in self.contracts_by_id.items():
            key = normalise_reference(contract_id)
            told = [c.lot for c in lots if (key, c.lot.lstrip("0")) in with_lot and c.lot]
            if (told or key in keys) and self._is_under(contract_id):
                found.add((contract_id, told[0] if len(told) == 1 else ""))
        return found

    def _contracts_of_others(self) -> set[tuple[str, str]]:
        """What is quoted as the contract or the order, but is the contract of other suppliers."""
        keys = {
            quoted.normalised
            for quoted in self.quoted
            if quoted.field in {"contract_reference", "order_reference"}
        }
        return {(c, "") for c in self.contracts_by_id if normalise_reference(c) in keys}

    def _is_under(self, contract_id: str) -> bool:
        """Whether the supplier stands on a contract that is quoted; an unknown one cannot tell."""
        if self.supplier is None:
            return True
        lots = self.contracts_by_id[contract_id]
        return any(self.supplier.supplier_id in suppliers_under(contract) for contract in lots)

    def _lot(self, contract_id: str, lot: str) -> Contract | None:
        lots = self.contracts_by_id.get(contract_id, [])
        exact = [contract for contract in lots if contract.lot == lot]
        if exact or lot:
            return exact[0] if exact else None
        if self.supplier is not None and len(lots) > 1:
            lots = [c for c in lots if self.supplier.supplier_id in suppliers_under(c)]
        if len(lots) > 1:
            named = lots_named(self.invoice)
            lots = [c for c in lots if c.lot.lstrip("0").casefold() in named]
        return lots[0] if len(lots) == 1 else None

    def _commitments(
        self,
        orders: Sequence[Order],
        credited: Sequence[EarlierDocument],
        contract_id: str | None,
        lot: str | None,
    ) -> tuple[tuple[str, ...], tuple[Commitment, ...]]:
        known = {c.commitment_id: c for c in self.case.commitments}
        ids = list(dict.fromkeys(o.commitment_id for o in orders if o.commitment_id))
        if self.case.linked_commitment:
            ids = [self.case.linked_commitment]
        if not ids and not orders:
            ids = list(dict.fromkeys(d.commitment_id for d in credited if d.commitment_id))
        if not ids:
            keys = {quoted.normalised for quoted in self.quoted}
            ids = [c for c in known if normalise_reference(c) in keys and self._may_use(known[c])]
        if not ids and not orders and contract_id:
            ids = [
                c.commitment_id
                for c in known.values()
                if c.contract_id == contract_id
                and (c.lot or None) in {lot, None}
                and self._may_use(c)
            ]
            ids = ids if len(ids) == 1 else []
        return tuple(ids), tuple(known[c] for c in ids if c in known)

    def _may_use(self, commitment: Commitment) -> bool:
        if self.supplier is None or commitment.supplier_id is None:
            return True
        return commitment.supplier_id == self.supplier.supplier_id


def suppliers_under(contract: Contract) -> frozenset[str]:
    """Holder, co-suppliers and subcontractors of a contract."""
    return frozenset(
        s for s in (contract.supplier_id, *contract.co_suppliers, *contract.subcontractors) if s
    )


def suppliers_on(order: Order, contracts: Iterable[Contract]) -> frozenset[str]:
    """Everybody who may bill an order: its supplier, and those of its contract."""
    found = {order.supplier_id} if order.supplier_id else set()
    for contract in contracts:
        same_lot = not order.lot or contract.lot in {"", order.lot}
        if contract.contract_id == order.contract_id and same_lot:
            found |= suppliers_under(contract)
    return frozenset(found)
