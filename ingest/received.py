"""Using what arrived besides invoices: orders, receipts, announcements, statuses (ADR 0012).

What it upholds:

- The imported data are the books' truth: no document overwrites them. Where they differ, the
  document is listed for review with both values. A cancellation alone is taken against the books:
  it lets nothing be paid that could not be paid before.
- An order is taken when its buyer is an entity of ours and its seller a supplier we know.
- What is received counts by what the buyer certifies (receipt advice). What the supplier announces
  (despatch advice) is shown and counts for nothing.
- Taking a document twice changes nothing.

All of it happens inside the caller's writing transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from domain.message import LineAction, OrderAct, OrderMessage
from domain.money import plain
from domain.order import Order, OrderLine, OrderStatus
from ingest.received_tables import BOOKED, ORIGINS
from ingest.received_texts import ReasonCode
from ingest.reference.changes import Changes
from ingest.reference.order_rows import (
    find_entity,
    find_supplier,
    known_reference,
    line_rows,
    order_columns,
    repeated_lines,
)
from matching.reference import load_orders
from matching.units import canonical_unit

_COMPARED: Final = ("quantity", "unit_price", "vat_rate")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document was not used as it stands: a code with the values it speaks of."""

    code: ReasonCode
    place: str | None = None
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """How a document was used: `booked`, `unchanged`, `kept` as a message, or up for `review`."""

    act: str
    outcome: str
    number: str | None = None
    order_id: str | None = None
    reasons: tuple[Reason, ...] = ()


def for_review(act: str, number: str | None, order_id: str | None, *why: Reason) -> Booked:
    """Not used: somebody has to look."""
    return Booked(act, "review", number, order_id, why)


def take_order(changes: Changes, document_id: str, message: OrderMessage) -> Booked:
    """Use an order document: a new order, a new version, a cancellation; an answer is kept."""
    act, connection = message.act.value, changes.connection
    written = message.number if message.act is OrderAct.ORDER else message.order_reference
    if message.act is not OrderAct.ORDER and written is None and message.purpose_code:
        written = message.number  # in Order-X a change may bear the number of its order
    known = known_reference(connection, "order", written) if written else None
    order = load_orders(connection, [known]).get(known) if known else None
    if message.act is OrderAct.RESPONSE:
        return Booked(act, "kept", message.number, known)
    why = [*_faults(message, written), *_parties(connection, message, order)]
    if order is None and message.act is not OrderAct.ORDER and written:
        why.append(Reason(ReasonCode.ORDER_UNKNOWN, found=written))
    if why or written is None:
        return for_review(act, message.number, known, *why)
    if message.act is OrderAct.CANCELLATION and order is not None:
        return _cancel(changes, message, order)
    return _write(changes, document_id, message, known or written, order)


def _faults(message: OrderMessage, written: str | None) -> Iterator[Reason]:
    if not written:
        yield Reason(ReasonCode.NUMBER_MISSING)
    for label in repeated_lines(line_rows("", message)):
        yield Reason(ReasonCode.LINE_REPEATED, found=label)


def _parties(
    connection: Connection, message: OrderMessage, order: Order | None
) -> Iterator[Reason]:
    """Whether buyer and seller are ours to know, and those of the order."""
    supplier = find_supplier(connection, message.seller)
    entity = find_entity(connection, message.buyer)
    if entity is None:
        yield Reason(ReasonCode.BUYER_UNKNOWN, found=message.buyer.name)
    if supplier is None:
        yield Reason(ReasonCode.SELLER_UNKNOWN, found=message.seller.name)
    if order is None or supplier is None or entity is None:
        return
    ours = (order.entity_id or entity, order.supplier_id or supplier)
    if ours != (entity, supplier):
        yield Reason(
            ReasonCode.OTHER_PARTIES, expected=" / ".join(ours), found=f"{entity} / {supplier}"
        )


def _cancel(changes: Changes, message: OrderMessage, order: Order) -> Booked:
    row = {"order_id": order.order_id, "status": OrderStatus.CANCELLED.value}
    count = changes.write("orders", [row], columns=("status",))
    outcome = "booked" if count.changed else "unchanged"
    return Booked(message.act.value, outcome, message.number, order.order_id)


def _write(
    changes: Changes, document_id: str, message: OrderMessage, order_id: str, order: Order | None
) -> Booked:
    """Write a new order or a new version of one that a document brought."""
    connection, act = changes.connection, message.act.value
    rows = line_rows(order_id, message)
    if order is not None:
        brought = origin_of(connection, order_id) is not None
        differing = list(_differences(order, message, rows))
        if not differing:
            return Booked(act, "unchanged", message.number, order_id)
        if not brought or message.act is OrderAct.ORDER:
            code = ReasonCode.ALREADY_KNOWN if brought else ReasonCode.BOOKS_DIFFER
            why = [Reason(code, *difference) for difference in differing]
            return for_review(act, message.number, order_id, *why)
    head = {"order_id": order_id, **dict(order_columns(connection, message))}
    head["supplier_id"] = find_supplier(connection, message.seller)
    head["entity_id"] = find_entity(connection, message.buyer)
    if order is None:
        head["status"] = OrderStatus.OPEN.value
    changes.write("orders", [head], columns=head)
    deleted = _deleted(message, rows)
    kept = [row for row in rows if row["line_id"] not in deleted]
    if kept:
        columns = {name for row in kept for name in row}
        changes.write("order_lines", kept, columns=columns)
    for line_id in sorted(deleted):
        changes.delete("order_lines", {"order_id": order_id, "line_id": line_id})
    for kind in ("order", "lines"):
        remember_origin(connection, document_id, kind, order_id)
    return Booked(act, "booked", message.number, order_id)


def _deleted(message: OrderMessage, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    if message.act is not OrderAct.CHANGE:
        return set()
    return {
        row["line_id"]
        for row, line in zip(rows, message.lines, strict=True)
        if line.action == LineAction.DELETED
    }


def _differences(
    order: Order, message: OrderMessage, rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str | None, str | None]]:
    """What the order says otherwise than the document: place, ours, theirs."""
    if message.currency and order.currency and message.currency != order.currency:
        yield "currency", order.currency, message.currency
    ours = {line.line_id: line for line in order.lines}
    deleted = _deleted(message, rows)
    for row in rows:
        line_id = row["line_id"]
        line = ours.get(line_id)
        if line_id in deleted:
            if line is not None:
                yield f"{line_id}", "present", "deleted"
            continue
        if line is None:
            yield f"{line_id}", None, row["description"] or row["item_id"]
            continue
        yield from _line_differences(line, row)
    if message.act is OrderAct.ORDER:
        for line_id in sorted(set(ours) - {row["line_id"] for row in rows}):
            yield line_id, ours[line_id].description, None


def _line_differences(
    line: OrderLine, row: Mapping[str, Any]
) -> Iterator[tuple[str, str | None, str | None]]:
    for name in _COMPARED:
        value, mine = row[name], getattr(line, name)
        if value is not None and value != mine:
            yield f"{line.line_id} {name}", None if mine is None else plain(mine), plain(value)
    if row["unit"] and canonical_unit(row["unit"]) != canonical_unit(line.unit):
        yield f"{line.line_id} unit", line.unit, row["unit"]


def origin_of(connection: Connection, order_id: str) -> str | None:
    """The document that brought an order; None for one of the books."""
    found = select(ORIGINS.c.document_id).where(
        ORIGINS.c.kind == "order", ORIGINS.c.order_id == order_id
    )
    return connection.execute(found).scalar()


def remember_origin(
    connection: Connection,
    document_id: str,
    kind: str,
    order_id: str,
    line_id: str = "",
    receipt_id: str = "",
) -> None:
    """Note which document brought this, in place of an earlier one."""
    key = {"kind": kind, "order_id": order_id, "line_id": line_id, "receipt_id": receipt_id}
    connection.execute(delete(ORIGINS).where(*(ORIGINS.c[n] == v for n, v in key.items())))
    connection.execute(insert(ORIGINS).values(**key, document_id=document_id))


def remember(connection: Connection, document_id: str, booked: Booked) -> dict[str, Any]:
    """Keep how a document was used; returned as JSON."""
    record = booked_record(booked)
    connection.execute(delete(BOOKED).where(BOOKED.c.document_id == document_id))
    connection.execute(insert(BOOKED).values(document_id=document_id, **record))
    return record


def booked_record(booked: Booked) -> dict[str, Any]:
    """How a document was used, as JSON."""
    record = asdict(booked)
    record["reasons"] = [{**asdict(r), "code": r.code.value} for r in booked.reasons]
    return record


def load_booked(connection: Connection, document_id: str) -> dict[str, Any] | None:
    """How a document was used; None for what is neither order, advice nor message."""
    row = connection.execute(select(BOOKED).where(BOOKED.c.document_id == document_id))
    found = row.mappings().first()
    return None if found is None else {k: v for k, v in found.items() if k != "document_id"}
