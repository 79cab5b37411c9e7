"""Puts together what says how long documents are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from archive.service import Archive
from config.assembly import load_signer, now
from config.database import open_database
from config.object_store import open_store
from config.settings import Settings
from ingest.kept import rows_of
from ingest.retention import Retention, Terms


@contextmanager
def open_retention(settings: Settings) -> Iterator[Retention]:
    """Terms and legal holds on the archive of the settings."""
    terms = Terms(settings.retention.voucher_years, settings.retention.other_years)
    with open_database(settings) as database, open_store(settings) as store:
        signer = load_signer(settings, database, store)
        archive = Archive(store, signer, settings.tenant, rows_of)
        zone = ZoneInfo(settings.timezone)
        yield Retention(database, archive, store, settings.tenant, terms, zone, now)
