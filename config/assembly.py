"""Builds the application from the settings: the only place that chooses engines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from archive.checkpoint import Signer
from archive.evidence.contents import Contents
from archive.keys import load_log_signer
from archive.rotation import KeyPlace, finish_rotation
from archive.service import Archive
from archive.store import ObjectStore
from archive.verification import Verification
from config.accesses import recorded
from config.application import Application
from config.database import open_database
from config.eliminating import eligibility, terms
from config.evidence import EvidenceExport
from config.loader import ConfigurationError
from config.object_store import open_store
from config.policy import load_policy, load_rates
from config.settings import Settings
from config.timestamps import TimestampKeeper, timestamp_roots
from db.engine import Database
from domain.errors import Error
from ingest import repository
from ingest.accounts import Accounts
from ingest.corrections import Corrections
from ingest.elimination.proposing import Proposing
from ingest.isolation import ExaminerPool, Limits
from ingest.judging import Judging
from ingest.judging_together import JudgingTogether
from ingest.kept import rows_of
from ingest.payment import PaymentDelays
from ingest.pipeline import Pipeline, PipelineOptions
from ingest.recognition.options import RecognitionOptions
from ingest.recognition.waiting import what_is_missing
from ingest.resolution import Resolutions
from ingest.signatures.options import TrustOptions
from matching.repository import load_inputs
from search.backends.tantivy_index import TantivyIndex
from search.service import SearchService

_LOG = logging.getLogger(__name__)
_MEGABYTE = 1 << 20


def now() -> datetime:
    """The clock of the program."""
    return datetime.now(UTC)


@contextmanager
def open_application(settings: Settings) -> Iterator[Application]:
    """The whole application; readers, index and database are given back at exit.

    Raises:
        DataFolderUnusable, DatabaseUnavailable: it cannot be opened here.
    """
    with open_examiners(settings) as examiners, assemble(settings, examiners) as application:
        yield application


@contextmanager
def assemble(settings: Settings, examiners: ExaminerPool) -> Iterator[Application]:
    """The application around readers that somebody else opened and closes."""
    with ExitStack() as stack:
        database = stack.enter_context(open_database(settings))
        store = stack.enter_context(open_store(settings))
        signer = load_signer(settings, database, store)
        archive = Archive(store, signer, settings.tenant, rows_of)
        search = SearchService(TantivyIndex(settings.data / "index"))
        with database.reading() as connection:
            indexed = repository.count_indexed(connection)
        try:
            search.prepare(indexed)
        except Error as error:
            # Intake and evidence go on without an index; searching says what to do.
            _LOG.error("index: %s: %s. %s", error.code, error.message, error.hint)
        timezone = ZoneInfo(settings.timezone)
        judging = Judging(archive, load_policy(settings), timezone, now)
        pipeline = Pipeline(database, archive, examiners, search, judging, _options(settings), now)
        together = JudgingTogether(database, judging)
        corrections = Corrections(database, archive, examiners, together, now)
        contents = Contents(database, store, archive, settings.tenant, load_inputs)
        evidence = EvidenceExport(database, archive, contents, timezone, now, terms(settings))
        verification = Verification(
            database,
            store,
            signer.verifier.verifier_key,
            settings.tenant,
            repository.digests,
            timestamp_roots(settings),
        )
        accesses = stack.enter_context(recorded(settings, database, archive, store, now))
        yield Application(
            settings,
            database,
            archive,
            pipeline,
            examiners,
            search,
            Resolutions(database, judging),
            Accounts(database, judging),
            PaymentDelays(timezone, now, load_rates(settings)),
            corrections,
            verification.records,
            evidence,
            TimestampKeeper(settings, database, store, now),
            Proposing(database, archive, settings.tenant, eligibility(settings), now),
            accesses,
        )


@contextmanager
def open_archive(settings: Settings) -> Iterator[Archive]:
    """The archive alone, for who only reads in it."""
    with open_database(settings) as database, open_store(settings) as store:
        yield Archive(store, load_signer(settings, database, store), settings.tenant, rows_of)


def load_signer(settings: Settings, database: Database, store: ObjectStore) -> Signer:
    """The key that signs the log; raises SignerChanged, KeyFileUnreadable."""
    place = key_place(settings, database, store)
    finish_rotation(place)
    return load_log_signer(place.path, place.origin, database, store)


def key_place(settings: Settings, database: Database, store: ObjectStore) -> KeyPlace:
    """Where the log's key lies, and the log that it signs."""
    return KeyPlace(key_path(settings), f"meg.local/{settings.tenant}", database, store)


def key_path(settings: Settings) -> Path:
    """The file with the key that signs the log; its public half stands beside it."""
    return settings.data / "keys" / "log.key"


def _options(settings: Settings) -> PipelineOptions:
    return PipelineOptions(
        readable_bytes=settings.limits.file_megabytes * _MEGABYTE,
        confirm_received=settings.drop.confirm_received,
        can_recognise=lambda: what_is_missing(settings.recognition.languages) is None,
    )


def open_examiners(settings: Settings) -> ExaminerPool:
    """Child processes that read documents, within the limits of the settings."""
    limits = settings.limits
    bounds = Limits(
        memory_bytes=limits.reader_memory_megabytes * _MEGABYTE,
        cpu_seconds=limits.reader_seconds,
        # Of two readers on one core each has half of it: the wall clock is more patient.
        wall_seconds=limits.reader_seconds * 2,
    )
    recognition = RecognitionOptions(
        languages=settings.recognition.languages,
        pages=settings.recognition.pages,
        document_seconds=settings.recognition.seconds,
    )
    return ExaminerPool(
        limits.readers or None, bounds, recognition=recognition, trust=trust_options(settings)
    )


def trust_options(settings: Settings) -> TrustOptions:
    """Whose signatures are trusted.

    Raises:
        ConfigurationError: the folder or the list is not there.
    """
    folder, trusted_list = settings.signatures.roots, settings.signatures.trusted_list
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(f"signatures.roots: {folder} is no folder")
    if trusted_list is not None and not trusted_list.is_file():
        raise ConfigurationError(f"signatures.trusted_list: {trusted_list} is no file")
    return TrustOptions(folder, trusted_list)
