"""One sealer and one stamper at a time, whatever process they run in; the others wait."""

from __future__ import annotations

import fcntl
import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from db.engine import Database

_IN_MEMORY: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def sealing(database: Database) -> Iterator[None]:
    """Hold the right to seal this database's log; waits for whoever has it."""
    with _holding(database, "sealing"):
        yield


@contextmanager
def stamping(database: Database) -> Iterator[None]:
    """Hold the right to have the log's checkpoints timestamped; waits for whoever has it."""
    with _holding(database, "stamping"):
        yield


@contextmanager
def _holding(database: Database, right: str) -> Iterator[None]:
    """Hold a right over this database's log; waits for whoever has it.

    The lock ends with its holder: a file lock beside an SQLite file, an advisory lock of the
    session on PostgreSQL.
    """
    path = database.engine.url.database
    # Any number, as long as nothing else locks it: for one, the ASCII codes of "MEG-SEAL".
    number = int.from_bytes(f"MEG-{right[:4].upper()}".encode(), "big")
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": number})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": number})
    elif path and path != ":memory:":
        handle = os.open(f"{path}.{right}", os.O_CREAT | os.O_RDWR, 0o660)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
    else:
        with _IN_MEMORY[right]:
            yield
