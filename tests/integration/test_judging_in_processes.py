"""A hundred invoices at once on one order line, in processes of their own: never overdrawn."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from db.engine import Database
from db.metadata import METADATA
from matching.ledger_tables import BALANCES
from matching.reference_upsert import upsert
from tests.integration.test_matching_service import reference_rows
from tests.matching_case import ORDER

_PROCESSES = 4
_EACH = 25
_ORDERED = 12  # of the first line of the order


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that holds the order, and nothing billed."""
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql_url")
    else:
        address = f"sqlite:///{tmp_path / 'meg.db'}"
    database = Database(address)
    METADATA.create_all(database.engine)
    with database.transaction() as connection:
        for name, rows in reference_rows().items():
            upsert(connection, name, rows)
    yield address
    database.close()


def test_a_hundred_invoices_at_once_come_out_as_one_after_the_other(url: str) -> None:
    command = [sys.executable, "-m", "tests.judging_process", url]
    running = [
        subprocess.Popen(
            [*command, str(first), str(_EACH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in range(0, _PROCESSES * _EACH, _EACH)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    said = [process.communicate("go\n")[0] for process in running]

    assert [process.returncode for process in running] == [0] * _PROCESSES
    told = [line.split()[1] for lines in said for line in lines.splitlines()]
    # Each saw another sum of all before it: the first twelve pass, the rest are above.
    above = sorted(int(value) for value in told if value != "-")
    assert above == list(range(_ORDERED + 1, _PROCESSES * _EACH + 1))
    assert told.count("-") == _ORDERED
    assert _billed(url) == _PROCESSES * _EACH


def _billed(url: str) -> Decimal:
    database = Database(url)
    query = select(BALANCES.c.quantity).where(
        BALANCES.c.kind == "line", BALANCES.c.id == ORDER, BALANCES.c.part == "10"
    )
    with database.reading() as connection:
        total = connection.execute(query).scalar_one()
    database.close()
    return Decimal(total)
