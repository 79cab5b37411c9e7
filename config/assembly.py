"""Builds the application from the settings: the only place that chooses engines."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from archive.keys import load_or_create_signer
from archive.service import Archive
from archive.stores.filesystem import FilesystemStore
from archive.verification import Verification
from config.application import Application
from config.folder import prepare_folder
from config.settings import Settings
from db.engine import Database
from db.migrate import migrate
from ingest import repository
from ingest.isolation import ReaderLimits, ReaderPool
from ingest.pipeline import Pipeline, PipelineOptions
from ingest.resolution import Resolutions
from matching.tolerances import Policy
from search.backends.tantivy_index import TantivyIndex
from search.service import SearchService

_MEGABYTE = 1 << 20


def now() -> datetime:
    """The clock of the program."""
    return datetime.now(UTC)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database alone, brought up to the current schema."""
    prepare_folder(settings.data)
    database = Database(settings.database_url)
    try:
        migrate(database, settings.data)
        yield database
    finally:
        database.close()


@contextmanager
def open_application(settings: Settings) -> Iterator[Application]:
    """The whole application; readers, index and database are given back at exit.

    Raises:
        DataFolderUnusable, DatabaseUnavailable: it cannot be opened here.
    """
    with open_database(settings) as database:
        store = FilesystemStore(settings.data / "objects")
        origin = f"meg.local/{settings.tenant}"
        signer = load_or_create_signer(settings.data / "keys" / "log.key", origin)
        archive = Archive(store, signer, settings.tenant)
        search = SearchService(TantivyIndex(settings.data / "index"))
        with database.reading() as connection:
            indexed = repository.count_indexed(connection)
        search.prepare(indexed)
        with ReaderPool(_limits(settings)) as readers:
            pipeline = Pipeline(
                database, archive, readers, search, Policy(), _options(settings), now
            )
            verification = Verification(
                database, store, signer.verifier.verifier_key, settings.tenant, _digests
            )
            yield Application(
                settings,
                database,
                archive,
                pipeline,
                search,
                Resolutions(database, archive, now),
                verification.records,
            )


def _options(settings: Settings) -> PipelineOptions:
    return PipelineOptions(
        timezone=ZoneInfo(settings.timezone),
        readable_bytes=settings.limits.file_megabytes * _MEGABYTE,
    )


def _limits(settings: Settings) -> ReaderLimits:
    limits = settings.limits
    return ReaderLimits(
        processes=limits.readers or os.cpu_count() or 1,
        memory_bytes=limits.reader_memory_megabytes * _MEGABYTE,
        seconds=limits.reader_seconds,
    )


def _digests(connection: Connection, document_ids: Sequence[str]) -> dict[str, str]:
    return repository.digests(connection, document_ids)
