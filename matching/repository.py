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
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from db.prepared import Row
from db.sets import texts
from domain.money import ZERO
from matching import ledger_statements as statements
from matching.case import APPROVED, REPLACED, Allocated, Balance, EarlierDocument

DUPLICATE: Final = "duplicate"
REFUSED: Final = "refused"
_STANDING: Final = {"approve": APPROVED, "approved": APPROVED, REPLACED: REPLACED}
_GREATEST_INTEGER: Final = 2**63 - 2
_LONGEST: Final = 255
_LONGEST_CODE: Final = 16
_COMPRESSION: Final = 1
_KEY_COLUMNS: Final = 3

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


class Standing(NamedTuple):
    """Whether a judged document counts as billed, and what became of it."""

    counts: bool
    status: str


def save(
    connection: Connection,
    document: BilledDocument,
    consumed: Sequence[Balance],
    before: Iterable[Balance],
) -> None:
    """Remember a document and add what it took to the balances, if it counts.

    `before` are the balances as they stand now; of what was never billed there are none.
    """
    start, end = document.period or (None, None)
    values = {
        "document_id": document.document_id,
        "supplier_key": _storable(document.supplier_key),
        "number": _storable(document.number),
        "number_key": _storable(document.number_key),
        "issue_date": document.issue_date,
        "type_code": document.type_code and document.type_code[:_LONGEST_CODE],
        "net": document.net,
        "gross": document.gross,
        "gross_cents": _cents(document.gross),
        "period_start": start,
        "period_end": end,
        "ibans": list(document.ibans),
        "contract_id": document.contract_id,
        "lot": document.lot,
        "commitment_id": document.commitment_id,
        "status": document.status,
        "counts": document.counts,
    }
    statements.INSERT_DOCUMENT.run(connection, values)
    rows = [{"document_id": document.document_id, **_columns(row)} for row in consumed]
    statements.INSERT_CONSUMPTION.write(connection, rows)
    if document.counts:
        _add(connection, consumed, before, 1)


def save_credits(
    connection: Connection, document_id: str, gross_by_invoice: Iterable[tuple[str, Decimal]]
) -> None:
    """Remember which invoices a credit note credits."""
    rows = [
        {"credited_id": credited, "document_id": document_id, "gross": gross}
        for credited, gross in gross_by_invoice
    ]
    statements.INSERT_CREDITS.run_many(connection, rows)


def forget(connection: Connection, document_id: str) -> None:
    """Take a document out of the balances and forget it, before it is judged again."""
    of = {"of_document": document_id}
    standing = find_standing(connection, document_id)
    if standing is None:
        return
    if standing.counts:
        _count(connection, document_id, -1)
    _bring_back(connection, document_id)
    statements.DELETE_REPLACEMENTS.run(connection, of)
    for statement in statements.FORGET:
        statement.run(connection, of)


def find_standing(connection: Connection, document_id: str) -> Standing | None:
    """How a document stands, if it was judged."""
    rows = statements.STATUS.rows(connection, {"of_document": document_id})
    return Standing(*rows[0]) if rows else None


def set_status(connection: Connection, document_id: str, status: str) -> None:
    """Set what became of a document; a refused one no longer counts as billed.

    What a refused one replaced counts again.
    """
    before = find_standing(connection, document_id)
    if before is None or before.status == DUPLICATE:
        return
    counts = status not in {REFUSED, REPLACED}
    if counts != before.counts:
        _count(connection, document_id, 1 if counts else -1)
    values = {"of_document": document_id, "new_status": status, "now_counts": counts}
    statements.SET_STATUS.run(connection, values)
    if status == REFUSED:
        _bring_back(connection, document_id)
    elif before.status == REFUSED and status != REPLACED:
        _replace_anew(connection, document_id)


def replace(connection: Connection, document_id: str, replaced_ids: Iterable[str]) -> None:
    """Let a corrected invoice take the place of others: they no longer count as billed."""
    for replaced_id in replaced_ids:
        values = {
            "replaced_id": replaced_id,
            "document_id": document_id,
            "status_before": _status(connection, replaced_id),
        }
        statements.INSERT_REPLACEMENTS.run(connection, values)
        set_status(connection, replaced_id, REPLACED)


def replaced_by(connection: Connection, document_id: str) -> list[str]:
    """The documents that a corrected invoice replaces, or would if it were not refused."""
    rows = statements.REPLACED_BY.rows(connection, {"of_document": document_id})
    return [replaced_id for replaced_id, _ in rows]


def is_replaced(connection: Connection, document_id: str) -> bool:
    """Whether a corrected invoice has taken the place of a document."""
    standing = find_standing(connection, document_id)
    return standing is not None and standing.status == REPLACED


def _replace_anew(connection: Connection, document_id: str) -> None:
    """What a document replaced before it was refused; each as it stands by now."""
    for replaced_id in replaced_by(connection, document_id):
        status = _status(connection, replaced_id)
        if status != REPLACED:
            of = {"of_document": document_id, "of_replaced": replaced_id, "stood_at": status}
            statements.SET_STATUS_BEFORE.run(connection, of)
            set_status(connection, replaced_id, REPLACED)


def _bring_back(connection: Connection, document_id: str) -> None:
    """What a document replaced counts again, unless another document replaces it too."""
    of = {"of_document": document_id}
    for replaced_id, status in statements.REPLACED_BY.rows(connection, of):
        others = {**of, "of_replaced": replaced_id}
        if is_replaced(connection, replaced_id) and not statements.REPLACED_BY_OTHERS.rows(
            connection, others
        ):
            set_status(connection, replaced_id, status)


def load_consumed(connection: Connection, document_id: str) -> list[Balance]:
    """What a document took, whether it counts or not."""
    rows = statements.CONSUMED.rows(connection, {"of_document": document_id})
    return [Balance(*row[1:]) for row in rows]


def load_balances(connection: Connection, keys: Collection[Key]) -> tuple[Balance, ...]:
    """The balances under these keys; those on which nothing is billed are absent."""
    wanted = {"wanted": texts({key[1] for key in keys})}
    asked = frozenset(keys)
    rows = statements.BALANCES_OF.rows(connection, wanted) if asked else ()
    found = (Balance(*row) for row in rows if row[:_KEY_COLUMNS] in asked)
    billed = (b for b in found if b.quantity or b.net or b.gross)
    return tuple(sorted(billed, key=lambda b: (b.kind, b.id, b.part)))


def without(
    connection: Connection, balances: Iterable[Balance], document_ids: Collection[str]
) -> tuple[Balance, ...]:
    """The balances as they would stand had these documents never been billed."""
    left = {(b.kind, b.id, b.part): b for b in balances}
    for row in statements.CONSUMED_BY.rows(connection, {"ids": texts(document_ids)}):
        taken = Balance(*row[1:])
        key = (taken.kind, taken.id, taken.part)
        if key in left:
            old = left[key]
            left[key] = Balance(
                *key, old.quantity - taken.quantity, old.net - taken.net, old.gross - taken.gross
            )
    return tuple(left[key] for key in sorted(left))


def find_by_number(
    connection: Connection, supplier_key: str, number_keys: Collection[str]
) -> list[str]:
    """Documents of a supplier under one of these numbers."""
    values = {"supplier": _storable(supplier_key), "numbers": _stored(number_keys)}
    return [row[0] for row in statements.SAME_NUMBER.rows(connection, values)]


def find_alike(
    connection: Connection,
    supplier_key: str,
    number_keys: Collection[str],
    gross: Decimal,
    days: tuple[date, date],
) -> list[str]:
    """Documents of a supplier under one of these numbers, or with this total in these days."""
    cents = _cents(gross)
    values = {
        "supplier": _storable(supplier_key),
        "numbers": _stored(number_keys),
        "least": cents - 1,
        "most": cents + 1,
        "first": days[0],
        "last": days[1],
    }
    return [row[0] for row in statements.LIKE_IT.rows(connection, values)]


def find_correcting(connection: Connection, supplier_key: str, number: str) -> list[str]:
    """Documents of a supplier that count and correct the invoice of this number."""
    values = {"supplier": _storable(supplier_key), "number": _storable(number)}
    return [row[0] for row in statements.CORRECTING.rows(connection, values)]


def find_on_orders(
    connection: Connection, order_ids: Collection[str], *, deposits: bool
) -> list[str]:
    """The latest documents on these orders, and with `deposits` every deposit invoice on them."""
    values = {"ids": texts(order_ids)}
    found = {row[0] for row in statements.ON_ORDERS.rows(connection, values)}
    if deposits:
        found |= {row[0] for row in statements.DEPOSITS.rows(connection, values)}
    return sorted(found)


def find_advances(connection: Connection, contract_ids: Collection[str]) -> list[str]:
    """Deposit invoices that count on these contracts."""
    if not contract_ids:
        return []
    rows = statements.ADVANCES.rows(connection, {"ids": texts(contract_ids)})
    return [row[0] for row in rows]


def load_earlier(
    connection: Connection, document_ids: Collection[str], supplier_key: str
) -> tuple[EarlierDocument, ...]:
    """These documents, if they count, with what they took and was credited, the oldest first."""
    if not document_ids:
        return ()
    values = {"ids": texts(document_ids)}
    taken = _taken(connection, values)
    credited: dict[str, Decimal] = {}
    for credited_id, gross in statements.CREDITED.rows(connection, values):
        credited[credited_id] = credited.get(credited_id, ZERO) + gross
    return tuple(
        _earlier(row, taken[row[0]], credited.get(row[0], ZERO), supplier_key)
        for row in statements.DOCUMENTS.rows(connection, values)
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
    values = {
        "document_id": document_id,
        "inputs_digest": digest,
        "policy_version": policy_version,
        "judged_on": judged_on,
        "inputs": zlib.compress(inputs, _COMPRESSION),
    }
    statements.KEEP_INPUTS[connection.dialect.name].run(connection, values)


def load_inputs(connection: Connection, document_id: str, digest: str) -> bytes | None:
    """The canonical case behind a verdict."""
    values = {"of_document": document_id, "digest": digest}
    found = statements.INPUTS.rows(connection, values)
    return zlib.decompress(found[0][0]) if found else None


def _earlier(
    row: Row, taken: Sequence[Balance], credited: Decimal, supplier_key: str
) -> EarlierDocument:
    (
        document_id, number, type_code, issue_date, net, gross, period_start, period_end, ibans,
        contract_id, lot, commitment_id, its_supplier, status,
    ) = row  # fmt: skip
    return EarlierDocument(
        document_id=document_id,
        number=number,
        type_code=type_code,
        issue_date=issue_date,
        net=net,
        gross=gross,
        period_start=period_start,
        period_end=period_end,
        ibans=tuple(ibans),
        orders=tuple(b.id for b in taken if b.kind == "order"),
        contract_id=contract_id,
        lot=lot,
        commitment_id=commitment_id,
        credited=credited,
        same_supplier=its_supplier == _storable(supplier_key),
        allocations=tuple(Allocated(b.id, b.part, b.quantity) for b in taken if b.kind == "line"),
        standing=_STANDING.get(status, ""),
    )


def _taken(connection: Connection, values: dict[str, Any]) -> defaultdict[str, list[Balance]]:
    found: defaultdict[str, list[Balance]] = defaultdict(list)
    for row in statements.TAKEN.rows(connection, values):
        found[row[0]].append(Balance(*row[1:]))
    return found


def _count(connection: Connection, document_id: str, sign: int) -> None:
    """Let a document count, or count no more."""
    consumed = load_consumed(connection, document_id)
    before = load_balances(connection, [(b.kind, b.id, b.part) for b in consumed])
    _add(connection, consumed, before, sign)


def _add(
    connection: Connection, rows: Sequence[Balance], before: Iterable[Balance], sign: int
) -> None:
    """Add to the balances, or take away; the caller holds the locks."""
    if not rows:
        return
    old = {(b.kind, b.id, b.part): b for b in before}
    totals = []
    for row in rows:
        base = old.get((row.kind, row.id, row.part)) or Balance(row.kind, row.id, row.part)
        totals.append(
            {
                "kind": row.kind,
                "id": row.id,
                "part": row.part,
                "quantity": base.quantity + sign * row.quantity,
                "net": base.net + sign * row.net,
                "gross": base.gross + sign * row.gross,
            }
        )
    statements.WRITE_BALANCES.write(connection, totals)


def _status(connection: Connection, document_id: str) -> str:
    """The status of a document that was judged."""
    ((_, status),) = statements.STATUS.rows(connection, {"of_document": document_id})
    return str(status)


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
    """For look-ups only: what no column can hold is cut to the greatest that it can."""
    return max(-_GREATEST_INTEGER, min(_GREATEST_INTEGER, int(value.scaleb(2))))


def _stored(keys: Iterable[str]) -> str:
    return texts({_storable(key) for key in keys})


def _storable(text: str) -> str:
    """As much of a document's own words as a key column holds, on every database."""
    return text.replace("\x00", "")[:_LONGEST]
