"""One sealer at a time, whatever process it runs in; the others wait."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from db.engine import Database

# Any number, as long as nothing else locks it: the ASCII codes of "MEG-SEAL".
_ADVISORY_KEY = int.from_bytes(b"MEG-SEAL", "big")
_IN_MEMORY = threading.Lock()


@contextmanager
def sealing(database: Database) -> Iterator[None]:
    """Hold the right to seal this database's log; waits for whoever has it.

    The lock ends with its holder: a file lock beside an SQLite file, an advisory lock of the
    session on PostgreSQL.
    """
    path = database.engine.url.database
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
    elif path and path != ":memory:":
        handle = os.open(f"{path}.sealing", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
    else:
        with _IN_MEMORY:
            yield
