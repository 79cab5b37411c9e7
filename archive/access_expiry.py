"""Accesses that have served their time: the batch is destroyed, what the log says of it stays.

1. Due is what one event, signed before this run, says so of, and whose object is the batch that the
   event commits to. Anything else is not destroyed and named at the end. What a living document
   has the bytes of waits for that document.
2. `purge_started` is recorded, which names the object, and sealed: nothing goes unannounced.
3. The object is destroyed while nobody can name its bytes; a store that locks it still is asked
   again the next time.
4. Its rows are deleted and `purged` is recorded, in one transaction.

Each step is repeated after a crash. The oldest batches come first; younger ones wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from archive import access_table, repository
from archive.access import SEALED, is_batch
from archive.access_batches import read_batch
from archive.erasure import PURGE_STARTED, PURGED, ErasedObject, Erasure
from archive.errors import ArchiveError, BatchDoubted, NeverDestroys, ObjectMissing
from archive.fsck import Inclusion
from archive.manifest import Event, object_key
from archive.repository import EVENTS
from archive.service import Archive, Happening
from archive.store import ErasingStore, ObjectStore
from db.engine import Database
from domain.identifiers import Digest

_ACTOR: Final = "meg"
_ROLE: Final = "accesses"

Claim = Callable[[str], AbstractContextManager[bool]]
"""Keeps everybody from naming bytes meanwhile; false where a living document names them."""


class _Due(NamedTuple):
    """A batch whose time is over; `announced` once a crash came after the second step."""

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
        claim: Claim,
    ) -> None:
        self._database = database
        self._archive = archive
        self._store = store
        self._tenant = tenant
        self._clock = clock
        self._claim = claim

    def run(self) -> int:
        """Destroy what is due; how many batches that were.

        Raises:
            ObjectLocked, StoreForbidden, StoreFailed: it stays announced, and is tried again.
            NeverDestroys: the store cannot.
            BatchDoubted: something that is none was to be destroyed; all others were.
        """
        doubted: list[str] = []
        found = list(self._due(self._clock().date(), doubted))
        due = [batch for batch in found if self._is_free(batch)]
        if due:
            self._destroy(due)
        if doubted:
            raise BatchDoubted("; ".join(doubted))
        return len(due)

    def _destroy(self, due: list[_Due]) -> None:
        if not isinstance(self._store, ErasingStore):
            raise NeverDestroys(f"{len(due)} batches of accesses have served their time")
        for batch in due:
            if not batch.announced:
                self._record(batch.batch_id, PURGE_STARTED)
        self._archive.seal(self._database)
        for batch in due:
            with self._claim(batch.batch_id) as free:
                if free:
                    self._store.destroy(object_key(self._tenant, Digest(batch.batch_id)))
            if free:
                self._record(batch.batch_id, PURGED)
        self._archive.seal(self._database)

    def _is_free(self, batch: _Due) -> bool:
        with self._claim(batch.batch_id) as free:
            return free

    def _due(self, today: date, doubted: list[str]) -> Iterator[_Due]:
        kinds = (SEALED, PURGE_STARTED, PURGED)
        query = select(EVENTS.c.document_id, EVENTS.c.type).where(EVENTS.c.type.in_(kinds))
        with self._database.reading() as connection:
            told: dict[str, set[str]] = {}
            for batch_id, kind in connection.execute(query.order_by(EVENTS.c.position)):
                if is_batch(batch_id):
                    told.setdefault(batch_id, set()).add(kind)
            log: Inclusion | None = None
            for batch_id, kinds_told in told.items():
                if PURGED in kinds_told:
                    continue
                try:
                    log = log or self._signed_log(connection)
                    if self._keep_until(connection, batch_id, log) >= today:
                        return
                except (ArchiveError, LookupError, TypeError, ValueError) as problem:
                    doubted.append(f"{batch_id}: {problem}")
                    continue
                yield _Due(batch_id, PURGE_STARTED in kinds_told)

    def _signed_log(self, connection: Connection) -> Inclusion:
        """The log as it was signed before this run: a row slipped in since proves nothing."""
        last = repository.last_checkpoint(connection)
        key = self._archive.signer.verifier.verifier_key
        size = 0 if last is None else last.size
        return Inclusion(self._store, f"{self._tenant}/log", key, size)

    def _keep_until(self, connection: Connection, batch_id: str, log: Inclusion) -> date:
        """The last day of a batch that is one; raises BatchDoubted, or what reading it raises."""
        past = self._archive.history(connection, batch_id, SEALED)
        if len(past) != 1:
            raise BatchDoubted(f"{len(past)} events say which accesses were sealed")
        [sealed] = past
        until = date.fromisoformat(sealed.event.payload["keep_until"])
        if until >= self._clock().date():
            return until
        unsigned = log.problems or sealed.position >= log.size
        if unsigned or log.find(sealed.position, sealed.event.entry()) is not None:
            raise BatchDoubted(f"event {sealed.position} was not in the signed log")
        if until < sealed.event.at.date():
            raise BatchDoubted(f"event {sealed.position} lets it end before it began")
        self._see_that_it_is_a_batch(batch_id, sealed.event)
        return until

    def _see_that_it_is_a_batch(self, batch_id: str, event: Event) -> None:
        try:
            batch = read_batch(self._store, self._tenant, batch_id)
        except ObjectMissing:
            return  # destroyed before a crash, or lost: there are only rows to be deleted
        if (batch.root().hex(), len(batch.accesses)) != (
            event.payload["root"],
            event.payload["count"],
        ):
            raise BatchDoubted("the object is not the batch that was sealed")

    def _record(self, batch_id: str, kind: str) -> None:
        payload = Erasure((), (ErasedObject(_ROLE, batch_id),)).record()
        happening = Happening(kind, self._clock(), _ACTOR, payload)
        with self._database.transaction() as connection:
            if kind == PURGED:
                access_table.forget_batch(connection, batch_id)
            self._archive.record_about(connection, batch_id, [happening])
