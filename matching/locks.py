"""Who waits for whom while documents are judged: locks of PostgreSQL, held until the commit.

SQLite's immediate transaction holds the only write lock already, so nothing happens there.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import BigInteger, BindParameter, Column, Connection, bindparam, func, select

from db.prepared import Prepared
from db.sets import among, texts
from domain.identifiers import Digest
from matching import reference

_TURN: Final = 0x4D4547  # the number of the lock on judging
_number: BindParameter[Any] = bindparam("number", type_=BigInteger)
_ALONE: Final = Prepared(select(func.pg_advisory_xact_lock(_number)))
_BESIDE_OTHERS: Final = Prepared(select(func.pg_advisory_xact_lock_shared(_number)))


def judge_beside_others(connection: Connection) -> None:
    """Wait while somebody changes reference data or judges again."""
    _take(connection, _BESIDE_OTHERS, _TURN)


def judge_alone(connection: Connection) -> None:
    """Let nobody else judge until this transaction ends."""
    _take(connection, _ALONE, _TURN)


def lock_supplier(connection: Connection, supplier_key: str) -> None:
    """Two documents of one supplier are judged one after the other."""
    _take(connection, _ALONE, int(Digest.of(supplier_key.encode()).hex[:15], 16))


def lock_ceilings(
    connection: Connection,
    orders: Collection[str],
    contracts: Collection[str],
    commitments: Collection[str],
    budget_lines: Collection[str],
) -> None:
    """Nobody else takes from these orders and ceilings.

    Always in the same order, so that two judgements cannot wait for each other.
    """
    if _has_locks(connection):
        for rows_of, ids in zip(_ROWS, (orders, contracts, commitments, budget_lines), strict=True):
            if ids:
                rows_of.run(connection, {"wanted": texts(ids)})


def _take(connection: Connection, lock: Prepared, number: int) -> None:
    if _has_locks(connection):
        lock.run(connection, {"number": number})


def _has_locks(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _rows_of(key: Column[Any]) -> Prepared:
    return Prepared(select(key).where(among(key, "wanted")).order_by(key).with_for_update())


_ROWS: Final = (
    _rows_of(reference.ORDERS.c.order_id),
    _rows_of(reference.CONTRACTS.c.contract_id),
    _rows_of(reference.COMMITMENTS.c.commitment_id),
    _rows_of(reference.BUDGET_LINES.c.budget_line_id),
)
