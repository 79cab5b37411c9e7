"""Prepared statements: the types of columns, values of the statement, errors, transactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from db.engine import Database
from db.metadata import ExactDecimal, Json
from db.prepared import Prepared

_TABLE = Table(
    "things",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("price", ExactDecimal),
    Column("day", Date),
    Column("tags", Json),
    Column("sold", Boolean),
)
_INSERT = Prepared(insert(_TABLE))
_DEAR = Prepared(
    select(_TABLE).where(_TABLE.c.sold.is_(False), _TABLE.c.price == bindparam("price"))
)
_SELL = Prepared(update(_TABLE).where(_TABLE.c.name == bindparam("which")).values(sold=True))
_PEN = {
    "name": "pen",
    "price": Decimal("1.50"),
    "day": date(2026, 3, 2),
    "tags": ["a", "b"],
    "sold": False,
}


@pytest.fixture(name="database")
def _database() -> Iterator[Database]:
    database = Database("sqlite://")
    _TABLE.metadata.create_all(database.engine)
    yield database
    database.close()


def test_prepared_rows_have_the_types_of_their_columns(database: Database) -> None:
    with database.transaction() as connection:
        _INSERT.run_many(connection, [_PEN, {**_PEN, "name": "ink", "price": None, "day": None}])
        found = _DEAR.rows(connection, {"price": Decimal("1.50")})

    assert found == [("pen", Decimal("1.50"), date(2026, 3, 2), ["a", "b"], False)]
    assert str(found[0][1]) == "1.50"


def test_prepared_values_of_the_statement_itself_hold(database: Database) -> None:
    with database.transaction() as connection:
        _INSERT.run(connection, _PEN)
        _SELL.run(connection, {"which": "pen"})

        assert _DEAR.rows(connection, {"price": Decimal("1.50")}) == []


def test_prepared_statements_belong_to_the_transaction(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as connection:
            _INSERT.run(connection, _PEN)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    with database.reading() as connection:
        assert _DEAR.rows(connection, {"price": Decimal("1.50")}) == []


def test_prepared_statements_alone_begin_a_transaction(database: Database) -> None:
    with database.engine.connect() as connection:
        _INSERT.run(connection, _PEN)

        assert connection.in_transaction()


def test_prepared_errors_are_those_of_sqlalchemy(database: Database) -> None:
    with database.engine.connect() as connection:
        _INSERT.run(connection, _PEN)

        with pytest.raises(IntegrityError, match="things"):
            _INSERT.run(connection, _PEN)


def test_a_list_of_values_is_not_to_be_prepared(database: Database) -> None:
    query = Prepared(select(_TABLE).where(_TABLE.c.name.in_(["pen", "ink"])))

    with database.reading() as connection, pytest.raises(TypeError, match="prepared"):
        query.rows(connection)
