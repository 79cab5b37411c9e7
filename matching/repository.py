"""What was billed: documents that were judged, what each took, and the balances they add up to.

Balances are kept as running totals, so that judging costs the same however much was billed before;
`consumption` holds what each document added, so that a refusal or a second judgement takes exactly
that away again. Everything here happens inside the caller's writing transaction.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    String,
    Table,
    and_,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.metadata import METADATA, ExactDecimal, Json
from domain.codes import PREPAYMENT_TYPES
from domain.money import ZERO
from matching.case import Allocated, Balance, EarlierDocument

BILLED_DOCUMENTS: Final = Table(
    "billed_documents",
    METADATA,
    Column("document_id", String(64), primary_key=True),
    Column("supplier_key", String(255), nullable=False),
    Column("number", String(255), nullable=False),
    Column("number_key", String(255), nullable=False),
    Column("issue_date", Date),
    Column("type_code", String(16)),
    Column("net", ExactDecimal, nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    Column("gross_cents", BigInteger, nullable=False),  # for look-ups by amount
    Column("period_start", Date),
    Column("period_end", Date),
    Column("ibans", Json, nullable=False),
    Column("contract_id", String(255)),
    Column("lot", String(255)),
    Column("commitment_id", String(255)),
    Column("status", String(32), nullable=False),
    Column("counts", Boolean, nullable=False),
    Index(None, "supplier_key", "number_key"),
    Index(None, "supplier_key", "gross_cents", "issue_date"),
)
"""Every judged invoice; those that count are billed: no duplicates, nothing refused."""

CONSUMPTION: Final = Table(
    "consumption",
    METADATA,
    Column("document_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("id", String(255), nullable=False),
    Column("part", String(255), nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("net", ExactDecimal, nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    PrimaryKeyConstraint("document_id", "kind", "id", "part"),
    Index(None, "kind", "id", "document_id"),
    sqlite_with_rowid=False,
)
"""What each document adds to the balances."""

BALANCES: Final = Table(
    "balances",
    METADATA,
    Column("kind", String(16), nullable=False),
    Column("id", String(255), nullable=False),
    Column("part", String(255), nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("net", ExactDecimal, nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    PrimaryKeyConstraint("kind", "id", "part"),
    sqlite_with_rowid=False,
)
"""The sums of what counts in `consumption`."""

CREDITS: Final = Table(
    "credits",
    METADATA,
    Column("credited_id", String(64), nullable=False),
    Column("document_id", String(64), nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    PrimaryKeyConstraint("credited_id", "document_id"),
    Index(None, "document_id"),
    sqlite_with_rowid=False,
)
"""Which credit note credits which invoice, with the part of its gross."""

VERDICT_INPUTS: Final = Table(
    "verdict_inputs",
    METADATA,
    Column("document_id", String(64), nullable=False),
    Column("inputs_digest", String(64), nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("judged_on", Date, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    PrimaryKeyConstraint("document_id", "inputs_digest"),
)
"""The compressed case of every verdict, so that it can be replayed."""

DUPLICATE: Final = "duplicate"
REFUSED: Final = "refused"
_MOST_EARLIER: Final = 100
_MOST_KEYS: Final = 300
_CENTS: Final = Decimal(100)

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class BilledDocument:
    """A judged document as it is remembered."""

    document_id: str
    supplier_key: str
    number: str
    number_key: str
    issue_date: date | None
    type_code: str | None
    net: Decimal
    gross: Decimal
    period: tuple[date, date] | None
    ibans: tuple[str, ...]
    contract_id: str | None
    lot: str | None
    commitment_id: str | None
    status: str
    counts: bool


def save(connection: Connection, document: BilledDocument, consumed: Iterable[Balance]) -> None:
    """Remember a document and add what it took to the balances, if it counts."""
    start, end = document.period or (None, None)
    connection.execute(
        insert(BILLED_DOCUMENTS).values(
            document_id=document.document_id,
            supplier_key=document.supplier_key,
            number=document.number,
            number_key=document.number_key,
            issue_date=document.issue_date,
            type_code=document.type_code,
            net=document.net,
            gross=document.gross,
            gross_cents=_cents(document.gross),
            period_start=start,
            period_end=end,
            ibans=list(document.ibans),
            contract_id=document.contract_id,
            lot=document.lot,
            commitment_id=document.commitment_id,
            status=document.status,
            counts=document.counts,
        )
    )
    rows = list(consumed)
    if rows:
        connection.execute(
            insert(CONSUMPTION),
            [{"document_id": document.document_id, **_columns(row)} for row in rows],
        )
    if document.counts:
        _add(connection, rows, 1)


def save_credits(
    connection: Connection, document_id: str, gross_by_invoice: Iterable[tuple[str, Decimal]]
) -> None:
    """Remember which invoices a credit note credits."""
    rows = [
        {"credited_id": credited, "document_id": document_id, "gross": gross}
        for credited, gross in gross_by_invoice
    ]
    if rows:
        connection.execute(insert(CREDITS), rows)


def forget(connection: Connection, document_id: str) -> None:
    """Take a document out of the balances and forget it, before it is judged again."""
    row = connection.execute(
        select(BILLED_DOCUMENTS.c.counts).where(BILLED_DOCUMENTS.c.document_id == document_id)
    ).first()
    if row is None:
        return
    if row.counts:
        _add(connection, _consumed(connection, document_id), -1)
    for table in (CONSUMPTION, CREDITS, BILLED_DOCUMENTS):
        connection.execute(delete(table).where(table.c.document_id == document_id))


def set_status(connection: Connection, document_id: str, status: str) -> None:
    """Set what became of a document; a refused one no longer counts as billed."""
    row = connection.execute(
        select(BILLED_DOCUMENTS.c.counts, BILLED_DOCUMENTS.c.status).where(
            BILLED_DOCUMENTS.c.document_id == document_id
        )
    ).first()
    if row is None or row.status == DUPLICATE:
        return
    counts = status != REFUSED
    if counts != row.counts:
        _add(connection, _consumed(connection, document_id), 1 if counts else -1)
    connection.execute(
        update(BILLED_DOCUMENTS)
        .where(BILLED_DOCUMENTS.c.document_id == document_id)
        .values(status=status, counts=counts)
    )


def load_balances(connection: Connection, keys: Collection[Key]) -> tuple[Balance, ...]:
    """The balances under these keys; those nothing was billed on are absent."""
    table = BALANCES
    found: list[Balance] = []
    for chunk in _chunks(sorted(keys)):
        rows = connection.execute(
            select(table).where(tuple_(table.c.kind, table.c.id, table.c.part).in_(chunk))
        )
        found.extend(Balance(*row) for row in rows)
    return tuple(sorted(found, key=lambda b: (b.kind, b.id, b.part)))


def find_by_number(
    connection: Connection, supplier_key: str, number_keys: Collection[str]
) -> list[str]:
    """Documents of a supplier under one of these numbers, the oldest first."""
    table = BILLED_DOCUMENTS
    return _ids(
        connection,
        and_(table.c.supplier_key == supplier_key, table.c.number_key.in_(sorted(number_keys))),
    )


def find_by_total(
    connection: Connection, supplier_key: str, gross: Decimal, first: date, last: date
) -> list[str]:
    """Documents of a supplier with this total, issued between two days."""
    table, cents = BILLED_DOCUMENTS, _cents(gross)
    return _ids(
        connection,
        and_(
            table.c.supplier_key == supplier_key,
            table.c.gross_cents.between(cents - 1, cents + 1),
            table.c.issue_date.between(first, last),
        ),
    )


def find_on_orders(connection: Connection, order_ids: Collection[str]) -> list[str]:
    """The latest documents on these orders, and every deposit on them."""
    if not order_ids:
        return []
    billed, taken = BILLED_DOCUMENTS, CONSUMPTION
    on_orders = (
        select(billed.c.document_id)
        .join(taken, taken.c.document_id == billed.c.document_id)
        .where(taken.c.kind == "order", taken.c.id.in_(sorted(order_ids)), billed.c.counts)
    )
    latest = on_orders.order_by(billed.c.document_id.desc()).limit(_MOST_EARLIER)
    deposits = on_orders.where(billed.c.type_code.in_(sorted(PREPAYMENT_TYPES)))
    found = {row.document_id for query in (latest, deposits) for row in connection.execute(query)}
    return sorted(found)


def load_earlier(
    connection: Connection, document_ids: Collection[str], supplier_key: str
) -> tuple[EarlierDocument, ...]:
    """These documents with what they took and what was credited on them, the oldest first."""
    ids = sorted(document_ids)
    if not ids:
        return ()
    taken = _taken(connection, ids)
    credited = _credited(connection, ids)
    table = BILLED_DOCUMENTS
    rows = connection.execute(
        select(table).where(table.c.document_id.in_(ids)).order_by(table.c.document_id)
    )
    return tuple(
        _earlier(row, taken[row.document_id], credited.get(row.document_id, ZERO), supplier_key)
        for row in rows
    )


def save_inputs(
    connection: Connection,
    document_id: str,
    digest: str,
    policy_version: str,
    judged_on: date,
    inputs: bytes,
) -> None:
    """Keep the case of a verdict; the same case twice is kept once."""
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    values = {
        "document_id": document_id,
        "inputs_digest": digest,
        "policy_version": policy_version,
        "judged_on": judged_on,
        "inputs": zlib.compress(inputs, 6),
    }
    connection.execute(make(VERDICT_INPUTS).values(values).on_conflict_do_nothing())


def load_inputs(connection: Connection, document_id: str, digest: str) -> bytes | None:
    """The canonical case behind a verdict."""
    table = VERDICT_INPUTS
    stored = connection.execute(
        select(table.c.inputs).where(
            table.c.document_id == document_id, table.c.inputs_digest == digest
        )
    ).scalar()
    return None if stored is None else zlib.decompress(stored)


def _ids(connection: Connection, condition: ColumnElement[bool]) -> list[str]:
    table = BILLED_DOCUMENTS
    query = select(table.c.document_id).where(condition, table.c.counts)
    return [row.document_id for row in connection.execute(query.order_by(table.c.document_id))]


def _earlier(
    row: Row[Any], taken: Sequence[Balance], credited: Decimal, supplier_key: str
) -> EarlierDocument:
    return EarlierDocument(
        document_id=row.document_id,
        number=row.number,
        type_code=row.type_code,
        issue_date=row.issue_date,
        net=row.net,
        gross=row.gross,
        period_start=row.period_start,
        period_end=row.period_end,
        ibans=tuple(row.ibans),
        orders=tuple(b.id for b in taken if b.kind == "order"),
        contract_id=row.contract_id,
        lot=row.lot,
        commitment_id=row.commitment_id,
        credited=credited,
        same_supplier=row.supplier_key == supplier_key,
        allocations=tuple(Allocated(b.id, b.part, b.quantity) for b in taken if b.kind == "line"),
    )


def _taken(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[Balance]]:
    table = CONSUMPTION
    found: defaultdict[str, list[Balance]] = defaultdict(list)
    query = (
        select(table)
        .where(table.c.document_id.in_(ids), table.c.kind.in_(["line", "order"]))
        .order_by(table.c.document_id, table.c.kind, table.c.id, table.c.part)
    )
    for document_id, *rest in connection.execute(query):
        found[document_id].append(Balance(*rest))
    return found


def _credited(connection: Connection, ids: Sequence[str]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    query = (
        select(CREDITS.c.credited_id, CREDITS.c.gross)
        .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == CREDITS.c.document_id)
        .where(CREDITS.c.credited_id.in_(ids), BILLED_DOCUMENTS.c.counts)
    )
    for credited_id, gross in connection.execute(query):
        found[credited_id] = found.get(credited_id, ZERO) + gross
    return found


def _consumed(connection: Connection, document_id: str) -> list[Balance]:
    table = CONSUMPTION
    rows = connection.execute(select(table).where(table.c.document_id == document_id))
    return [Balance(*row[1:]) for row in rows]


def _add(connection: Connection, rows: Sequence[Balance], sign: int) -> None:
    """Add to the balances, or take away; the caller holds the locks."""
    if not rows:
        return
    old = {
        (b.kind, b.id, b.part): b
        for b in load_balances(connection, [(r.kind, r.id, r.part) for r in rows])
    }
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in rows:
        before = old.get((row.kind, row.id, row.part))
        base = before or Balance(row.kind, row.id, row.part)
        total = Balance(
            row.kind,
            row.id,
            row.part,
            base.quantity + sign * row.quantity,
            base.net + sign * row.net,
            base.gross + sign * row.gross,
        )
        (fresh if before is None else changed).append(_columns(total))
    if fresh:
        connection.execute(insert(BALANCES), fresh)
    if changed:
        _write_balances(connection, changed)


def _write_balances(connection: Connection, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        connection.execute(
            update(BALANCES)
            .where(
                BALANCES.c.kind == row["kind"],
                BALANCES.c.id == row["id"],
                BALANCES.c.part == row["part"],
            )
            .values(quantity=row["quantity"], net=row["net"], gross=row["gross"])
        )


def _columns(balance: Balance) -> dict[str, Any]:
    return {
        "kind": balance.kind,
        "id": balance.id,
        "part": balance.part,
        "quantity": balance.quantity,
        "net": balance.net,
        "gross": balance.gross,
    }


def _cents(value: Decimal) -> int:
    return int((value * _CENTS).to_integral_value())


def _chunks(keys: Sequence[Key]) -> Iterable[list[Key]]:
    for start in range(0, len(keys), _MOST_KEYS):
        yield list(keys[start : start + _MOST_KEYS])
