"""Until when a contract is in force, by its renewals."""

from __future__ import annotations

from datetime import date

import pytest

from domain.contract import Contract
from matching.rules.contract_period import end_of


@pytest.mark.parametrize(
    ("renewals", "end"),
    [
        ("3x12", date(2029, 12, 31)),
        ("3 x 1 an", date(2029, 12, 31)),
        ("3 x 2 années", date(2032, 12, 31)),
        ("2 fois 1 annee", date(2028, 12, 31)),
        ("99x999", date.max),
        (None, date(2026, 12, 31)),
    ],
)
def test_renewals_lengthen_a_contract(renewals: str | None, end: date) -> None:
    contract = Contract("M-1", end_date=date(2026, 12, 31), renewals=renewals)

    assert end_of(contract) == end
