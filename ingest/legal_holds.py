"""Legal holds: their table, and what the events of a document say of them.

The table is for lists. A hold stands as long as the events say so: deleting its row lifts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Column, Connection, String, Table, Text, select

from archive.manifest import Event
from archive.repository import EVENTS
from db.metadata import METADATA, Instant

LEGAL_HOLDS: Final = Table(
    "legal_holds",
    METADATA,
    Column("document_id", String(36), primary_key=True),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Documents that are kept whatever their age, with who says so and why."""

HELD: Final = "held"
RELEASED: Final = "released"


def hold_in(events: Iterable[Event]) -> Event | None:
    """The event that set the hold which still lies on a document, of its events in order."""
    hold = None
    for event in events:
        if event.type in {HELD, RELEASED}:
            hold = event if event.type == HELD else None
    return hold


def why_held(connection: Connection, document_id: str) -> str | None:
    """Why a document may not go, by the table or by the kinds of its events; None if it may."""
    row = select(LEGAL_HOLDS.c.reason).where(LEGAL_HOLDS.c.document_id == document_id)
    if (reason := connection.execute(row).scalar()) is not None:
        return f"a legal hold lies on it: {reason}"
    happened = select(EVENTS.c.type).where(
        EVENTS.c.document_id == document_id, EVENTS.c.type.in_([HELD, RELEASED])
    )
    last = connection.execute(happened.order_by(EVENTS.c.position.desc()).limit(1)).scalar()
    return "by its events a legal hold lies on it" if last == HELD else None


def hold_problems(
    connection: Connection, document_id: str, events: Iterable[Event]
) -> Iterator[str]:
    """What the table says of a hold otherwise than the events, a sentence each."""
    query = select(LEGAL_HOLDS).where(LEGAL_HOLDS.c.document_id == document_id)
    row = connection.execute(query).mappings().first()
    hold = hold_in(events)
    if hold is None or row is None:
        if row is not None:
            yield "the database says that it is held, the ledger that it is not"
        elif hold is not None:
            yield f"by the ledger {hold.actor} holds it, the database knows of no hold"
        return
    told = {"set_at": hold.at, "set_by": hold.actor, "reason": hold.payload["reason"]}
    for name, value in told.items():
        if row[name] != value:
            yield f"the hold's {name} is {row[name]} in the database, {value} in the ledger"
