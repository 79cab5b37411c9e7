"""The table of accesses: what is listed, and what waits to be sealed in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from archive.access import Access, Batch, Visitor, What, printable
from archive.manifest import instant
from db.metadata import METADATA, Instant, Json
from domain.records import Record

ACCESSES: Final = Table(
    "accesses",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("client", Text),
    Column("what", String(16), nullable=False),
    Column("document_id", String(64)),
    Column("detail", Json, nullable=False),
    Column("salt", String(32), nullable=False, unique=True),
    Column("batch", String(64)),
    Column("place", Integer),
    Index("ix_accesses_at", "at"),
    Index("ix_accesses_document_id", "document_id"),
    Index("ix_accesses_batch", "batch"),
)
"""Every access that is kept; `batch` and `place` once it is sealed."""

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """Which accesses are asked for."""

    document_id: str | None = None
    who: str | None = None
    what: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not sealed yet."""

    count: int
    oldest: datetime | None


def add(connection: Connection, accesses: Sequence[Access]) -> None:
    """Write accesses; those that are there already stay as they are."""
    _insert(connection, [_values(access) for access in accesses])


def add_batch(connection: Connection, batch_id: str, batch: Batch) -> None:
    """Write the accesses of a batch that was found in the store."""
    rows = [
        {**_values(access), "batch": batch_id, "place": place}
        for place, access in enumerate(batch.accesses)
    ]
    _insert(connection, rows)


def waiting(connection: Connection) -> Waiting:
    """How many accesses are not sealed, and since when."""
    count, oldest = connection.execute(
        select(func.count(), func.min(ACCESSES.c.at)).where(ACCESSES.c.batch.is_(None))
    ).one()
    return Waiting(count, oldest)


def unrecorded(connection: Connection, since: datetime) -> int:
    """How many accesses could not be recorded, as far as lines since then tell."""
    rows = connection.execute(
        select(ACCESSES.c.detail).where(
            ACCESSES.c.what == What.UNRECORDED.value, ACCESSES.c.at >= since
        )
    )
    return sum(int(detail.get("count", 1)) for detail in rows.scalars())


def unsealed(connection: Connection, limit: int) -> list[Access]:
    """The oldest accesses that are in no batch."""
    rows = connection.execute(
        select(ACCESSES).where(ACCESSES.c.batch.is_(None)).order_by(ACCESSES.c.number).limit(limit)
    )
    return [_access(row) for row in rows]


def mark_sealed(connection: Connection, batch_id: str, accesses: Sequence[Access]) -> None:
    """These accesses are in a batch now."""
    statement = (
        update(ACCESSES)
        .where(ACCESSES.c.salt == bindparam("of"))
        .values(batch=batch_id, place=bindparam("at_place"))
    )
    places = [{"of": access.salt, "at_place": n} for n, access in enumerate(accesses)]
    connection.execute(statement, places)


def rows_of_batch(connection: Connection, batch_id: str) -> dict[int, Access]:
    """What the table says of the accesses of a batch, by place."""
    rows = connection.execute(select(ACCESSES).where(ACCESSES.c.batch == batch_id))
    return {row.place: _access(row) for row in rows}


def batches_of(connection: Connection, document_id: str) -> list[str]:
    """The batches that hold accesses to a document."""
    rows = connection.execute(
        select(ACCESSES.c.batch)
        .distinct()
        .where(ACCESSES.c.document_id == document_id, ACCESSES.c.batch.is_not(None))
    )
    return sorted(rows.scalars())


def batches(connection: Connection) -> list[str]:
    """Every batch that rows speak of."""
    rows = connection.execute(
        select(ACCESSES.c.batch).distinct().where(ACCESSES.c.batch.is_not(None))
    )
    return sorted(rows.scalars())


def forget_batch(connection: Connection, batch_id: str) -> None:
    """Delete the accesses of a batch that has served its time."""
    connection.execute(delete(ACCESSES).where(ACCESSES.c.batch == batch_id))


def listed(
    connection: Connection, wanted: AccessFilter, limit: int, before: int | None = None
) -> Iterator[Record]:
    """Accesses as records, the newest first, older than the one numbered `before`."""
    c = ACCESSES.c
    query = select(ACCESSES).order_by(c.number.desc()).limit(limit)
    for column, value in (
        (c.document_id, wanted.document_id),
        (c.who, wanted.who),
        (c.what, wanted.what),
    ):
        if value is not None:
            # As it was kept: a database would refuse some of what a stranger can ask for.
            query = query.where(column == printable(value))
    if wanted.since is not None:
        query = query.where(c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(c.at < wanted.until)
    if before is not None:
        query = query.where(c.number < before)
    for row in connection.execute(query):
        yield {
            "number": row.number,
            "at": instant(row.at),
            "who": row.who,
            "channel": row.channel,
            "client": row.client,
            "what": row.what,
            "document_id": row.document_id,
            "detail": row.detail,
            "batch": row.batch,
        }


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    upsert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = upsert(ACCESSES).on_conflict_do_nothing(index_elements=["salt"])
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(statement, rows[start : start + _AT_ONCE])


def _values(access: Access) -> dict[str, Any]:
    return {
        "at": access.at,
        "who": access.visitor.who,
        "channel": access.visitor.channel,
        "client": access.visitor.client,
        "what": access.what.value,
        "document_id": access.document_id,
        "detail": dict(access.detail),
        "salt": access.salt,
        "batch": None,
        "place": None,
    }


def _access(row: Any) -> Access:
    return Access(
        row.at,
        Visitor(row.who, row.channel, row.client),
        What(row.what),
        row.salt,
        row.document_id,
        row.detail,
    )
