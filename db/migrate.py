"""Brings a database up to the current schema (Alembic); a current one costs one small query.

Migrations go forward only and are never edited after a release.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError as EngineError
from sqlalchemy.exc import ProgrammingError

from db.engine import Database, DatabaseError, DatabaseUnavailable, translated

HEAD = "0006"


class SchemaTooNew(DatabaseError):
    """The database was written by a later release of MEG."""

    code = "DB-02"
    hint = "Install that release of MEG again; going back is not possible."


def migrate(database: Database, folder: Path) -> None:
    """Make or upgrade the tables; `folder` holds the lock that lets one process do it.

    Raises:
        DatabaseUnavailable, DatabaseDamaged: the database cannot be opened.
        SchemaTooNew: it is of a later release.
    """
    if _revision(database) == HEAD:
        return
    with _alone(folder):
        found = _revision(database)
        if found is not None and found > HEAD:
            raise SchemaTooNew(f"the schema is {found}, this release knows {HEAD}")
        if found != HEAD:
            _upgrade(database)


def _revision(database: Database) -> str | None:
    try:
        with database.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return None if found is None else str(found)
    except ProgrammingError as problem:
        raise DatabaseUnavailable(str(problem.orig).splitlines()[0]) from problem
    except EngineError as problem:
        raise translated(problem) from problem


def _upgrade(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    # One transaction over all of it: a crash half-way leaves the schema as it was.
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder / "migrate.lock", os.O_RDWR | os.O_CREAT, 0o660)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
