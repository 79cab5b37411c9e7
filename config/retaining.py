"""Puts together what says how long documents are kept, and what eliminates them afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from archive.service import Archive
from config.assembly import load_signer, now
from config.database import open_database
from config.eliminating import Eliminations, eligibility, terms
from config.object_store import open_store
from config.searching import open_search, rebuild_search
from config.settings import Settings
from ingest.elimination.case import Place
from ingest.elimination.proposing import Proposing
from ingest.elimination.purging import Purging, Step
from ingest.kept import rows_of
from ingest.retention import Retention


@contextmanager
def open_retention(settings: Settings) -> Iterator[Retention]:
    """Terms and legal holds on the archive of the settings."""
    with _place(settings) as place:
        database, archive, store, tenant = place.database, place.archive, place.store, place.tenant
        zone = ZoneInfo(settings.timezone)
        yield Retention(database, archive, store, tenant, terms(settings), zone, now)


@contextmanager
def open_eliminations(
    settings: Settings, clock: Callable[[], datetime] = now, step: Step = lambda _: None
) -> Iterator[Eliminations]:
    """Proposals, visas and purges on the archive of the settings.

    Args:
        settings: whose archive, which terms.
        clock: the time of day.
        step: told after each step of a purge.
    """
    rule = eligibility(settings)
    with _place(settings) as place:
        proposing = Proposing(place.database, place.archive, place.tenant, rule, clock)
        purging = Purging(place, open_search(settings), rule, clock, step)
        yield Eliminations(
            place, proposing, purging, lambda: rebuild_search(settings), settings.drop_folder
        )


@contextmanager
def _place(settings: Settings) -> Iterator[Place]:
    with open_database(settings) as database, open_store(settings) as store:
        signer = load_signer(settings, database, store)
        archive = Archive(store, signer, settings.tenant, rows_of)
        yield Place(database, archive, store, settings.tenant)
