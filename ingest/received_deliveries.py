"""Receipt advices become receipts, despatch advices are kept as what the supplier announced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from domain.identifiers import fold, normalise_reference
from domain.message import DeliveredItem, DeliveryMessage
from domain.money import ZERO, plain
from domain.order import Order, OrderLine
from ingest.received import Booked, Reason, for_review, remember_origin
from ingest.received_tables import ANNOUNCED, ORIGINS
from ingest.received_texts import ReasonCode
from ingest.reference.changes import Changes
from ingest.reference.order_rows import find_entity, find_supplier, known_reference
from matching.reference import load_orders
from matching.units import factor_between

_RECEIPT = "receipt"
_DESPATCH = "announcement"


def take_receipt(changes: Changes, document_id: str, advice: DeliveryMessage) -> Booked:
    """Write what a buyer certifies as received; all lines of the advice, or none."""
    connection = changes.connection
    orders = _orders(connection, advice)
    first = next(iter(orders.values()), None)
    order_id = first.order_id if first else None
    why = list(_faults(connection, advice, orders))
    received: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for position, item in enumerate(advice.lines, start=1):
        found = _line_of(orders, advice, item)
        if found is not None:
            quantity, fault = _accepted(item, found, str(position))
            received[found.order_id, found.line_id] += quantity
            why += fault
        elif orders:
            why.append(Reason(ReasonCode.LINE_UNKNOWN, item.id or str(position)))
    if not why and advice.number:
        why += _against_books(connection, advice.number, orders, received)
    if why or advice.number is None:
        return for_review(_RECEIPT, advice.number, order_id, *why)
    rows = [_row(advice, key, quantity) for key, quantity in sorted(received.items())]
    new = [row for row in rows if not _same(orders, row)]
    changes.write("receipts", new)
    for row in new:
        remember_origin(
            connection, document_id, _RECEIPT, row["order_id"], row["line_id"], row["receipt_id"]
        )
    return Booked(_RECEIPT, "booked" if new else "unchanged", advice.number, order_id)


def take_despatch(connection: Connection, document_id: str, advice: DeliveryMessage) -> Booked:
    """Keep what a supplier announces, line by line, where it can be told which."""
    orders = _orders(connection, advice)
    first = next(iter(orders.values()), None)
    if first is None:
        why = Reason(ReasonCode.ORDER_UNKNOWN, found=advice.order_reference)
        return for_review(_DESPATCH, advice.number, None, why)
    connection.execute(delete(ANNOUNCED).where(ANNOUNCED.c.document_id == document_id))
    day = advice.delivery_date or advice.issue_date
    for position, item in enumerate(advice.lines, start=1):
        line = _line_of(orders, advice, item)
        if line is None or item.quantity is None:
            continue
        connection.execute(
            insert(ANNOUNCED).values(
                document_id=document_id,
                position=position,
                order_id=line.order_id,
                line_id=line.line_id,
                quantity=item.quantity,
                unit=(item.unit or "")[:16] or None,
                announced_for=None if day is None else day.isoformat(),
            )
        )
    return Booked(_DESPATCH, "booked", advice.number, first.order_id)


def announced(connection: Connection, order_ids: list[str]) -> list[Mapping[str, Any]]:
    """What was announced for these orders, in the order of arrival."""
    rows = connection.execute(
        select(ANNOUNCED)
        .where(ANNOUNCED.c.order_id.in_(order_ids))
        .order_by(ANNOUNCED.c.document_id, ANNOUNCED.c.position)
    )
    return [dict(row) for row in rows.mappings()]


def _orders(connection: Connection, advice: DeliveryMessage) -> dict[str, Order]:
    """The orders that an advice names, by the normalised form it writes them in."""
    written = [advice.order_reference, *(line.order_reference for line in advice.lines)]
    known = {
        normalise_reference(text): order_id
        for text in written
        if text and (order_id := known_reference(connection, "order", text))
    }
    loaded = load_orders(connection, known.values())
    return {form: loaded[order_id] for form, order_id in known.items()}


def _faults(
    connection: Connection, advice: DeliveryMessage, orders: Mapping[str, Order]
) -> Iterator[Reason]:
    if not advice.number:
        yield Reason(ReasonCode.NUMBER_MISSING)
    if not orders:
        yield Reason(ReasonCode.ORDER_UNKNOWN, found=advice.order_reference)
    entity = find_entity(connection, advice.buyer)
    if entity is None:
        yield Reason(ReasonCode.BUYER_UNKNOWN, found=advice.buyer.name)
    supplier = find_supplier(connection, advice.seller)
    for order in {order.order_id: order for order in orders.values()}.values():
        ours = (order.entity_id or entity, order.supplier_id or supplier)
        theirs = (entity or order.entity_id, supplier or order.supplier_id)
        if ours != theirs:
            yield Reason(
                ReasonCode.OTHER_PARTIES,
                expected=" / ".join(part or "?" for part in ours),
                found=" / ".join(part or "?" for part in theirs),
            )


def _line_of(
    orders: Mapping[str, Order], advice: DeliveryMessage, item: DeliveredItem
) -> OrderLine | None:
    """The order line that an item speaks of: by line number, item number, then wording."""
    written = item.order_reference or advice.order_reference
    order = orders.get(normalise_reference(written)) if written else None
    if order is None:
        return None
    if item.order_line_reference:
        lines = [line for line in order.lines if _same_label(line, item.order_line_reference)]
        return lines[0] if len(lines) == 1 else None
    ids = {i for i in (item.seller_item_id, item.buyer_item_id, item.standard_item_id) if i}
    by_id = [line for line in order.lines if line.item_id in ids]
    by_name = [line for line in order.lines if item.name and _same_name(line, item.name)]
    for lines in (by_id, by_name):
        if len(lines) == 1:
            return lines[0]
    return None


def _same_label(line: OrderLine, written: str) -> bool:
    return line.line_id == written or line.line_id.lstrip("0") == written.lstrip("0")


def _same_name(line: OrderLine, name: str) -> bool:
    return " ".join(fold(line.description or "").split()) == " ".join(fold(name).split())


def _accepted(
    item: DeliveredItem, line: OrderLine, place: str
) -> tuple[Decimal, tuple[Reason, ...]]:
    """What was received and not rejected, in the unit of the order line."""
    label = item.id or place
    if item.quantity is None:
        return ZERO, (Reason(ReasonCode.QUANTITY_MISSING, label),)
    factor = factor_between(item.unit, line.unit)
    if factor is None:
        return ZERO, (Reason(ReasonCode.UNIT_DIFFERS, label, line.unit, item.unit),)
    return max(ZERO, item.quantity - (item.rejected or ZERO)) * factor, ()


def _against_books(
    connection: Connection,
    number: str,
    orders: Mapping[str, Order],
    received: Mapping[tuple[str, str], Decimal],
) -> Iterator[Reason]:
    """Where the imported receipts say otherwise, or may hold the same delivery already."""
    for order in {order.order_id: order for order in orders.values()}.values():
        brought = _brought(connection, order.order_id)
        for line in order.lines:
            quantity = received.get((order.order_id, line.line_id))
            if quantity is None:
                continue
            rows = [r for r in order.receipts if r.line_id == line.line_id]
            same = [r for r in rows if r.receipt_id == number]
            if same and same[0].quantity != quantity:
                yield Reason(
                    ReasonCode.RECEIPT_DIFFERS,
                    line.line_id,
                    plain(same[0].quantity),
                    plain(quantity),
                )
            of_books = [r for r in rows if (line.line_id, r.receipt_id) not in brought]
            total = sum((r.quantity for r in rows), quantity)
            if not same and of_books and line.quantity is not None and total > line.quantity:
                yield Reason(
                    ReasonCode.RECEIPT_BEYOND, line.line_id, plain(line.quantity), plain(total)
                )


def _brought(connection: Connection, order_id: str) -> set[tuple[str, str]]:
    """Line and number of the receipts of an order that documents brought."""
    rows = connection.execute(
        select(ORIGINS.c.line_id, ORIGINS.c.receipt_id).where(
            ORIGINS.c.kind == _RECEIPT, ORIGINS.c.order_id == order_id
        )
    )
    return {(row.line_id, row.receipt_id) for row in rows}


def _row(advice: DeliveryMessage, key: tuple[str, str], quantity: Decimal) -> dict[str, Any]:
    return {
        "order_id": key[0],
        "line_id": key[1],
        "receipt_id": advice.number,
        "quantity": quantity,
        "received_on": advice.delivery_date or advice.issue_date,
        "certified_by": advice.certified_by or advice.buyer.name,
    }


def _same(orders: Mapping[str, Order], row: Mapping[str, Any]) -> bool:
    """Whether this very receipt is there already."""
    return any(
        (r.order_id, r.line_id, r.receipt_id)
        == (row["order_id"], row["line_id"], row["receipt_id"])
        for order in orders.values()
        for r in order.receipts
    )
