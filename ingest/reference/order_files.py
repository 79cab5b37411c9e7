"""Orders as documents (Order-X in PDF or XML, UBL Order), written as rows of the order tables.

Seller, buyer, contract and the order's own number are found in the reference data however they
are written there; a party that is not ours to know is left open and told. What the document does
not say (commitment, status of an order already there) keeps its value.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from db.engine import Database
from domain.identifiers import compact, fold, normalise_reference
from domain.order import Order, OrderLine, OrderStatus
from domain.party import Party
from ingest.parsers.order_xml import NoOrder, ParsedOrder, parse_order
from ingest.reader import open_document
from ingest.reference.changes import Changes, changing
from ingest.reference.problems import Problems
from ingest.reference.report import ProblemCode, TableReport
from matching.reference import ENTITIES, find_references, find_supplier_keys

_HEAD = 1024
_MOST_BYTES = 64 << 20
_SIREN_LENGTH = 9
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def is_order_file(path: Path) -> bool:
    """Whether a file is a PDF or XML, by its first bytes.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.startswith(b"%PDF") or head.replace(b"\x00", b"").lstrip().startswith(b"<")


def import_order(
    path: Path, database: Database, problems: Problems
) -> tuple[tuple[TableReport, ...], int]:
    """Read one order and write it, in one transaction; faults are noted.

    Returns what was written, and how many open invoices are to be judged again.
    """
    parsed = _read(path, problems)
    if parsed is None:
        return (), 0
    with changing(database, {"kind": "import", "file": path.name}) as changes:
        row = dict(_order_row(changes.connection, parsed, problems))
        reports = [_write(changes, "orders", [row])]
        lines = [_line_row(row["order_id"], line) for line in parsed.order.lines]
        if lines:
            reports.append(_write(changes, "order_lines", lines))
    return tuple(reports), changes.concerned


def _read(path: Path, problems: Problems) -> ParsedOrder | None:
    if path.stat().st_size > _MOST_BYTES:
        problems.error(ProblemCode.NOT_A_TABLE, "the file is larger than 64 MB")
        return None
    opened = open_document(path.read_bytes(), path.name)
    if opened.document is None:
        why = opened.failure.message if opened.failure else "the PDF carries no order in XML"
        problems.error(ProblemCode.NOT_A_TABLE, why)
        return None
    try:
        parsed = parse_order(opened.document.payload)
    except NoOrder as fault:
        problems.error(ProblemCode.NOT_A_TABLE, str(fault))
        return None
    labels = [line.line_id for line in parsed.order.lines]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        problems.error(ProblemCode.KEY_TWICE, f"two lines have the number {label}")
    return None if problems.errors else parsed


def _write(changes: Changes, table: str, rows: list[dict[str, Any]]) -> TableReport:
    columns = {name for row in rows for name in row}
    count = changes.write(table, rows, columns=columns)
    return TableReport(table, len(rows), 0, count.inserted, count.changed, count.unchanged)


def _order_row(
    connection: Connection, parsed: ParsedOrder, problems: Problems
) -> Iterator[tuple[str, Any]]:
    """The columns that the document speaks of."""
    order = parsed.order
    yield "order_id", _known(connection, "order", order.order_id) or order.order_id
    supplier = _supplier(connection, parsed.seller)
    if supplier:
        yield "supplier_id", supplier
    else:
        _note_unknown(problems, "seller", parsed.seller, "suppliers")
    entity = _entity(connection, parsed.buyer)
    if entity:
        yield "entity_id", entity
    else:
        _note_unknown(problems, "buyer", parsed.buyer, "entities")
    if order.contract_id:
        contract = _known(connection, "contract", order.contract_id)
        yield "contract_id", contract or order.contract_id
    yield from _stated(order)
    if order.status is OrderStatus.CANCELLED:
        yield "status", order.status.value
    yield "extra", {"seller_name": parsed.seller.name, "buyer_name": parsed.buyer.name}


def _stated(order: Order) -> Iterator[tuple[str, Any]]:
    for name in ("order_date", "service_code", "currency"):
        value = getattr(order, name)
        if value is not None:
            yield name, value


def _line_row(order_id: str, line: OrderLine) -> dict[str, Any]:
    names = ("line_id", "item_id", "description", "quantity", "unit", "unit_price", "vat_rate")
    row = {"order_id": order_id, **{name: getattr(line, name) for name in names}}
    if line.pack_quantity is not None:
        row["extra"] = {"pack_quantity": str(line.pack_quantity)}
    return row


def _known(connection: Connection, kind: str, written: str) -> str | None:
    """The id of ours that a written reference can only mean."""
    found = {
        key.id
        for key in find_references(connection, [normalise_reference(written)])
        if key.kind == kind
    }
    if written in found:
        return written
    return found.pop() if len(found) == 1 else None


def _supplier(connection: Connection, seller: Party) -> str | None:
    """The one supplier with the seller's numbers, or else with its name."""
    keys = find_supplier_keys(connection, _numbers(seller) | _names(seller))
    by_number = {key.id for key in keys if key.kind != "name"}
    by_name = {key.id for key in keys if key.kind == "name"}
    for found in (by_number, by_name):
        if len(found) == 1:
            return found.pop()
    return None


def _numbers(party: Party) -> set[str]:
    stated = [party.legal_id, party.vat_id, *party.identifiers]
    codes = {compact(text) for text in stated if text}
    sites = {code[:_SIREN_LENGTH] for code in codes if code.isdecimal()}
    return {code for code in codes | sites if len(code) >= _SIREN_LENGTH}


def _names(party: Party) -> set[str]:
    return {" ".join(fold(name).split()) for name in (party.name, party.trading_name) if name}


def _entity(connection: Connection, buyer: Party) -> str | None:
    rows = connection.execute(
        select(ENTITIES.c.entity_id, ENTITIES.c.name, ENTITIES.c.siren, ENTITIES.c.siret)
    ).all()
    numbers, names = _numbers(buyer), _names(buyer)
    by_number = {r.entity_id for r in rows if r.siret in numbers or r.siren in numbers}
    by_name = {r.entity_id for r in rows if r.name and " ".join(fold(r.name).split()) in names}
    for found in (by_number, by_name):
        if len(found) == 1:
            return str(found.pop())
    return None


def _note_unknown(problems: Problems, role: str, party: Party, table: str) -> None:
    problems.warning(
        ProblemCode.REFERENCE_UNKNOWN,
        f"the {role} {party.name or 'without a name'} is not in {table}; "
        f"import {table} first, then this order again",
    )
