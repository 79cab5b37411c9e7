"""Timestamps over checkpoints, each about the one before as well.

`<log>/tsr/<size>.tsr` is the answer of an RFC 3161 authority about this text, in UTF-8:

    meg-timestamp/1
    checkpoint <SHA-256 of the signed note checkpoint/<size>, in hex>
    previous <size> <SHA-256 of tsr/<size>.tsr, in hex>      or: previous none

The text follows from files in the store, so whoever has them can check the chain without us. A
token that was replaced, or taken out of the middle, no longer fits the one after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from archive import repository
from archive.errors import KeyTaken, TimestampRefused
from archive.lock import stamping
from archive.store import ObjectStore
from db.engine import Database


class Authority(Protocol):
    """A timestamp authority."""

    def stamp(self, message: bytes) -> bytes:
        """Its answer about this message, checked.

        Raises:
            TimestampUnavailable: it did not answer; ask again later.
            TimestampRefused: it answered something else.
        """
        ...

    def time_of(self, answer: bytes, message: bytes) -> datetime:
        """When it says this message existed; raises TimestampRefused."""
        ...


@dataclass(frozen=True, slots=True)
class Stamped:
    """A timestamp: the size of the log it is about, and when it was made."""

    size: int
    at: datetime


class Timestamps:
    """The timestamps of one log."""

    def __init__(self, store: ObjectStore, folder: str) -> None:
        """Work on the log under this key prefix, such as `main/log`."""
        self._store = store
        self._prefix = f"{folder}/tsr/"
        self._folder = folder

    def sizes(self) -> list[int]:
        """The sizes that were stamped, smallest first."""
        names = [k.removeprefix(self._prefix) for k in self._store.keys(self._prefix)]
        return sorted(int(n[:-4]) for n in names if n.endswith(".tsr") and n[:-4].isdecimal())

    def read(self, size: int) -> bytes:
        """The authority's answer about this size."""
        return self._store.read(f"{self._prefix}{size}.tsr")

    def message(self, size: int, previous: int | None) -> bytes:
        """What the timestamp of this size is about."""
        note = self._store.read(f"{self._folder}/checkpoint/{size}")
        before = None if previous is None else (previous, self.read(previous))
        return timestamp_message(note, before)

    def last(self, authority: Authority) -> Stamped | None:
        """The newest timestamp; raises TimestampRefused when it does not fit."""
        sizes = self.sizes()
        if not sizes:
            return None
        previous = sizes[-2] if len(sizes) > 1 else None
        message = self.message(sizes[-1], previous)
        return Stamped(sizes[-1], authority.time_of(self.read(sizes[-1]), message))

    def stamp(
        self, database: Database, authority: Authority, is_due: Callable[[Stamped], bool]
    ) -> Stamped | None:
        """Have the last checkpoint stamped, unless it was already or the last stamp says not yet.

        One process at a time does so: two tokens never follow the same one.

        Raises:
            TimestampUnavailable, TimestampRefused: nothing was stored.
        """
        with stamping(database):
            with database.reading() as connection:
                head = repository.last_checkpoint(connection)
            last = self.last(authority)
            if head is None or not head.written or (last and last.size >= head.size):
                return None
            if last is not None and not is_due(last):
                return None
            message = self.message(head.size, None if last is None else last.size)
            answer = authority.stamp(message)
            try:
                self._store.put_new(f"{self._prefix}{head.size}.tsr", answer)
            except KeyTaken as problem:
                raise TimestampRefused(f"{problem.key} is another timestamp") from problem
            return Stamped(head.size, authority.time_of(answer, message))


def timestamp_message(note: bytes, previous: tuple[int, bytes] | None) -> bytes:
    """What a timestamp is about: this checkpoint, and the size and answer before it."""
    before = "none"
    if previous is not None:
        before = f"{previous[0]} {hashlib.sha256(previous[1]).hexdigest()}"
    checkpoint = hashlib.sha256(note).hexdigest()
    return f"meg-timestamp/1\ncheckpoint {checkpoint}\nprevious {before}\n".encode()


def once_a_day(now: datetime, zone: tzinfo) -> Callable[[Stamped], bool]:
    """Due when the last timestamp is of an earlier day."""
    today = now.astimezone(zone).date()
    return lambda last: last.at.astimezone(zone).date() < today
