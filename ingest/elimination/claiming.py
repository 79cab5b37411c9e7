"""Bytes that are no document's are destroyed only while no document can come to name them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from db.engine import Database
from ingest.elimination.belongings import named_by_the_living
from ingest.elimination.tables import NO_ELIMINATION, condemn, condemned, spare


@contextmanager
def claimed(database: Database, sha256: str) -> Iterator[bool]:
    """Keep everybody from naming these bytes; false where a living document names them.

    Who receives them meanwhile waits, then finds them condemned and stores them again.
    """
    with database.transaction() as connection:
        condemn(connection, [sha256], NO_ELIMINATION)
    with database.reading() as connection:
        named = named_by_the_living(connection, {sha256})
    if named:
        with database.transaction() as connection:
            spare(connection, named)
    with database.transaction() as connection:
        yield bool(condemned(connection, [sha256]))
