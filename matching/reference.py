"""The reference data as tables, and what is loaded from them for matching (CONTRACT §1).

Each table is named as the file it comes from and has exactly that file's columns, plus `extra` for
columns we do not know and `change`, the number of the change that wrote the row last.
`reference_keys` and `supplier_keys` are derived: they find an order, contract, commitment or
supplier by what a document writes, in one indexed look-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, replace
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
    String,
    Table,
    Text,
    select,
)
from sqlalchemy.types import TypeEngine

from db.metadata import METADATA, ExactDecimal, Json
from db.prepared import Prepared, Row
from db.sets import among, texts
from domain.commitment import BudgetLine, Commitment
from domain.contract import Amendment, Contract, ContractPrice
from domain.money import ZERO, parse_decimal
from domain.order import Order, OrderLine, OrderStatus, Receipt
from domain.party import Entity, EntityKind, Supplier

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
    names = ("normalised", "kind", "id")
    return [FoundKey(*row) for row in _rows(connection, REFERENCE_KEYS, names, normalised)]


def find_supplier_keys(connection: Connection, values: Collection[str]) -> list[FoundKey]:
    """Suppliers known under one of these values (see SUPPLIER_KEYS for how they are written)."""
    names = ("value", "kind", "supplier_id")
    return [FoundKey(*row) for row in _rows(connection, SUPPLIER_KEYS, names, values)]


def load_orders(connection: Connection, order_ids: Collection[str]) -> dict[str, Order]:
    """Orders with their lines and receipts, by order id; unknown ids are absent."""
    lines: defaultdict[str, list[OrderLine]] = defaultdict(list)
    for *row, extra in _rows(connection, ORDER_LINES, (*_LINE, "extra"), order_ids):
        line = OrderLine(*(*row, _extra_number(extra, "pack_quantity")))
        lines[line.order_id].append(line)
    receipts: defaultdict[str, list[Receipt]] = defaultdict(list)
    for receipt_id, order_id, line_id, quantity, *row in _rows(
        connection, RECEIPTS, _RECEIPT, order_ids
    ):
        received = ZERO if quantity is None else quantity
        receipts[order_id].append(Receipt(receipt_id, order_id, line_id, received, *row))
    return {
        order.order_id: replace(
            order,
            status=OrderStatus(order.status or OrderStatus.OPEN),
            lines=tuple(sorted(lines[order.order_id], key=lambda line: _natural(line.line_id))),
            receipts=tuple(receipts[order.order_id]),
        )
        for order in (Order(*row) for row in _rows(connection, ORDERS, _ORDER, order_ids))
    }


def load_contracts(
    connection: Connection, contract_ids: Collection[str]
) -> dict[tuple[str, str], Contract]:
    """Every lot of these contracts, with prices and amendments, by contract id and lot."""
    prices: defaultdict[tuple[str, str], list[ContractPrice]] = defaultdict(list)
    for contract_id, lot, *row in _rows(connection, CONTRACT_PRICES, _PRICE, contract_ids):
        prices[contract_id, lot].append(ContractPrice(*row))
    amendments: defaultdict[tuple[str, str], list[Amendment]] = defaultdict(list)
    for contract_id, lot, *row in _rows(connection, AMENDMENTS, _AMENDMENT, contract_ids):
        amendments[contract_id, lot].append(Amendment(*row))
    return {
        (key := (contract.contract_id, contract.lot)): replace(
            contract,
            advance_rate=_share(_extra_number(extra, "advance_rate")),
            co_suppliers=tuple(contract.co_suppliers or ()),
            subcontractors=tuple(contract.subcontractors or ()),
            prices=tuple(prices[key]),
            amendments=tuple(amendments[key]),
        )
        for contract, extra in (
            (Contract(*row), extra)
            for *row, extra in _rows(connection, CONTRACTS, (*_CONTRACT, "extra"), contract_ids)
        )
    }


def load_commitments(
    connection: Connection, commitment_ids: Collection[str]
) -> dict[str, Commitment]:
    """Commitments by id; unknown ids are absent."""
    rows = _rows(connection, COMMITMENTS, _COMMITMENT, commitment_ids)
    return {row[0]: Commitment(*row) for row in rows}


def load_budget_lines(
    connection: Connection, budget_line_ids: Collection[str]
) -> dict[str, BudgetLine]:
    """Budget lines by id; unknown ids are absent."""
    rows = _rows(connection, BUDGET_LINES, _BUDGET_LINE, budget_line_ids)
    return {row[0]: BudgetLine(*row) for row in rows}


def load_suppliers(
    connection: Connection, supplier_ids: Collection[str] | None = None
) -> dict[str, Supplier]:
    """These suppliers by id, or all of them."""
    rows = _rows(connection, SUPPLIERS, _SUPPLIER, supplier_ids)
    return {
        supplier.supplier_id: replace(
            supplier,
            name=supplier.name or supplier.supplier_id,
            aliases=tuple(supplier.aliases or ()),
            ibans=tuple(supplier.ibans or ()),
        )
        for supplier in (Supplier(*row) for row in rows)
    }


def load_entities(
    connection: Connection, entity_ids: Collection[str] | None = None
) -> dict[str, Entity]:
    """These entities by id, or all of them."""
    return {
        entity.entity_id: replace(
            entity,
            name=entity.name or entity.entity_id,
            kind=EntityKind(entity.kind or EntityKind.LOCAL),
        )
        for entity in (Entity(*row) for row in _rows(connection, ENTITIES, _ENTITY, entity_ids))
    }


def _share(value: Decimal | None) -> Decimal | None:
    """A share of one; above 1 it was written as a percentage."""
    return value / 100 if value is not None and value > 1 else value


def _extra_number(extra: dict[str, Any] | None, name: str) -> Decimal | None:
    """A number that is kept beside the columns of the table."""
    if extra and name in extra:
        return parse_decimal(str(extra[name]).strip(" %").replace(",", "."))
    return None


def _natural(line_id: str) -> tuple[int, str]:
    """Line 2 before line 10."""
    return (int(line_id) if line_id.isdecimal() else 0, line_id)


def _names(cls: Any, table: Table) -> tuple[str, ...]:
    """The fields of a class that are columns of a table, in the order of the class."""
    return tuple(field.name for field in fields(cls) if field.name in table.c)


_ORDER: Final = _names(Order, ORDERS)
_LINE: Final = _names(OrderLine, ORDER_LINES)
_RECEIPT: Final = _names(Receipt, RECEIPTS)
_CONTRACT: Final = _names(Contract, CONTRACTS)
_LOT: Final = ("contract_id", "lot")
_PRICE: Final = (*_LOT, *_names(ContractPrice, CONTRACT_PRICES))
_AMENDMENT: Final = (*_LOT, "amendment_id", "date", "amount_delta", "new_end_date")
_COMMITMENT: Final = _names(Commitment, COMMITMENTS)
_BUDGET_LINE: Final = _names(BudgetLine, BUDGET_LINES)
_SUPPLIER: Final = _names(Supplier, SUPPLIERS)
_ENTITY: Final = _names(Entity, ENTITIES)


def _rows(
    connection: Connection, table: Table, names: tuple[str, ...], keys: Collection[str] | None
) -> list[Row]:
    """These columns of a table, or of its rows under one of these keys, in the key's order."""
    if keys is None:
        return _query(table, names, all_rows=True).rows(connection)
    if not keys:
        return []
    return _query(table, names, all_rows=False).rows(connection, {"wanted": texts(keys)})


@lru_cache(maxsize=64)
def _query(table: Table, names: tuple[str, ...], *, all_rows: bool) -> Prepared:
    keys = table.primary_key.columns
    statement = select(*(table.c[name] for name in names)).order_by(*keys)
    return Prepared(statement if all_rows else statement.where(among(keys[0], "wanted")))
