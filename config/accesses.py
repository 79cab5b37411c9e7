"""The record of accesses on the settings: who read, searched, exported what."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Final

from archive import access_table
from archive.access_batches import AccessBatches, BatchOptions
from archive.access_expiry import AccessExpiry
from archive.access_journal import AccessJournal
from archive.access_table import AccessFilter, Waiting
from archive.service import Archive
from archive.store import ObjectStore
from config.access_journal import open_access_journal
from config.settings import Settings
from db.engine import Database
from domain.errors import Error
from domain.records import Record
from ingest.elimination.claiming import claimed

_LOG: Final = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Accesses:
    """Records accesses, tells of them, has them sealed."""

    database: Database
    journal: AccessJournal
    batches: AccessBatches
    expiry: AccessExpiry

    def listed(self, wanted: AccessFilter, limit: int, before: int | None = None) -> list[Record]:
        """Accesses, the newest first; what was recorded just now is among them."""
        self.batches.take_up()
        with self.database.reading() as connection:
            return list(access_table.listed(connection, wanted, limit, before))

    def health(self, since: datetime) -> tuple[Waiting, int]:
        """What waits to be sealed though nothing is due, and what went unrecorded since then."""
        self.batches.seal_if_due()
        with self.database.reading() as connection:
            return access_table.waiting(connection), access_table.unrecorded(connection, since)

    def run(self, stop: threading.Event) -> None:
        """Take up the journal and seal batches as they fall due, until told to stop."""
        broken = False
        looked: date | None = None
        while not stop.wait(_LOOK_SECONDS):
            try:
                self.batches.seal_if_due()
                broken = False
                if looked != (today := datetime.now(UTC).date()):
                    looked = today
                    self.expiry.run()
            except Error as error:
                if not broken:
                    _LOG.error("accesses: %s %s %s", error.code, error.message, error.hint)
                broken = True
            except Exception:  # noqa: BLE001 - a loop's edge: the journal keeps everything
                _LOG.error("accesses: a bug in MEG", exc_info=True)

    def close(self) -> None:
        """Have what is due sealed; the journal keeps the rest."""
        try:
            self.batches.seal_if_due()
        except Error as error:
            # Whoever opens it next takes them up.
            _LOG.error("accesses: %s %s %s", error.code, error.message, error.hint)


@contextmanager
def recorded(
    settings: Settings,
    database: Database,
    archive: Archive,
    store: ObjectStore,
    clock: Callable[[], datetime],
) -> Iterator[Accesses]:
    """The record of accesses on an open database and archive."""
    access = settings.access
    options = BatchOptions(access.batch_records, access.batch_minutes, access.keep_months)
    with open_access_journal(settings) as journal:
        batches = AccessBatches(database, store, journal, settings.tenant, options, clock)
        claim = partial(claimed, database)
        expiry = AccessExpiry(database, archive, store, settings.tenant, clock, claim)
        accesses = Accesses(database, journal, batches, expiry)
        try:
            yield accesses
        finally:
            accesses.close()
