"""Reference data: written once, changed only when different, loaded whole and in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.base import PGDialect

from db.engine import Database
from db.metadata import METADATA
from domain.order import OrderStatus
from domain.party import EntityKind
from matching.reference import (
    REFERENCE_TABLES,
    find_references,
    find_supplier_keys,
    load_budget_lines,
    load_commitments,
    load_contracts,
    load_entities,
    load_orders,
    load_suppliers,
)
from matching.reference_upsert import UpsertCount, statement_for, upsert


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    yield database
    database.close()


ORDER = {
    "order_id": "BC 0042/26",
    "supplier_id": "F1",
    "order_date": date(2026, 3, 1),
    "status": "open",
}
LINES = [
    {
        "order_id": "BC 0042/26",
        "line_id": str(number),
        "quantity": Decimal("10.0"),
        "unit_price": Decimal("1.50"),
        "extra": {"pack_quantity": "10"},
    }
    for number in (10, 2)
]


def test_writes_new_rows_then_leaves_them_alone(database: Database) -> None:
    with database.transaction() as connection:
        first = upsert(connection, "order_lines", LINES)
    with database.transaction() as connection:
        again = upsert(connection, "order_lines", LINES)
        other = upsert(connection, "order_lines", [{**LINES[0], "quantity": Decimal(11)}])

    assert first == UpsertCount(inserted=2)
    assert again == UpsertCount(unchanged=2)
    assert other == UpsertCount(changed=1)


def test_a_list_or_an_extra_value_that_changes_is_a_change(database: Database) -> None:
    row = {"supplier_id": "F1", "name": "Été SARL", "ibans": ["FR1"], "extra": {"note": "a"}}
    with database.transaction() as connection:
        upsert(connection, "suppliers", [row])
        same = upsert(connection, "suppliers", [dict(row)])
        ibans = upsert(connection, "suppliers", [{**row, "ibans": ["FR1", "FR2"]}])
        extra = upsert(connection, "suppliers", [{**row, "extra": None}])

    assert (same.changed, ibans.changed, extra.changed) == (0, 1, 1)


def test_loads_orders_with_lines_and_receipts(database: Database) -> None:
    receipt = {
        "receipt_id": "R1",
        "order_id": "BC 0042/26",
        "line_id": "2",
        "quantity": Decimal("3.5"),
        "received_on": date(2026, 4, 2),
    }
    with database.transaction() as connection:
        upsert(connection, "orders", [ORDER, {"order_id": "other"}])
        upsert(connection, "order_lines", LINES)
        upsert(connection, "receipts", [receipt])
        orders = load_orders(connection, ["BC 0042/26", "absent"])

    order = orders["BC 0042/26"]
    assert list(orders) == ["BC 0042/26"]
    assert order.status is OrderStatus.OPEN
    assert [line.line_id for line in order.lines] == ["2", "10"]
    assert str(order.lines[0].quantity) == "10.0"
    assert order.lines[0].pack_quantity == 10
    assert order.receipts[0].quantity == Decimal("3.5")


def test_loads_many_orders_in_few_statements(database: Database) -> None:
    ids = [f"O{number}" for number in range(1200)]
    statements: list[str] = []
    with database.transaction() as connection:
        upsert(connection, "orders", [{"order_id": i} for i in ids])
        driver: Any = connection.connection.dbapi_connection
        driver.set_trace_callback(statements.append)
        orders = load_orders(connection, ids)

    assert len(orders) == 1200
    assert len([s for s in statements if s.startswith("SELECT")]) == 3


def test_loads_contracts_by_lot_with_prices_and_amendments(database: Database) -> None:
    with database.transaction() as connection:
        upsert(
            connection,
            "contracts",
            [
                {"contract_id": "M1", "lot": lot, "co_suppliers": ["F2"], "payment_days": 30}
                for lot in ("", "1")
            ],
        )
        upsert(
            connection,
            "contract_prices",
            [{"contract_id": "M1", "lot": "1", "item_id": "A", "unit_price": Decimal("2.00")}],
        )
        upsert(
            connection,
            "amendments",
            [
                {
                    "contract_id": "M1",
                    "lot": "1",
                    "amendment_id": "AV1",
                    "date": date(2026, 1, 1),
                    "amount_delta": Decimal(500),
                }
            ],
        )
        contracts = load_contracts(connection, ["M1"])

    assert set(contracts) == {("M1", ""), ("M1", "1")}
    assert contracts["M1", ""].prices == ()
    assert contracts["M1", "1"].prices[0].unit_price == Decimal("2.00")
    assert contracts["M1", "1"].amendments[0].dated == date(2026, 1, 1)
    assert contracts["M1", "1"].co_suppliers == ("F2",)


def test_loads_the_small_tables(database: Database) -> None:
    with database.transaction() as connection:
        upsert(connection, "entities", [{"entity_id": "E1", "name": "Ville", "kind": "health"}])
        upsert(connection, "commitments", [{"commitment_id": "EJ1", "fiscal_year": 2026}])
        upsert(
            connection,
            "budget_lines",
            [{"budget_line_id": "B1", "credits_open": Decimal("1.10")}],
        )
        assert load_entities(connection)["E1"].kind is EntityKind.HEALTH
        assert load_commitments(connection, ["EJ1"])["EJ1"].fiscal_year == 2026
        assert load_budget_lines(connection, ["B1"])["B1"].credits_open == Decimal("1.10")


def test_finds_references_however_they_are_written(database: Database) -> None:
    with database.transaction() as connection:
        upsert(connection, "orders", [ORDER])
        upsert(connection, "contracts", [{"contract_id": "42-26", "lot": "1"}])
        found = find_references(connection, ["4226", "nothing"])

    assert [(key.kind, key.id) for key in found] == [("contract", "42-26"), ("order", "BC 0042/26")]


def test_supplier_keys_follow_the_supplier(database: Database) -> None:
    row = {"supplier_id": "F1", "name": "Été  SARL", "siret": "552 100 554 00012", "ibans": ["FR1"]}
    with database.transaction() as connection:
        upsert(connection, "suppliers", [row])
        before = find_supplier_keys(connection, ["ete sarl", "552100554", "FR1", "FR2"])
        upsert(connection, "suppliers", [{**row, "ibans": ["FR2"]}])
        after = find_supplier_keys(connection, ["FR1", "FR2"])
        supplier = load_suppliers(connection, ["F1"])["F1"]

    assert {key.kind for key in before} == {"name", "siren", "iban"}
    assert [key.value for key in after] == ["FR2"]
    assert supplier.ibans == ("FR2",)


def test_columns_that_are_not_given_keep_their_value(database: Database) -> None:
    row = {"supplier_id": "F1", "name": "Delorme", "ibans": ["FR1"], "email": "a@b.fr"}
    with database.transaction() as connection:
        upsert(connection, "suppliers", [row])
        given = {"supplier_id": "F1", "email": "c@d.fr"}
        count = upsert(connection, "suppliers", [given], columns={"supplier_id", "email"})
        supplier = load_suppliers(connection)["F1"]

        assert count == UpsertCount(changed=1)
        assert (supplier.name, supplier.ibans, supplier.email) == ("Delorme", ("FR1",), "c@d.fr")
        assert find_supplier_keys(connection, ["FR1", "delorme"])


@pytest.mark.parametrize("name", REFERENCE_TABLES)
def test_the_statement_also_compiles_for_postgresql(name: str) -> None:
    table = REFERENCE_TABLES[name]
    names = [column.name for column in table.columns if column.name != "change"]
    statement = statement_for("postgresql", table, names)
    dialect = PGDialect()  # type: ignore[no-untyped-call]

    text = str(statement.compile(dialect=dialect))

    assert "ON CONFLICT" in text
    assert "IS DISTINCT FROM" in text
