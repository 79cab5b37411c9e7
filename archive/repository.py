"""The archive's own tables: events with their positions, manifests to be written, checkpoints.

A position is allotted inside the caller's writing transaction, by raising one counter row: the row
stays locked until that transaction ends, so positions have no gap and no two orders, on SQLite and
PostgreSQL alike. One database serves one tenant and its one log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from archive.access import SEALED
from archive.manifest import Event
from db.metadata import METADATA, Instant
from db.sets import among, texts

EVENTS = Table(
    "events",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("document_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("entry", LargeBinary(32), nullable=False),
    Index("ix_events_document_id", "document_id"),
)

MANIFESTS = Table(
    "manifests",
    METADATA,
    Column("document_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("body", LargeBinary),
    Column("written", Boolean, nullable=False),
)
Index(
    "ix_manifests_pending",
    MANIFESTS.c.document_id,
    sqlite_where=MANIFESTS.c.written == false(),
    postgresql_where=MANIFESTS.c.written == false(),
)

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("written", Boolean, nullable=False),
)

LOG_HEAD = Table(
    "log_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False),
)
_HEAD = 1

KEY_ROTATIONS = Table(
    "key_rotations",
    METADATA,
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("statement", Text, nullable=False),
)
"""The rotations of the log's key, each with the size from which on the new key signs."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """What the database says of one event."""

    position: int
    document_id: str
    version: int
    type: str
    at: datetime
    entry: bytes


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What the database says of one manifest; its bytes only until they are written."""

    document_id: str
    version: int
    digest: str
    body: bytes | None
    written: bool


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """One signed checkpoint; `written` once the store has it."""

    size: int
    root: str
    note: str
    written: bool


def append_events(connection: Connection, events: Sequence[tuple[int, Event]]) -> list[int]:
    """Give these events, each with its manifest version, the next positions of the log."""
    return add_events(connection, allot(connection, len(events)), events) if events else []


def add_events(
    connection: Connection, first: int, events: Sequence[tuple[int, Event]]
) -> list[int]:
    """Record events at the positions allotted to them, from `first` on."""
    rows = [
        {
            "position": position,
            "document_id": event.document_id,
            "version": version,
            "type": event.type,
            "at": event.at,
            "entry": event.entry(),
        }
        for position, (version, event) in enumerate(events, first)
    ]
    connection.execute(insert(EVENTS), rows)
    return [first + offset for offset in range(len(rows))]


def allot(connection: Connection, count: int) -> int:
    """Take the next `count` positions of the log; the first of them is returned."""
    raised = connection.execute(
        update(LOG_HEAD)
        .where(LOG_HEAD.c.id == _HEAD)
        .values(next=LOG_HEAD.c.next + count)
        .returning(LOG_HEAD.c.next)
    ).scalar_one_or_none()
    if raised is not None:
        return int(raised) - count
    # The first event of all. Of two transactions here at once the second waits for the first.
    upsert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(upsert(LOG_HEAD).values(id=_HEAD, next=0).on_conflict_do_nothing())
    return allot(connection, count)


def hold_log(connection: Connection) -> None:
    """Keep others from recording events until the end of the caller's writing transaction."""
    allot(connection, 0)


def received_at(connection: Connection, document_ids: Collection[str]) -> dict[str, datetime]:
    """When each of these documents was received; purged ones are left out."""
    rows = connection.execute(
        select(EVENTS.c.document_id, EVENTS.c.type, EVENTS.c.at).where(
            EVENTS.c.document_id.in_(document_ids),
            EVENTS.c.type.in_(["received", "purge_started"]),
        )
    ).all()
    purged = {row.document_id for row in rows if row.type != "received"}
    return {row.document_id: row.at for row in rows if row.document_id not in purged}


def add_manifests(connection: Connection, rows: Sequence[ManifestRow]) -> None:
    """Record manifests, written already or still to be."""
    if rows:
        values = [
            {
                "document_id": row.document_id,
                "version": row.version,
                "digest": row.digest,
                "body": row.body,
                "written": row.written,
            }
            for row in rows
        ]
        connection.execute(insert(MANIFESTS), values)


def last_version(connection: Connection, document_id: str) -> int:
    """The newest manifest version of a document; 0 when it is not known."""
    found = connection.execute(
        select(func.max(MANIFESTS.c.version)).where(MANIFESTS.c.document_id == document_id)
    ).scalar_one()
    return 0 if found is None else int(found)


def last_versions(connection: Connection, document_ids: Collection[str]) -> dict[str, int]:
    """The newest manifest version of each of these documents."""
    rows = connection.execute(
        select(MANIFESTS.c.document_id, func.max(MANIFESTS.c.version))
        .where(MANIFESTS.c.document_id.in_(document_ids))
        .group_by(MANIFESTS.c.document_id)
    )
    return {document_id: int(version) for document_id, version in rows}


def manifests_of(connection: Connection, *document_ids: str) -> list[ManifestRow]:
    """The manifests of these documents, oldest first."""
    rows = connection.execute(
        select(MANIFESTS)
        .where(MANIFESTS.c.document_id.in_(document_ids))
        .order_by(MANIFESTS.c.document_id, MANIFESTS.c.version)
    )
    return [ManifestRow(*row) for row in rows]


def pending_manifests(connection: Connection, limit: int, most_bytes: int) -> list[ManifestRow]:
    """Manifests whose bytes the store does not have yet; at least one, if there is any.

    Their bytes together exceed `most_bytes` by one manifest at the most.
    """
    found: list[ManifestRow] = []
    size = 0
    rows = connection.execute(
        select(MANIFESTS)
        .where(MANIFESTS.c.written == false())
        .limit(limit)
        .execution_options(yield_per=8)
    )
    for row in rows:
        found.append(ManifestRow(*row))
        size += len(found[-1].body or b"")
        if size >= most_bytes:
            break
    rows.close()
    return found


def mark_manifests_written(connection: Connection, rows: Iterable[ManifestRow]) -> None:
    """The store has these: their bytes need not be kept here any longer."""
    for row in rows:
        connection.execute(
            update(MANIFESTS)
            .where(MANIFESTS.c.document_id == row.document_id, MANIFESTS.c.version == row.version)
            .values(written=True, body=None)
        )


def events_of(connection: Connection, *document_ids: str) -> list[EventRow]:
    """The events of these documents in the order of the log."""
    rows = connection.execute(
        _event_columns().where(EVENTS.c.document_id.in_(document_ids)).order_by(EVENTS.c.position)
    )
    return [EventRow(*row) for row in rows]


def positions_of(
    connection: Connection, kind: str, document_ids: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """First and last position of the events of one type, of those of these that have any."""
    rows = connection.execute(
        select(EVENTS.c.document_id, func.min(EVENTS.c.position), func.max(EVENTS.c.position))
        .where(EVENTS.c.type == kind, among(EVENTS.c.document_id, "wanted"))
        .group_by(EVENTS.c.document_id),
        {"wanted": texts(document_ids)},
    )
    return {document_id: (first, last) for document_id, first, last in rows}


def event_at(connection: Connection, position: int) -> EventRow | None:
    """The event at this position of the log."""
    row = connection.execute(_event_columns().where(EVENTS.c.position == position)).one_or_none()
    return None if row is None else EventRow(*row)


def entries_between(connection: Connection, start: int, end: int) -> list[bytes]:
    """The log entries from position `start` up to `end`, without `end`."""
    rows = connection.execute(
        select(EVENTS.c.entry)
        .where(EVENTS.c.position >= start, EVENTS.c.position < end)
        .order_by(EVENTS.c.position)
    )
    return list(rows.scalars())


def entries_with_positions(connection: Connection, start: int, end: int) -> list[tuple[int, bytes]]:
    """The same with their positions, in case one is missing."""
    rows = connection.execute(
        select(EVENTS.c.position, EVENTS.c.entry)
        .where(EVENTS.c.position >= start, EVENTS.c.position < end)
        .order_by(EVENTS.c.position)
    )
    return [(row[0], row[1]) for row in rows]


def log_size(connection: Connection) -> int:
    """How many events are recorded."""
    found = connection.execute(
        select(LOG_HEAD.c.next).where(LOG_HEAD.c.id == _HEAD)
    ).scalar_one_or_none()
    return 0 if found is None else int(found)


def last_change(connection: Connection) -> int:
    """The place of the newest event that is about a document; -1 when there is none."""
    found = connection.execute(
        select(EVENTS.c.position)
        .where(EVENTS.c.type != SEALED)
        .order_by(EVENTS.c.position.desc())
        .limit(1)
    ).scalar_one_or_none()
    return -1 if found is None else int(found)


def last_checkpoint(connection: Connection) -> CheckpointRow | None:
    """The newest signed checkpoint."""
    row = connection.execute(
        select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)
    ).one_or_none()
    return None if row is None else CheckpointRow(*row)


def checkpoints(connection: Connection) -> Iterator[CheckpointRow]:
    """Every checkpoint signed so far, smallest first."""
    for row in connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size)):
        yield CheckpointRow(*row)


def add_checkpoint(connection: Connection, row: CheckpointRow) -> None:
    """Record a checkpoint that was signed."""
    connection.execute(
        insert(CHECKPOINTS).values(size=row.size, root=row.root, note=row.note, written=row.written)
    )


def mark_checkpoint_written(connection: Connection, size: int) -> None:
    """The store has the checkpoint of this size."""
    connection.execute(update(CHECKPOINTS).where(CHECKPOINTS.c.size == size).values(written=True))


def rotations(connection: Connection) -> list[str]:
    """The statements by which each key of the log signed the next one in, oldest first."""
    rows = connection.execute(select(KEY_ROTATIONS.c.statement).order_by(KEY_ROTATIONS.c.start))
    return list(rows.scalars())


def add_rotation(connection: Connection, start: int, statement: str) -> None:
    """Record that another key signs from this size of the log on."""
    connection.execute(insert(KEY_ROTATIONS).values(start=start, statement=statement))


def documents_after(connection: Connection, document_id: str, limit: int) -> list[str]:
    """The next documents with an event or a manifest, in the order of their ids."""
    found: set[str] = set()
    for table in (EVENTS, MANIFESTS):
        rows = connection.execute(
            select(table.c.document_id)
            .distinct()
            .where(table.c.document_id > document_id)
            .order_by(table.c.document_id)
            .limit(limit)
        )
        found.update(row[0] for row in rows)
    return sorted(found)[:limit]


def _event_columns() -> Any:
    return select(
        EVENTS.c.position,
        EVENTS.c.document_id,
        EVENTS.c.version,
        EVENTS.c.type,
        EVENTS.c.at,
        EVENTS.c.entry,
    )
