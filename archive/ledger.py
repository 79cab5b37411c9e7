"""The sequencer: writes the log's tiles, entry bundles and checkpoints from the event table.

Steps of one extension, each repeatable after a crash anywhere:

1. Take the last checkpoint of the database; write it to the store if a crash kept it from there.
   If the store holds another one, or a later one, or another key signed it: refuse.
2. Rebuild its root from the right edge of the stored tiles, and compare the open bundle with the
   database. If either differs: refuse.
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
from archive.merkle import EMPTY_ROOT
from archive.repository import CheckpointRow
from archive.store import ObjectStore, Put
from archive.tiles import WIDTH, checkpoint_path
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

    def extend(self, database: Database, size: int) -> Sealed:
        """Append the recorded events up to `size` and sign.

        Raises:
            LogForked, LogDamaged, SignerChanged: nothing was signed.
        """
        # 1. Both sides agree on the last checkpoint.
        with database.reading() as connection:
            row = repository.last_checkpoint(connection)
        if row is not None and row.written and row.size == size == self._signed:
            # Nothing is new since this process last looked: a store far away is not asked again.
            return Sealed(row.size, bytes.fromhex(row.root))
        last = self._settle(database, row)
        if size < last.size:
            raise LogForked(f"{last.size} events are signed, the database has {size}")
        if size == last.size:
            return last
        # 2. And on the tree under it.
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

    def _settle(self, database: Database, row: CheckpointRow | None) -> Sealed:
        self._refuse_later_checkpoints(0 if row is None else row.size)
        if row is None:
            return Sealed(0, EMPTY_ROOT)
        if not self._signer.verifier.has_signed(row.note.encode()):
            raise SignerChanged(f"checkpoint {row.size} was not signed with the key at hand")
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
        return edge

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
