"""Orders, their lines and receipts (service fait), as our reference data states them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class OrderStatus(StrEnum):
    """Whether an order may still be billed."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line ordered: what, how much, at what net unit price."""

    order_id: str
    line_id: str
    item_id: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    vat_rate: Decimal | None = None
    pack_quantity: Decimal | None = None  # pieces in one ordered unit, when the order says so


@dataclass(frozen=True, slots=True)
class Receipt:
    """A quantity certified as delivered or done (service fait) on an order line."""

    receipt_id: str
    order_id: str
    line_id: str
    quantity: Decimal
    received_on: date | None = None
    certified_by: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order (bon de commande); without lines its ceiling is its commitment."""

    order_id: str
    entity_id: str | None = None
    supplier_id: str | None = None
    contract_id: str | None = None
    lot: str | None = None
    commitment_id: str | None = None
    order_date: date | None = None
    service_code: str | None = None
    currency: str | None = None
    status: OrderStatus = OrderStatus.OPEN
    lines: tuple[OrderLine, ...] = ()
    receipts: tuple[Receipt, ...] = ()
