"""Status messages: tied to the invoice they speak about, and told in its history.

A message may come before its invoice: it waits under the invoice's number, and the invoice takes it
up when it is judged. The number alone ties; where both name the seller, the seller must agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from domain.identifiers import compact
from domain.invoice import Invoice
from domain.message import DocumentStatus, StatusMessage, message_record
from ingest import repository
from ingest.received import Booked
from ingest.received_tables import TOLD
from matching.service import number_key

_ACT: Final = "status"
_SIREN_LENGTH: Final = 9
_MOST: Final = 50
STATUS_TOLD: Final = "status_told"
_WAITING: Final = select(TOLD).where(
    TOLD.c.number_key == bindparam("key"), TOLD.c.invoice_id.is_(None)
)
"""Built once: it is asked for every invoice."""


def take_statuses(connection: Connection, document_id: str, message: StatusMessage) -> Booked:
    """Keep every status that a message gives, tied to our invoice where we have it."""
    connection.execute(delete(TOLD).where(TOLD.c.document_id == document_id))
    for position, status in enumerate(message.statuses):
        if not status.number:
            continue
        connection.execute(
            insert(TOLD).values(
                document_id=document_id,
                position=position,
                number_key=number_key(status.number)[:255],
                status=message_record(status),
                invoice_id=_invoice_of(connection, status),
            )
        )
    return Booked(_ACT, "kept", message.number)


def told_to(connection: Connection, document_id: str) -> list[Mapping[str, Any]]:
    """The statuses of one message, each with the invoice of ours it is tied to."""
    rows = connection.execute(
        select(TOLD).where(TOLD.c.document_id == document_id).order_by(TOLD.c.position)
    )
    return [dict(row) for row in rows.mappings()]


def told_of(connection: Connection, invoice_id: str) -> list[dict[str, Any]]:
    """What messages said of one invoice, in their order of arrival."""
    rows = connection.execute(
        select(TOLD)
        .where(TOLD.c.invoice_id == invoice_id)
        .order_by(TOLD.c.document_id, TOLD.c.position)
    )
    return [{"document_id": row.document_id, **row.status} for row in rows]


def tie_waiting(connection: Connection, invoice_id: str, invoice: Invoice) -> list[dict[str, Any]]:
    """Tie to an invoice the statuses that came before it; what they say."""
    if not invoice.number:
        return []
    waiting = connection.execute(_WAITING, {"key": number_key(invoice.number)[:255]}).all()
    if not waiting:
        return []
    seller = invoice.seller
    stated = {seller.legal_id, seller.vat_id, *seller.identifiers, seller.electronic_address}
    tied = []
    for row in waiting:
        if not _agree(row.status["issuer_id"], stated):
            continue
        key = (TOLD.c.document_id == row.document_id, TOLD.c.position == row.position)
        connection.execute(update(TOLD).where(*key).values(invoice_id=invoice_id))
        tied.append({"document_id": row.document_id, **row.status})
    return tied


def _invoice_of(connection: Connection, status: DocumentStatus) -> str | None:
    """The one invoice of ours with this number, of this seller where one is named."""
    fitting = [
        document_id
        for document_id, seller in _numbered(connection, status.number or "")
        if _agree(status.issuer_id, seller)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _numbered(connection: Connection, number: str) -> Iterator[tuple[str, set[str | None]]]:
    for document_id in repository.with_number(connection, number, _MOST):
        result = repository.results(connection, document_id)
        seller = (((result or {}).get("reading") or {}).get("invoice") or {}).get("seller")
        if seller:
            yield (
                document_id,
                {
                    seller["legal_id"],
                    seller["vat_id"],
                    seller["electronic_address"],
                    *seller["identifiers"],
                },
            )


def _agree(issuer: str | None, stated: set[str | None]) -> bool:
    """Whether the seller named is the one stated, or either side names none."""
    numbers = {compact(text) for text in stated if text}
    if not issuer or not numbers:
        return True
    wanted = compact(issuer)[:_SIREN_LENGTH]
    return any(wanted in number for number in numbers)
