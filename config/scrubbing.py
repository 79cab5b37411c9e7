"""Puts the fixity scrub together, and runs it once a day beside the other work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from archive.scrub import Scrubbing, ScrubOptions, last
from config.assembly import load_signer, now
from config.database import open_database
from config.object_store import open_store
from config.settings import Settings
from db.engine import Database
from domain.errors import Error
from ingest import repository

_LOG = logging.getLogger(__name__)
_EVERY = timedelta(days=1)
_LOOK_SECONDS = 600.0
_AT_ONCE = 1_000


@contextmanager
def open_scrubbing(settings: Settings) -> Iterator[Scrubbing]:
    """The scrub on the archive of the settings."""
    with open_database(settings) as database, open_store(settings) as store:

        def named() -> Iterator[str]:
            return _named(database)

        signer = load_signer(settings, database, store)
        yield Scrubbing(database, store, signer, settings.tenant, named, now)


def scrub_options(settings: Settings, *, everything: bool = False) -> ScrubOptions:
    """How much is scrubbed a day, and how fast, by the settings."""
    count = None if everything else settings.archive.scrub_objects
    return ScrubOptions(count, settings.archive.scrub_megabytes_per_second)


def scrub_daily(settings: Settings, stop: threading.Event) -> None:
    """Scrub a sample whenever the last scrub is a day old, until told to stop."""
    while not stop.is_set():
        try:
            if settings.archive.scrub_objects > 0:
                scrub_if_due(settings, stop)
        except Error as error:
            _LOG.error("scrub: %s %s %s", error.code, error.message, error.hint)
        except Exception:  # noqa: BLE001 - a loop's edge: the next look tries again
            _LOG.exception("scrub")
        stop.wait(_LOOK_SECONDS)


def scrub_if_due(settings: Settings, stop: threading.Event) -> None:
    """Scrub a sample if the last scrub is a day old."""
    with open_database(settings) as database, database.reading() as connection:
        before = last(connection)
    if before is not None and now() - before.started_at < _EVERY:
        return
    with open_scrubbing(settings) as scrubbing:
        report = scrubbing.run(scrub_options(settings), stopped=stop.is_set, wait=stop.wait)
    for problem in report.problems:
        _LOG.error("scrub: %s %s: %s", problem["code"], problem["key"], problem["message"])


def _named(database: Database) -> Iterator[str]:
    """The keys of the objects of all documents, page by page."""
    after = -1
    while True:
        with database.reading() as connection:
            page = repository.object_keys(connection, after, _AT_ONCE)
        if not page:
            return
        yield from (key for _, key in page)
        after = page[-1][0]
