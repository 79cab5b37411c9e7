"""LINE_NOT_ORDERED, UNIT_MISMATCH, VAT_RATE_MISMATCH: each line against the line it answers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.codes import REVERSE_OR_EXPORT_CATEGORIES
from domain.invoice import InvoiceLine
from domain.match import Code, Discrepancy
from domain.money import ZERO
from matching.measures import billed_quantity, line_amount
from matching.rules.facts import Facts, finding

_UNTAXED = frozenset({"E", "Z"})


def line_not_ordered(facts: Facts) -> Iterator[Discrepancy]:
    """A line that costs something and answers no line of orders that all have lines."""
    orders = facts.links.orders
    if not facts.is_charge or not orders or not all(order.lines for order in orders):
        return
    for position in facts.links.pairing.left_over:
        line = facts.line(position)
        if line_amount(line) > 0:
            yield finding(
                Code.LINE_NOT_ORDERED,
                field="name",
                expected=", ".join(order.order_id for order in orders),
                found=line.name or line.description,
                delta=line_amount(line),
                invoice_line=facts.label(position),
                order_id=orders[0].order_id if len(orders) == 1 else None,
            )


def unit_mismatch(facts: Facts) -> Iterator[Discrepancy]:
    """Billed in a unit that does not convert into the ordered one."""
    for allocation in facts.allocations:
        if not allocation.convertible:
            line = facts.line(allocation.position)
            yield finding(
                Code.UNIT_MISMATCH,
                field="unit",
                expected=allocation.line.unit,
                found=line.unit,
                delta=billed_quantity(line),
                invoice_line=facts.label(allocation.position),
                order_id=allocation.line.order_id,
                order_line=allocation.line.line_id,
            )


def currency_mismatch(facts: Facts) -> Iterator[Discrepancy]:
    """Billed in another currency than ordered: no price or ceiling can be compared."""
    billed = (facts.invoice.currency or "").strip().upper()
    for order in facts.links.orders:
        ordered = (order.currency or "").strip().upper()
        if billed and ordered and billed != ordered:
            yield finding(
                Code.UNIT_MISMATCH,
                field="currency",
                expected=ordered,
                found=billed,
                order_id=order.order_id,
            )
            return


def vat_rate(facts: Facts) -> Iterator[Discrepancy]:
    """Billed at another rate than ordered; reverse charge and exports are not compared."""
    seen = set()
    for allocation in facts.allocations:
        line, agreed = facts.line(allocation.position), allocation.line.vat_rate
        rate = _rate(line, facts)
        if agreed is None or rate is None or rate == agreed or allocation.position in seen:
            continue
        if line_amount(line) <= 0:
            continue  # a return or correction may undo VAT that stands elsewhere
        seen.add(allocation.position)
        yield finding(
            Code.VAT_RATE_MISMATCH,
            field="vat_rate",
            expected=agreed,
            found=rate,
            delta=rate - agreed,
            tolerance=ZERO,
            invoice_line=facts.label(allocation.position),
            order_id=allocation.line.order_id,
            order_line=allocation.line.line_id,
        )


def _rate(line: InvoiceLine, facts: Facts) -> Decimal | None:
    """The rate of the line; that of the document where it has only one and lines have none."""
    if line.vat_category in REVERSE_OR_EXPORT_CATEGORIES:
        return None
    if line.vat_rate is not None:
        return line.vat_rate
    if line.vat_category in _UNTAXED:
        return ZERO
    breakdown = facts.invoice.vat_breakdown
    if line.vat_category is not None or len(breakdown) != 1:
        return None
    only = breakdown[0]
    return None if only.category in REVERSE_OR_EXPORT_CATEGORIES else only.rate
