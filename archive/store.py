"""The port to the object store: write-once bytes under keys.

What every adapter promises:

- A key, once taken, keeps its bytes; there is no overwrite. Only a repair can put wrong bytes
  aside, and only an elimination destroys (`ErasingStore`).
- When a put returns, the bytes and their name survive a power cut.
- A reader sees a whole object or none, also after a crash in the middle of a put.
- Vendor errors never leave an adapter: they become `archive.errors`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, runtime_checkable

from domain.identifiers import Digest

Source = bytes | Path


class Put(NamedTuple):
    """One object to be stored: its key, its bytes or the file that holds them.

    With a digest, a file that changed since it was hashed is refused instead of stored. Nothing of
    a later wave is visible before all that is of earlier ones. A store that can lock keeps it
    locked until the time given, or as long as its settings say, counted from `since` (now if none):
    what is told later of a document is locked no longer than the document.
    """

    key: str
    source: Source
    digest: Digest | None = None
    wave: int = 0
    retain_until: datetime | None = None
    since: datetime | None = None


class ObjectStore(Protocol):
    """Keeps objects for ever."""

    def put_new(self, key: str, source: Source, digest: Digest | None = None) -> None:
        """Store these bytes under a new key; durable on return.

        The same bytes under the same key again: nothing happens, and they are durable.

        Raises:
            KeyTaken: the key holds other bytes, which stay.
            SourceChanged: the file's bytes do not have the digest given.
            BadKey: the key is refused.
            StoreFull, StoreForbidden, StoreFailed: nothing is visible under the key.
        """

    def put_many(self, puts: Sequence[Put]) -> None:
        """Store all of these; all are durable on return, for much less than one by one.

        They are given in the order of their waves. A key that is taken does not keep the others
        from being stored: KeyTaken is raised at the end. After any other error of `put_new` any of
        them may have been stored, each of them whole.
        """

    def read(self, key: str) -> bytes:
        """All bytes of an object; raises ObjectMissing."""

    def stream(self, key: str) -> BinaryIO:
        """An object opened for reading, to be closed by the caller; raises ObjectMissing."""

    def exists(self, key: str) -> bool:
        """Whether an object is stored under this key."""

    def size(self, key: str) -> int:
        """The number of bytes of an object; raises ObjectMissing."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key starting with the prefix, in no promised order, never all in memory."""

    def set_aside(self, key: str, right: Digest) -> None:
        """Make way for the right bytes under a key that is known to hold others.

        For repairs from a replica alone. Raises StoreForbidden where a lock keeps the wrong bytes.
        """


@runtime_checkable
class LockingStore(Protocol):
    """A store that can keep an object from everybody, its own account included, until a time."""

    def locked_until(self, key: str) -> datetime | None:
        """Until when an object is locked; None when it is not. Raises ObjectMissing."""

    def lock_until(self, key: str, until: datetime) -> None:
        """Lock an object for longer; what is locked until then or later stays as it is."""

    def hold(self, key: str) -> None:
        """Set a legal hold: the object stays, whatever its lock, until `release`."""

    def release(self, key: str) -> None:
        """Lift the legal hold; the lock stays."""

    def is_held(self, key: str) -> bool:
        """Whether a legal hold lies on an object."""


@runtime_checkable
class ErasingStore(Protocol):
    """A store that can destroy what was lawfully eliminated."""

    def destroy(self, key: str) -> None:
        """Destroy every byte kept under a key, older versions and damaged copies included.

        An absent one is fine: destroying is repeated after a crash. Durable on return.

        Raises:
            ObjectLocked: a lock or a legal hold keeps it; nothing was destroyed.
            StoreForbidden, StoreFailed: some of it may be gone; ask again.
        """
