"""Many rows written by one statement come out as they went in, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Column, MetaData, String, Table, select
from sqlalchemy.exc import IntegrityError

from db.engine import Database
from db.metadata import ExactDecimal
from db.row_sets import RowSet

_TABLE = Table(
    "goods",
    MetaData(),
    Column("name", String(20), primary_key=True),
    Column("price", ExactDecimal),
    Column("unit", String),
)
_PEN = {"name": "pen", "price": Decimal("1.50"), "unit": "C62"}
_INK = {"name": 'encre "noire" é\n€', "price": Decimal("-1E+2"), "unit": None}


def _over(statement: Any) -> ClauseElement:
    made: ClauseElement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"price": statement.excluded.price}
    )
    return made


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], name="database"
)
def _database(request: pytest.FixtureRequest) -> Iterator[Database]:
    on_server = request.param == "postgresql"
    database = Database(request.getfixturevalue("postgresql_url") if on_server else "sqlite://")
    _TABLE.metadata.create_all(database.engine)
    yield database
    database.close()


def _all(database: Database) -> dict[str, tuple[str, str | None]]:
    with database.reading() as connection:
        return {
            name: (str(price), unit) for name, price, unit in connection.execute(select(_TABLE))
        }


def test_rows_of_a_set_keep_every_digit_and_letter(database: Database) -> None:
    with database.transaction() as connection:
        RowSet(_TABLE).write(connection, [_PEN, _INK])
        RowSet(_TABLE).write(connection, [])

    assert _all(database) == {"pen": ("1.50", "C62"), _INK["name"]: ("-100", None)}


def test_rows_of_a_set_may_take_the_place_of_others(database: Database) -> None:
    goods = RowSet(_TABLE, _over)
    with database.transaction() as connection:
        goods.write(connection, [_PEN, _INK])
        goods.write(connection, [{**_PEN, "price": Decimal("2.0"), "unit": "KGM"}])

    assert _all(database)["pen"] == ("2.0", "C62")


def test_rows_of_a_set_that_are_there_already_are_refused(database: Database) -> None:
    with database.engine.connect() as connection:
        RowSet(_TABLE).write(connection, [_PEN])

        with pytest.raises(IntegrityError):
            RowSet(_TABLE).write(connection, [_INK, _PEN])
