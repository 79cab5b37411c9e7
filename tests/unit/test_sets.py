"""Columns among many values: found by the index, on SQLite and as PostgreSQL would be asked."""

from __future__ import annotations

import pytest
from sqlalchemy import Select, or_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect

from db.engine import Database
from db.metadata import METADATA
from db.sets import among, texts
from matching.ledger_tables import BALANCES
from matching.reference import ORDER_LINES, ORDERS

_LINES = select(ORDER_LINES).where(among(ORDER_LINES.c.order_id, "wanted"))
_BALANCES = select(BALANCES).where(
    or_(BALANCES.c.kind == "line", BALANCES.c.kind == "order"), among(BALANCES.c.id, "wanted")
)


@pytest.mark.parametrize("query", [_LINES, _BALANCES], ids=["alone", "beside another condition"])
def test_many_values_are_looked_up_in_the_index(query: Select[tuple[str]]) -> None:
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    asked = str(query.compile(dialect=sqlite.dialect()))
    with database.reading() as connection:
        values = ("line", "order")[: asked.count("?") - 1]
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", (*values, texts(["BC1", "BC2"]))
        ).fetchall()
    database.close()

    assert not [step for *_, step in plan if step.startswith("SCAN") and "json_each" not in step]


def test_many_values_are_one_array_for_postgresql() -> None:
    query = select(ORDERS.c.order_id).where(among(ORDERS.c.order_id, "wanted"))

    dialect = PGDialect()  # type: ignore[no-untyped-call]
    asked = str(query.compile(dialect=dialect))

    assert "orders.order_id = ANY (ARRAY(" in asked
    assert asked.count("wanted") == 1


def test_what_is_no_text_for_a_database_is_left_out() -> None:
    assert texts(["BC1", "B\x00C", "B\ud800C", "é"]) == '["BC1", "\\u00e9"]'
