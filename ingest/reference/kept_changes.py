"""Changes of the reference data as they are kept in the archive, and made again by a rebuild.

A change is kept as it left the tables: what it deleted, then the rows it inserted or changed, with
the documents that brought orders and receipts. Made again in their order, changes lead to the same
tables; the look-up tables follow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from archive import kept
from db.rows import as_bytes, rows_from, rows_record
from domain.records import Record
from ingest.received_tables import ORIGINS
from matching.reference import REFERENCE_TABLES
from matching.reference_upsert import upsert

_ROWS_AT_ONCE: Final = 5_000
_ORDERS_AT_ONCE: Final = 500
_OF_ORDERS: Final = frozenset({"orders", "order_lines", "receipts"})

Deleted = Sequence[tuple[str, Mapping[str, str]]]


def keep_change(
    connection: Connection, change: int, tables: Collection[str], deleted: Deleted
) -> None:
    """Keep what a change did, inside its transaction.

    Args:
        connection: the transaction.
        change: what the rows it wrote are marked with.
        tables: those it wrote to.
        deleted: table and key of the rows it deleted.
    """
    if deleted:
        orders = {key["order_id"] for _, key in deleted}
        origins = rows_record(ORIGINS, list(_origins(connection, orders)))
        body = {"deleted": [[t, dict(key)] for t, key in deleted]}
        kept.add_change(connection, as_bytes(body | {"orders": sorted(orders), "origins": origins}))
    for name, table in REFERENCE_TABLES.items():
        if name not in tables:
            continue
        written = select(table).where(table.c.change == change)
        result = connection.execute(written, execution_options={"yield_per": _ROWS_AT_ONCE})
        for rows in result.mappings().partitions():
            record: Record = {"table": name, "rows": rows_record(table, rows)}
            if name in _OF_ORDERS:
                orders = {str(row["order_id"]) for row in rows}
                origins = rows_record(ORIGINS, list(_origins(connection, orders)))
                record |= {"orders": sorted(orders), "origins": origins}
            kept.add_change(connection, as_bytes(record))


def _origins(connection: Connection, orders: Collection[str]) -> Iterator[Mapping[Any, Any]]:
    for some in _some(sorted(orders)):
        query = select(ORIGINS).where(ORIGINS.c.order_id.in_(some))
        yield from connection.execute(query).mappings()


def make_again(connection: Connection, record: Record) -> None:
    """Make a change again, in a database with all that went before it."""
    for name, key in record.get("deleted", ()):
        table = REFERENCE_TABLES[name]
        connection.execute(delete(table).where(*(table.c[n] == v for n, v in key.items())))
    if "table" in record:
        name = record["table"]
        rows = list(rows_from(REFERENCE_TABLES[name], record["rows"]))
        if rows:
            upsert(connection, name, rows, change=rows[0]["change"])
    if "orders" in record:
        for some in _some(record["orders"]):
            connection.execute(delete(ORIGINS).where(ORIGINS.c.order_id.in_(some)))
        origins = list(rows_from(ORIGINS, record["origins"]))
        if origins:
            connection.execute(insert(ORIGINS), origins)


def _some(orders: Sequence[str]) -> Iterator[Sequence[str]]:
    """A few orders at a time: a statement takes so many values only."""
    return (orders[i : i + _ORDERS_AT_ONCE] for i in range(0, len(orders), _ORDERS_AT_ONCE))
