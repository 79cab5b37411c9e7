"""Orders as documents (Order-X in PDF or XML, UBL Order) given to `import`: books' truth.

Only orders proper are imported, and their cancellation in Order-X: a response, a change or a
cancellation of its own speaks of an order that its issuer already has in another form. A party that
is not ours to know is left open and told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from db.engine import Database
from domain.message import OrderAct, OrderMessage
from domain.order import OrderStatus
from domain.party import Party
from ingest.parsers.order_xml import parse_order
from ingest.parsers.trace import Trace, local_name
from ingest.reader import open_document
from ingest.reference.changes import Changes, changing
from ingest.reference.order_rows import (
    find_entity,
    find_supplier,
    known_reference,
    line_rows,
    order_columns,
    repeated_lines,
)
from ingest.reference.problems import Problems
from ingest.reference.report import ProblemCode, TableReport

_HEAD = 1024
_MOST_BYTES = 64 << 20
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
    message = _read(path, problems)
    if message is None or message.number is None:
        return (), 0
    with changing(database, {"kind": "import", "file": path.name}) as changes:
        row = _order_row(changes, message, message.number, problems)
        reports = [_write(changes, "orders", [row])]
        lines = line_rows(row["order_id"], message)
        if lines:
            reports.append(_write(changes, "order_lines", lines))
    return tuple(reports), changes.concerned


def _read(path: Path, problems: Problems) -> OrderMessage | None:
    if path.stat().st_size > _MOST_BYTES:
        problems.error(ProblemCode.NOT_A_TABLE, "the file is larger than 64 MB")
        return None
    opened = open_document(path.read_bytes(), path.name)
    if opened.document is None:
        why = opened.failure.message if opened.failure else "the PDF carries no order in XML"
        problems.error(ProblemCode.NOT_A_TABLE, why)
        return None
    message = parse_order(opened.document.payload, Trace())
    refusal = _refusal(message, local_name(opened.document.payload))
    if refusal is not None:
        problems.error(ProblemCode.NOT_A_TABLE, refusal)
        return None
    for label in repeated_lines(line_rows("", message) if message else []):
        problems.error(ProblemCode.KEY_TWICE, f"two lines have the number {label}")
    return None if problems.errors else message


def _refusal(message: OrderMessage | None, root: str) -> str | None:
    """Why a document is no order to import; None for one that is."""
    if message is None:
        return f"the document is no order; its root element is {root}"
    in_order_x = message.purpose_code is not None
    if message.act is not OrderAct.ORDER and not (
        message.act is OrderAct.CANCELLATION and in_order_x
    ):
        return f"the document is an order {message.act.value}, not an order"
    return None if message.number else "the order has no number"


def _write(changes: Changes, table: str, rows: list[dict[str, Any]]) -> TableReport:
    columns = {name for row in rows for name in row}
    count = changes.write(table, rows, columns=columns)
    return TableReport(table, len(rows), 0, count.inserted, count.changed, count.unchanged)


def _order_row(
    changes: Changes, message: OrderMessage, number: str, problems: Problems
) -> dict[str, Any]:
    """The columns that the document speaks of."""
    connection = changes.connection
    row: dict[str, Any] = {"order_id": known_reference(connection, "order", number) or number}
    supplier = find_supplier(connection, message.seller)
    if supplier:
        row["supplier_id"] = supplier
    else:
        _note_unknown(problems, "seller", message.seller, "suppliers")
    entity = find_entity(connection, message.buyer)
    if entity:
        row["entity_id"] = entity
    else:
        _note_unknown(problems, "buyer", message.buyer, "entities")
    row.update(order_columns(connection, message))
    if message.act is OrderAct.CANCELLATION:
        row["status"] = OrderStatus.CANCELLED.value
    return row


def _note_unknown(problems: Problems, role: str, party: Party, table: str) -> None:
    problems.warning(
        ProblemCode.REFERENCE_UNKNOWN,
        f"the {role} {party.name or 'without a name'} is not in {table}; "
        f"import {table} first, then this order again",
    )
