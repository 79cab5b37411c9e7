"""SQLite or PostgreSQL by URL; transactions that are durable when they return.

SQLite runs in WAL mode with `synchronous=FULL`: a committed transaction survives a power cut.
A writing transaction takes the write lock at its first statement (`BEGIN IMMEDIATE`), so that
balances read inside it cannot change before it commits.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import DatabaseError as EngineError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool

from domain.errors import Error

_CACHE_KIBIBYTES = 65_536
_BUSY_MILLISECONDS = 60_000
_PAUSE_SECONDS = 0.1


class DatabaseError(Error):
    """The database did not do what was asked."""

    code = "DB-00"


class DatabaseUnavailable(DatabaseError):
    """The database cannot be reached or written."""

    code = "DB-01"
    hint = "Check the database URL, the rights on its folder and the space left on its disk."


class DatabaseDamaged(DatabaseError):
    """The database file is damaged, or no database at all."""

    code = "DB-03"
    hint = (
        "Stop MEG, keep the file aside, restore meg.db from its backup, then run "
        "`meg verify --all`. The archive beside it is untouched."
    )


class DatabaseStillRead(DatabaseUnavailable):
    """Somebody read the database all the while: what was deleted is still in its files."""

    code = "DB-04"
    hint = "Run the same command again when nothing else reads or copies the database."


class Database:
    """Gives out transactions on one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A writing transaction: all of it is durable at exit, or none of it happened.

        Raises:
            DatabaseUnavailable: the database is gone, read-only, full or locked for a minute.
            DatabaseDamaged: its file is damaged.
        """
        try:
            with self.engine.connect() as connection:
                if self.engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
        except EngineError as problem:
            raise translated(problem) from problem

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the data; nothing written through it is kept."""
        try:
            with self.engine.connect() as connection:
                if self.engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN")
                yield connection
                connection.rollback()
        except EngineError as problem:
            raise translated(problem) from problem

    def compact(self) -> None:
        """Write the database anew without what was deleted, which an engine only marks.

        On SQLite nobody else writes meanwhile; on PostgreSQL old row versions become free space.

        Raises:
            DatabaseUnavailable: somebody kept writing, or the disk has no room for a second copy.
            DatabaseStillRead: a reader keeps what was deleted in the files.
        """
        try:
            with self.engine.connect() as connection:
                free = connection.execution_options(isolation_level="AUTOCOMMIT")
                free.exec_driver_sql("VACUUM")
        except EngineError as problem:
            raise translated(problem) from problem
        self.empty_journal()

    def empty_journal(self) -> None:
        """Bring the write-ahead journal of SQLite into its file and leave nothing in it.

        Raises:
            DatabaseStillRead: somebody reads what was there before, for a minute now.
        """
        if self.engine.dialect.name != "sqlite":
            return
        end = time.monotonic() + _BUSY_MILLISECONDS / 1000
        try:
            with self.engine.connect() as connection:
                # SQLite waits for readers, not for another checkpoint, and raises for neither.
                while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                    if time.monotonic() >= end:
                        raise DatabaseStillRead("what was deleted is still in the database file")
                    time.sleep(_PAUSE_SECONDS)
        except EngineError as problem:
            raise translated(problem) from problem

    def take_stock(self, tables: Iterable[Table]) -> None:
        """Let PostgreSQL count these tables after much came in: it plans by what it counted."""
        if self.engine.dialect.name != "postgresql":
            return
        try:
            with self.engine.connect() as connection:
                free = connection.execution_options(isolation_level="AUTOCOMMIT")
                for table in tables:
                    free.exec_driver_sql(f"ANALYZE {table.name}")
        except EngineError as problem:
            raise translated(problem) from problem

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def translated(problem: EngineError) -> Exception:
    """The database's own words as one of our errors; a wrong statement of ours stays what it is."""
    if isinstance(problem, OperationalError):
        return DatabaseUnavailable(_first_line(problem))
    # SQLite raises the bare class for a file that is damaged or no database, and for these alone.
    if type(problem.orig) is sqlite3.DatabaseError:
        return DatabaseDamaged(_first_line(problem))
    return problem


def _first_line(problem: DBAPIError) -> str:
    return str(problem.orig).strip().split("\n", maxsplit=1)[0]


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    memory = url in {"sqlite://", "sqlite:///:memory:"}
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": _BUSY_MILLISECONDS / 1000},
        **({"poolclass": StaticPool} if memory else {}),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions of its own: ours begin explicitly.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # The default of two megabytes holds too little of a large order book.
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")
    cursor.close()
