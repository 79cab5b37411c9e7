"""Which judged documents a change of reference data touches, and which of them hang together.

Every row that a change writes carries the change's number. From the rows one comes to suppliers,
orders, ceilings and written references, and from those, by indexed look-ups, to the documents that
were judged with them or looked for them in vain. `open` means: the engine did not approve it and
nobody decided on it; whether that still holds is for the journal to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column, Connection, Select, Table, func, or_, select

from db.sets import among, texts
from domain.invoice import Invoice
from matching import ledger_statements as statements
from matching import reference
from matching.candidates import quoted_references
from matching.ledger_tables import BILLED_DOCUMENTS, CONSUMPTION, SOUGHT
from matching.numbers import number_key
from matching.parties import supplier_keys

REFERENCE: Final = "reference"
SELLER: Final = "seller"
OPEN: Final = (
    "review",
    "block",
    "in_review",
    "blocked",
    "duplicate",
    "on_hold",
    "disputed",
)
_APPROVED: Final = ("approve", "approved")
_SHARED: Final = ("order", "contract", "commitment")
_LONGEST: Final = 255
_PARENTS: Final[dict[str, tuple[str, Table]]] = {
    "orders": ("order", reference.ORDERS),
    "order_lines": ("order", reference.ORDER_LINES),
    "receipts": ("order", reference.RECEIPTS),
    "contracts": ("contract", reference.CONTRACTS),
    "contract_prices": ("contract", reference.CONTRACT_PRICES),
    "amendments": ("contract", reference.AMENDMENTS),
    "commitments": ("commitment", reference.COMMITMENTS),
    "budget_lines": ("budget", reference.BUDGET_LINES),
    "suppliers": ("supplier", reference.SUPPLIERS),
}
_KEYS: Final = {
    "order": "order_id",
    "contract": "contract_id",
    "commitment": "commitment_id",
    "budget": "budget_line_id",
    "supplier": "supplier_id",
}


def remember_sought(connection: Connection, document_id: str, invoice: Invoice) -> None:
    """Keep what a document looked for, so that it is found when that turns up."""
    sought = {(REFERENCE, quoted.normalised) for quoted in quoted_references(invoice)}
    sought |= {(SELLER, value) for value in supplier_keys(invoice) if value}
    rows = [
        {"kind": kind, "value": value, "document_id": document_id}
        for kind, value in sorted({(kind, value[:_LONGEST]) for kind, value in sought})
    ]
    statements.INSERT_SOUGHT.run_many(connection, rows)


def remember_corrected(connection: Connection, document_id: str, invoice: Invoice) -> None:
    """Keep the numbers that a corrected invoice names: the first one may come after it."""
    numbers = {number_key(p.number)[:_LONGEST] for p in invoice.preceding_invoices}
    rows = [
        {"kind": statements.CORRECTS, "value": value, "document_id": document_id}
        for value in sorted(numbers - {""})
    ]
    if invoice.is_corrected:
        statements.INSERT_SOUGHT.run_many(connection, rows)


@dataclass(slots=True)
class _Touched:
    """Ids of reference data by kind: those that changed, and those that hang on them."""

    ids: dict[str, set[str]] = field(default_factory=dict)

    def add(self, kind: str, ids: Iterable[str | None]) -> None:
        self.ids.setdefault(kind, set()).update(i for i in ids if i)

    def of(self, kind: str) -> set[str]:
        return self.ids.get(kind, set())


def touched_by(
    connection: Connection, change: int, tables: Collection[str], orders: Collection[str] = ()
) -> list[str]:
    """The open documents that a change of these tables, or of these orders, concerns."""
    if not _any_open(connection):
        return []
    if "entities" in tables:
        return _ids(connection, _open())
    touched = _Touched()
    touched.add("order", orders)
    for name in tables:
        kind, table = _PARENTS[name]
        changed = select(table.c[_KEYS[kind]]).where(table.c.change == change).distinct()
        touched.add(kind, connection.execute(changed).scalars())
    _follow(connection, touched)
    return sorted(_documents_of(connection, touched))


def entangled(connection: Connection, document_ids: Collection[str]) -> set[str]:
    """Open documents of the same suppliers, or billed on the same orders and ceilings."""
    wanted = {"wanted": texts(document_ids)}
    mine = among(CONSUMPTION.c.document_id, "wanted")
    shared = select(CONSUMPTION.c.kind, CONSUMPTION.c.id).where(mine).distinct().subquery()
    same_ceiling = (
        _open()
        .join(CONSUMPTION, CONSUMPTION.c.document_id == BILLED_DOCUMENTS.c.document_id)
        .join(shared, (CONSUMPTION.c.kind == shared.c.kind) & (CONSUMPTION.c.id == shared.c.id))
    )
    of_mine = among(BILLED_DOCUMENTS.c.document_id, "wanted")
    sellers = select(BILLED_DOCUMENTS.c.supplier_key).where(of_mine)
    same_seller = _open().where(BILLED_DOCUMENTS.c.supplier_key.in_(sellers))
    return {*_ids(connection, same_ceiling, wanted), *_ids(connection, same_seller, wanted)}


def approved_beside(connection: Connection, document_id: str) -> set[str]:
    """Approved documents billed on the same orders, contracts and commitments as this one."""
    mine = select(CONSUMPTION.c.kind, CONSUMPTION.c.id).where(
        CONSUMPTION.c.document_id == document_id,
        or_(*(CONSUMPTION.c.kind == kind for kind in _SHARED)),
    )
    shared = mine.distinct().subquery()
    beside = (
        select(BILLED_DOCUMENTS.c.document_id)
        .join(CONSUMPTION, CONSUMPTION.c.document_id == BILLED_DOCUMENTS.c.document_id)
        .join(shared, (CONSUMPTION.c.kind == shared.c.kind) & (CONSUMPTION.c.id == shared.c.id))
        .where(BILLED_DOCUMENTS.c.status.in_(_APPROVED))
    )
    return {*_ids(connection, beside)}


def _follow(connection: Connection, touched: _Touched) -> None:
    """From budget lines to commitments, contracts to orders, and all of them to suppliers."""
    commitments, contracts, orders = reference.COMMITMENTS, reference.CONTRACTS, reference.ORDERS
    budget = touched.of("budget")
    touched.add(
        "commitment",
        _column(connection, commitments.c.commitment_id, commitments.c.budget_line_id, budget),
    )
    for kind, column in (("commitment", "commitment_id"), ("contract", "contract_id")):
        ids = touched.of(kind)
        touched.add("order", _column(connection, orders.c.order_id, orders.c[column], ids))
    for table, kind in ((orders, "order"), (commitments, "commitment"), (contracts, "contract")):
        ids = touched.of(kind)
        found = _column(connection, table.c.supplier_id, table.c[_KEYS[kind]], ids)
        touched.add("supplier", found)
    for contract in reference.load_contracts(connection, touched.of("contract")).values():
        touched.add("supplier", (*contract.co_suppliers, *contract.subcontractors))


def _documents_of(connection: Connection, touched: _Touched) -> set[str]:
    found: set[str] = set()
    billed = BILLED_DOCUMENTS.c
    for kind in ("order", "contract", "commitment", "budget"):
        ids = touched.of(kind)
        on_it = _open().join(CONSUMPTION, CONSUMPTION.c.document_id == billed.document_id)
        found.update(
            _of(connection, on_it.where(CONSUMPTION.c.kind == kind), CONSUMPTION.c.id, ids)
        )
        if kind != "budget":
            quotes = _by_sought(REFERENCE).join(
                reference.REFERENCE_KEYS,
                (reference.REFERENCE_KEYS.c.normalised == SOUGHT.c.value)
                & (reference.REFERENCE_KEYS.c.kind == kind),
            )
            found.update(_of(connection, quotes, reference.REFERENCE_KEYS.c.id, ids))
    suppliers = touched.of("supplier")
    found.update(_of(connection, _open(), billed.supplier_key, suppliers))
    named = _by_sought(SELLER).join(
        reference.SUPPLIER_KEYS, reference.SUPPLIER_KEYS.c.value == SOUGHT.c.value
    )
    found.update(_of(connection, named, reference.SUPPLIER_KEYS.c.supplier_id, suppliers))
    return found


def _open() -> Select[Any]:
    return select(BILLED_DOCUMENTS.c.document_id).where(BILLED_DOCUMENTS.c.status.in_(OPEN))


def _by_sought(kind: str) -> Select[Any]:
    return (
        _open()
        .join(SOUGHT, SOUGHT.c.document_id == BILLED_DOCUMENTS.c.document_id)
        .where(SOUGHT.c.kind == kind)
    )


def _any_open(connection: Connection) -> bool:
    found = connection.execute(select(func.count()).select_from(_open().limit(1).subquery()))
    return bool(found.scalar_one())


def _column(
    connection: Connection, wanted: Column[Any], by: Column[Any], ids: Collection[str]
) -> set[str]:
    return set(_of(connection, select(wanted), by, ids))


def _of(
    connection: Connection, query: Select[Any], column: Column[Any], ids: Collection[str]
) -> list[str]:
    """The first column of the rows with one of these ids."""
    if not ids:
        return []
    return _ids(connection, query.where(among(column, "wanted")), {"wanted": texts(ids)})


def _ids(
    connection: Connection, query: Select[Any], values: dict[str, str] | None = None
) -> list[str]:
    return list(connection.execute(query.distinct(), values or {}).scalars())
