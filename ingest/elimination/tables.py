"""The tables of eliminations: proposals, the documents on them, objects that are condemned.

All can be derived from the events of the eliminations; these alone are believed when something is
destroyed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    delete,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from archive.erasure import ELIMINATION, PURGE_STARTED
from archive.repository import EVENTS
from db.metadata import METADATA, Instant

ELIMINATIONS: Final = Table(
    "eliminations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("regime", String(8), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("visa_at", Instant),
    Column("visa_by", Text),
    Column("visa_reference", Text),
    Column("visa_file", String(64)),
    Column("reason", Text),
)
"""Numbered proposals and what became of them."""

ELIMINATION_DOCUMENTS: Final = Table(
    "elimination_documents",
    METADATA,
    Column("number", Integer, nullable=False),
    Column("document_id", String(36), nullable=False),
    Column("state", String(16), nullable=False),
    Column("code", String(16)),
    Column("reason", Text),
    PrimaryKeyConstraint("number", "document_id"),
    Index(None, "document_id"),
)
"""The documents on each proposal; `reason` says why one was struck off or not destroyed."""

CONDEMNED: Final = Table(
    "condemned",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
)
"""Objects that a purge destroys or has destroyed, unless a new document named them meanwhile.

Whoever receives bytes stores them first and commits then; a purge in between would take them away.
So both meet here: a purge destroys what stands here, in a transaction that holds its rows; whoever
names such bytes strikes them off and stores them once more, in the transaction that names them.
"""

PROPOSED, APPROVED, REFUSED, PURGED = "proposed", "approved", "refused", "purged"
STRUCK, KEPT = "struck", "kept"
OPEN: Final = (PROPOSED, APPROVED)
LOST: Final = {"state": KEPT, "code": "CHANGED", "reason": "the table of eliminations lost it"}
"""What is told of a document on a proposal that has no row there."""
NO_ELIMINATION: Final = 0
"""Condemns a batch of accesses whose time is over."""
_AT_ONCE: Final = 500
_OBJECT: Final = re.compile(r"[^/]+/o/sha256/../../([0-9a-f]{64})")
_OF_DOCUMENT: Final = re.compile(r"[^/]+/(?:m|s/d)/([^/]+)/v([1-9]\d*)(?:\.json)?")


def subject(number: int) -> str:
    """Under which id the events of an elimination stand in the log."""
    return f"{ELIMINATION}{number:06d}"


def number_of(subject_id: str) -> int | None:
    """The elimination whose events stand under this id; None for a document."""
    head, _, number = subject_id.partition(ELIMINATION)
    return int(number) if not head and number.isdecimal() else None


def condemn(connection: Connection, digests: Collection[str], number: int) -> None:
    """From now on whoever names these bytes stores them again."""
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    rows = [{"sha256": digest, "number": number} for digest in sorted(digests)]
    if rows:
        connection.execute(insert(CONDEMNED).on_conflict_do_nothing(), rows)


def condemned(connection: Connection, digests: Collection[str]) -> set[str]:
    """Which of these are still condemned; nobody can name them until the transaction ends."""
    query = select(CONDEMNED.c.sha256).where(CONDEMNED.c.sha256.in_(sorted(digests)))
    return set(connection.execute(query.order_by(CONDEMNED.c.sha256).with_for_update()).scalars())


def spare(connection: Connection, digests: Collection[str]) -> set[str]:
    """Strike off what a living document names; gives what has to be stored once more."""
    struck: set[str] = set()
    wanted = sorted(digests)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        gone = delete(CONDEMNED).where(CONDEMNED.c.sha256.in_(some)).returning(CONDEMNED.c.sha256)
        struck |= set(connection.execute(gone).scalars())
    return struck


def was_purged(connection: Connection, key: str) -> bool:
    """Whether a purge destroyed what lay under this key of the store."""
    if match := _OBJECT.fullmatch(key):
        found = select(CONDEMNED.c.sha256).where(CONDEMNED.c.sha256 == match[1])
    elif match := _OF_DOCUMENT.fullmatch(key):
        found = select(EVENTS.c.position).where(
            EVENTS.c.document_id == match[1],
            EVENTS.c.type == PURGE_STARTED,
            EVENTS.c.version > int(match[2]),
        )
    else:
        return False
    return connection.execute(found).first() is not None
