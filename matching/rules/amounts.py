"""AMOUNT_ABOVE_ORDER: orders by amount that are passed, and charges that were not ordered."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.commitment import Commitment
from domain.match import Code, Discrepancy
from domain.money import ZERO
from domain.order import OrderLine
from matching.rules.chain import order_links
from matching.rules.facts import Facts, finding
from matching.wording import is_freight, likeness, words_of

_FORESEEN = 0.5


def order_amount(facts: Facts) -> Iterator[Discrepancy]:
    """An order without lines is worth its commitment; with what was billed before."""
    if facts.invoice.is_credit_note:
        return
    without_lines = {order.order_id for order in facts.links.orders if not order.lines}
    commitments = {c.commitment_id: c for c in facts.links.commitments}
    for share in facts.shares:
        commitment = commitments.get(share.commitment_id or "")
        if share.order_id not in without_lines or commitment is None or share.net <= 0:
            continue
        before = facts.ledger.billed("order", share.order_id or "")
        passed = _passed(commitment, before.net + share.net, before.gross + share.gross, facts)
        if passed is not None:
            ceiling, billed = passed
            yield finding(
                Code.AMOUNT_ABOVE_ORDER,
                field="totals.tax_exclusive",
                expected=ceiling,
                found=billed,
                delta=billed - ceiling,
                tolerance=facts.limits.ceiling,
                order_id=share.order_id,
            )


def deposits(facts: Facts) -> Iterator[Discrepancy]:
    """Deposits on an order with lines, together, pass what was ordered."""
    invoice = facts.invoice
    if not invoice.is_prepayment or invoice.is_credit_note:
        return
    for order in facts.links.orders:
        for link in order_links(facts, order):
            billed = link.before + link.this
            if link.this > 0 and billed > link.ceiling + facts.limits.ceiling:
                yield finding(
                    Code.AMOUNT_ABOVE_ORDER,
                    field="prepayment",
                    expected=link.ceiling,
                    found=billed,
                    delta=billed - link.ceiling,
                    tolerance=facts.limits.ceiling,
                    order_id=order.order_id,
                )


def _passed(
    commitment: Commitment, net: Decimal, gross: Decimal, facts: Facts
) -> tuple[Decimal, Decimal] | None:
    for ceiling, billed in ((commitment.amount_net, net), (commitment.amount_gross, gross)):
        if ceiling is not None and billed > ceiling + facts.limits.ceiling:
            return ceiling, billed
    return None


def charges(facts: Facts) -> Iterator[Discrepancy]:
    """Document-level charges (BG-21) that no line of the order foresees."""
    orders, stated = facts.links.orders, facts.invoice.allowances_charges
    if not stated or not facts.is_charge or not any(order.lines for order in orders):
        return
    billed = {(a.line.order_id, a.line.line_id) for a in facts.allocations}
    free = [
        line
        for order in orders
        for line in order.lines
        if (line.order_id, line.line_id) not in billed
    ]
    extra = ZERO
    reasons = []
    for charge in stated:
        if charge.is_charge and charge.amount and not _foreseen(charge.reason, charge.amount, free):
            extra += charge.amount
            reasons.append(charge.reason or charge.reason_code or "")
    if extra > 0:
        yield finding(
            Code.AMOUNT_ABOVE_ORDER,
            field=", ".join(reason for reason in reasons if reason) or "totals.charges",
            expected=ZERO,
            found=extra,
            delta=extra,
            tolerance=ZERO,
            order_id=orders[0].order_id if len(orders) == 1 else None,
        )


def _foreseen(reason: str | None, amount: Decimal, free: list[OrderLine]) -> bool:
    """Whether an order line that is not billed as a line is what the charge is for."""
    words = words_of(reason or "")
    freight = [line for line in free if is_freight(words_of(line.description or ""))]
    only = freight if is_freight(words) and len(freight) == 1 else []
    return any(
        line.unit_price is not None
        and amount <= line.unit_price * (line.quantity or 1)
        and (line in only or likeness(words, words_of(line.description or "")) >= _FORESEEN)
        for line in free
    )
