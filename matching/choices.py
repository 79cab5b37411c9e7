"""Orders that a person may want to link a document to, the likeliest first.

Read only: what the document itself took counts as still open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, select

from domain.invoice import Invoice
from domain.money import ZERO
from domain.order import Order
from matching import reference, repository
from matching.candidates import quoted_references, score_by_content
from matching.lines import OpenLine
from matching.loading import likely_suppliers

_MOST_OF_SUPPLIER: Final = 60
_UNLIMITED: Final = Decimal("1E+12")


@dataclass(frozen=True, slots=True)
class Choice:
    """An order, how much of the document's content it explains (0 to 1), whether it is quoted."""

    order_id: str
    supplier_id: str | None
    order_date: date | None
    status: str
    score: float
    quoted: bool


def choices(connection: Connection, document_id: str, invoice: Invoice) -> list[Choice]:
    """The orders quoted and the newest of the supplier."""
    quoted = {q.normalised for q in quoted_references(invoice)}
    named = {k.id for k in reference.find_references(connection, quoted) if k.kind == "order"}
    orders = reference.load_orders(connection, named | _of_supplier(connection, invoice)).values()
    billed = _billed_by_others(connection, document_id, orders)
    found = [
        Choice(
            order.order_id,
            order.supplier_id,
            order.order_date,
            order.status.value,
            round(score_by_content(invoice.lines, order, _open(order, billed)), 3),
            order.order_id in named,
        )
        for order in orders
    ]
    newest = sorted(found, key=lambda c: (c.order_date or date.min, c.order_id), reverse=True)
    return sorted(newest, key=lambda c: (-c.score, not c.quoted))


def _of_supplier(connection: Connection, invoice: Invoice) -> set[str]:
    likely = likely_suppliers(connection, invoice, read_from_page=True)
    suppliers = {supplier.supplier_id for supplier in likely}
    orders = reference.ORDERS.c
    query = (
        select(orders.order_id)
        .where(orders.supplier_id.in_(sorted(suppliers)))
        .order_by(orders.order_date.desc(), orders.order_id)
        .limit(_MOST_OF_SUPPLIER)
    )
    return set(connection.execute(query).scalars()) if suppliers else set()


def _billed_by_others(
    connection: Connection, document_id: str, orders: Iterable[Order]
) -> dict[tuple[str, str], Decimal]:
    keys = [("line", line.order_id, line.line_id) for order in orders for line in order.lines]
    billed = {(b.id, b.part): b.quantity for b in repository.load_balances(connection, keys)}
    standing = repository.find_standing(connection, document_id)
    if standing is not None and standing.counts:
        for taken in repository.load_consumed(connection, document_id):
            if (taken.id, taken.part) in billed and taken.kind == "line":
                billed[taken.id, taken.part] -= taken.quantity
    return billed


def _open(order: Order, billed: dict[tuple[str, str], Decimal]) -> list[OpenLine]:
    return [
        OpenLine(
            line,
            max(
                ZERO,
                (_UNLIMITED if line.quantity is None else line.quantity)
                - billed.get((line.order_id, line.line_id), ZERO),
            ),
        )
        for line in order.lines
    ]
