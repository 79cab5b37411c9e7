"""The interruption of a payment delay as it is kept: once an invoice, then completed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, insert, select, update

from matching.lateness import Interruption
from matching.ledger_tables import INTERRUPTIONS


def load(connection: Connection, document_id: str) -> Interruption | None:
    """The interruption of an invoice, if there was one."""
    table = INTERRUPTIONS
    query = select(table.c.notified_on, table.c.reason, table.c.completed_on).where(
        table.c.document_id == document_id
    )
    row = connection.execute(query).first()
    return None if row is None else Interruption(*row)


def notify(connection: Connection, document_id: str, day: date, reason: str) -> bool:
    """Interrupt the delay; False where it was interrupted before, which the law allows once."""
    if load(connection, document_id) is not None:
        return False
    values = {"document_id": document_id, "notified_on": day, "reason": reason}
    connection.execute(insert(INTERRUPTIONS), values)
    return True


def complete(connection: Connection, document_id: str, day: date) -> bool:
    """What was missing has come; False where no delay was interrupted."""
    table = INTERRUPTIONS
    changed = connection.execute(
        update(table)
        .where(table.c.document_id == document_id, table.c.completed_on.is_(None))
        .values(completed_on=day)
    )
    return bool(changed.rowcount)
