"""What documents brought gives way when the imported data speak of it: they are the books' truth.

An order named by an import is of the books from then on; lines that only a document knew go, and so
do receipts by document of a line for which the import brings receipts: the same delivery must not
count twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import delete, select

from ingest.received_tables import ORIGINS
from ingest.reference.changes import Changes
from matching.reference import ORDER_LINES
from matching.reference_upsert import Row

_KINDS: Final = {"orders": "order", "order_lines": "lines", "receipts": "receipt"}


def take_over(changes: Changes, table: str, rows: Iterable[Row]) -> list[str]:
    """Give to the books what an import of this table speaks of; the orders that it took over."""
    kind = _KINDS.get(table)
    connection = changes.connection
    origins = select(ORIGINS).where(ORIGINS.c.kind == kind)
    brought = {} if kind is None else {row.order_id: row for row in connection.execute(origins)}
    if not brought:
        return []
    if kind == "receipt":
        return _receipts(changes)
    named: dict[str, set[str]] = {}
    for row in rows:
        if row["order_id"] in brought:
            named.setdefault(row["order_id"], set()).add(str(row.get("line_id")))
    if kind == "lines":
        _lines(changes, named)
    for order_id in named:
        connection.execute(
            delete(ORIGINS).where(ORIGINS.c.kind == kind, ORIGINS.c.order_id == order_id)
        )
    return sorted(named)


def _lines(changes: Changes, named: dict[str, set[str]]) -> None:
    for order_id, lines in named.items():
        present = select(ORDER_LINES.c.line_id).where(ORDER_LINES.c.order_id == order_id)
        for line_id in set(changes.connection.execute(present).scalars()) - lines:
            changes.delete("order_lines", {"order_id": order_id, "line_id": line_id})


def _receipts(changes: Changes) -> list[str]:
    written = changes.written("receipts").subquery()
    same_line = (ORIGINS.c.order_id == written.c.order_id) & (
        ORIGINS.c.line_id == written.c.line_id
    )
    doubled = select(ORIGINS).join(written, same_line).where(ORIGINS.c.kind == "receipt").distinct()
    taken: set[str] = set()
    for row in changes.connection.execute(doubled).all():
        key: dict[str, Any] = {
            "order_id": row.order_id,
            "line_id": row.line_id,
            "receipt_id": row.receipt_id,
        }
        mine = (ORIGINS.c[name] == value for name, value in key.items())
        changes.connection.execute(delete(ORIGINS).where(ORIGINS.c.kind == "receipt", *mine))
        if not changes.wrote("receipts", key):
            changes.delete("receipts", key)
        taken.add(row.order_id)
    return sorted(taken)
