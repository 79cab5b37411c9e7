"""The statements on what was billed."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    bindparam,
    delete,
    insert,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.prepared import Prepared
from db.row_sets import RowSet
from db.sets import among
from domain.codes import PREPAYMENT_TYPES
from matching.case import BALANCE_KINDS
from matching.ledger_tables import (
    BALANCES,
    BILLED_DOCUMENTS,
    CONSUMPTION,
    CREDITS,
    REPLACEMENTS,
    SOUGHT,
    VERDICT_INPUTS,
)

CORRECTS: Final = "corrects"
"""Of what a document sought: the numbers of invoices that it corrects."""
_MOST_EARLIER: Final = 60
_BALANCE_KEY: Final = ("kind", "id", "part")

_of_document: BindParameter[Any] = bindparam("of_document")
_counting = BILLED_DOCUMENTS.c.counts.is_(True)
# A replaced invoice counts no more, but its number stays taken.
_known = _counting | (BILLED_DOCUMENTS.c.status == "replaced")
_deposit = or_(*(BILLED_DOCUMENTS.c.type_code == code for code in sorted(PREPAYMENT_TYPES)))

INSERT_DOCUMENT = Prepared(insert(BILLED_DOCUMENTS))
INSERT_CONSUMPTION = RowSet(CONSUMPTION)
INSERT_CREDITS = Prepared(insert(CREDITS))
INSERT_SOUGHT = Prepared(insert(SOUGHT))
STATUS = Prepared(
    select(BILLED_DOCUMENTS.c.counts, BILLED_DOCUMENTS.c.status).where(
        BILLED_DOCUMENTS.c.document_id == _of_document
    )
)
SET_STATUS = Prepared(
    update(BILLED_DOCUMENTS)
    .where(BILLED_DOCUMENTS.c.document_id == _of_document)
    .values(status=bindparam("new_status"), counts=bindparam("now_counts"))
)
CONSUMED = Prepared(select(CONSUMPTION).where(CONSUMPTION.c.document_id == _of_document))
CONSUMED_BY = Prepared(select(CONSUMPTION).where(among(CONSUMPTION.c.document_id, "ids")))
FORGET = tuple(
    Prepared(delete(table).where(table.c.document_id == _of_document))
    for table in (CONSUMPTION, CREDITS, SOUGHT, BILLED_DOCUMENTS)
)
# Kind and id first in the key of the table: a look-up for each, whatever is billed on the others.
# Rows of the same ids in other parts come along, few: all lines of an order are asked for.
BALANCES_OF = Prepared(
    select(BALANCES).where(
        or_(*(BALANCES.c.kind == kind for kind in BALANCE_KINDS)),
        among(BALANCES.c.id, "wanted"),
    )
)
_BY_NUMBER = among(BILLED_DOCUMENTS.c.number_key, "numbers")
_BY_TOTAL = BILLED_DOCUMENTS.c.gross_cents.between(
    bindparam("least"), bindparam("most")
) & BILLED_DOCUMENTS.c.issue_date.between(bindparam("first"), bindparam("last"))
_OF_SUPPLIER = select(BILLED_DOCUMENTS.c.document_id).where(
    BILLED_DOCUMENTS.c.supplier_key == bindparam("supplier")
)
_SAME_NUMBER = _OF_SUPPLIER.where(_BY_NUMBER, _known)
SAME_NUMBER = Prepared(_SAME_NUMBER)
# Two look-ups, each on its own index: with OR the database would read all of the supplier's.
LIKE_IT = Prepared(union(_SAME_NUMBER, _OF_SUPPLIER.where(_BY_TOTAL, _counting)))
CORRECTING = Prepared(
    select(SOUGHT.c.document_id)
    .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == SOUGHT.c.document_id)
    .where(
        SOUGHT.c.kind == CORRECTS,
        SOUGHT.c.value == bindparam("number"),
        BILLED_DOCUMENTS.c.supplier_key == bindparam("supplier"),
        _counting,
    )
    .order_by(SOUGHT.c.document_id)
)
ON_ORDERS = Prepared(
    select(CONSUMPTION.c.document_id)
    .where(CONSUMPTION.c.kind == "order", among(CONSUMPTION.c.id, "ids"))
    .order_by(CONSUMPTION.c.document_id.desc())
    .limit(_MOST_EARLIER)
)
DEPOSITS = Prepared(
    select(CONSUMPTION.c.document_id)
    .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == CONSUMPTION.c.document_id)
    .where(CONSUMPTION.c.kind == "order", among(CONSUMPTION.c.id, "ids"), _deposit)
)
ADVANCES = Prepared(
    select(BILLED_DOCUMENTS.c.document_id).where(
        among(BILLED_DOCUMENTS.c.contract_id, "ids"), _deposit, _counting
    )
)
_EARLIER: Final = (
    "document_id number type_code issue_date net gross period_start period_end ibans contract_id "
    "lot commitment_id supplier_key status"
)
DOCUMENTS = Prepared(
    select(*(BILLED_DOCUMENTS.c[name] for name in _EARLIER.split()))
    .where(among(BILLED_DOCUMENTS.c.document_id, "ids"), _known)
    .order_by(BILLED_DOCUMENTS.c.document_id)
)
TAKEN = Prepared(
    select(CONSUMPTION)
    .where(
        among(CONSUMPTION.c.document_id, "ids"),
        or_(CONSUMPTION.c.kind == "line", CONSUMPTION.c.kind == "order"),
    )
    .order_by(CONSUMPTION.c.document_id, CONSUMPTION.c.kind, CONSUMPTION.c.id, CONSUMPTION.c.part)
)
CREDITED = Prepared(
    select(CREDITS.c.credited_id, CREDITS.c.gross)
    .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == CREDITS.c.document_id)
    .where(among(CREDITS.c.credited_id, "ids"), _counting)
)
INSERT_REPLACEMENTS = Prepared(insert(REPLACEMENTS))
REPLACED_BY = Prepared(
    select(REPLACEMENTS.c.replaced_id, REPLACEMENTS.c.status_before)
    .where(REPLACEMENTS.c.document_id == _of_document)
    .order_by(REPLACEMENTS.c.replaced_id)
)
REPLACED_BY_OTHERS = Prepared(
    select(REPLACEMENTS.c.document_id)
    .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == REPLACEMENTS.c.document_id)
    .where(
        REPLACEMENTS.c.replaced_id == bindparam("of_replaced"),
        REPLACEMENTS.c.document_id != _of_document,
        BILLED_DOCUMENTS.c.status != "refused",
    )
)
SET_STATUS_BEFORE = Prepared(
    update(REPLACEMENTS)
    .where(
        REPLACEMENTS.c.document_id == _of_document,
        REPLACEMENTS.c.replaced_id == bindparam("of_replaced"),
    )
    .values(status_before=bindparam("stood_at"))
)
DELETE_REPLACEMENTS = Prepared(
    delete(REPLACEMENTS).where(REPLACEMENTS.c.document_id == _of_document)
)
INPUTS = Prepared(
    select(VERDICT_INPUTS.c.inputs).where(
        VERDICT_INPUTS.c.document_id == _of_document,
        VERDICT_INPUTS.c.inputs_digest == bindparam("digest"),
    )
)


def _over_the_old(statement: Any) -> ClauseElement:
    changed = {name: statement.excluded[name] for name in ("quantity", "net", "gross")}
    made: ClauseElement = statement.on_conflict_do_update(index_elements=_BALANCE_KEY, set_=changed)
    return made


WRITE_BALANCES = RowSet(BALANCES, _over_the_old)
KEEP_INPUTS = {
    "sqlite": Prepared(sqlite_insert(VERDICT_INPUTS).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql_insert(VERDICT_INPUTS).on_conflict_do_nothing()),
}
