"""What a purge takes out of the database, inside the transaction that records its start.

Left are the ids, digests and times of the document, and what it took from orders, contracts,
commitments, credits and the invoices it credits: the sums of the books must not change because a
voucher is gone. Who sold what, under which number and for whom, does not stand there any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from db.outbox import OUTBOX
from domain.money import ZERO
from ingest.learning.repository import CORRECTION_KEYS, CORRECTION_USES, CORRECTIONS
from ingest.received_tables import ANNOUNCED, BOOKED, TOLD
from ingest.repository import DOCUMENTS, PAST_RESULTS, PERSON_LINKS, RESULTS
from matching.ledger_tables import (
    BILLED_DOCUMENTS,
    INTERRUPTIONS,
    SOUGHT,
    VERDICT_INPUTS,
)

_CONTENT: Final = (
    RESULTS,
    PAST_RESULTS,
    PERSON_LINKS,
    BOOKED,
    ANNOUNCED,
    TOLD,
    INTERRUPTIONS,
    SOUGHT,
    VERDICT_INPUTS,
    CORRECTION_USES,
)


def empty(connection: Connection, row: Mapping[str, Any], status: str) -> None:
    """Delete the content of a document and set its status."""
    document_id = row["document_id"]
    for table in _CONTENT:
        connection.execute(delete(table).where(table.c.document_id == document_id))
    _forget_samples(connection, document_id)
    connection.execute(delete(OUTBOX).where(OUTBOX.c.key == document_id))
    connection.execute(update(TOLD).where(TOLD.c.invoice_id == document_id).values(invoice_id=None))
    connection.execute(
        update(BILLED_DOCUMENTS)
        .where(BILLED_DOCUMENTS.c.document_id == document_id)
        .values(
            supplier_key="",
            number="",
            number_key="",
            issue_date=None,
            type_code=None,
            net=ZERO,
            gross=ZERO,
            gross_cents=0,
            period_start=None,
            period_end=None,
            ibans=[],
        )
    )
    connection.execute(
        update(DOCUMENTS)
        .where(DOCUMENTS.c.document_id == document_id)
        .values(
            status=status,
            file_name=document_id,
            source="",
            number=None,
            supplier=None,
            issue_date=None,
            gross=None,
            currency=None,
            outcome=None,
            codes=[],
        )
    )


def _forget_samples(connection: Connection, document_id: str) -> None:
    """Corrections hold words of the document; lessons that living documents were read with stay.

    A lesson says where a value stands on a layout, not the value.
    """
    mine = select(CORRECTIONS.c.correction_id).where(CORRECTIONS.c.document_id == document_id)
    ids = list(connection.execute(mine).scalars())
    used = select(CORRECTION_USES.c.correction_id).where(CORRECTION_USES.c.correction_id.in_(ids))
    living = set(connection.execute(used).scalars())
    unused = [i for i in ids if i not in living]
    for table in (CORRECTION_KEYS, CORRECTIONS):
        connection.execute(delete(table).where(table.c.correction_id.in_(unused)))
    connection.execute(
        update(CORRECTIONS)
        .where(CORRECTIONS.c.correction_id.in_(living))
        .values(before=None, after=None, supplier=None, reason="")
    )
