"""Accesses sealed in batches: one object of the archive and one entry of the log for many of them.

1. The local journal is taken up into the table, in one transaction; a crash on the way takes it up
   again, and finds by their salts which accesses are there already.
2. Once many wait, or one has waited long, a batch becomes an object in the store.
3. One transaction marks its rows and records the event that commits to it, with its manifest. The
   log is sealed over it with everything else (`Archive.seal`).

What is sealed is kept for the time that the settings say and locked as long where the store can.
Until it is sealed, an access is a row like any other: that it was changed cannot be shown.
"""

from __future__ import annotations

import hashlib
import secrets
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, select

from archive import access_table, repository
from archive.access import SEALED, Access, Batch, Visitor, What, detail_of, parse_batch
from archive.access_journal import AccessJournal, read_lines
from archive.erasure import PURGED
from archive.errors import ObjectChanged, ObjectMissing
from archive.lock import sealing
from archive.manifest import StoredObject, object_key
from archive.repository import EVENTS, ManifestRow
from archive.store import ObjectStore, Put
from db.engine import Database
from domain.identifiers import Digest

_SALT_BYTES: Final = 16
_MONTHS: Final = 12  # of a year
_OURSELVES: Final = Visitor("meg", "program")


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """When accesses are sealed, and how long they are kept."""

    records: int = 1_000
    minutes: int = 15
    keep_months: int = 12


class AccessBatches:
    """Takes accesses from the journal into the table, and from there into sealed batches."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        journal: AccessJournal,
        tenant: str,
        options: BatchOptions,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._store = store
        self._journal = journal
        self._tenant = tenant
        self._options = options
        self._clock = clock

    def take_up(self) -> None:
        """Bring what the journal holds into the table."""
        with sealing(self._database):
            self._take_up()

    def seal_if_due(self) -> int:
        """Take up the journal, and seal if enough accesses wait or one waited long."""
        with sealing(self._database):
            self._take_up()
            with self._database.reading() as connection:
                waits = access_table.waiting(connection)
            patience = timedelta(minutes=self._options.minutes)
            late = waits.oldest is not None and self._clock() - waits.oldest >= patience
            return self._seal() if late or waits.count >= self._options.records else 0

    def seal_all(self) -> int:
        """Take up the journal and seal everything; how many batches that made."""
        with sealing(self._database):
            self._take_up()
            return self._seal()

    def _take_up(self) -> None:
        # A second file may have been written while the first waited for a crash to be mended.
        while (path := self._journal.taken()) is not None:
            accesses, torn = read_lines(path)
            if torn:
                detail = detail_of(count=torn, why="torn by a power cut")
                salt = hashlib.sha256(path.read_bytes()).hexdigest()[: 2 * _SALT_BYTES]
                accesses.append(
                    Access(self._clock(), _OURSELVES, What.UNRECORDED, salt, None, detail)
                )
            with self._database.transaction() as connection:
                access_table.add(connection, accesses)
            self._journal.forget()

    def _seal(self) -> int:
        made = 0
        while True:
            with self._database.reading() as connection:
                accesses = access_table.unsealed(connection, self._options.records)
            if not accesses:
                return made
            self._seal_batch(Batch(tuple(accesses)))
            made += 1

    def _seal_batch(self, batch: Batch) -> None:
        data = batch.to_bytes()
        digest = Digest.of(data)
        now = self._clock()
        keep = months_after(now.date(), self._options.keep_months)
        key = object_key(self._tenant, digest)
        locked = datetime.combine(keep, time.max, UTC)
        self._store.put_many([Put(key, data, digest, retain_until=locked)])
        stored = StoredObject(key, digest.hex, hashlib.sha512(data).hexdigest(), len(data))
        manifest = batch.manifest(stored, now, keep, secrets.token_hex(_SALT_BYTES))
        body = manifest.to_bytes()
        row = ManifestRow(digest.hex, 1, hashlib.sha256(body).hexdigest(), body, written=False)
        with self._database.transaction() as connection:
            repository.append_events(connection, [(1, event) for event in manifest.events])
            repository.add_manifests(connection, [row])
            access_table.mark_sealed(connection, digest.hex, batch.accesses)


def read_batch(store: ObjectStore, tenant: str, batch_id: str) -> Batch:
    """A batch from the store, hashed again by its name.

    Raises:
        ObjectMissing, ObjectChanged: the archive is damaged, or the batch has served its time.
        AccessesUnreadable: it is no batch.
    """
    key = object_key(tenant, Digest(batch_id))
    data = store.read(key)
    found = Digest.of(data)
    if found.hex != batch_id:
        raise ObjectChanged(key, Digest(batch_id), found)
    return parse_batch(data)


def sealed_batches(connection: Connection) -> Iterator[str]:
    """The batches that the log commits to, in its order."""
    query = select(EVENTS.c.document_id).where(EVENTS.c.type == SEALED).order_by(EVENTS.c.position)
    yield from connection.execute(query).scalars()


def live_batches(connection: Connection) -> list[str]:
    """The batches that were not destroyed after their time, in the order of the log."""
    gone = select(EVENTS.c.document_id).where(EVENTS.c.type == PURGED)
    query = select(EVENTS.c.document_id).where(
        EVENTS.c.type == SEALED, EVENTS.c.document_id.not_in(gone)
    )
    return list(connection.execute(query.order_by(EVENTS.c.position)).scalars())


def restore(database: Database, store: ObjectStore, tenant: str) -> int:
    """Bring back the rows of every batch that has time to go and that the store has.

    One that is missing is named by a verification, not here.
    """
    with database.reading() as connection:
        known = live_batches(connection)
    count = 0
    for batch_id in known:
        try:
            batch = read_batch(store, tenant, batch_id)
        except ObjectMissing:
            continue
        with database.transaction() as connection:
            access_table.add_batch(connection, batch_id, batch)
        count += len(batch.accesses)
    return count


def months_after(day: date, months: int) -> date:
    """The last day of the month that is so many months later."""
    year, month = divmod(day.month - 1 + months, _MONTHS)
    return date(day.year + year, month + 1, monthrange(day.year + year, month + 1)[1])
