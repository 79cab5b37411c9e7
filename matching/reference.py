"""The reference data as tables, and what is loaded from them for matching (CONTRACT §1).

Each table is named as the file it comes from and has exactly that file's columns, plus `extra` for
columns we do not know and `change`, the number of the change that wrote the row last.
`reference_keys` and `supplier_keys` are derived: they find an order, contract, commitment or
supplier by what a document writes, in one indexed look-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    select,
)
from sqlalchemy.types import TypeEngine

from db.metadata import METADATA, ExactDecimal, Json
from db.sets import among, texts
from domain.commitment import BudgetLine, Commitment
from domain.contract import Amendment, Contract, ContractPrice
from domain.money import parse_decimal
from domain.order import Order, OrderLine, OrderStatus, Receipt
from domain.party import Entity, EntityKind, Supplier

_OURS: Final = frozenset({"extra", "change"})
_KINDS: Final[dict[str, Callable[[], TypeEngine[Any]]]] = {
    "text": Text,
    "decimal": ExactDecimal,
    "date": Date,
    "integer": Integer,
    "list": lambda: Json(none_as_null=True),
}


def _table(name: str, key: str, columns: str, *indexes: tuple[str, ...]) -> Table:
    """Declare one table; `columns` are `name` (text) or `name:type`, key columns come first."""
    key_names = key.split()
    return Table(
        name,
        METADATA,
        *(Column(column, String(255), nullable=False) for column in key_names),
        *(
            Column(column, _KINDS[kind or "text"]())
            for column, _, kind in (word.partition(":") for word in columns.split())
        ),
        Column("extra", Json(none_as_null=True)),
        Column("change", BigInteger),
        PrimaryKeyConstraint(*key_names),
        *(Index(None, *columns_of_index) for columns_of_index in indexes),
        # The rows lie in the order of their key: the lines of one order are read together.
        sqlite_with_rowid=False,
    )


ENTITIES: Final = _table("entities", "entity_id", "name siren siret kind", ("siren",))
SUPPLIERS: Final = _table(
    "suppliers", "supplier_id", "name aliases:list siren siret vat_id ibans:list country email"
)
BUDGET_LINES: Final = _table(
    "budget_lines",
    "budget_line_id",
    "entity_id fiscal_year:integer section chapter nature function operation service "
    "credits_open:decimal",
)
CONTRACTS: Final = _table(
    "contracts",
    "contract_id lot",
    "entity_id title nature procedure supplier_id co_suppliers:list subcontractors:list "
    "amount_min:decimal amount_max:decimal start_date:date end_date:date renewals "
    "payment_days:integer retention_rate:decimal price_revision cpv family",
    ("supplier_id",),
)
CONTRACT_PRICES: Final = _table(
    "contract_prices",
    "contract_id lot item_id",
    "description unit unit_price:decimal vat_rate:decimal",
)
AMENDMENTS: Final = _table(
    "amendments",
    "contract_id lot amendment_id",
    "date:date amount_delta:decimal new_end_date:date",
)
COMMITMENTS: Final = _table(
    "commitments",
    "commitment_id",
    "entity_id fiscal_year:integer budget_line_id contract_id lot supplier_id "
    "amount_net:decimal amount_gross:decimal",
    ("budget_line_id",),
    ("contract_id",),
    ("supplier_id",),
)
ORDERS: Final = _table(
    "orders",
    "order_id",
    "entity_id supplier_id contract_id lot commitment_id order_date:date service_code currency "
    "status",
    ("supplier_id", "status", "order_date"),
    ("contract_id",),
    ("commitment_id",),
)
ORDER_LINES: Final = _table(
    "order_lines",
    "order_id line_id",
    "item_id description quantity:decimal unit unit_price:decimal vat_rate:decimal",
)
RECEIPTS: Final = _table(
    "receipts",
    "order_id line_id receipt_id",
    "quantity:decimal received_on:date certified_by",
)

REFERENCE_TABLES: Final = {
    table.name: table
    for table in (
        ENTITIES,
        SUPPLIERS,
        BUDGET_LINES,
        CONTRACTS,
        CONTRACT_PRICES,
        AMENDMENTS,
        COMMITMENTS,
        ORDERS,
        ORDER_LINES,
        RECEIPTS,
    )
}
"""CONTRACT §1's files by name, in the order in which they refer to each other."""

REFERENCE_KEYS: Final = Table(
    "reference_keys",
    METADATA,
    Column("normalised", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("id", String(255), nullable=False),
    PrimaryKeyConstraint("normalised", "kind", "id"),
    sqlite_with_rowid=False,
)
"""Orders, contracts and commitments by `domain.identifiers.normalise_reference` of their id."""

SUPPLIER_KEYS: Final = Table(
    "supplier_keys",
    METADATA,
    Column("value", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("supplier_id", String(255), nullable=False),
    PrimaryKeyConstraint("value", "kind", "supplier_id"),
    Index(None, "supplier_id"),
    sqlite_with_rowid=False,
)
"""Suppliers by siren, siret, vat, iban (`compact`) and name (`fold`, single spaces)."""


@dataclass(frozen=True, slots=True)
class FoundKey:
    """Something a written value may stand for: kind and id of the reference datum."""

    value: str
    kind: str
    id: str


def find_references(connection: Connection, normalised: Collection[str]) -> list[FoundKey]:
    """Orders, contracts and commitments whose normalised id is one of these."""
    return _find(connection, REFERENCE_KEYS, "normalised", "id", normalised)


def find_supplier_keys(connection: Connection, values: Collection[str]) -> list[FoundKey]:
    """Suppliers known under one of these values (see SUPPLIER_KEYS for how they are written)."""
    return _find(connection, SUPPLIER_KEYS, "value", "supplier_id", values)


def _find(
    connection: Connection, table: Table, by: str, found: str, values: Collection[str]
) -> list[FoundKey]:
    statement = _keys_statement(table, by, found)
    if not values:
        return []
    return [FoundKey(*row) for row in connection.execute(statement, {"wanted": texts(values)})]


@lru_cache(maxsize=16)
def _keys_statement(table: Table, by: str, found: str) -> Select[Any]:
    """The look-up of keys; built once, since building costs more than running."""
    return (
        select(table.c[by], table.c.kind, table.c[found])
        .where(among(table.c[by], "wanted"))
        .order_by(table.c[by], table.c.kind, table.c[found])
    )


def load_orders(connection: Connection, order_ids: Collection[str]) -> dict[str, Order]:
    """Orders with their lines and receipts, by order id; unknown ids are absent."""
    lines: defaultdict[str, list[OrderLine]] = defaultdict(list)
    for row in _rows(connection, ORDER_LINES, "order_id", order_ids):
        lines[row["order_id"]].append(_order_line(row))
    receipts: defaultdict[str, list[Receipt]] = defaultdict(list)
    for row in _rows(connection, RECEIPTS, "order_id", order_ids):
        receipts[row["order_id"]].append(_receipt(row))
    return {
        row["order_id"]: Order(
            **_plain(row, "status"),
            status=OrderStatus(row["status"] or OrderStatus.OPEN),
            lines=tuple(sorted(lines[row["order_id"]], key=lambda line: _natural(line.line_id))),
            receipts=tuple(receipts[row["order_id"]]),
        )
        for row in _rows(connection, ORDERS, "order_id", order_ids)
    }


def load_contracts(
    connection: Connection, contract_ids: Collection[str]
) -> dict[tuple[str, str], Contract]:
    """Every lot of these contracts, with prices and amendments, by contract id and lot."""
    prices: defaultdict[tuple[str, str], list[ContractPrice]] = defaultdict(list)
    for row in _rows(connection, CONTRACT_PRICES, "contract_id", contract_ids):
        prices[row["contract_id"], row["lot"]].append(
            ContractPrice(**_plain(row, "contract_id", "lot"))
        )
    amendments: defaultdict[tuple[str, str], list[Amendment]] = defaultdict(list)
    for row in _rows(connection, AMENDMENTS, "contract_id", contract_ids):
        amendments[row["contract_id"], row["lot"]].append(
            Amendment(**_plain(row, "contract_id", "lot", "date"), dated=row["date"])
        )
    return {
        (row["contract_id"], row["lot"]): Contract(
            **_plain(row, "co_suppliers", "subcontractors"),
            co_suppliers=tuple(row["co_suppliers"] or ()),
            subcontractors=tuple(row["subcontractors"] or ()),
            prices=tuple(prices[row["contract_id"], row["lot"]]),
            amendments=tuple(amendments[row["contract_id"], row["lot"]]),
        )
        for row in _rows(connection, CONTRACTS, "contract_id", contract_ids)
    }


def load_commitments(
    connection: Connection, commitment_ids: Collection[str]
) -> dict[str, Commitment]:
    """Commitments by id; unknown ids are absent."""
    rows = _rows(connection, COMMITMENTS, "commitment_id", commitment_ids)
    return {row["commitment_id"]: Commitment(**_plain(row)) for row in rows}


def load_budget_lines(
    connection: Connection, budget_line_ids: Collection[str]
) -> dict[str, BudgetLine]:
    """Budget lines by id; unknown ids are absent."""
    rows = _rows(connection, BUDGET_LINES, "budget_line_id", budget_line_ids)
    return {row["budget_line_id"]: BudgetLine(**_plain(row)) for row in rows}


def load_suppliers(
    connection: Connection, supplier_ids: Collection[str] | None = None
) -> dict[str, Supplier]:
    """These suppliers by id, or all of them."""
    rows = _rows(connection, SUPPLIERS, "supplier_id", supplier_ids)
    return {row["supplier_id"]: _supplier(row) for row in rows}


def load_entities(
    connection: Connection, entity_ids: Collection[str] | None = None
) -> dict[str, Entity]:
    """These entities by id, or all of them."""
    rows = _rows(connection, ENTITIES, "entity_id", entity_ids)
    return {
        row["entity_id"]: Entity(
            **_plain(row, "kind", "name"),
            name=row["name"] or row["entity_id"],
            kind=EntityKind(row["kind"] or EntityKind.LOCAL),
        )
        for row in rows
    }


def _order_line(row: RowMapping) -> OrderLine:
    packed: Decimal | None = None
    if row["extra"] and "pack_quantity" in row["extra"]:
        packed = parse_decimal(str(row["extra"]["pack_quantity"]).replace(",", "."))
    return OrderLine(**_plain(row), pack_quantity=packed)


def _receipt(row: RowMapping) -> Receipt:
    quantity = row["quantity"]
    return Receipt(**_plain(row, "quantity"), quantity=Decimal(0) if quantity is None else quantity)


def _supplier(row: RowMapping) -> Supplier:
    return Supplier(
        **_plain(row, "name", "aliases", "ibans"),
        name=row["name"] or row["supplier_id"],
        aliases=tuple(row["aliases"] or ()),
        ibans=tuple(row["ibans"] or ()),
    )


def _plain(row: RowMapping, *but: str) -> dict[str, Any]:
    """The columns that are domain fields of the same name."""
    return {key: value for key, value in row.items() if key not in but and key not in _OURS}


def _natural(line_id: str) -> tuple[int, str]:
    """Line 2 before line 10."""
    return (int(line_id) if line_id.isdecimal() else 0, line_id)


def _rows(
    connection: Connection, table: Table, by: str, values: Collection[str] | None
) -> Iterator[RowMapping]:
    """The rows of a table, or those with one of these values, in the order of the key."""
    if values is None:
        yield from connection.execute(_rows_statement(table, None)).mappings()
        return
    if values:
        wanted = {"wanted": texts(values)}
        yield from connection.execute(_rows_statement(table, by), wanted).mappings()


@lru_cache(maxsize=64)
def _rows_statement(table: Table, by: str | None) -> Select[Any]:
    statement = select(table).order_by(*table.primary_key.columns)
    if by is None:
        return statement
    return statement.where(among(table.c[by], "wanted"))
