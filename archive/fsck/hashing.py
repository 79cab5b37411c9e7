"""Objects read and hashed, many of them ahead of their turn by other threads.

Hashing lets other threads run, so that a disk and the processors are all at work while documents
are checked one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import Executor, Future

from archive.errors import ObjectMissing
from archive.fsck.findings import Finding
from archive.fsck.reader import Reader
from domain.errors import Error

_CHUNK = 1 << 20

Found = tuple[str, str, int] | Finding
"""SHA-256, SHA-512 and size of an object; a finding where it cannot be read."""


class Hashing:
    """Hashes the objects behind a reader, which many threads may use at once."""

    def __init__(self, reader: Reader, threads: Executor | None = None) -> None:
        self._reader = reader
        self._threads = threads
        self._ahead: dict[str, Future[Found]] = {}

    def expect(self, keys: Iterable[str]) -> None:
        """Start on objects that will soon be asked for; what was expected before is forgotten."""
        for waiting in self._ahead.values():
            waiting.cancel()
        self._ahead = {}
        if self._threads is not None:
            self._ahead = {
                key: self._threads.submit(self._hash, key) for key in dict.fromkeys(keys)
            }

    def of(self, key: str) -> Found:
        """The hashes of one object."""
        ahead = self._ahead.pop(key, None)
        return self._hash(key) if ahead is None else ahead.result()

    def _hash(self, key: str) -> Found:
        sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
        try:
            with self._reader.stream(key) as file:
                while chunk := file.read(_CHUNK):
                    sha256.update(chunk)
                    sha512.update(chunk)
                    size += len(chunk)
        except ObjectMissing:
            return Finding("OBJECT_MISSING", key, "is not in the store")
        except (Error, OSError) as problem:
            return Finding("UNREADABLE", key, str(problem))
        return sha256.hexdigest(), sha512.hexdigest(), size
