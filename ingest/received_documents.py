"""What becomes of a document that is no invoice: each kind is used in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from archive.service import Archive, Happening
from domain.invoice import DocumentKind, Reading
from ingest import repository
from ingest.judging import ACTOR
from ingest.outcome import INVOICE_KINDS
from ingest.received import Booked, Reason, for_review, load_booked, remember, take_order
from ingest.received_deliveries import take_despatch, take_receipt
from ingest.received_statuses import STATUS_TOLD, take_statuses, tie_waiting, told_to
from ingest.received_texts import ReasonCode
from ingest.reference.changes import Changes

BOOKED_EVENT: Final = "booked"
CONCERNED: Final = "concerned"
"""In that event: how many open invoices were to be judged again."""
_CONFIRMED_KINDS: Final = frozenset({DocumentKind.ORDER, DocumentKind.RECEIPT_ADVICE})
USED_KINDS: Final = frozenset(
    {
        DocumentKind.ORDER,
        DocumentKind.DESPATCH_ADVICE,
        DocumentKind.RECEIPT_ADVICE,
        DocumentKind.STATUS_MESSAGE,
    }
)


@dataclass(frozen=True, slots=True)
class Used:
    """What is to be recorded once the document's own result is kept."""

    happenings: tuple[tuple[str, Happening], ...] = ()
    codes: tuple[str, ...] = ()
    concerned: int = 0  # open invoices that are to be judged again

    def record(self, connection: Connection, archive: Archive, document_id: str) -> None:
        """Record what happened, to the document and to invoices it speaks of."""
        for about, happening in self.happenings:
            archive.record(connection, about, [happening])
        if self.codes:
            repository.set_codes(connection, document_id, self.codes)


def use(
    connection: Connection, document_id: str, reading: Reading, now: datetime, *, enclosed: bool
) -> Used:
    """Use what a document says beside its verdict, inside the caller's writing transaction.

    An order or a receipt that came enclosed in a message or an archive comes from outside, and
    waits for a person to confirm it.
    """
    if reading.readable and reading.kind in USED_KINDS:
        confirmed = not enclosed or reading.kind not in _CONFIRMED_KINDS
        return use_message(connection, document_id, reading, now, confirmed=confirmed)
    if reading.kind in INVOICE_KINDS and reading.invoice is not None:
        waiting = tie_waiting(connection, document_id, reading.invoice)
        told = (Happening(STATUS_TOLD, now, ACTOR, status) for status in waiting)
        return Used(tuple((document_id, happening) for happening in told))
    return Used()


def waits_for_a_person(connection: Connection, document_id: str) -> bool:
    """Whether an order or a receipt is only used once a person confirms it."""
    booked = load_booked(connection, document_id) or {"reasons": ()}
    return [r["code"] for r in booked["reasons"]] == [ReasonCode.NOT_CONFIRMED]


def use_message(
    connection: Connection, document_id: str, reading: Reading, now: datetime, *, confirmed: bool
) -> Used:
    """Use an order, an advice or a status message; unconfirmed it is up for review."""
    changes = Changes(connection)
    if confirmed:
        booked = take(changes, document_id, reading)
    else:
        booked = for_review(reading.kind.value, None, None, Reason(ReasonCode.NOT_CONFIRMED))
    record = remember(connection, document_id, booked)
    cause = {"kind": "document", "document_id": document_id, "number": booked.number}
    changes.ask_again(cause, now)
    told = {**record, CONCERNED: changes.concerned}
    happenings = [(document_id, Happening(BOOKED_EVENT, now, ACTOR, told))]
    for row in told_to(connection, document_id) if reading.status_message else ():
        if row["invoice_id"] is not None:
            told = {"document_id": document_id, **row["status"]}
            happenings.append((row["invoice_id"], Happening(STATUS_TOLD, now, ACTOR, told)))
    codes = tuple(dict.fromkeys(reason.code.value for reason in booked.reasons))
    return Used(tuple(happenings), codes, changes.concerned)


def take(changes: Changes, document_id: str, reading: Reading) -> Booked:
    """Use a document that is no invoice."""
    connection = changes.connection
    if reading.order is not None:
        return take_order(changes, document_id, reading.order)
    if reading.delivery is not None and reading.kind is DocumentKind.RECEIPT_ADVICE:
        return take_receipt(changes, document_id, reading.delivery)
    if reading.delivery is not None:
        return take_despatch(connection, document_id, reading.delivery)
    if reading.status_message is not None:
        return take_statuses(connection, document_id, reading.status_message)
    return for_review(reading.kind.value, None, None, Reason(ReasonCode.NOT_READ))
