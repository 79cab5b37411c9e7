"""Images of a document's pages, drawn by a child process and remembered for a while.

PDFs come from strangers: each is opened by `api.page_render` in a process of its own that has
limits on memory and time and imports nothing of MEG. What breaks there is a page that cannot be
shown, never a server that stops.

Images are kept in memory only, by digest and page: an image left on disk would outlive the lawful
elimination of its document.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import TypeVar

from api.errors import PageNotDrawn, TooBusy

_RENDERER = Path(__file__).with_name("page_render.py")
_SECONDS = 12
_WAIT_SECONDS = 5
_AT_ONCE = 2
_CACHE_BYTES = 64_000_000
_MOST_REMEMBERED = 1000
_FAILURE_SECONDS = 600
_HEADER_WITHIN = 1_000_000
_PNG = b"\x89PNG\r\n\x1a\n"

Load = Callable[[], bytes]
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class PageSize:
    """Width and height of a page in PDF points, as it is shown."""

    width: float
    height: float


class PageImages:
    """Draws pages, two at a time at the most, and keeps the last ones drawn.

    `load` gives a document's bytes; it is called only when something must be drawn. A page that
    failed is not tried again for a while: a hostile PDF costs its limits once, not at each visit.
    """

    def __init__(self, cache_bytes: int = _CACHE_BYTES, seconds: float = _SECONDS) -> None:
        self._cache_bytes = cache_bytes
        self._seconds = seconds
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._lock = Lock()
        self._sizes: OrderedDict[str, tuple[PageSize, ...]] = OrderedDict()
        self._failures: OrderedDict[tuple[str, int], tuple[float, str]] = OrderedDict()
        self._images: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._held = 0

    def sizes(self, digest: str, load: Load) -> tuple[PageSize, ...]:
        """The sizes of a document's pages.

        Raises:
            PageNotDrawn: it is no PDF, or cannot be opened within the limits.
        """
        with self._lock:
            known = self._sizes.get(digest)
        # Page 1 is drawn on the way: whoever asks for sizes is about to show it.
        return known if known is not None else self._draw(digest, load, 1)

    def image(self, digest: str, load: Load, page: int) -> bytes:
        """One page as PNG; pages count from 1.

        Raises:
            PageNotDrawn: there is no such page, or it cannot be drawn within the limits.
        """
        image = self._cached(digest, page)
        if image is None:
            self._draw(digest, load, page)
            image = self._cached(digest, page)
        if image is None:
            raise PageNotDrawn(f"Page {page} cannot be drawn.")
        return image

    def _cached(self, digest: str, page: int) -> bytes | None:
        with self._lock:
            image = self._images.get((digest, page))
            if image is not None:
                self._images.move_to_end((digest, page))
            return image

    def _draw(self, digest: str, load: Load, page: int) -> tuple[PageSize, ...]:
        with self._lock:
            until, why = self._failures.get((digest, page), (0.0, ""))
        if until > time.monotonic():
            raise PageNotDrawn(why)
        if not self._turns.acquire(timeout=_WAIT_SECONDS):
            raise TooBusy("Too many pages are being drawn.")
        try:
            return self._keep(digest, page, self._run(load(), page))
        except PageNotDrawn as problem:
            self._remember_failure(digest, page, problem.message)
            raise
        finally:
            self._turns.release()

    def _run(self, data: bytes, page: int) -> bytes:
        start = data.find(b"%PDF-", 0, _HEADER_WITHIN)
        if start < 0:
            raise PageNotDrawn("This document has no pages: it is no PDF.")
        try:
            done = subprocess.run(  # noqa: S603 - our own program, no shell
                [sys.executable, "-I", str(_RENDERER), str(page)],
                input=data[start:],  # mail gateways leave junk before the header
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise PageNotDrawn(f"Page {page} took too long to draw.") from late
        return done.stdout

    def _keep(self, digest: str, page: int, output: bytes) -> tuple[PageSize, ...]:
        head, _, image = output.partition(b"\n")
        if not head:
            raise PageNotDrawn("This PDF cannot be opened.")
        sizes = tuple(PageSize(width, height) for width, height in json.loads(head)["pages"])
        with self._lock:
            _put(self._sizes, digest, sizes)
            if image.startswith(_PNG) and (digest, page) not in self._images:
                self._images[digest, page] = image
                self._held += len(image)
            while self._held > self._cache_bytes:
                self._held -= len(self._images.popitem(last=False)[1])
        return sizes

    def _remember_failure(self, digest: str, page: int, why: str) -> None:
        with self._lock:
            _put(self._failures, (digest, page), (time.monotonic() + _FAILURE_SECONDS, why))


def _put(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    """Remember one more; forget the oldest when there are too many."""
    kept[key] = value
    if len(kept) > _MOST_REMEMBERED:
        kept.popitem(last=False)
