"""Writing reference data: insert or update by key, in bulk, counting what really changed.

Writing the same rows twice changes nothing: an update is only made where a column differs. The
derived look-up tables (`reference_keys`, `supplier_keys`) follow in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    String,
    Table,
    bindparam,
    cast,
    column,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.metadata import Json
from domain.identifiers import compact, fold, normalise_reference
from domain.money import plain
from matching.order_keys import ORDER_LINE_KEYS, keys_of_orders
from matching.parties import name_key
from matching.reference import REFERENCE_KEYS, REFERENCE_TABLES, SUPPLIER_KEYS, SUPPLIERS

Row = Mapping[Any, Any]

CHANGE: Final = "change"
_BATCH = 2_000
_ROWS = "rows"
_MOST_VALUES = 500
_REFERENCE_OF: Final = {
    "orders": ("order", "order_id"),
    "contracts": ("contract", "contract_id"),
    "commitments": ("commitment", "commitment_id"),
}
_WITH_LINES: Final = frozenset({"orders", "order_lines"})
_SIREN_LENGTH = 9
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class UpsertCount:
    """What an upsert did to a table."""

    inserted: int = 0
    changed: int = 0
    unchanged: int = 0


def upsert(
    connection: Connection,
    table_name: str,
    rows: Iterable[Row],
    *,
    columns: Collection[str] | None = None,
    change: int | None = None,
) -> UpsertCount:
    """Insert or update rows by their key, and keep the look-up tables true.

    Args:
        connection: inside a writing transaction; the caller commits.
        table_name: one of CONTRACT §1's files.
        rows: each with every key column; columns left out of a row become null. No key twice.
        columns: those that the rows speak of; the others keep their value in rows already there.
        change: a number that every row inserted or changed is marked with.
    """
    table = REFERENCE_TABLES[table_name]
    names = [
        c.name
        for c in table.columns
        if c.name != CHANGE and (columns is None or c.primary_key or c.name in columns)
    ]
    statement = statement_for(connection.dialect.name, table, names)
    before = _count(connection, table)
    written = given = 0
    for batch in _batches(rows):
        given += len(batch)
        values = [{CHANGE: change, **{name: row.get(name) for name in names}} for row in batch]
        written += _execute(connection, statement, values)
        _write_keys(connection, table_name, values)
    inserted = _count(connection, table) - before
    return UpsertCount(inserted, written - inserted, given - written)


def _execute(connection: Connection, statement: Any, values: list[dict[str, Any]]) -> int:
    """Write rows, and say how many were inserted or changed."""
    given: Any = values
    if connection.dialect.name == "postgresql":
        given = {_ROWS: json.dumps(values, default=_json_value, ensure_ascii=False)}
    kept = {"preserve_rowcount": True}
    return connection.execute(statement, given, execution_options=kept).rowcount


def _json_value(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def statement_for(dialect: str, table: Table, names: Sequence[str]) -> Any:
    """Write `insert … on conflict do update … where something differs` for a dialect."""
    written = [*names, CHANGE]
    statement = _insert_rows(table, written) if dialect == "postgresql" else sqlite_insert(table)
    others = [name for name in names if not table.c[name].primary_key]
    if not others:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in (*others, CHANGE)},
        where=or_(
            *(
                _comparable(table.c[n]).is_distinct_from(_comparable(statement.excluded[n]))
                for n in others
            )
        ),
    )


def _insert_rows(table: Table, names: Sequence[str]) -> Any:
    """`insert … select … from json_to_recordset(:rows)`: one value a batch, however many rows.

    Ten times as fast as a bound value for every cell, and it has a row count.
    """
    typed = [column(name, table.c[name].type) for name in names]
    rows = func.json_to_recordset(cast(bindparam(_ROWS, type_=String), JSON))
    given = rows.table_valued(*typed, name="given").render_derived(with_types=True)
    source = select(*(given.c[name] for name in names))
    return postgresql_insert(table).from_select(list(names), source)


def _comparable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # PostgreSQL has no equality for json; what we write has one spelling, so text compares it.
    return cast(column, String) if isinstance(column.type, Json) else column


def _write_keys(connection: Connection, table_name: str, rows: Sequence[Row]) -> None:
    if table_name in _REFERENCE_OF:
        kind, column = _REFERENCE_OF[table_name]
        _insert_new(connection, REFERENCE_KEYS, _reference_keys(kind, column, rows))
    if table_name in _WITH_LINES:
        keys = keys_of_orders(connection, {row["order_id"] for row in rows})
        _insert_new(connection, ORDER_LINE_KEYS, keys)
    elif table_name == "suppliers":
        ids = [row["supplier_id"] for row in rows]
        for start in range(0, len(ids), _MOST_VALUES):
            chunk = ids[start : start + _MOST_VALUES]
            connection.execute(delete(SUPPLIER_KEYS).where(SUPPLIER_KEYS.c.supplier_id.in_(chunk)))
            stored = connection.execute(select(SUPPLIERS).where(SUPPLIERS.c.supplier_id.in_(chunk)))
            _insert_new(connection, SUPPLIER_KEYS, _supplier_keys(stored.mappings().all()))


def _insert_new(connection: Connection, table: Table, rows: list[dict[str, str]]) -> None:
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    if rows:
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _reference_keys(kind: str, column: str, rows: Sequence[Row]) -> list[dict[str, str]]:
    return [
        {"normalised": normalised, "kind": kind, "id": row[column]}
        for row in rows
        if (normalised := normalise_reference(row[column]))
    ]


def _supplier_keys(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [
        {"value": value, "kind": kind, "supplier_id": row["supplier_id"]}
        for row in rows
        for kind, value in sorted(set(supplier_key_values(row)))
        if value
    ]


def supplier_key_values(row: Row) -> Iterator[tuple[str, str]]:
    """Everything a document may call a supplier by: (kind, value) as SUPPLIER_KEYS holds it."""
    siret = compact(row.get("siret") or "")
    yield "siren", compact(row.get("siren") or "") or siret[:_SIREN_LENGTH]
    yield "siret", siret
    yield "vat", compact(row.get("vat_id") or "")
    for iban in row.get("ibans") or ():
        yield "iban", compact(iban)
    for name in (row.get("name") or "", *(row.get("aliases") or ())):
        yield "name", " ".join(fold(name).split())[:_LONGEST]
        yield "name", name_key(name)[:_LONGEST]
