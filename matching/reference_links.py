"""References between reference data that lead nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, func, select

from matching.reference import REFERENCE_TABLES

_EXAMPLES = 5

_LINKS: Final = (
    ("contracts", ("supplier_id",), "suppliers"),
    ("contract_prices", ("contract_id", "lot"), "contracts"),
    ("amendments", ("contract_id", "lot"), "contracts"),
    ("commitments", ("supplier_id",), "suppliers"),
    ("commitments", ("budget_line_id",), "budget_lines"),
    ("commitments", ("contract_id",), "contracts"),
    ("commitments", ("entity_id",), "entities"),
    ("budget_lines", ("entity_id",), "entities"),
    ("contracts", ("entity_id",), "entities"),
    ("orders", ("supplier_id",), "suppliers"),
    ("orders", ("contract_id",), "contracts"),
    ("orders", ("commitment_id",), "commitments"),
    ("orders", ("entity_id",), "entities"),
    ("order_lines", ("order_id",), "orders"),
    ("receipts", ("order_id", "line_id"), "order_lines"),
)


@dataclass(frozen=True, slots=True)
class Dangling:
    """Values of a column that name nothing we know."""

    table: str
    columns: tuple[str, ...]
    target: str
    count: int
    examples: tuple[str, ...]


def find_dangling(connection: Connection, tables: Collection[str]) -> Iterator[Dangling]:
    """What these tables refer to that is nowhere to be found."""
    for table, columns, target in _LINKS:
        if table not in tables:
            continue
        here, there = REFERENCE_TABLES[table], REFERENCE_TABLES[target]
        given = [here.c[name] for name in columns]
        missing = (
            select(*given)
            .distinct()
            .select_from(here.outerjoin(there, and_(*(here.c[n] == there.c[n] for n in columns))))
            .where(given[0].is_not(None), there.c[columns[0]].is_(None))
        )
        count = connection.execute(
            select(func.count()).select_from(missing.subquery())
        ).scalar_one()
        if count:
            rows = connection.execute(missing.order_by(*given).limit(_EXAMPLES))
            examples = tuple(" ".join(str(value) for value in row if value) for row in rows)
            yield Dangling(table, columns, target, count, examples)
