"""The local journal of accesses: one line each, appended without waiting for anybody.

A line is written at once and synced to disk within a second, many together; so a process that is
killed loses nothing, a power cut at most the last second, a clean stop nothing. What is guarded
(`archive.access.GUARDED`) is synced before it returns, and raises where it cannot be: no record, no
download. Looking at pages goes on without: how many looks went unrecorded is the next line that can
be written.

The same look of the same visitor within a minute is one access. Several processes may write; a lock
held for one write keeps lines whole, and lets `taken` put the file aside without losing any.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.access import GUARDED, Access, Visitor, What, detail_of, parse_access
from archive.errors import AccessNotRecorded
from domain.records import canonical

_LOG: Final = logging.getLogger(__name__)
_JOURNAL: Final = "journal.jsonl"
_TAKEN: Final = "taken.jsonl"
_LOCK: Final = "journal.lock"
_SALT_BYTES: Final = 16
_MOST_REMEMBERED: Final = 10_000
_SAME: Final = timedelta(minutes=1)
_SYNC_SECONDS: Final = 1.0
_OURSELVES: Final = Visitor("meg", "program")

_Key = tuple[Visitor, What, str | None, str]


class AccessJournal:
    """Records accesses in a folder on this machine."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        """Write under this folder, which is made when it is first needed."""
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[_Key, datetime] = {}
        self._lost = 0
        self._lost_from: datetime | None = None
        self._sync: threading.Timer | None = None

    def note(
        self, visitor: Visitor, what: What, document_id: str | None = None, **detail: object
    ) -> None:
        """Record an access; the same again within a minute is the same access.

        Raises:
            AccessNotRecorded: it is guarded, and could not be recorded.
        """
        self.note_each(visitor, what, (document_id,), **detail)

    def note_each(
        self,
        visitor: Visitor,
        what: What,
        document_ids: Sequence[str | None],
        **detail: object,
    ) -> None:
        """The same of several documents at once; see `note`."""
        now, told = self._clock(), detail_of(**detail)
        with self._lock:
            new = [i for i in document_ids if self._is_new((visitor, what, i, repr(told)), now)]
            if not new:
                return
            lines = [_line(now, visitor, what, i, told) for i in new]
            try:
                self._append(lines, now, synced=what in GUARDED)
            except OSError as problem:
                why = f"{problem.filename or self._folder}: {problem.strerror or problem}"
                if what in GUARDED:
                    raise AccessNotRecorded(why) from problem
                self._miss(len(new), now, why)

    def taken(self) -> Path | None:
        """Put what was written so far aside, for the caller to keep and then `forget`.

        The file is the same until it is forgotten. The caller sees to it that only one takes.
        """
        taken = self._folder / _TAKEN
        if taken.exists():
            return taken
        try:
            with self._writing():
                (self._folder / _JOURNAL).rename(taken)
                _sync(self._folder)
        except FileNotFoundError:
            return None
        return taken

    def forget(self) -> None:
        """What was taken is kept elsewhere."""
        (self._folder / _TAKEN).unlink()

    def close(self) -> None:
        """Have everything on disk."""
        with self._lock:
            if self._sync is not None:
                self._sync.cancel()
            if self._lost:
                _LOG.error("%d accesses were never recorded", self._lost)
        self._sync_now()

    def _is_new(self, key: _Key, now: datetime) -> bool:
        if key[1] in GUARDED:
            return True
        before = self._seen.get(key)
        if before is not None and abs(now - before) < _SAME:
            return False
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen = {k: at for k, at in self._seen.items() if abs(now - at) < _SAME}
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen.clear()  # thousands a minute: a few are recorded twice
        self._seen[key] = now
        return True

    def _append(self, lines: list[bytes], now: datetime, *, synced: bool) -> None:
        if self._lost:
            told = detail_of(count=self._lost, since=self._lost_from)
            lines = [_line(now, _OURSELVES, What.UNRECORDED, None, told), *lines]
        with self._writing():
            file = os.open(self._folder / _JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o660)
            try:
                if _write_whole(file, b"".join(lines)) == 0:
                    _sync(self._folder)  # a new file: its name has to last as well
                if synced:
                    os.fsync(file)
            finally:
                os.close(file)
        self._lost, self._lost_from = 0, None
        if not synced and self._sync is None:
            self._sync = threading.Timer(_SYNC_SECONDS, self._sync_now)
            self._sync.daemon = True
            self._sync.start()

    def _miss(self, count: int, now: datetime, why: str) -> None:
        if not self._lost:
            self._lost_from = now
            _LOG.error("accesses are not being recorded: %s", why)
        self._lost += count

    def _sync_now(self) -> None:
        with self._lock:
            if self._sync is None:
                return
            self._sync = None
        for path in (self._folder / _JOURNAL, self._folder / _TAKEN, self._folder):
            try:
                _sync(path)
            except FileNotFoundError:
                continue  # taken meanwhile, or kept elsewhere already
            except OSError as problem:
                _LOG.error("accesses may not be on disk: %s: %s", path, problem.strerror)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            handle = self._open_lock()
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sync(self._folder.parent)
            handle = self._open_lock()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _open_lock(self) -> int:
        return os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o660)


def read_lines(path: Path) -> tuple[list[Access], int]:
    """The accesses of a file that was taken, and how many lines of it are none.

    A power cut may have torn its last lines.
    """
    accesses, torn = [], 0
    for line in path.read_bytes().split(b"\n"):
        if not line:
            continue
        try:
            accesses.append(parse_access(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            torn += 1
    return accesses, torn


def _line(
    at: datetime, visitor: Visitor, what: What, document_id: str | None, detail: dict[str, Any]
) -> bytes:
    salt = secrets.token_hex(_SALT_BYTES)
    return canonical(Access(at, visitor, what, salt, document_id, detail).record()) + b"\n"


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_whole(file: int, data: bytes) -> int:
    """Write all of it or leave the file as it was: half a line would spoil the next.

    Returns:
        how long the file was before.
    """
    size = os.fstat(file).st_size
    try:
        if os.write(file, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301 - undone below
    except OSError:
        os.ftruncate(file, size)
        raise
    return size
