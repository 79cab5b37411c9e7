"""Puts together what copies, checks and repairs archives, from the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from archive import repository
from archive.access import Visitor, What
from archive.keys import load_verifier
from archive.replica import Copying, CopyReport, Repair, check_copy
from config.access_journal import open_access_journal
from config.assembly import key_path
from config.database import open_database
from config.object_store import ARCHIVE, open_place
from config.settings import Settings
from domain.records import Record
from ingest.elimination.tables import was_purged


def copy_archive(settings: Settings, source: str, target: str, visitor: Visitor) -> CopyReport:
    """Copy what the archive at one place has and the other lacks; raises AccessNotRecorded."""
    with open_access_journal(settings) as journal:
        journal.note(visitor, What.EXPORTED, source=source, target=target)
    with (
        open_place(settings, source, writing=False) as from_store,
        open_place(settings, target) as to_store,
    ):
        path = key_path(settings)
        key = load_verifier(path).verifier_key if path.exists() else None
        return Copying(from_store, to_store, settings.tenant, key).run()


def check_place(
    settings: Settings,
    place: str,
    key_file: Path | None,
    kept: Mapping[str, bytes] | None = None,
) -> Iterator[Record]:
    """Check the archive at a place by its files alone, and against checkpoints kept elsewhere."""
    verifier = load_verifier(key_file or key_path(settings))
    with open_place(settings, place, writing=False) as store:
        yield from check_copy(store, settings.tenant, verifier.verifier_key, kept)


@contextmanager
def open_repair(settings: Settings, replica: str) -> Iterator[Repair]:
    """What takes objects of the archive back from a place."""
    with ExitStack() as stack:
        store = stack.enter_context(open_place(settings, ARCHIVE))
        other = stack.enter_context(open_place(settings, replica, writing=False))
        database = stack.enter_context(open_database(settings))

        def recorded(document_id: str, version: int) -> str | None:
            with database.reading() as connection:
                for row in repository.manifests_of(connection, document_id):
                    if row.version == version:
                        return row.digest
            return None

        def purged(key: str) -> bool:
            with database.reading() as connection:
                return was_purged(connection, key)

        verifier = load_verifier(key_path(settings))
        yield Repair(store, other, settings.tenant, verifier.verifier_key, recorded, purged)
