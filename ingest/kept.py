"""What is kept in the archive of a document beside its events, and put back by a rebuild.

All rows that are the document's own: journal, results, what was billed, what people said. Balances
are sums of what is kept, the index and the look-up tables follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, or_, select

from db.rows import as_bytes, rows_from, rows_record
from domain.records import Record
from ingest.learning.repository import CORRECTION_KEYS, CORRECTION_USES, CORRECTIONS
from ingest.legal_holds import LEGAL_HOLDS
from ingest.received_tables import ANNOUNCED, BOOKED, TOLD
from ingest.repository import DOCUMENTS, PAST_RESULTS, PERSON_LINKS, RESULTS
from matching.ledger_tables import (
    BILLED_DOCUMENTS,
    CONSUMPTION,
    CREDITS,
    INTERRUPTIONS,
    REPLACEMENTS,
    SOUGHT,
    SUPPLIER_ACCOUNTS,
    VERDICT_INPUTS,
)

_OWN: Final = (
    DOCUMENTS,
    RESULTS,
    PAST_RESULTS,
    PERSON_LINKS,
    CORRECTIONS,
    CORRECTION_USES,
    BOOKED,
    ANNOUNCED,
    BILLED_DOCUMENTS,
    CONSUMPTION,
    CREDITS,
    REPLACEMENTS,
    INTERRUPTIONS,
    VERDICT_INPUTS,
    SOUGHT,
    LEGAL_HOLDS,
)
_SHARED: Final = (CORRECTION_KEYS, TOLD, SUPPLIER_ACCOUNTS)
"""Rows that several documents may bring: the last word holds."""

DOCUMENT_TABLES: Final = (*_OWN, *_SHARED)


def rows_of(connection: Connection, document_ids: Sequence[str]) -> dict[str, bytes]:
    """The rows of each of these documents that the journal knows, as JSON."""
    found: dict[str, dict[str, list[Mapping[Any, Any]]]] = {}
    for table in _OWN:
        query = select(table).where(table.c.document_id.in_(document_ids))
        for row in connection.execute(query).mappings():
            tables = found.setdefault(str(row["document_id"]), {})
            tables.setdefault(table.name, []).append(row)
    kept = {}
    for document_id, tables in found.items():
        if DOCUMENTS.name not in tables:
            continue
        tables |= {
            table.name: list(rows)
            for table in _SHARED
            if (rows := _shared(connection, table, document_id, tables))
        }
        record = {
            t.name: rows_record(t, tables[t.name]) for t in DOCUMENT_TABLES if t.name in tables
        }
        kept[document_id] = as_bytes(record)
    return kept


def _shared(
    connection: Connection,
    table: Table,
    document_id: str,
    own: Mapping[str, Sequence[Mapping[Any, Any]]],
) -> Sequence[Mapping[Any, Any]]:
    if table is TOLD:
        mine = or_(TOLD.c.document_id == document_id, TOLD.c.invoice_id == document_id)
    elif table is CORRECTION_KEYS:
        corrections = [row["correction_id"] for row in own.get(CORRECTIONS.name, ())]
        if not corrections:
            return ()
        mine = CORRECTION_KEYS.c.correction_id.in_(corrections)
    else:
        suppliers = [row["supplier_key"] for row in own.get(BILLED_DOCUMENTS.name, ())]
        if not suppliers:
            return ()
        mine = SUPPLIER_ACCOUNTS.c.supplier_id.in_(suppliers)
    return connection.execute(select(table).where(mine)).mappings().all()


def put_back(connection: Connection, record: Record) -> None:
    """Write the rows of a document that is not in the database."""
    for table in _OWN:
        if table.name in record and (rows := list(rows_from(table, record[table.name]))):
            connection.execute(insert(table), rows)
    for table in _SHARED:
        for row in rows_from(table, record[table.name]) if table.name in record else ():
            _put_shared(connection, table, row)


def _put_shared(connection: Connection, table: Table, row: Record) -> None:
    same = [column == row[column.name] for column in table.primary_key.columns]
    present = connection.execute(select(table).where(*same)).mappings().first()
    if present is not None and table is SUPPLIER_ACCOUNTS and present["decided_at"] is not None:
        return  # decided about: what another document says of it is older
    if present is not None and table is TOLD and present["invoice_id"] is not None:
        return
    connection.execute(delete(table).where(*same))
    connection.execute(insert(table).values(**row))
