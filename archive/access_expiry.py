"""Accesses that have served their time: the batch is destroyed, what the log says of it stays.

1. `purge_started` is recorded, which names the object, and sealed: nothing goes unannounced.
2. The object is destroyed; a store that locks it still is asked again the next time.
3. Its rows are deleted and `purged` is recorded, in one transaction.

Each step is repeated after a crash. The oldest batches come first; younger ones wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from archive import access_table
from archive.access import SEALED, is_batch
from archive.erasure import PURGE_STARTED, PURGED, ErasedObject, Erasure
from archive.errors import NeverDestroys
from archive.manifest import object_key
from archive.repository import EVENTS
from archive.service import Archive, Happening
from archive.store import ErasingStore, ObjectStore
from db.engine import Database
from domain.identifiers import Digest

_ACTOR: Final = "meg"
_ROLE: Final = "accesses"


class _Due(NamedTuple):
    """A batch whose time is over; `announced` once a crash came after the first step."""

    batch_id: str
    announced: bool


class AccessExpiry:
    """Destroys batches of accesses after the day that their event states."""

    def __init__(
        self,
        database: Database,
        archive: Archive,
        store: ObjectStore,
        tenant: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._archive = archive
        self._store = store
        self._tenant = tenant
        self._clock = clock

    def run(self) -> int:
        """Destroy what is due; how many batches that were.

        Raises:
            ObjectLocked, StoreForbidden, StoreFailed: it stays announced, and is tried again.
            NeverDestroys: the store cannot.
        """
        due = list(self._due(self._clock().date()))
        if not due:
            return 0
        if not isinstance(self._store, ErasingStore):
            raise NeverDestroys(f"{len(due)} batches of accesses have served their time")
        for batch in due:
            if not batch.announced:
                self._record(batch.batch_id, PURGE_STARTED)
        self._archive.seal(self._database)
        for batch in due:
            self._store.destroy(object_key(self._tenant, Digest(batch.batch_id)))
            self._record(batch.batch_id, PURGED)
        self._archive.seal(self._database)
        return len(due)

    def _due(self, today: date) -> Iterator[_Due]:
        kinds = (SEALED, PURGE_STARTED, PURGED)
        query = select(EVENTS.c.document_id, EVENTS.c.type).where(EVENTS.c.type.in_(kinds))
        with self._database.reading() as connection:
            told: dict[str, set[str]] = {}
            for batch_id, kind in connection.execute(query.order_by(EVENTS.c.position)):
                if is_batch(batch_id):
                    told.setdefault(batch_id, set()).add(kind)
            for batch_id, kinds_told in told.items():
                if PURGED in kinds_told:
                    continue
                [sealed] = self._archive.history(connection, batch_id, SEALED)
                if date.fromisoformat(sealed.event.payload["keep_until"]) >= today:
                    return
                yield _Due(batch_id, PURGE_STARTED in kinds_told)

    def _record(self, batch_id: str, kind: str) -> None:
        payload = Erasure((), (ErasedObject(_ROLE, batch_id),)).record()
        happening = Happening(kind, self._clock(), _ACTOR, payload)
        with self._database.transaction() as connection:
            if kind == PURGED:
                access_table.forget_batch(connection, batch_id)
            self._archive.record_about(connection, batch_id, [happening])
