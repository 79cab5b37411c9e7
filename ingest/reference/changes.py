"""A change of reference data: what it writes, and which open invoices are to be judged again.

Written rows and the work that follows from them share one transaction: an invoice is never left
with a verdict on data that is no more, whatever crashes.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from db import outbox
from db.engine import Database
from ingest.judging_together import REJUDGE
from ingest.reference.kept_changes import keep_change
from matching.reference import REFERENCE_TABLES
from matching.reference_upsert import Row, UpsertCount, upsert
from matching.service import judge_alone, touched_by

_BITS = 62  # as many as an integer column holds


class Changes:
    """Writes reference data inside one transaction and remembers what it touched."""

    def __init__(self, connection: Connection) -> None:
        judge_alone(connection)
        self.connection = connection
        self._change = secrets.randbits(_BITS)
        self._tables: set[str] = set()
        self._orders: set[str] = set()
        self._deleted: list[tuple[str, Mapping[str, str]]] = []
        self.concerned = 0

    def write(
        self, table: str, rows: Iterable[Row], columns: Collection[str] | None = None
    ) -> UpsertCount:
        """Insert or update rows of a table by their key."""
        count = upsert(self.connection, table, rows, columns=columns, change=self._change)
        if count.inserted or count.changed:
            self._tables.add(table)
        return count

    def delete(self, table: str, key: Mapping[str, str]) -> None:
        """Delete the rows of an order that match this key."""
        rows = REFERENCE_TABLES[table]
        self.connection.execute(delete(rows).where(*(rows.c[n] == v for n, v in key.items())))
        self._orders.add(key["order_id"])
        self._deleted.append((table, key))

    def written(self, table: str) -> Select[Any]:
        """The rows of a table that this change inserted or changed."""
        rows = REFERENCE_TABLES[table]
        return select(rows).where(rows.c.change == self._change)

    def wrote(self, table: str, key: Mapping[str, str]) -> bool:
        """Whether this change inserted or changed the row with this key."""
        rows = REFERENCE_TABLES[table]
        mine = self.written(table).where(*(rows.c[n] == v for n, v in key.items()))
        return self.connection.execute(mine).first() is not None

    def ask_again(self, cause: Mapping[str, Any], now: datetime) -> None:
        """Ask that the open invoices concerned be judged again."""
        if self._tables or self._orders:
            keep_change(self.connection, self._change, self._tables, self._deleted)
            concerned = touched_by(self.connection, self._change, self._tables, self._orders)
            outbox.ask(self.connection, REJUDGE, concerned, now, cause)
            self.concerned = len(concerned)


@contextmanager
def changing(database: Database, cause: Mapping[str, Any]) -> Iterator[Changes]:
    """One transaction that changes reference data."""
    with database.transaction() as connection:
        changes = Changes(connection)
        yield changes
        changes.ask_again(cause, datetime.now(UTC))
