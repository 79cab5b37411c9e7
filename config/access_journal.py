"""Opens the local journal of accesses alone: it answers without the database, and quickly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from archive.access_journal import AccessJournal
from config.settings import Settings


@contextmanager
def open_access_journal(settings: Settings) -> Iterator[AccessJournal]:
    """The journal; everything noted in it is on disk at exit."""
    journal = AccessJournal(settings.data / "accesses", lambda: datetime.now(UTC))
    try:
        yield journal
    finally:
        journal.close()
