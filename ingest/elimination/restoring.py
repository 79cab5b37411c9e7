"""The tables of eliminations derived again from their events, for a rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, select, update

from archive.erasure import PURGE_STARTED, read_erasure
from archive.manifest import Event
from archive.repository import EVENTS
from ingest.elimination.belongings import named_by_the_living
from ingest.elimination.case import CERTIFIED, PROPOSAL, VISA
from ingest.elimination.proposing import add_proposal, add_visa
from ingest.elimination.tables import (
    APPROVED,
    ELIMINATION_DOCUMENTS,
    ELIMINATIONS,
    KEPT,
    NO_ELIMINATION,
    PURGED,
    STRUCK,
    condemn,
)
from ingest.repository import DOCUMENTS, GONE

EventsOf = Callable[[Connection, str], Sequence[Event]]


def restore(connection: Connection, events_of: EventsOf) -> None:
    """Fill the tables from the events, documents being there already.

    What kept a document from being destroyed is not told any more unless a certificate says it.
    """
    proposed = select(EVENTS.c.document_id).where(EVENTS.c.type == PROPOSAL)
    for subject_id in connection.execute(proposed.order_by(EVENTS.c.document_id)).scalars().all():
        for event in events_of(connection, subject_id):
            _follow(connection, event)
    _condemn_again(connection, events_of)
    gone = select(DOCUMENTS.c.document_id).where(DOCUMENTS.c.status == GONE[1])
    connection.execute(
        update(ELIMINATION_DOCUMENTS)
        .where(
            ELIMINATION_DOCUMENTS.c.document_id.in_(gone),
            ELIMINATION_DOCUMENTS.c.number.in_(
                select(ELIMINATIONS.c.number).where(ELIMINATIONS.c.state.in_([APPROVED, PURGED]))
            ),
            ELIMINATION_DOCUMENTS.c.state != STRUCK,
        )
        .values(state=PURGED, code=None, reason=None)
    )


def _condemn_again(connection: Connection, events_of: EventsOf) -> None:
    """What was destroyed stays condemned: no replica may bring it back."""
    ended = select(EVENTS.c.document_id).where(EVENTS.c.type == PURGED).distinct()
    for subject_id in connection.execute(ended).scalars().all():
        for event in events_of(connection, subject_id):
            if event.type == PURGE_STARTED:
                digests = {item.sha256 for item in read_erasure(event.payload).objects}
                digests -= named_by_the_living(connection, digests)
                condemn(connection, digests, event.payload.get("elimination", NO_ELIMINATION))


def _follow(connection: Connection, event: Event) -> None:
    payload = event.payload
    if event.type == PROPOSAL:
        add_proposal(connection, dict(payload["bordereau"]), payload["sha256"])
    elif event.type == VISA:
        add_visa(connection, payload["elimination"], payload, event.actor, event.at)
    elif event.type == CERTIFIED:
        number = payload["elimination"]
        _set(connection, number, [d["document_id"] for d in payload["documents"]], PURGED)
        for left in payload["left"]:
            if left["state"] == KEPT:
                _set(connection, number, [left["document_id"]], KEPT, left["code"], left["reason"])
        if not payload["left"]:
            query = update(ELIMINATIONS).where(ELIMINATIONS.c.number == number)
            connection.execute(query.values(state=PURGED))


def _set(
    connection: Connection,
    number: int,
    document_ids: Iterable[str],
    state: str,
    code: str | None = None,
    reason: str | None = None,
) -> None:
    connection.execute(
        update(ELIMINATION_DOCUMENTS)
        .where(
            ELIMINATION_DOCUMENTS.c.number == number,
            ELIMINATION_DOCUMENTS.c.document_id.in_(list(document_ids)),
        )
        .values(state=state, code=code, reason=reason)
    )
