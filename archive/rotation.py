"""Rotation: another key of the log takes over, in steps that a crash may come between.

1. The present key seals all that was recorded: its last checkpoint.
2. The next key is made beside it, as `<name>.next`.
3. The event of the rotation, signed by both keys, is committed to the database: from here on the
   next key is the key. A crash before leaves a key that was never used; the next rotation
   throws it away. A crash after is taken up at the next start of the program (`finish_rotation`).
4. The manifest with the event is written to the store, so that archive and next key are enough.
5. The old public half is kept in the folder `old`; the old private key is kept there too, or
   overwritten.
6. The next key takes the place of the old one, and its public half that of the old.
7. Whoever rotated seals: the first checkpoint of the new key.

The old private key is touched in step 5 alone, when everything that vouches for the new one lies in
the store.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive import repository
from archive.checkpoint import Signer, Verifier
from archive.errors import NoSuchSize, SignerChanged
from archive.key_history import Compromise, KeyHistory, LogKey, statement_in
from archive.keys import create_key, keep_public_half, key_file, load_key
from archive.known_keys import known_history
from archive.lock import sealing
from archive.manifest import KEYS_DOCUMENT, Event, instant, manifest_key, parse_manifest
from archive.repository import ManifestRow
from archive.service import Archive, Rotation
from archive.store import ObjectStore
from archive.stores.durable import fsync_folder
from archive.stores.key_file import write_new
from db.engine import Database
from domain.records import Record

ARCHIVED: Final = "archived"
DESTROYED: Final = "destroyed"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the key of a log lies, and what goes with it."""

    path: Path
    origin: str
    database: Database
    store: ObjectStore

    @property
    def tenant(self) -> str:
        """Whose log."""
        return self.origin.rpartition("/")[2]

    @property
    def next(self) -> Path:
        """Where the next key lies while a rotation is under way."""
        return self.path.with_name(f"{self.path.name}.next")

    def kept(self, key: Verifier) -> Path:
        """Where a key of the past is kept."""
        return self.path.parent / "old" / f"{key.key_id.hex()}.key"


def rotate(place: KeyPlace, archive: Archive, rotation: Rotation) -> None:
    """Have another key sign from now on; see the module for the steps.

    Raises:
        LogForked, LogDamaged, SignerChanged, KeysDiffer, StoreFailed: nothing was changed.
        NoSuchSize: the key is said to be compromised from a size that it did not sign.
    """
    # 1. The last checkpoint.
    archive.seal(place.database)
    with sealing(place.database):
        with place.database.reading() as connection:
            present = archive.key_history(connection).current
            last = repository.last_checkpoint(connection)
        if present.verifier != archive.signer.verifier:
            raise SignerChanged("another rotation came first")
        compromise = _compromise(rotation, present, 0 if last is None else last.size)
        # 2. The next key.
        with key_file(place.next):
            place.next.unlink(missing_ok=True)
            create_key(place.next)
            successor = load_key(place.next, place.origin)
        # 3. The event.
        with place.database.transaction() as connection:
            archive.record_rotation(connection, successor, rotation, compromise)
        _install(place, successor)


def finish_rotation(place: KeyPlace) -> None:
    """Take up a rotation that a crash came into after it was recorded."""
    if not place.next.exists():
        return
    with sealing(place.database):
        if not place.next.exists():
            return
        with key_file(place.next):
            successor = load_key(place.next, place.origin)
        with place.database.reading() as connection:
            statements = repository.rotations(connection)
        if any(successor.verifier.has_signed(s.encode()) for s in statements[-1:]):
            _install(place, successor)


def load_key_records(place: KeyPlace, own: Verifier) -> list[Record]:
    """The keys of the log; `own` is one of them; raises KeysDiffer."""
    with place.database.reading() as connection:
        history = known_history(connection, place.store, place.tenant, own)
        rows = repository.manifests_of(connection, KEYS_DOCUMENT)
    return key_records(history, [_event(place, row) for row in rows])


def key_records(history: KeyHistory, events: Sequence[Event]) -> list[Record]:
    """The keys of the log for people and auditors, oldest first; `events` are the rotations."""
    ends = [*(key.start - 1 for key in history.keys[1:]), None]
    return [
        _record(key, end, began, ended)
        for key, end, began, ended in zip(
            history.keys, ends, [None, *events], [*events, None], strict=True
        )
    ]


def _compromise(rotation: Rotation, present: LogKey, signed: int) -> Compromise | None:
    """From which size on the present key's signatures are worth nothing: the next, if not said."""
    if rotation.compromised is None:
        return None
    since = signed + 1 if rotation.void_from is None else rotation.void_from
    first = max(present.start, 1)
    if not first <= since <= signed + 1:
        raise NoSuchSize(f"{since}: the present key signs from size {first} to {signed}")
    return Compromise(since, rotation.compromised)


def _install(place: KeyPlace, successor: Signer) -> None:
    with place.database.reading() as connection:
        row = repository.manifests_of(connection, KEYS_DOCUMENT)[-1]
        keys = KeyHistory.read(repository.rotations(connection), successor.verifier).keys
    event, old = _event(place, row), keys[-2].verifier
    # 4. The archive knows of the new key.
    if row.body is not None:
        key = manifest_key(place.tenant, KEYS_DOCUMENT, row.version)
        place.store.put_new(key, row.body)
    with key_file(place.path):
        # 5. The old one.
        kept = place.kept(old)
        if place.path.exists():
            if event.payload["old_key"] == ARCHIVED:
                write_new(kept, place.path.read_bytes(), 0o600)
            else:
                _overwrite(place.path)
        keep_public_half(kept, old)
        # 6. The new one.
        place.next.replace(place.path)
        fsync_folder(place.path.parent)
        keep_public_half(place.path, successor.verifier)


def _overwrite(path: Path) -> None:
    """Write over a file where it lies; what a disk keeps of it elsewhere is out of reach."""
    with path.open("r+b") as file:
        file.write(b"\n" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())


def _event(place: KeyPlace, row: ManifestRow) -> Event:
    key = manifest_key(place.tenant, KEYS_DOCUMENT, row.version)
    return parse_manifest(row.body or place.store.read(key)).events[0]


def _record(key: LogKey, end: int | None, began: Event | None, ended: Event | None) -> Record:
    status = "current" if ended is None else "compromised" if key.compromise else "rotated"
    return {
        "key_id": key.verifier.key_id.hex(),
        "verifier_key": key.verifier.verifier_key,
        "fingerprint": key.verifier.fingerprint,
        "status": status,
        "from": key.start,
        "to": end,
        "void_from": key.compromise.size if key.compromise else None,
        "reason": key.compromise.reason if key.compromise else None,
        "since": None if began is None else instant(began.at),
        "until": None if ended is None else instant(ended.at),
        "rotated_by": None if ended is None else ended.actor,
        "private_key": "in use" if ended is None else ended.payload["old_key"],
        "statement": None if began is None else statement_in(began),
    }
