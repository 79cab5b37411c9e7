"""The sequencer: writes the log's tiles, entry bundles and checkpoints from the event table.

Steps of one extension, each repeatable after a crash anywhere:

1. Take the last checkpoint of the database; write it to the store if a crash kept it from there.
   If the store holds another one, or a later one, or not the key of its time signed it, or the key
   at hand is not the one in use now: refuse.
2. Rebuild its root from the right edge of the stored tiles, and compare the open bundle, and what
   lies in the store beyond it, with the database. If any differs: refuse. Another database that
   seals into the same store is found out here, whatever each knows of the other's checkpoints.
3. Hash the new entries, from the database's gapless positions; write the bundles and tiles they
   fill, then those they leave open.
4. Sign the checkpoint and commit it to the database; then write it to the store, last.

The cost is that of the new entries plus one tile a level. The tree that is signed extends the last
one by construction: it grows from the very nodes that gave the last root.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive import repository
from archive.checkpoint import Checkpoint, Signer
from archive.edge import Edge, File
from archive.errors import KeyTaken, LogDamaged, LogForked, ObjectMissing, SignerChanged
from archive.key_history import KeyHistory
from archive.merkle import EMPTY_ROOT
from archive.repository import CheckpointRow
from archive.store import ObjectStore, Put
from archive.tiles import WIDTH, bundle_path, checkpoint_path, unpack_bundle
from db.engine import Database

_CHUNK = 128 * WIDTH


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is signed now: the log's size and root."""

    size: int
    root: bytes


class Ledger:
    """Extends one tenant's log; the caller sees to it that only one does so at a time."""

    def __init__(self, store: ObjectStore, signer: Signer, folder: str) -> None:
        """Work on the log under this key prefix, such as `main/log`."""
        self._store = store
        self._signer = signer
        self._folder = folder
        self._signed: int | None = None

    def agree(self, database: Database, size: int) -> Sealed:
        """See that database, store and key agree on the last checkpoint; step 1 of an extension.

        Raises:
            LogForked, SignerChanged: they do not; nothing may be written.
        """
        with database.reading() as connection:
            row = repository.last_checkpoint(connection)
            statements = repository.rotations(connection)
        history = KeyHistory.read(statements, self._signer.verifier)
        if history.current.verifier != self._signer.verifier:
            raise SignerChanged(f"another key signs from size {history.current.start} on")
        if row is not None and row.written and row.size == size == self._signed:
            # Nothing is new since this process last looked: a store far away is not asked again.
            return Sealed(row.size, bytes.fromhex(row.root))
        last = self._settle(database, row, history)
        if size < last.size:
            raise LogForked(f"{last.size} events are signed, the database has {size}")
        return last

    def extend(self, database: Database, last: Sealed, size: int) -> Sealed:
        """Append the recorded events after those agreed on, up to `size`, and sign.

        Raises:
            LogForked, LogDamaged: nothing was signed.
        """
        if size == last.size:
            return last
        # 2. Both sides agree on the tree under the last checkpoint too.
        edge = self._edge(database, last)
        # 3. Bundles and tiles.
        while edge.size < size:
            start, end = edge.size, min(size, edge.size + _CHUNK)
            with database.reading() as connection:
                entries = repository.entries_between(connection, start, end)
            if len(entries) != end - start:
                raise LogDamaged(f"the database lacks events between {start} and {end}")
            self._put(edge.append(entries))
        self._put(edge.open_files())
        # 4. The checkpoint.
        return self._sign(database, Sealed(size, edge.root()))

    def _settle(self, database: Database, row: CheckpointRow | None, history: KeyHistory) -> Sealed:
        self._refuse_later_checkpoints(0 if row is None else row.size)
        if row is None:
            return Sealed(0, EMPTY_ROOT)
        if not history.signed(row.note.encode(), row.size):
            raise SignerChanged(f"checkpoint {row.size} was not signed with the key of its time")
        if row.written:
            self._compare_checkpoint(row)
        else:
            self._publish(database, row)
        return Sealed(row.size, bytes.fromhex(row.root))

    def _refuse_later_checkpoints(self, size: int) -> None:
        # Listing costs time; it is needed only when somebody else may have signed since.
        if size == self._signed:
            return
        prefix = f"{self._folder}/{checkpoint_path(0)}"[:-1]
        for key in self._store.keys(prefix):
            name = key.removeprefix(prefix)
            if not name.isdecimal() or int(name) > size:
                raise LogForked(f"the store has {key}, the database knows nothing above {size}")
        self._signed = size

    def _compare_checkpoint(self, row: CheckpointRow) -> None:
        key = f"{self._folder}/{checkpoint_path(row.size)}"
        try:
            note = self._store.read(key)
        except ObjectMissing as problem:
            raise LogForked(f"the store lacks {key}, which the database has signed") from problem
        if note != row.note.encode():
            raise LogForked(f"{key} is not the checkpoint the database has signed")

    def _edge(self, database: Database, last: Sealed) -> Edge:
        def read(path: str) -> bytes:
            return self._store.read(f"{self._folder}/{path}")

        try:
            edge = Edge.load(last.size, read)
        except (ObjectMissing, ValueError) as problem:
            raise LogDamaged(str(problem)) from problem
        if edge.root() != last.root:
            raise LogForked(f"the stored tiles do not give the signed root of size {last.size}")
        with database.reading() as connection:
            start = last.size - last.size % WIDTH
            recorded = repository.entries_between(connection, start, last.size)
        if recorded != edge.entries():
            raise LogForked(f"the database's events from {start} on are not those in the log")
        self._refuse_foreign_entries(database, last.size)
        return edge

    def _refuse_foreign_entries(self, database: Database, size: int) -> None:
        """What lies beyond the last checkpoint was left by a crash of ours, or is not ours."""
        number, width = divmod(size, WIDTH)
        prefix = f"{self._folder}/{bundle_path(number)}"
        for key in self._store.keys(prefix):
            beyond = key.removeprefix(prefix)
            if beyond and not (beyond[3:].isdecimal() and int(beyond[3:]) > width):
                continue
            with database.reading() as connection:
                start = number * WIDTH
                recorded = repository.entries_between(connection, start, start + WIDTH)
            try:
                found = unpack_bundle(self._store.read(key))
            except ValueError as problem:
                raise LogDamaged(f"{key}: {problem}") from problem
            if found != recorded[: len(found)]:
                raise LogForked(f"{key} was written from other events: another database seals here")

    def _put(self, files: Sequence[File]) -> None:
        try:
            self._store.put_many([Put(f"{self._folder}/{path}", data) for path, data in files])
        except KeyTaken as problem:
            raise LogForked(f"{problem.key} was written from other events") from problem

    def _sign(self, database: Database, sealed: Sealed) -> Sealed:
        checkpoint = Checkpoint(self._signer.name, sealed.size, sealed.root)
        note = self._signer.sign(checkpoint).decode()
        row = CheckpointRow(sealed.size, sealed.root.hex(), note, written=False)
        with database.transaction() as connection:
            repository.add_checkpoint(connection, row)
        self._publish(database, row)
        self._signed = sealed.size
        return sealed

    def _publish(self, database: Database, row: CheckpointRow) -> None:
        self._put([(checkpoint_path(row.size), row.note.encode())])
        with database.transaction() as connection:
            repository.mark_checkpoint_written(connection, row.size)
