"""What comes besides invoices: orders, despatch and receipt advices, status messages.

Values are what the document says, in the words of UBL; what it does not say is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from domain.money import plain
from domain.party import Party


class OrderAct(StrEnum):
    """What an order document does."""

    ORDER = "order"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    RESPONSE = "response"


class LineAction(StrEnum):
    """What a change does to a line (UNTDID 1229)."""

    ADDED = "1"
    DELETED = "2"
    CHANGED = "3"
    UNCHANGED = "4"


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """One line of an order document."""

    id: str | None = None
    action: str | None = None  # UNTDID 1229
    name: str | None = None
    description: str | None = None
    seller_item_id: str | None = None
    buyer_item_id: str | None = None
    standard_item_id: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    net_price: Decimal | None = None
    price_base_quantity: Decimal | None = None
    net_amount: Decimal | None = None
    vat_rate: Decimal | None = None
    pack_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderMessage:
    """An order, its change, its cancellation or the answer to it."""

    act: OrderAct
    number: str | None = None
    type_code: str | None = None  # UNTDID 1001
    purpose_code: str | None = None  # UNTDID 1225
    answer: str | None = None  # AP, CA, RE, AB (Peppol) or a UNTDID 4343 code
    issue_date: date | None = None
    order_reference: str | None = None  # the order that is changed, cancelled or answered
    contract_reference: str | None = None
    buyer_reference: str | None = None
    currency: str | None = None
    notes: tuple[str, ...] = ()
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    net_total: Decimal | None = None
    lines: tuple[OrderedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveredItem:
    """One line of a despatch or receipt advice."""

    id: str | None = None
    order_reference: str | None = None
    order_line_reference: str | None = None
    name: str | None = None
    seller_item_id: str | None = None
    buyer_item_id: str | None = None
    standard_item_id: str | None = None
    quantity: Decimal | None = None  # delivered, or received
    rejected: Decimal | None = None  # part of what was received
    short: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryMessage:
    """What a supplier says it sends, or a buyer says it received."""

    number: str | None = None
    issue_date: date | None = None
    order_reference: str | None = None
    despatch_reference: str | None = None
    delivery_date: date | None = None
    certified_by: str | None = None
    notes: tuple[str, ...] = ()
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    lines: tuple[DeliveredItem, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusReason:
    """Why a document was given a status, and what is asked for."""

    code: str | None = None
    text: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """The status that a message gives to one document."""

    number: str | None = None
    type_code: str | None = None
    issue_date: date | None = None
    issuer_id: str | None = None
    status_code: str | None = None  # CDAR MDT-105, or the UBL response code
    status: str | None = None
    reasons: tuple[StatusReason, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """A life-cycle message: which documents stand at which status (CDAR, UBL)."""

    number: str | None = None
    issue_date: date | None = None
    issuer: Party = field(default_factory=Party)
    recipient: Party = field(default_factory=Party)
    statuses: tuple[DocumentStatus, ...] = ()


def order_from(record: Any) -> OrderMessage | None:
    """Rebuild an order document from what `message_record` wrote."""
    found: OrderMessage | None = _rebuilt(OrderMessage, record)
    return found


def delivery_from(record: Any) -> DeliveryMessage | None:
    """Rebuild a despatch or receipt advice from what `message_record` wrote."""
    found: DeliveryMessage | None = _rebuilt(DeliveryMessage, record)
    return found


def status_message_from(record: Any) -> StatusMessage | None:
    """Rebuild a status message from what `message_record` wrote."""
    found: StatusMessage | None = _rebuilt(StatusMessage, record)
    return found


def _rebuilt(hint: Any, value: Any) -> Any:
    """A value of the type that a field declares, from its JSON form."""
    if value is None:
        return None
    if get_origin(hint) is UnionType:
        return _rebuilt(next(a for a in get_args(hint) if a is not NoneType), value)
    if get_origin(hint) is tuple:
        return tuple(_rebuilt(get_args(hint)[0], each) for each in value)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        make = cast("Callable[..., Any]", hint)
        return make(**{name: _rebuilt(hints[name], each) for name, each in value.items()})
    if hint is date:
        return date.fromisoformat(value)
    return value if hint is str else hint(value)


def message_record(value: Any) -> Any:
    """A message as JSON: amounts as exact decimals in strings, dates ISO 8601, absent null."""
    if is_dataclass(value):
        return {f.name: message_record(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [message_record(each) for each in value]
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
