"""QUANTITY_ABOVE_ORDERED, QUANTITY_ABOVE_RECEIVED, RECEIPT_MISSING: with what was billed before.

Ordered and received are judged apart. All lines of the invoice that answer one order line count
together, returns included; the excess is said at the line that passes the limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.match import Code, Discrepancy
from domain.money import ZERO
from domain.order import OrderLine
from matching.lines import Allocation
from matching.rules.facts import Facts, finding


def quantities(facts: Facts) -> Iterator[Discrepancy]:
    """Judge every order line that the invoice bills."""
    if not facts.is_charge:
        return
    received = _received(facts)
    by_line: dict[tuple[str, str], list[Allocation]] = {}
    for allocation in facts.allocations:
        if allocation.convertible:
            key = (allocation.line.order_id, allocation.line.line_id)
            by_line.setdefault(key, []).append(allocation)
    for key, allocations in by_line.items():
        ordered = allocations[0].line.quantity
        before = facts.ledger.billed("line", *key).quantity
        now = sum([a.quantity for a in allocations], ZERO)
        if ordered is not None and before + now > ordered:
            yield from _above(
                facts, allocations, before, now, ordered, Code.QUANTITY_ABOVE_ORDERED, "ordered"
            )
        if key not in received:
            yield from _without_receipt(facts, allocations)
        elif before + now > received[key]:
            yield from _above(
                facts,
                allocations,
                before,
                now,
                received[key],
                Code.QUANTITY_ABOVE_RECEIVED,
                "received",
            )


def _received(facts: Facts) -> dict[tuple[str, str], Decimal]:
    totals: dict[tuple[str, str], Decimal] = {}
    for order in facts.links.orders:
        for receipt in order.receipts:
            key = (receipt.order_id, receipt.line_id)
            totals[key] = totals.get(key, ZERO) + receipt.quantity
    return totals


def _above(
    facts: Facts,
    allocations: list[Allocation],
    before: Decimal,
    now: Decimal,
    limit: Decimal,
    code: Code,
    what: str,
) -> Iterator[Discrepancy]:
    billed = before + now
    tolerance = facts.limits.quantity_above(limit)
    if billed <= limit + tolerance:
        return
    # Where the limit is passed is said without the tolerance: a wider one must not move it.
    at = _passing(allocations, limit - before)
    if at is None:
        return
    yield _at(
        facts,
        code,
        at,
        at.line,
        field=f"quantity.{what}",
        expected=limit,
        found=billed,
        delta=billed - limit,
        tolerance=tolerance,
    )


def _passing(allocations: list[Allocation], room: Decimal) -> Allocation | None:
    """The allocation at which the room is used up, returns being counted first."""
    used = sum((a.quantity for a in allocations if a.quantity < 0), ZERO)
    for allocation in allocations:
        if allocation.quantity > 0:
            used += allocation.quantity
            if used > room:
                return allocation
    return None


def _without_receipt(facts: Facts, allocations: list[Allocation]) -> Iterator[Discrepancy]:
    for allocation in allocations:
        if allocation.quantity > 0:
            yield _at(
                facts,
                Code.RECEIPT_MISSING,
                allocation,
                allocation.line,
                field="quantity.received",
                expected=ZERO,
                found=allocation.quantity,
            )


def _at(
    facts: Facts, code: Code, at: Allocation, line: OrderLine, **values: Decimal | str
) -> Discrepancy:
    return finding(
        code,
        invoice_line=facts.label(at.position),
        order_id=line.order_id,
        order_line=line.line_id,
        **values,  # type: ignore[arg-type]  # the field's name and decimals, by keyword
    )
