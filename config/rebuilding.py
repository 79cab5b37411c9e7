"""Puts together what rebuilds database and index from the archive, from the settings."""

from __future__ import annotations

from collections.abc import Callable

from archive.access_batches import restore as restore_accesses
from archive.key_history import KeyHistory, stored_statements
from archive.keys import load_verifier
from archive.rebuild import Rebuilding
from archive.scrub import add as add_scrub
from archive.scrub import kept_reports
from config.assembly import key_path, now
from config.database import open_database
from config.folder import prepare_folder, tended
from config.object_store import open_store
from config.searching import rebuild_search
from config.settings import Settings
from ingest.rebuild import Rebuilt, rebuild, refuse_or_empty


def rebuild_all(settings: Settings, tick: Callable[[str, int], None], *, replace: bool) -> Rebuilt:
    """Derive the database from the archive, then the index; nobody else tends the folder meanwhile.

    Raises:
        AlreadyRunning: MEG runs on this data folder.
        DatabaseNotEmpty: and nobody said that it may be thrown away.
        ArchiveError: the archive is not whole.
    """
    prepare_folder(settings.data)
    # The public half says whose signatures count: without it anybody's archive would do.
    own = load_verifier(key_path(settings))
    with (
        tended(settings.data),
        open_database(settings) as database,
        open_store(settings) as store,
    ):
        refuse_or_empty(database, replace=replace)
        history = KeyHistory.read(stored_statements(store, settings.tenant), own)
        rebuilding = Rebuilding(store, history, settings.tenant)
        rebuilt = rebuild(database, rebuilding, now(), tick)
        with database.transaction() as connection:
            for report in kept_reports(store, history.verifiers, settings.tenant):
                add_scrub(connection, report)
        restore_accesses(database, store, settings.tenant)
    rebuild_search(settings, lambda count: tick("indexed", count))
    return rebuilt
