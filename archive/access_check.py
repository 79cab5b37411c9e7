"""Whether the table of accesses says what was sealed: each row that does not is named.

The sealed root tells who is right: rows that give it are the accesses that were sealed, whatever
became of the object; otherwise the object is, if it gives it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from archive import access_table, repository
from archive.access import SEALED, Access
from archive.erasure import PURGED
from archive.errors import ObjectMissing
from archive.fsck import Finding, Reader
from archive.fsck.accesses import BatchFact, batch_fact, entries_of, gives
from archive.manifest import manifest_key
from db.engine import Database


class AccessCheck:
    """Compares the table with the batches that the log commits to."""

    def __init__(self, database: Database, reader: Reader, tenant: str) -> None:
        self._database = database
        self._reader = reader
        self._tenant = tenant

    def batch(self, batch_id: str) -> Iterator[Finding]:
        """Compare the rows of one batch with what was sealed."""
        fact = self._fact(batch_id)
        if fact is None:
            return  # its manifest is missing or changed: that is told already
        with self._database.reading() as connection:
            rows = access_table.rows_of_batch(connection, batch_id)
            if not rows and _recorded(connection, batch_id, PURGED):
                return  # it has served its time; a document may have come with the same bytes
        data = self._read(fact.key)
        # Without the object only the root can tell; without rows as well, nothing is left to say.
        sealed = [] if data is None else entries_of(data) or []
        kept = [rows[place].entry() for place in sorted(rows)]
        if gives(fact, kept) and sorted(rows) == list(range(fact.count)):
            yield from _changed_in_object(fact, sealed, rows)
        elif data is not None and gives(fact, sealed):
            yield from _changed_in_table(batch_id, sealed, rows)
        elif data is not None or rows:
            text = "neither the table nor the object has the accesses that were sealed"
            yield Finding("DATABASE_DIFFERS", f"accesses/{batch_id}", text)

    def unknown(self) -> Iterator[Finding]:
        """Batches that rows name and the log does not."""
        with self._database.reading() as connection:
            named = access_table.batches(connection)
            for batch_id in named:
                if not _recorded(connection, batch_id, SEALED):
                    text = "rows name this batch, the log knows nothing of it"
                    yield Finding("DATABASE_DIFFERS", f"accesses/{batch_id}", text)

    def _fact(self, batch_id: str) -> BatchFact | None:
        data = self._read(manifest_key(self._tenant, batch_id, 1))
        if data is None:
            return None
        try:
            return batch_fact(json.loads(data)["events"][0])
        except (ValueError, TypeError, KeyError, IndexError):
            return None

    def _read(self, key: str) -> bytes | None:
        try:
            with self._reader.stream(key) as file:
                return file.read()
        except ObjectMissing:
            return None


def _recorded(connection: Connection, batch_id: str, kind: str) -> bool:
    return any(row.type == kind for row in repository.events_of(connection, batch_id))


def _changed_in_object(
    fact: BatchFact, found: Sequence[bytes], rows: Mapping[int, Access]
) -> Iterator[Finding]:
    if not found:
        return  # missing or unreadable: that is told already
    for place in range(fact.count):
        if place >= len(found) or found[place] != rows[place].entry():
            text = f"is not as it was sealed: {_told(rows[place])}"
            yield Finding("ACCESSES_CHANGED", f"{fact.key}#{place}", text)


def _changed_in_table(
    batch_id: str, sealed: Sequence[bytes], rows: Mapping[int, Access]
) -> Iterator[Finding]:
    for place, entry in enumerate(sealed):
        if place not in rows:
            text = "this access was sealed, its row is missing"
            yield Finding("DATABASE_DIFFERS", f"accesses/{batch_id}/{place}", text)
        elif rows[place].entry() != entry:
            text = f"the row is not as it was sealed: {_told(rows[place])}"
            yield Finding("DATABASE_DIFFERS", f"accesses/{batch_id}/{place}", text)
    for place in sorted(set(rows) - set(range(len(sealed)))):
        text = f"the row was never sealed: {_told(rows[place])}"
        yield Finding("DATABASE_DIFFERS", f"accesses/{batch_id}/{place}", text)


def _told(access: Access) -> str:
    record = access.record()
    return f"{record['at']} {record['who']} {record['what']} {record['document_id'] or ''}".rstrip()
