"""ORDER_REFERENCE_MISSING and _UNKNOWN, CONTRACT_UNKNOWN, ORDER_CLOSED: what the invoice quotes.

An invoice linked to a contract or commitment by reference needs no order. A credit note takes the
order of what it credits, so a missing reference is no fault of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.identifiers import normalise_reference
from domain.match import Code, Discrepancy
from domain.order import OrderStatus
from matching.candidates import Weight
from matching.rules.facts import Facts, finding


def order_reference(facts: Facts) -> Iterator[Discrepancy]:
    """No order could be found: none was given, or what was given exists nowhere."""
    links = facts.links
    if links.orders or links.contract_id or links.commitment_ids:
        return
    if links.order_was_quoted:
        quoted = next(q for q in links.quoted if q.weight is Weight.ORDER)
        yield finding(Code.ORDER_REFERENCE_UNKNOWN, field=quoted.field, found=quoted.text)
    elif not facts.invoice.is_credit_note:
        yield finding(Code.ORDER_REFERENCE_MISSING, field="order_reference")


def contract_unknown(facts: Facts) -> Iterator[Discrepancy]:
    """BT-12 is none of our contracts, orders or commitments, and no order has a contract."""
    stated = facts.invoice.contract_reference
    key = normalise_reference(stated or "")
    if not key or facts.links.contract_id or any(o.contract_id for o in facts.links.orders):
        return
    case = facts.case
    known = (
        *(contract.contract_id for contract in case.contracts),
        *(order.order_id for order in case.orders),
        *(commitment.commitment_id for commitment in case.commitments),
    )
    parts = {q.normalised for q in facts.links.quoted if q.field == "contract_reference"}
    if not parts.union({key}).intersection(normalise_reference(k) for k in known):
        yield finding(Code.CONTRACT_UNKNOWN, field="contract_reference", found=stated)


def order_closed(facts: Facts) -> Iterator[Discrepancy]:
    """The order is closed or cancelled; a credit note may still reduce it."""
    if facts.invoice.is_credit_note:
        return
    for order in facts.links.orders:
        if order.status is not OrderStatus.OPEN:
            yield finding(
                Code.ORDER_CLOSED,
                field="order_reference",
                expected=OrderStatus.OPEN.value,
                found=order.status.value,
                order_id=order.order_id,
            )
            return
