"""Many rows written by one statement.

psycopg sends the rows of `executemany` one after the other, each a statement to bind and to answer,
and a verdict on ten lines writes some twenty-five: on PostgreSQL they travel as one JSON array.
SQLite, which is no server, takes them one by one in less time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ClauseElement,
    Connection,
    Select,
    String,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.prepared import Prepared, Values
from domain.money import plain

_Finish = Callable[[Any], ClauseElement]

_ROWS: Final = "rows"


class RowSet:
    """Writes rows of a table that holds texts and exact decimals, which are texts as well."""

    def __init__(self, table: Table, finish: _Finish = lambda made: made) -> None:
        """Plain inserts, unless `finish` says what to do about rows that are there already."""
        names = [c.name for c in table.columns]
        self._one_by_one = Prepared(finish(sqlite_insert(table)))
        together = postgresql_insert(table).from_select(names, _rows_of(table))
        self._together = Prepared(finish(together))

    def write(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Write these rows; without any, nothing happens."""
        if connection.dialect.name != "postgresql":
            self._one_by_one.run_many(connection, rows)
        elif rows:
            self._together.run(connection, {_ROWS: json.dumps(rows, default=plain)})


def _rows_of(table: Table) -> Select[Any]:
    """The rows of a JSON array, with the columns of the table."""
    array = cast(bindparam(_ROWS, type_=String), JSONB)
    columns = (column(c.name, Text) for c in table.columns)
    given = func.jsonb_to_recordset(array).table_valued(*columns)
    return select(*given.render_derived(name="given", with_types=True).columns)
