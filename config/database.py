"""Opens the database alone, for commands that need nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from config.folder import prepare_folder
from config.settings import Settings
from db.engine import Database
from db.migrate import migrate


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
