"""Opens the local journal of accesses alone: it answers without the database, and quickly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from archive.access import Visitor, What
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


def note_access(settings: Settings, visitor: Visitor, what: What, **detail: object) -> None:
    """Record one access of a command that opens no application; raises AccessNotRecorded."""
    with open_access_journal(settings) as journal:
        journal.note(visitor, what, None, **detail)
