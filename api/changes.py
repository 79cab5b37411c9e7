"""Tells waiting pages that something changed.

One task looks at the application's change token while anybody waits; it rests when nobody does. A
wait ends after a while even if nothing changed (a long poll): this survives proxies that buffer,
sleeping computers and restarts without anything to repair, which a stream does not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from api.errors import TooBusy
from domain.errors import Error

_LOG = logging.getLogger(__name__)

_LOOK_EVERY = 0.4
_MOST_WAITING = 200


class ChangeWatcher:
    """Lets many requests wait for the next change at the price of one."""

    def __init__(self, token: Callable[[], str], most_waiting: int = _MOST_WAITING) -> None:
        self._token = token
        self._most_waiting = most_waiting
        self._waiting: set[asyncio.Future[str | None]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._closed = False

    async def after(self, since: str | None, seconds: float) -> str:
        """Give the token as soon as it differs from `since`, at the latest after some seconds.

        Raises:
            TooBusy: as many requests wait already as this server bears.
        """
        current = await run_in_threadpool(self._token)
        if current != since or self._closed or seconds <= 0:
            return current
        if len(self._waiting) >= self._most_waiting:
            raise TooBusy(f"{self._most_waiting} requests are waiting for changes already.")
        news: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting.add(news)
        self._watch(current)
        try:
            return await asyncio.wait_for(news, seconds) or current
        except TimeoutError:
            return current
        finally:
            self._waiting.discard(news)

    def close(self) -> None:
        """Send every waiting request home, so that the server can stop."""
        self._closed = True
        self._tell(None)

    def _watch(self, current: str) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._look(current))

    async def _look(self, seen: str) -> None:
        while self._waiting:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                current = await run_in_threadpool(self._token)
            except Error as problem:
                # A database that is away for a moment: those who wait need not know.
                _LOG.warning("changes cannot be watched: %s", problem.code)
                continue
            if current != seen:
                seen = current
                self._tell(current)

    def _tell(self, token: str | None) -> None:
        for news in self._waiting:
            if not news.done():
                news.set_result(token)
