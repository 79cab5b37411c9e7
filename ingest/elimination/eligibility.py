"""Which documents may be eliminated, and why others may not.

A document may go when its term is over, nobody holds it, nothing waits to be decided or done about
it, and the last document of the orders and contracts it was billed on has served its time too: the
file of a contract is kept as a whole (DUA counted from the last piece).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from db.outbox import OUTBOX
from ingest.legal_holds import why_held
from ingest.received_tables import BOOKED
from ingest.repository import DOCUMENTS, GONE, UNSETTLED
from ingest.retention import Terms
from matching.ledger_tables import BILLED_DOCUMENTS, CONSUMPTION

HELD, OPEN, TERM, BUSY, TOGETHER = "HELD", "OPEN", "TERM", "BUSY", "TOGETHER"
FAMILY: Final = "FAMILY"
KEEP_WITH: Final = ("document", "order", "contract")

_WAITING: Final = frozenset({*UNSETTLED, "received", "failed"})
_INDEX: Final = "index"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a document may not be eliminated now."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Decides for one document after the other."""

    terms: Terms
    keep_with: str  # one of KEEP_WITH
    timezone: ZoneInfo

    def keep_until(self, row: Mapping[str, Any]) -> date:
        """The last day on which a document has to be kept, by the journal."""
        received = row["received_at"].astimezone(self.timezone).date()
        return self.terms.keep_until(row["kind"], received)

    def obstacle(
        self, connection: Connection, row: Mapping[str, Any], today: date
    ) -> Obstacle | None:
        """What stands against eliminating a document of the journal today."""
        document_id = row["document_id"]
        if row["status"] in _WAITING:
            return Obstacle(OPEN, f"it is {row['status']}: nobody has settled it")
        if (until := self.keep_until(row)) >= today:
            return Obstacle(TERM, f"it has to be kept until {until}")
        if (why := why_held(connection, document_id)) is not None:
            return Obstacle(HELD, why)
        work = select(OUTBOX.c.task).where(OUTBOX.c.key == document_id, OUTBOX.c.task != _INDEX)
        if (task := connection.execute(work.limit(1)).scalar()) is not None:
            return Obstacle(BUSY, f"work on it is under way: {task}")
        return self._together(connection, document_id, today)

    def _together(self, connection: Connection, document_id: str, today: date) -> Obstacle | None:
        if self.keep_with == "document":
            return None
        named = {("order", o) for o in _orders(connection, [document_id])}
        if self.keep_with == "contract":
            named |= {("contract", c) for c in _contracts(connection, document_id)}
        for kind, name in sorted(named):
            for row in _on(connection, kind, name):
                if row["status"] not in GONE and (until := self.keep_until(row)) >= today:
                    text = f"{kind} {name}: its document {row['document_id']} is kept to {until}"
                    return Obstacle(TOGETHER, text)
        return None


def _orders(connection: Connection, document_ids: Iterable[str]) -> set[str]:
    ids = list(document_ids)
    billed = select(CONSUMPTION.c.id).where(
        CONSUMPTION.c.kind == "order", CONSUMPTION.c.document_id.in_(ids)
    )
    booked = select(BOOKED.c.order_id).where(BOOKED.c.document_id.in_(ids))
    found = {*connection.execute(billed).scalars(), *connection.execute(booked).scalars()}
    return {order for order in found if order is not None}


def _contracts(connection: Connection, document_id: str) -> set[str]:
    taken = select(CONSUMPTION.c.id).where(
        CONSUMPTION.c.kind == "contract", CONSUMPTION.c.document_id == document_id
    )
    billed = select(BILLED_DOCUMENTS.c.contract_id).where(
        BILLED_DOCUMENTS.c.document_id == document_id, BILLED_DOCUMENTS.c.contract_id.is_not(None)
    )
    return {*connection.execute(taken).scalars(), *connection.execute(billed).scalars()}


def _on(connection: Connection, kind: str, name: str) -> Iterable[Mapping[str, Any]]:
    """The documents of an order or a contract."""
    ids = set(
        connection.execute(
            select(CONSUMPTION.c.document_id).where(
                CONSUMPTION.c.kind == kind, CONSUMPTION.c.id == name
            )
        ).scalars()
    )
    table, column = (
        (BOOKED, BOOKED.c.order_id)
        if kind == "order"
        else (BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.contract_id)
    )
    ids |= set(connection.execute(select(table.c.document_id).where(column == name)).scalars())
    listed = sorted(ids)
    for start in range(0, len(listed), _AT_ONCE):
        some = DOCUMENTS.c.document_id.in_(listed[start : start + _AT_ONCE])
        yield from map(dict, connection.execute(select(DOCUMENTS).where(some)).mappings())
