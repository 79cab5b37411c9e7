"""Order lines as a reader wants to see them beside an invoice's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from db.engine import Database
from domain.money import plain
from domain.order import Order, OrderLine
from ingest.received import origin_of
from ingest.received_deliveries import announced
from matching.reference import load_orders

Record = dict[str, Any]


class OrderBook:
    """Looks orders up in the reference data."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, order_ids: Sequence[str]) -> list[Record]:
        """The lines of these orders, with what was received on each and what was announced."""
        if not order_ids:
            return []
        with self._database.reading() as connection:
            orders = load_orders(connection, order_ids)
            claims = announced(connection, list(orders))
            origins = {order_id: origin_of(connection, order_id) for order_id in orders}
        return [
            _record(order, line, claims) | {"brought_by": origins[order.order_id]}
            for order in orders.values()
            for line in order.lines
        ]


def no_orders(order_ids: Sequence[str]) -> list[Record]:
    """Where there is no reference data, no order line is known."""
    del order_ids
    return []


def _record(order: Order, line: OrderLine, claims: Sequence[Mapping[str, Any]]) -> Record:
    received = [r.quantity for r in order.receipts if r.line_id == line.line_id]
    key = (order.order_id, line.line_id)
    claimed = [c["quantity"] for c in claims if (c["order_id"], c["line_id"]) == key]
    return {
        "order_id": order.order_id,
        "line_id": line.line_id,
        "item_id": line.item_id,
        "description": line.description,
        "quantity": _written(line.quantity),
        "unit": line.unit,
        "unit_price": _written(line.unit_price),
        "vat_rate": _written(line.vat_rate),
        "received": _written(sum(received, Decimal(0)) if received else None),
        "announced": _written(sum(claimed, Decimal(0)) if claimed else None),
    }


def _written(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
