"""Which child examines which file: files of one kind go where their rule sets are compiled.

Compiling an official rule set costs as much as running it on a hundred files, so each kind of file
has a home. Another worker takes files of that kind only when so many wait that compiling once more
pays. The kind is a guess from the bytes and decides nothing but the place.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections import deque
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

WORTH_COMPILING: Final = 24
"""So many files waiting at one worker are worth compiling a rule set a second time."""

_CONFORMANCE: Final = re.compile(rb"ConformanceLevel(?:>|=[\"'])\s*([A-Za-z0-9 _-]{1,40})")
_GUIDELINE: Final = re.compile(rb">\s*(urn:[^<\s]{1,200})\s*<")
_XML_HEAD: Final = 16 << 10


def kind_of(data: bytes) -> bytes | None:
    """What a file says it conforms to; None where it does not say so in clear."""
    if b"%PDF-" in data[:1024]:
        found = _CONFORMANCE.search(data)
    else:
        found = _GUIDELINE.search(data[:_XML_HEAD])
    return None if found is None else found.group(1).strip()


class Board(Generic[Item]):
    """Jobs waiting for workers numbered from 0."""

    def __init__(self, workers: int) -> None:
        self._homes: dict[bytes, int] = {}
        # Each job with its turn, so that the older of two queues' heads goes first.
        self._waiting: list[deque[tuple[int, Item]]] = [deque() for _ in range(workers)]
        self._anywhere: deque[tuple[int, Item]] = deque()
        self._turns = itertools.count()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, item: Item, kind: bytes | None) -> None:
        """Add a job; of an unknown kind, whoever is free first takes it."""
        with self._changed:
            queue = self._anywhere if kind is None else self._waiting[self._home(kind)]
            queue.append((next(self._turns), item))
            self._changed.notify_all()

    def take(self, worker: int) -> Item | None:
        """The next job for this worker; None once the board is closed and nothing is left."""
        with self._changed:
            while True:
                queue = self._queue_for(worker)
                if queue:
                    return queue.popleft()[1]
                if self._closed:
                    return None
                self._changed.wait()

    def close(self) -> None:
        """Take no more; workers finish what waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def drain(self) -> list[Item]:
        """Take everything that waits off the board."""
        with self._changed:
            queues = (self._anywhere, *self._waiting)
            items = [item for queue in queues for _, item in queue]
            for queue in queues:
                queue.clear()
            return items

    def _home(self, kind: bytes) -> int:
        home = self._homes.get(kind)
        if home is None:
            lived_in = list(self._homes.values())
            home = min(range(len(self._waiting)), key=lived_in.count)
            self._homes[kind] = home
        return home

    def _queue_for(self, worker: int) -> deque[tuple[int, Item]] | None:
        mine = [queue for queue in (self._waiting[worker], self._anywhere) if queue]
        if mine:
            return min(mine, key=lambda queue: queue[0][0])
        longest = max(self._waiting, key=len)
        return longest if len(longest) > WORTH_COMPILING else None
