"""Work to be done, written in the same transaction as the fact that asks for it.

The table is the truth about work; whatever wakes a worker is only a hint. A task is identified by
its name and key: asking twice asks once. A task that fails is tried again later, ever more slowly;
it is never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.metadata import METADATA, Instant, Json

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("task", String(32), nullable=False),
    Column("key", String(64), nullable=False),
    Column("due", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("problem", Text),
    Column("cause", Json(none_as_null=True)),
    Index("uq_outbox_task_key", "task", "key", unique=True),
    Index("ix_outbox_task_due", "task", "due"),
)

_FIRST_RETRY = timedelta(seconds=5)
_SLOWEST_RETRY = timedelta(hours=1)
_MOST_DOUBLINGS = 12


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: what to do, to what, and how often it was tried."""

    id: int
    name: str
    key: str
    attempts: int
    cause: Mapping[str, Any] | None = None


def ask(
    connection: Connection,
    name: str,
    keys: Sequence[str],
    due: datetime,
    cause: Mapping[str, Any] | None = None,
) -> None:
    """Ask for work on these keys, and say why; work already asked for is left as it is."""
    if not keys:
        return
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    rows = [{"task": name, "key": key, "due": due, "attempts": 0, "cause": cause} for key in keys]
    connection.execute(insert(OUTBOX).on_conflict_do_nothing(), rows)


def pending(connection: Connection, name: str, now: datetime, limit: int) -> list[Task]:
    """The oldest tasks of this name that are due."""
    rows = connection.execute(
        select(OUTBOX.c.id, OUTBOX.c.task, OUTBOX.c.key, OUTBOX.c.attempts, OUTBOX.c.cause)
        .where(OUTBOX.c.task == name, OUTBOX.c.due <= now)
        .order_by(OUTBOX.c.id)
        .limit(limit)
    )
    return [Task(*row) for row in rows]


def done(connection: Connection, tasks: Sequence[Task]) -> None:
    """Strike these tasks off."""
    if tasks:
        connection.execute(delete(OUTBOX).where(OUTBOX.c.id.in_([t.id for t in tasks])))


def strike(connection: Connection, name: str, key: str) -> None:
    """Strike one task off by what it was about."""
    connection.execute(delete(OUTBOX).where(OUTBOX.c.task == name, OUTBOX.c.key == key))


def failed(connection: Connection, name: str, key: str, problem: str, now: datetime) -> None:
    """Put a task back for later, each time twice as late, an hour at the most."""
    mine = (OUTBOX.c.task == name, OUTBOX.c.key == key)
    attempts = connection.execute(select(OUTBOX.c.attempts).where(*mine)).scalar() or 0
    wait = min(_FIRST_RETRY * 2 ** min(attempts, _MOST_DOUBLINGS), _SLOWEST_RETRY)
    connection.execute(
        update(OUTBOX).where(*mine).values(attempts=attempts + 1, due=now + wait, problem=problem)
    )
