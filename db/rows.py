"""Rows of any declared table as JSON, value for value, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from db.metadata import ExactDecimal, Instant
from domain.money import plain

Record = dict[str, Any]


def rows_record(table: Table, rows: Sequence[Mapping[Any, Any]]) -> Record:
    """These rows of a table, with the names of its columns."""
    columns = list(table.columns)
    return {
        "columns": [column.name for column in columns],
        "rows": [[_written(row[column.name]) for column in columns] for row in rows],
    }


def rows_from(table: Table, record: Record) -> Iterator[Record]:
    """What `rows_record` wrote, by any release: columns unknown since are left out."""
    known = [
        (place, table.c[name])
        for place, name in enumerate(record["columns"])
        if name in table.columns
    ]
    for row in record["rows"]:
        yield {column.name: _read(column.type, row[place]) for place, column in known}


def as_bytes(record: Mapping[str, Any]) -> bytes:
    """Such a record as bytes; what is no character of Unicode is spelled out."""
    return json.dumps(record, separators=(",", ":")).encode()


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):  # instants are dates too
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _read(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, ExactDecimal):
        return Decimal(value)
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value
