"""The archive's own tables derived again from what lies in the store.

1. Every checkpoint in the store must bear the signature of the key of its time; the newest says
   how long the log is.
2. The entries up to there are read from the bundles, and must give the signed root.
3. Every manifest is read: its events are found among the entries by their hash.
4. Events that were recorded and not signed any more take the next places of the log, in the order
   of an unsigned bundle where there is one, else of time.

A log entry that no manifest explains stops the rebuild. Memory is bounded by one bundle, one
manifest, what was not signed, and what purges say of what they destroyed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select, update

from archive import kept, repository
from archive.checkpoint import read_checkpoint
from archive.edge import Edge
from archive.erasure import PURGE_STARTED, Erasure, erasure_in
from archive.errors import (
    ArchiveIncomplete,
    LogDamaged,
    LogForked,
    NoteUnreadable,
    ObjectMissing,
    SignerChanged,
)
from archive.key_history import KeyHistory
from archive.manifest import Event, Manifest, manifest_key, parse_manifest
from archive.repository import EVENTS, LOG_HEAD, CheckpointRow, EventRow, ManifestRow
from archive.store import ObjectStore
from archive.tiles import WIDTH, bundle_path, checkpoint_path, unpack_bundle
from db.engine import Database

_AT_ONCE: Final = 512
_NO_DOCUMENT: Final = ""
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MANIFEST: Final = re.compile(r"([^/]+)/v([1-9]\d*)\.json")
_HEAD: Final = 1

Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An event that stands in a manifest and under no checkpoint."""

    version: int
    event: Event


@dataclass(frozen=True, slots=True)
class RestoredLog:
    """What was found in the store."""

    size: int
    manifests: int
    unsigned: int


class Rebuilding:
    """Reads one tenant's archive into an empty database."""

    def __init__(self, store: ObjectStore, history: KeyHistory, tenant: str = "main") -> None:
        """Read this store; `history` are the keys that signed the log."""
        self._store = store
        self._history = history
        self._verifiers = history.verifiers
        self._tenant = tenant
        self._folder = f"{tenant}/log"

    def restore_log(self, database: Database, tick: Tick) -> RestoredLog:
        """Fill the tables of events, manifests and checkpoints; each manifest ticks.

        Raises:
            SignerChanged, LogDamaged, LogForked, ArchiveIncomplete: the archive is not whole.
        """
        last = self._checkpoints(database)
        size = 0 if last is None else last.size
        self._entries(database, size, None if last is None else last.root)
        with database.transaction() as connection:
            connection.exec_driver_sql("CREATE INDEX rebuild_entry ON events (entry)")
        unsigned: list[Unsigned] = []
        purges: list[tuple[str, Erasure]] = []
        count = 0
        for some in self._manifests():
            with database.transaction() as connection:
                for manifest, digest in some:
                    new = _place(connection, manifest, digest)
                    unsigned += new
                    # Nothing is destroyed before the seal: what is not signed explains nothing.
                    if not new and (erasure := erasure_in(manifest.events)) is not None:
                        purges.append((manifest.document_id, erasure))
            count += len(some)
            tick(len(some))
        if not count and next(iter(self._store.keys(f"{self._tenant}/o/")), None) is not None:
            raise ArchiveIncomplete("the store holds files, but neither manifests nor a log")
        with database.transaction() as connection:
            for document_id, erasure in purges:
                _place_erased(connection, document_id, erasure)
            connection.exec_driver_sql("DROP INDEX rebuild_entry")
            _refuse_unexplained(connection)
            for key in self._history.keys:
                if key.statement is not None:
                    repository.add_rotation(connection, key.start, key.statement)
            self._append(connection, size, unsigned)
        return RestoredLog(size, count, len(unsigned))

    def changes(self) -> Iterator[tuple[int, bytes]]:
        """The changes of the reference data that were kept, in their order."""
        prefix = f"{self._tenant}/s/c/"
        numbers = sorted(int(key.removeprefix(prefix)) for key in self._store.keys(prefix))
        for number in numbers:
            key = kept.change_key(self._tenant, number)
            yield number, kept.unpack(self._verifiers, key, self._store.read(key))

    def state(self, document_id: str, version: int) -> bytes | None:
        """The rows kept of a document with this version of its manifest, if there are any."""
        key = kept.state_key(self._tenant, document_id, version)
        try:
            return kept.unpack(self._verifiers, key, self._store.read(key))
        except ObjectMissing:
            return None

    def first_event(self, document_id: str) -> Event:
        """How a document was received."""
        return self._manifest(manifest_key(self._tenant, document_id, 1)).events[0]

    def events_of(self, connection: Connection, document_id: str) -> list[Event]:
        """What happened to a document or an elimination; of a purged one, from its purge on."""
        rows = repository.events_of(connection, document_id)
        first = max((row.version for row in rows if row.type == PURGE_STARTED), default=0)
        return [
            event
            for row in repository.manifests_of(connection, document_id)
            if row.version >= first
            for event in self._manifest(manifest_key(self._tenant, document_id, row.version)).events
        ]

    def _manifest(self, key: str) -> Manifest:
        return parse_manifest(self._store.read(key))

    def _checkpoints(self, database: Database) -> CheckpointRow | None:
        prefix = f"{self._folder}/{checkpoint_path(0)}"[:-1]
        names = (key.removeprefix(prefix) for key in self._store.keys(prefix))
        sizes = sorted(int(name) for name in names if name.isdecimal())
        last = None
        for start in range(0, len(sizes), _AT_ONCE):
            with database.transaction() as connection:
                for size in sizes[start : start + _AT_ONCE]:
                    last = self._checkpoint(size)
                    repository.add_checkpoint(connection, last)
        return last

    def _checkpoint(self, size: int) -> CheckpointRow:
        key = f"{self._folder}/{checkpoint_path(size)}"
        note = self._store.read(key)
        try:
            found = read_checkpoint(note)
        except NoteUnreadable as problem:
            raise LogDamaged(f"{key}: {problem}") from problem
        if not self._history.signed(note, size):
            raise SignerChanged(f"{key} was not signed with the key of its time")
        if found.size != size:
            raise LogForked(f"{key} speaks of a log of {found.size}")
        return CheckpointRow(size, found.root.hex(), note.decode(), written=True)

    def _entries(self, database: Database, size: int, root: str | None) -> None:
        edge = Edge(0, [], [])
        for start in range(0, size, WIDTH):
            width = min(WIDTH, size - start)
            entries = self._bundle(start // WIDTH, width)
            edge.append(entries)
            rows = [
                {
                    "position": position,
                    "document_id": _NO_DOCUMENT,
                    "version": 0,
                    "type": "",
                    "at": _EPOCH,
                    "entry": entry,
                }
                for position, entry in enumerate(entries, start)
            ]
            with database.transaction() as connection:
                connection.execute(insert(EVENTS), rows)
        if root is not None and edge.root().hex() != root:
            raise LogDamaged(f"the entries in the store do not give the signed root of size {size}")

    def _bundle(self, number: int, width: int) -> list[bytes]:
        key = f"{self._folder}/{bundle_path(number, width)}"
        try:
            entries = unpack_bundle(self._store.read(key))
        except (ObjectMissing, ValueError) as problem:
            raise LogDamaged(f"{key}: {problem}") from problem
        if len(entries) != width:
            raise LogDamaged(f"{key}: {len(entries)} entries")
        return entries

    def _manifests(self) -> Iterator[list[tuple[Manifest, str]]]:
        prefix = f"{self._tenant}/m/"
        some: list[tuple[Manifest, str]] = []
        for key in self._store.keys(prefix):
            if not _MANIFEST.fullmatch(key.removeprefix(prefix)):
                continue
            data = self._store.read(key)
            some.append((parse_manifest(data), hashlib.sha256(data).hexdigest()))
            if len(some) == _AT_ONCE:
                yield some
                some = []
        if some:
            yield some

    def _append(self, connection: Connection, size: int, unsigned: list[Unsigned]) -> None:
        order = {entry: place for place, entry in enumerate(self._beyond(size))}

        def place(item: Unsigned) -> tuple[int, datetime, str, int]:
            event = item.event
            last = len(order)
            return order.get(event.entry(), last), event.at, event.document_id, item.version

        unsigned.sort(key=place)
        if unsigned:
            repository.add_events(connection, size, [(u.version, u.event) for u in unsigned])
        connection.execute(insert(LOG_HEAD).values(id=_HEAD, next=size + len(unsigned)))

    def _beyond(self, size: int) -> list[bytes]:
        """Entries in a bundle that a crash kept from being signed."""
        number, inside = divmod(size, WIDTH)
        for width in range(WIDTH, inside, -1):
            key = f"{self._folder}/{bundle_path(number, width)}"
            if self._store.exists(key):
                return unpack_bundle(self._store.read(key))[inside:]
        return []


def received(connection: Connection, after: int, limit: int) -> list[EventRow]:
    """The next `received` events of the log."""
    rows = connection.execute(
        select(
            EVENTS.c.position,
            EVENTS.c.document_id,
            EVENTS.c.version,
            EVENTS.c.type,
            EVENTS.c.at,
            EVENTS.c.entry,
        )
        .where(EVENTS.c.position > after, EVENTS.c.type == "received")
        .order_by(EVENTS.c.position)
        .limit(limit)
    )
    return [EventRow(*row) for row in rows]


def _place(connection: Connection, manifest: Manifest, digest: str) -> list[Unsigned]:
    """Record a manifest and find the places of its events; those without one are given back."""
    row = ManifestRow(manifest.document_id, manifest.version, digest, None, written=True)
    repository.add_manifests(connection, [row])
    statement = (
        update(EVENTS)
        .where(EVENTS.c.entry == bindparam("found"))
        .values(
            document_id=manifest.document_id,
            version=manifest.version,
            type=bindparam("kind"),
            at=bindparam("moment"),
        )
    )
    unsigned = []
    for event in manifest.events:
        values = {"found": event.entry(), "kind": event.type, "moment": event.at}
        if not connection.execute(statement, values).rowcount:
            unsigned.append(Unsigned(manifest.version, event))
    return unsigned


def _place_erased(connection: Connection, document_id: str, erasure: Erasure) -> None:
    """Record the manifests that a purge destroyed, as it names them; one that is left was read."""
    left = {row.version for row in repository.manifests_of(connection, document_id)}
    for manifest in erasure.manifests:
        if manifest.version in left:
            continue
        row = ManifestRow(document_id, manifest.version, manifest.sha256, None, written=True)
        repository.add_manifests(connection, [row])
        for item in manifest.events:
            connection.execute(
                update(EVENTS)
                .where(EVENTS.c.position == item.position, EVENTS.c.entry == item.entry)
                .values(
                    document_id=document_id, version=manifest.version, type=item.type, at=item.at
                )
            )


def _refuse_unexplained(connection: Connection) -> None:
    lost = select(func.count(), func.min(EVENTS.c.position)).where(
        EVENTS.c.document_id == _NO_DOCUMENT
    )
    count, first = connection.execute(lost).one()
    if count:
        raise ArchiveIncomplete(
            f"{count} events of the log are in no manifest, the first at position {first}"
        )
