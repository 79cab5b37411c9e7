"""The archive as the rest of the program sees it: receive, record, seal, read, prove.

What it upholds:

- What `store_received` returned is safe: object and first manifest are durable.
- What `record` wrote shares the fate of the caller's transaction, its place in the log included.
- `seal` only ever extends what was signed; every entry it signs stands in a stored manifest.
- Nothing is read back without being hashed again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from archive import kept, repository
from archive.checkpoint import Signer
from archive.erasure import PURGE_STARTED, erasure_in
from archive.errors import (
    DocumentTaken,
    DocumentUnknown,
    KeyTaken,
    ManifestUnreadable,
    NotSealed,
    ObjectChanged,
    ObjectKeyDestroyed,
    ObjectMissing,
    SourceChanged,
)
from archive.key_history import Compromise, KeyHistory, rotation_statement
from archive.known_keys import known_history
from archive.ledger import Ledger, Sealed
from archive.lock import sealing
from archive.manifest import (
    KEY_ROTATED,
    KEYS_DOCUMENT,
    Event,
    Manifest,
    StoredObject,
    manifest_key,
    object_key,
    parse_manifest,
    received_event,
    received_object,
    writable_values,
)
from archive.merkle import consistency_proof, inclusion_proof, tree_root
from archive.repository import CheckpointRow, EventRow, ManifestRow
from archive.store import ObjectStore, Put, Source
from archive.stored_tree import StoredTree
from archive.vouching import vouched
from db.engine import Database
from domain.identifiers import Digest

_CHUNK = 1 << 20
_MANIFESTS_AT_ONCE = 256
_MANIFEST_BYTES_AT_ONCE = 32 << 20
_CHANGES_AT_ONCE = 8
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Received:
    """A file to be received: its bytes or where they lie, and where it came from."""

    document_id: str
    content: Source
    name: str
    source: str
    received_at: datetime
    actor: str = "meg"
    retain_until: date | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A received file, durable together with its first manifest."""

    document_id: str
    key: str
    size: int
    digest: Digest
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a document, to be recorded; vouched for: `archive.vouching`."""

    type: str
    at: datetime
    actor: str
    payload: Mapping[str, Any]
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Rotation:
    """That another key of the log takes over: when, by whom, what becomes of the present one."""

    at: datetime
    actor: str
    old_key: str
    compromised: str | None = None
    void_from: int | None = None


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event of a document's history: its place in the log, and what its manifest says."""

    position: int
    version: int
    event: Event


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What shows that an entry stands in the signed log (RFC 6962 §2.1.1)."""

    position: int
    entry: bytes
    size: int
    path: tuple[bytes, ...]
    checkpoint: str


class Archive:
    """Keeps what was received and what happened to it, provably."""

    def __init__(
        self,
        store: ObjectStore,
        signer: Signer,
        tenant: str = "main",
        rows_of: kept.RowsOf | None = None,
    ) -> None:
        """Work on this store.

        Args:
            store: where objects go.
            signer: signs checkpoints and what is kept for a rebuild.
            tenant: whose archive.
            rows_of: gives what is kept of documents for a rebuild; without, nothing is.
        """
        self._store = store
        self._signer = signer
        self._rows_of = rows_of
        self._tenant = tenant
        self._log = f"{tenant}/log"
        self._ledger = Ledger(store, signer, self._log)
        self.signer = signer
        self._tree = StoredTree(store, self._log)

    def store_received(self, batch: Sequence[Received]) -> list[Stored]:
        """Store these files and their first manifests; both are durable on return.

        A document id that was stored before with the same bytes, before a crash, is taken over
        with the manifest it has.

        Raises:
            DocumentTaken: other bytes were received under the id before.
            SourceChanged, StoreFull, StoreForbidden, StoreFailed: see `archive.store`.
        """
        received = [self._receive(item) for item in batch]
        pairs = list(zip(batch, received, strict=True))
        objects = [
            Put(stored.key, item.content, stored.digest, retain_until=_end_of(item.retain_until))
            for item, stored in pairs
        ]
        try:
            # Objects first: no manifest is ever seen without its object.
            self._store.put_many([*objects, *(self._first_manifest(s) for s in received)])
        except KeyTaken:
            return [self._put_or_take_over(item, stored) for item, stored in pairs]
        return received

    def store_derived(self, data: bytes) -> StoredObject:
        """Store a file made from a document, beside what was received; it is durable on return.

        Whoever calls records an event of the type `derived` that names it.

        Raises:
            StoreFull, StoreForbidden, StoreFailed: see `archive.store`.
        """
        sha256, sha512, size = _hash(data)
        digest = Digest(sha256)
        key = object_key(self._tenant, digest)
        self._store.put_new(key, data, digest)
        return StoredObject(key, sha256, sha512, size)

    def record_received(self, connection: Connection, batch: Sequence[Stored]) -> list[int]:
        """Record, in the caller's writing transaction, that these were received.

        Returns:
            the place in the log of each document's `received` event.
        """
        events = [(1, event) for stored in batch for event in stored.manifest.events]
        positions = repository.append_events(connection, events)
        repository.add_manifests(
            connection,
            [
                ManifestRow(s.document_id, 1, _hex(s.manifest.to_bytes()), None, written=True)
                for s in batch
            ],
        )
        return positions

    def record(
        self, connection: Connection, document_id: str, happenings: Sequence[Happening]
    ) -> list[int]:
        """Record, in the caller's writing transaction, what happened to a document in one run.

        Returns:
            the place in the log of each event.

        Raises:
            DocumentUnknown: it was never recorded as received.
        """
        if happenings and not repository.last_version(connection, document_id):
            raise DocumentUnknown(document_id)
        return self.record_about(connection, document_id, happenings)

    def record_about(
        self, connection: Connection, subject_id: str, happenings: Sequence[Happening]
    ) -> list[int]:
        """The same for what need not be a document received: an elimination has its events too."""
        if not happenings:
            return []
        # The head is locked first: on PostgreSQL two runs over one document then take turns.
        first = repository.allot(connection, len(happenings))
        version = repository.last_version(connection, subject_id) + 1
        manifest = _manifest_of(subject_id, version, happenings, self.signer)
        body = manifest.to_bytes()
        repository.add_manifests(
            connection, [ManifestRow(subject_id, version, _hex(body), body, written=False)]
        )
        return repository.add_events(
            connection, first, [(version, event) for event in manifest.events]
        )

    def seal(self, database: Database) -> Sealed:
        """Write pending manifests, extend the log over all recorded events, sign it.

        Safe to call at any time from any process; a second caller waits for the first.

        Raises:
            LogForked, LogDamaged, SignerChanged: nothing was signed; see `archive.ledger`.
        """
        with sealing(database):
            # The size is read before the manifests are written: no entry is signed whose
            # manifest is not in the store.
            with database.reading() as connection:
                size = repository.log_size(connection)
            # Nothing is written beside a log that is not this database's.
            last = self._ledger.agree(database, size)
            self._write_manifests(database)
            self._write_changes(database)
            return self._ledger.extend(database, last, size)

    def store_enclosed(self, files: Sequence[bytes]) -> list[Digest]:
        """Store files that came inside documents, each under its digest; durable on return.

        Raises:
            StoreFull, StoreForbidden, StoreFailed: see `archive.store`.
        """
        digests = [Digest.of(data) for data in files]
        puts = {
            digest: Put(object_key(self._tenant, digest), data, digest)
            for digest, data in zip(digests, files, strict=True)
        }
        self._store.put_many(list(puts.values()))
        return digests

    def read(self, digest: Digest) -> bytes:
        """The received bytes with this digest, hashed again.

        Raises:
            ObjectMissing, ObjectChanged: the archive is damaged.
        """
        key = object_key(self._tenant, digest)
        data = self._store.read(key)
        found = Digest.of(data)
        if found != digest:
            raise ObjectChanged(key, digest, found)
        return data

    def history(
        self, connection: Connection, document_id: str, kind: str | None = None
    ) -> list[PastEvent]:
        """Everything that happened to a document, or all of one kind, oldest first.

        It is read from the document's manifests; those without an event of that kind stay closed.
        Of a purged document the events before the purge come without their content.

        Raises:
            DocumentUnknown: there is no such document.
            ObjectMissing, ObjectChanged, ManifestUnreadable: the archive is damaged.
        """
        rows = repository.events_of(connection, document_id)
        if not rows:
            raise DocumentUnknown(document_id)
        by_entry = self._erased(connection, rows)
        if kind is not None:
            rows = [row for row in rows if row.type == kind]
        versions = {row.version for row in rows if row.entry not in by_entry}
        for row in repository.manifests_of(connection, document_id) if versions else ():
            if row.version not in versions:
                continue
            for event in self._manifest(row).events:
                by_entry[event.entry()] = (row.version, event)
        return [_past(row, by_entry) for row in rows]

    def last_words(self, connection: Connection, document_id: str) -> tuple[list[PastEvent], bool]:
        """The history of a document whose purge has begun, and whether all of it is told.

        What the purge says of events is only taken once a manifest is gone. Raises as `history`.
        """
        rows = repository.events_of(connection, document_id)
        by_entry: dict[bytes, tuple[int, Event]] = {}
        try:
            for row in repository.manifests_of(connection, document_id):
                for event in self._manifest(row).events:
                    by_entry[event.entry()] = (row.version, event)
        except (ObjectMissing, ObjectKeyDestroyed):
            return self.history(connection, document_id), False
        return [_past(row, by_entry) for row in rows], True

    def _erased(
        self, connection: Connection, rows: Sequence[EventRow]
    ) -> dict[bytes, tuple[int, Event]]:
        """The events that a purge destroyed, by entry; none where there was no purge."""
        started = {row.version for row in rows if row.type == PURGE_STARTED}
        found: dict[bytes, tuple[int, Event]] = {}
        for row in repository.manifests_of(connection, rows[0].document_id) if started else ():
            erasure = erasure_in(self._manifest(row).events) if row.version in started else None
            for manifest in () if erasure is None else erasure.manifests:
                for item in manifest.events:
                    found[item.entry] = manifest.version, item.event(row.document_id)
        return found

    def prove(self, connection: Connection, document_id: str) -> list[InclusionProof]:
        """An inclusion proof under the last checkpoint for each event of a document.

        Raises:
            DocumentUnknown: there is no such document.
            NotSealed: an event is not under a checkpoint yet.
        """
        rows = repository.events_of(connection, document_id)
        if not rows:
            raise DocumentUnknown(document_id)
        return self._proofs(connection, rows)

    def prove_event(self, connection: Connection, position: int) -> InclusionProof:
        """An inclusion proof under the last checkpoint for one event; raises NotSealed."""
        row = repository.event_at(connection, position)
        if row is None:
            raise NotSealed(position, repository.log_size(connection))
        return self._proofs(connection, [row])[0]

    def prove_consistency(self, first: int, second: int) -> list[bytes]:
        """What shows that the log of size `second` extends that of `first` (RFC 6962 §2.1.2)."""
        return consistency_proof(self._tree.nodes(second), first, second)

    def root_at(self, first: int, second: int) -> bytes:
        """The root of the first `first` entries of the log of size `second`, from its tiles."""
        return tree_root(self._tree.nodes(second), first)

    def _proofs(self, connection: Connection, rows: Sequence[EventRow]) -> list[InclusionProof]:
        last = repository.last_checkpoint(connection)
        size = 0 if last is None else last.size
        if last is None or rows[-1].position >= size:
            raise NotSealed(rows[-1].position, size)
        return [self.prove_under(row, last) for row in rows]

    def prove_under(self, row: EventRow, checkpoint: CheckpointRow) -> InclusionProof:
        """An inclusion proof for an event under a checkpoint that covers it."""
        size = checkpoint.size
        path = inclusion_proof(self._tree.nodes(size), row.position, size)
        return InclusionProof(row.position, row.entry, size, tuple(path), checkpoint.note)

    def key_history(self, connection: Connection) -> KeyHistory:
        """The log's keys, each with the size from which on it signs; raises KeysDiffer."""
        return known_history(connection, self._store, self._tenant, self.signer.verifier)

    def record_rotation(
        self,
        connection: Connection,
        successor: Signer,
        rotation: Rotation,
        compromise: Compromise | None,
    ) -> None:
        """Record, in the caller's writing transaction, that another key signs from now on.

        Nobody may seal meanwhile. The last checkpoint of the present key covers what comes before
        the event, the first of its successor the event itself.
        """
        position = repository.allot(connection, 1)
        statement = rotation_statement(self.signer, successor, position + 1, compromise)
        payload = {"statement": statement, "old_key": rotation.old_key}
        event = Event(KEY_ROTATED, KEYS_DOCUMENT, rotation.at, rotation.actor, payload, _salt())
        version = repository.last_version(connection, KEYS_DOCUMENT) + 1
        body = Manifest(KEYS_DOCUMENT, version, (event,)).to_bytes()
        row = ManifestRow(KEYS_DOCUMENT, version, _hex(body), body, written=False)
        repository.add_manifests(connection, [row])
        repository.add_events(connection, position, [(version, event)])
        repository.add_rotation(connection, position + 1, statement)

    def _receive(self, item: Received) -> Stored:
        sha256, sha512, size = _hash(item.content)
        digest = Digest(sha256)
        key = object_key(self._tenant, digest)
        event = received_event(
            item.document_id,
            item.received_at,
            item.actor,
            StoredObject(key, sha256, sha512, size),
            name=item.name,
            source=item.source,
            retain_until=item.retain_until,
            salt=_salt(),
        )
        return Stored(item.document_id, key, size, digest, Manifest(item.document_id, 1, (event,)))

    def _first_manifest(self, stored: Stored) -> Put:
        key = manifest_key(self._tenant, stored.document_id, 1)
        return Put(key, stored.manifest.to_bytes(), wave=1)

    def _put_or_take_over(self, item: Received, stored: Stored) -> Stored:
        self._store.put_new(stored.key, item.content, stored.digest)
        put = self._first_manifest(stored)
        try:
            self._store.put_new(put.key, put.source)
        except KeyTaken:
            manifest = parse_manifest(self._store.read(put.key))
            recorded = Digest(received_object(manifest).sha256)
            if recorded != stored.digest:
                raise DocumentTaken(stored.document_id, recorded, stored.digest) from None
            # Putting its bytes again makes them durable, should the crash have been early.
            self._store.put_new(put.key, manifest.to_bytes())
            return replace(stored, manifest=manifest)
        return stored

    def _write_manifests(self, database: Database) -> None:
        while True:
            with database.reading() as connection:
                rows = repository.pending_manifests(
                    connection, _MANIFESTS_AT_ONCE, _MANIFEST_BYTES_AT_ONCE
                )
                concerned = {row.document_id for row in rows}
                # What is told later of a document is locked no longer than the document.
                since = repository.received_at(connection, concerned)
                states = self._states(connection, concerned, since)
            if not rows:
                return
            manifests = [
                Put(
                    manifest_key(self._tenant, row.document_id, row.version),
                    row.body or b"",
                    wave=1,
                    since=since.get(row.document_id),
                )
                for row in rows
            ]
            try:
                self._store.put_many([*states, *manifests])
            except KeyTaken:
                # A crash came after states were kept, and rows have changed since without an event.
                self._store.put_many(manifests)
            with database.transaction() as connection:
                repository.mark_manifests_written(connection, rows)

    def _states(
        self, connection: Connection, document_ids: Collection[str], since: Mapping[str, datetime]
    ) -> list[Put]:
        """What is kept of these documents, each beside the newest of its manifests."""
        if self._rows_of is None or not document_ids:
            return []
        versions = repository.last_versions(connection, document_ids)
        puts = []
        for document_id, rows in self._rows_of(connection, sorted(document_ids)).items():
            key = kept.state_key(self._tenant, document_id, versions[document_id])
            body = kept.pack(self._signer, key, rows)
            puts.append(Put(key, body, since=since.get(document_id)))
        return puts

    def _write_changes(self, database: Database) -> None:
        while True:
            with database.reading() as connection:
                changes = kept.pending_changes(connection, _CHANGES_AT_ONCE)
            if not changes:
                return
            for number, body in changes:
                key = kept.change_key(self._tenant, number)
                self._store.put_new(key, kept.pack(self._signer, key, body))
            with database.transaction() as connection:
                kept.mark_written(connection, [number for number, _ in changes])

    def _manifest(self, row: ManifestRow) -> Manifest:
        key = manifest_key(self._tenant, row.document_id, row.version)
        data = row.body if row.body is not None else self._store.read(key)
        found, recorded = Digest.of(data), Digest(row.digest)
        if found != recorded:
            raise ObjectChanged(key, recorded, found)
        return parse_manifest(data)


def _manifest_of(
    document_id: str, version: int, happenings: Sequence[Happening], signer: Signer
) -> Manifest:
    events = []
    for h in happenings:
        # What was read in a document may be no text at all; it must not stop the record.
        event = Event(h.type, document_id, h.at, h.actor, writable_values(h.payload), _salt())
        events.append(vouched(event, signer) if h.vouched else event)
    return Manifest(document_id, version, tuple(events))


def _past(row: EventRow, by_entry: Mapping[bytes, tuple[int, Event]]) -> PastEvent:
    if row.entry not in by_entry:
        raise ManifestUnreadable(f"no manifest of {row.document_id} holds event {row.position}")
    version, event = by_entry[row.entry]
    return PastEvent(row.position, version, event)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max, UTC)


def _hash(content: Source) -> tuple[str, str, int]:
    if not isinstance(content, Path):
        return _hex(content), hashlib.sha512(content).hexdigest(), len(content)
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    try:
        with content.open("rb") as file:
            while chunk := file.read(_CHUNK):
                sha256.update(chunk)
                sha512.update(chunk)
                size += len(chunk)
    except OSError as problem:
        raise SourceChanged(str(content), problem.strerror or str(problem)) from problem
    return sha256.hexdigest(), sha512.hexdigest(), size


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _salt() -> str:
    return secrets.token_hex(_SALT_BYTES)
