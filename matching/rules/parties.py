"""BUYER_MISMATCH, SUPPLIER_UNKNOWN, SUPPLIER_NOT_ON_ORDER, IBAN_UNKNOWN: who bills whom.

Supplier and account are judged against the order and the supplier file for a known supplier only;
an unknown one is for a person to identify first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.identifiers import compact
from domain.match import Code, Discrepancy
from domain.party import Party
from matching.links import suppliers_on, suppliers_under
from matching.parties import accounts, identifiers
from matching.rules.facts import Facts, finding

ON_CONTRACT: Final = "seller.contract"


def buyer(facts: Facts) -> Iterator[Discrepancy]:
    """Addressed to nobody we keep books for, or to another entity than the order's."""
    stated = _named(facts.invoice.buyer)
    if facts.entity is None:
        if facts.case.entities and stated:
            ordered_by = {order.entity_id for order in facts.links.orders}
            names = [e.name for e in facts.case.entities if e.entity_id in ordered_by]
            yield finding(
                Code.BUYER_MISMATCH,
                field="buyer",
                expected=", ".join(names) or None,
                found=stated,
            )
        return
    for order in facts.links.orders:
        if order.entity_id is not None and order.entity_id != facts.entity.entity_id:
            yield finding(
                Code.BUYER_MISMATCH,
                field="buyer",
                expected=order.entity_id,
                found=facts.entity.entity_id,
                order_id=order.order_id,
            )
            return


def supplier_unknown(facts: Facts) -> Iterator[Discrepancy]:
    """The seller is in no file; a page on which no seller was read says nothing."""
    stated = _named(facts.invoice.seller)
    if facts.supplier is None and (stated or not facts.case.is_page):
        yield finding(Code.SUPPLIER_UNKNOWN, field="seller", found=stated)


def supplier_not_on_order(facts: Facts) -> Iterator[Discrepancy]:
    """A known supplier bills an order of which it is neither holder nor partner."""
    if facts.supplier is None:
        return
    if not facts.links.orders:
        yield from _not_on_contract(facts, facts.supplier.supplier_id)
    for order in facts.links.orders:
        allowed = suppliers_on(order, facts.case.contracts)
        if allowed and facts.supplier.supplier_id not in allowed:
            yield finding(
                Code.SUPPLIER_NOT_ON_ORDER,
                field="seller",
                expected=order.supplier_id,
                found=facts.supplier.supplier_id,
                order_id=order.order_id,
            )
            return


def _not_on_contract(facts: Facts, supplier_id: str) -> Iterator[Discrepancy]:
    """A contract quoted by itself, of which the supplier stands on no lot."""
    lots = [c for c in facts.case.contracts if c.contract_id == facts.links.contract_id]
    allowed = frozenset[str]().union(*(suppliers_under(lot) for lot in lots))
    if allowed and supplier_id not in allowed:
        yield finding(
            Code.SUPPLIER_NOT_ON_ORDER,
            field=ON_CONTRACT,
            expected=facts.links.contract_id,
            found=supplier_id,
        )


def account(facts: Facts) -> Iterator[Discrepancy]:
    """An account that nobody has validated for this supplier."""
    if facts.supplier is None:
        return
    validated = {compact(iban) for iban in facts.supplier.ibans}
    for iban in accounts(facts.invoice):
        if compact(iban) not in validated:
            yield finding(
                Code.IBAN_UNKNOWN,
                field="payee_iban",
                expected=", ".join(facts.supplier.ibans) or None,
                found=iban,
            )
            return


def _named(party: Party) -> str | None:
    return party.name or party.trading_name or next(iter(sorted(identifiers(party))), None)
