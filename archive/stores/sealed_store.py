"""An object store whose objects are encrypted, each under a key of its own.

It lies around any other store. The log stays plain: it holds digests and signatures, and who checks
it needs no key. What was stored before encryption was switched on is read as it is.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from archive.errors import NeverDestroys, SourceChanged
from archive.store import ErasingStore, ObjectStore, Put, Source
from archive.stores.keyring import Keyring
from archive.stores.sealing import MAGIC, Unsealed, is_sealed, plain_size, seal
from domain.identifiers import Digest

if TYPE_CHECKING:
    from archive.stores.minio_store import MinioStore

_PLAIN: Final = re.compile(r"[^/]+/log/")
_DIGEST: Final = re.compile(r"/sha256/../../([0-9a-f]{64})$")
_CHUNK: Final = 1 << 20


class SealedStore:
    """An ObjectStore around another one, its objects encrypted."""

    def __init__(self, inner: ObjectStore, ring: Keyring, *, sealing: bool = True) -> None:
        """Read what is sealed; seal what is stored from now on, if so wanted."""
        self._inner = inner
        self._ring = ring
        self._sealing = sealing

    def put_new(self, key: str, source: Source, digest: Digest | None = None) -> None:
        """Store these bytes under a new key, encrypted; durable on return."""
        self.put_many([Put(key, source, digest)])

    def put_many(self, puts: Sequence[Put]) -> None:
        """Store all of these, encrypted; their keys are durable before any of them."""
        keys = self._keys([put.key for put in puts if not _PLAIN.match(put.key)])
        with ExitStack() as files:
            self._inner.put_many(
                [_sealed(put, keys[put.key], files) if put.key in keys else put for put in puts]
            )

    def read(self, key: str) -> bytes:
        """All plain bytes of an object."""
        with self.stream(key) as file:
            return file.read()

    def stream(self, key: str) -> BinaryIO:
        """An object opened for reading its plain bytes."""
        file = self._inner.stream(key)
        try:
            head = file.read(len(MAGIC))
            if self._is_plain(key, head):
                return BufferedReader(_Prefixed(head, file))
            return BufferedReader(Unsealed(self._ring.key(key), key, file))
        except BaseException:
            file.close()
            raise

    def exists(self, key: str) -> bool:
        """Whether an object is stored under this key."""
        return self._inner.exists(key)

    def size(self, key: str) -> int:
        """The number of plain bytes of an object."""
        size = self._inner.size(key)
        with self._inner.stream(key) as file:
            plain = self._is_plain(key, file.read(len(MAGIC)))
        return size if plain else plain_size(size)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key starting with the prefix."""
        return self._inner.keys(prefix)

    def set_aside(self, key: str, right: Digest) -> None:
        """Make way for the right bytes under a key that is known to hold others."""
        self._inner.set_aside(key, right)

    def destroy(self, key: str) -> None:
        """Destroy an object and its key: copies of it elsewhere cannot be read any more."""
        if not isinstance(self._inner, ErasingStore):
            raise NeverDestroys(type(self._inner).__name__)
        self._inner.destroy(key)
        self._ring.destroy(key, datetime.now(UTC))

    def close(self) -> None:
        """Give the ring back; the store around which this lies is its opener's to close."""
        self._ring.close()

    def _keys(self, names: Sequence[str]) -> dict[str, bytes]:
        """The keys to seal these objects with; what is stored plain already stays so."""
        keys = self._ring.known(names)
        if self._sealing:
            new = [name for name in names if name not in keys and not self._is_stored_plain(name)]
            keys |= self._ring.ensure(new)
        return keys

    def _is_stored_plain(self, key: str) -> bool:
        if not self._inner.exists(key):
            return False
        self.stream(key).close()  # a sealed one whose key is gone says so
        return True

    def _is_plain(self, key: str, head: bytes) -> bool:
        if _PLAIN.match(key) or not is_sealed(head):
            return True
        # What begins like a sealed object may have come from outside, before there was a ring.
        named = _DIGEST.search(key)
        if named is None or self._ring.knows(key):
            return False
        with self._inner.stream(key) as file:
            return _sha256_of(file).hex() == named[1]


class SealedLockingStore(SealedStore):
    """The same around a store that locks and keeps versions."""

    def __init__(self, inner: MinioStore, ring: Keyring, *, sealing: bool = True) -> None:
        """Read what is sealed; seal what is stored from now on, if so wanted."""
        super().__init__(inner, ring, sealing=sealing)
        self._locking = inner

    def locked_until(self, key: str) -> datetime | None:
        """Until when an object is locked."""
        return self._locking.locked_until(key)

    def lock_until(self, key: str, until: datetime) -> None:
        """Lock an object for longer."""
        self._locking.lock_until(key, until)

    def hold(self, key: str) -> None:
        """Set a legal hold."""
        self._locking.hold(key)

    def release(self, key: str) -> None:
        """Lift the legal hold."""
        self._locking.release(key)

    def is_held(self, key: str) -> bool:
        """Whether a legal hold lies on an object."""
        return self._locking.is_held(key)

    def overlays(self, prefix: str) -> Iterator[tuple[str, str, bool]]:
        """What lies over the objects under a prefix."""
        return self._locking.overlays(prefix)


class _Prefixed(RawIOBase):
    """A file of which the beginning was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._rest.close()
        super().close()


def _sealed(put: Put, key: bytes, files: ExitStack) -> Put:
    """The same object encrypted, in a file where its bytes came in one."""
    with ExitStack() as opened:
        plain: BinaryIO = (
            opened.enter_context(_opened(put.source))
            if isinstance(put.source, Path)
            else BytesIO(put.source)
        )
        sha256 = _sha256_of(plain)
        if put.digest is not None and sha256.hex() != put.digest.hex:
            raise SourceChanged(str(put.source) if isinstance(put.source, Path) else put.key)
        plain.seek(0)
        pieces = seal(key, put.key, plain, sha256)
        if not isinstance(put.source, Path):
            return put._replace(source=b"".join(pieces), digest=None)
        file = files.enter_context(tempfile.NamedTemporaryFile(prefix="meg-sealed-"))
        for piece in pieces:
            file.write(piece)
        file.flush()
        return put._replace(source=Path(file.name), digest=None)


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except FileNotFoundError as problem:
        raise SourceChanged(str(source), "is gone") from problem


def _sha256_of(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()
