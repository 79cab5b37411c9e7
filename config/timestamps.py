"""Has the log timestamped once a day, and asks again while the authority is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from archive.authority import HttpAuthority
from archive.store import ObjectStore
from archive.timestamp import Stamped, Timestamps, once_a_day
from config.loader import ConfigurationError
from config.settings import Settings
from db.engine import Database
from domain.errors import Error

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 60.0
_LONGEST_SECONDS = 3600.0


class TimestampKeeper:
    """Keeps the timestamps of the log up to date."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        store: ObjectStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = ZoneInfo(settings.timezone)
        self._timestamps = Timestamps(store, f"{settings.tenant}/log")
        self._url = settings.timestamp.url
        self._authority = HttpAuthority(
            self._url, timestamp_roots(settings), settings.timestamp.timeout_seconds
        )

    def stamp_now(self) -> Stamped | None:
        """Have the last checkpoint stamped, unless it was; see `Timestamps.stamp`.

        Raises:
            ConfigurationError: no authority is set.
        """
        if not self._url:
            raise ConfigurationError("timestamp.url is not set: no authority to ask")
        return self._timestamps.stamp(self._database, self._authority, lambda _: True)

    def last(self) -> Stamped | None:
        """The newest timestamp; raises TimestampRefused when it is not in order."""
        return self._timestamps.last(self._authority)

    def run(self, stop: threading.Event, look: float = _LOOK_SECONDS) -> None:
        """Have each day's first new checkpoint stamped until `stop` is set."""
        if not self._url:
            return
        wait, looked_until = look, self._clock() - timedelta(days=2)
        while not stop.is_set():
            now = self._clock()
            if now.astimezone(self._zone).date() > looked_until.astimezone(self._zone).date():
                try:
                    due = once_a_day(now, self._zone)
                    stamped = self._timestamps.stamp(self._database, self._authority, due)
                except Exception as problem:  # noqa: BLE001 - a loop's edge: it is asked again
                    wait = min(wait * 2, _LONGEST_SECONDS)
                    _tell(problem, wait)
                else:
                    wait = look
                    if stamped is not None:
                        looked_until = now
                        _LOG.info("timestamp: log of size %d, %s", stamped.size, stamped.at)
            stop.wait(wait)


def timestamp_roots(settings: Settings) -> bytes:
    """The certificates that timestamps are believed from; raises ConfigurationError."""
    path = settings.timestamp.root
    if path is None:
        return b""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ConfigurationError(f"timestamp.root: {path}: {problem.strerror}") from problem


def _tell(problem: Exception, wait: float) -> None:
    if isinstance(problem, Error):
        _LOG.error("timestamp: %s %s; next try in %.0f s", problem.code, problem.message, wait)
    else:
        _LOG.error("timestamp: a bug in MEG; next try in %.0f s", wait, exc_info=problem)
