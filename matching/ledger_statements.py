"""The statements on what was billed, built once: building them costs more than running them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, delete, insert, select, union, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

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

_MOST_EARLIER: Final = 60
_BALANCE_KEY: Final = ("kind", "id", "part")

_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_of_document: BindParameter[Any] = bindparam("of_document")
_counting = BILLED_DOCUMENTS.c.counts.is_(True)
# A replaced invoice counts no more, but its number stays taken.
_known = _counting | (BILLED_DOCUMENTS.c.status == "replaced")

INSERT_DOCUMENT = insert(BILLED_DOCUMENTS)
INSERT_CONSUMPTION = insert(CONSUMPTION)
INSERT_CREDITS = insert(CREDITS)
INSERT_SOUGHT = insert(SOUGHT)
STATUS = select(BILLED_DOCUMENTS.c.counts, BILLED_DOCUMENTS.c.status).where(
    BILLED_DOCUMENTS.c.document_id == _of_document
)
SET_STATUS = update(BILLED_DOCUMENTS).where(BILLED_DOCUMENTS.c.document_id == _of_document)
CONSUMED = select(CONSUMPTION).where(CONSUMPTION.c.document_id == _of_document)
CONSUMED_BY = select(CONSUMPTION).where(CONSUMPTION.c.document_id.in_(_ids))
FORGET = tuple(
    delete(table).where(table.c.document_id == _of_document)
    for table in (CONSUMPTION, CREDITS, SOUGHT, BILLED_DOCUMENTS)
)
# Kind and id first in the key of the table: a look-up for each, whatever is billed on the others.
# Rows of the same ids in other parts come along, few: all lines of an order are asked for.
BALANCES_OF = select(BALANCES).where(
    BALANCES.c.kind.in_(BALANCE_KINDS), among(BALANCES.c.id, "wanted")
)
_BY_NUMBER = BILLED_DOCUMENTS.c.number_key.in_(bindparam("numbers", expanding=True))
_BY_TOTAL = BILLED_DOCUMENTS.c.gross_cents.between(
    bindparam("least"), bindparam("most")
) & BILLED_DOCUMENTS.c.issue_date.between(bindparam("first"), bindparam("last"))
_OF_SUPPLIER = select(BILLED_DOCUMENTS.c.document_id).where(
    BILLED_DOCUMENTS.c.supplier_key == bindparam("supplier")
)
SAME_NUMBER = _OF_SUPPLIER.where(_BY_NUMBER, _known)
# Two look-ups, each on its own index: with OR the database would read all of the supplier's.
LIKE_IT = union(SAME_NUMBER, _OF_SUPPLIER.where(_BY_TOTAL, _counting))
ON_ORDERS = (
    select(CONSUMPTION.c.document_id)
    .where(CONSUMPTION.c.kind == "order", CONSUMPTION.c.id.in_(_ids))
    .order_by(CONSUMPTION.c.document_id.desc())
    .limit(_MOST_EARLIER)
)
DEPOSITS = (
    select(CONSUMPTION.c.document_id)
    .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == CONSUMPTION.c.document_id)
    .where(
        CONSUMPTION.c.kind == "order",
        CONSUMPTION.c.id.in_(_ids),
        BILLED_DOCUMENTS.c.type_code.in_(sorted(PREPAYMENT_TYPES)),
    )
)
ADVANCES = select(BILLED_DOCUMENTS.c.document_id).where(
    BILLED_DOCUMENTS.c.contract_id.in_(_ids),
    BILLED_DOCUMENTS.c.type_code.in_(sorted(PREPAYMENT_TYPES)),
    _counting,
)
DOCUMENTS = (
    select(BILLED_DOCUMENTS)
    .where(BILLED_DOCUMENTS.c.document_id.in_(_ids), _known)
    .order_by(BILLED_DOCUMENTS.c.document_id)
)
TAKEN = (
    select(CONSUMPTION)
    .where(CONSUMPTION.c.document_id.in_(_ids), CONSUMPTION.c.kind.in_(["line", "order"]))
    .order_by(CONSUMPTION.c.document_id, CONSUMPTION.c.kind, CONSUMPTION.c.id, CONSUMPTION.c.part)
)
CREDITED = (
    select(CREDITS.c.credited_id, CREDITS.c.gross)
    .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == CREDITS.c.document_id)
    .where(CREDITS.c.credited_id.in_(_ids), _counting)
)
INSERT_REPLACEMENTS = insert(REPLACEMENTS)
REPLACED_BY = (
    select(REPLACEMENTS.c.replaced_id, REPLACEMENTS.c.status_before)
    .where(REPLACEMENTS.c.document_id == _of_document)
    .order_by(REPLACEMENTS.c.replaced_id)
)
REPLACED_BY_OTHERS = (
    select(REPLACEMENTS.c.document_id)
    .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == REPLACEMENTS.c.document_id)
    .where(
        REPLACEMENTS.c.replaced_id == bindparam("of_replaced"),
        REPLACEMENTS.c.document_id != _of_document,
        BILLED_DOCUMENTS.c.status != "refused",
    )
)
SET_STATUS_BEFORE = update(REPLACEMENTS).where(
    REPLACEMENTS.c.document_id == _of_document,
    REPLACEMENTS.c.replaced_id == bindparam("of_replaced"),
)
DELETE_REPLACEMENTS = delete(REPLACEMENTS).where(REPLACEMENTS.c.document_id == _of_document)
INPUTS = select(VERDICT_INPUTS.c.inputs).where(
    VERDICT_INPUTS.c.document_id == _of_document,
    VERDICT_INPUTS.c.inputs_digest == bindparam("digest"),
)


def _upsert_balances(make: Any) -> Any:
    statement = make(BALANCES)
    changed = {name: statement.excluded[name] for name in ("quantity", "net", "gross")}
    return statement.on_conflict_do_update(index_elements=_BALANCE_KEY, set_=changed)


WRITE_BALANCES = {
    "sqlite": _upsert_balances(sqlite_insert),
    "postgresql": _upsert_balances(postgresql_insert),
}
KEEP_INPUTS = {
    "sqlite": sqlite_insert(VERDICT_INPUTS).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(VERDICT_INPUTS).on_conflict_do_nothing(),
}
