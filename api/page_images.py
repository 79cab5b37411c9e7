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
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock

from api.errors import PageNotDrawn, TooBusy

_RENDERER = Path(__file__).with_name("page_render.py")
_SECONDS = 25
_WAIT_SECONDS = 20
_AT_ONCE = 2
_CACHE_BYTES = 64_000_000
_MOST_SIZES = 1000
_HEADER_WITHIN = 1_000_000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class PageSize:
    """Width and height of a page in PDF points, as it is shown."""

    width: float
    height: float


class PageImages:
    """Draws pages, two at a time at the most, and keeps the last ones drawn."""

    def __init__(self, cache_bytes: int = _CACHE_BYTES, seconds: float = _SECONDS) -> None:
        self._cache_bytes = cache_bytes
        self._seconds = seconds
        self._turns = BoundedSemaphore(_AT_ONCE)
        self._lock = Lock()
        self._sizes: OrderedDict[str, tuple[PageSize, ...]] = OrderedDict()
        self._images: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._held = 0

    def sizes(self, digest: str, data: bytes) -> tuple[PageSize, ...]:
        """The sizes of a document's pages.

        Raises:
            PageNotDrawn: it is no PDF, or cannot be opened within the limits.
        """
        with self._lock:
            known = self._sizes.get(digest)
        # Page 1 is drawn on the way: whoever asks for sizes is about to show it.
        return known if known is not None else self._run(digest, data, 1)

    def image(self, digest: str, data: bytes, page: int) -> bytes:
        """One page as PNG; pages count from 1.

        Raises:
            PageNotDrawn: there is no such page, or it cannot be drawn within the limits.
        """
        if not self._cached(digest, page):
            self._run(digest, data, page)
        image = self._cached(digest, page)
        if not image:
            raise PageNotDrawn(f"Page {page} cannot be drawn.")
        return image

    def _cached(self, digest: str, page: int) -> bytes | None:
        with self._lock:
            image = self._images.get((digest, page))
            if image is not None:
                self._images.move_to_end((digest, page))
            return image

    def _run(self, digest: str, data: bytes, page: int) -> tuple[PageSize, ...]:
        start = data.find(b"%PDF-", 0, _HEADER_WITHIN)
        if start < 0:
            raise PageNotDrawn("This document has no pages: it is no PDF.")
        if not self._turns.acquire(timeout=_WAIT_SECONDS):
            raise TooBusy("Too many pages are being drawn.")
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
        finally:
            self._turns.release()
        return self._keep(digest, page, done.stdout)

    def _keep(self, digest: str, page: int, output: bytes) -> tuple[PageSize, ...]:
        head, _, image = output.partition(b"\n")
        if not head:
            raise PageNotDrawn("This PDF cannot be opened.")
        sizes = tuple(PageSize(width, height) for width, height in json.loads(head)["pages"])
        with self._lock:
            self._sizes[digest] = sizes
            if len(self._sizes) > _MOST_SIZES:
                self._sizes.popitem(last=False)
            if image.startswith(_PNG) and (digest, page) not in self._images:
                self._images[digest, page] = image
                self._held += len(image)
            while self._held > self._cache_bytes:
                self._held -= len(self._images.popitem(last=False)[1])
        return sizes
