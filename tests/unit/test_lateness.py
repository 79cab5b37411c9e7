"""The payment delay on a day: one interruption, interest, indemnity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.party import EntityKind
from matching.lateness import REFINANCING_RATES, Interruption, Terms, standing

DEADLINE = date(2026, 3, 31)


def terms(buyer: EntityKind = EntityKind.LOCAL, interruption: Interruption | None = None) -> Terms:
    return Terms(DEADLINE, buyer, Decimal("12000.00"), interruption)


def test_in_time_nothing_is_owed() -> None:
    found = standing(terms(), date(2026, 3, 31), REFINANCING_RATES)

    assert (found.deadline, found.days_left, found.owed) == (DEADLINE, 0, Decimal(0))


def test_a_public_buyer_owes_the_rate_of_the_half_year_it_starts_in() -> None:
    found = standing(terms(), date(2026, 7, 9), REFINANCING_RATES)

    (part,) = found.interest
    assert (part.first_day, part.days, part.rate) == (date(2026, 4, 1), 100, Decimal("10.15"))
    assert part.amount == Decimal("333.70")  # 12 000 times 10.15 % times 100 / 365
    assert found.owed == Decimal("373.70")


def test_a_company_owes_each_half_year_at_its_rate() -> None:
    rates = {**REFINANCING_RATES, date(2026, 7, 1): Decimal("2.00")}

    found = standing(terms(EntityKind.COMPANY), date(2026, 7, 9), rates)

    assert [(p.first_day, p.days, p.rate) for p in found.interest] == [
        (date(2026, 4, 1), 91, Decimal("12.15")),
        (date(2026, 7, 1), 9, Decimal("12.00")),
    ]


def test_an_unknown_rate_is_said_not_guessed() -> None:
    late = Terms(date(2031, 1, 1), EntityKind.STATE, Decimal(100))

    found = standing(late, date(2031, 1, 11), REFINANCING_RATES)

    assert (found.days_left, found.owed, found.interest[0].rate) == (-10, None, None)


@pytest.mark.parametrize(
    ("notified", "completed", "deadline"),
    [
        (date(2026, 3, 10), None, None),
        (date(2026, 3, 10), date(2026, 3, 20), date(2026, 4, 19)),  # 21 days left, 30 at least
        (date(2026, 2, 1), date(2026, 3, 20), date(2026, 5, 17)),  # 58 days left run on
        (date(2026, 4, 2), date(2026, 4, 5), DEADLINE),  # too late to interrupt anything
    ],
)
def test_an_interruption_stops_the_clock(
    notified: date, completed: date | None, deadline: date | None
) -> None:
    stop = Interruption(notified, "Bon de livraison manquant", completed)

    found = standing(terms(interruption=stop), date(2026, 4, 1), REFINANCING_RATES)

    assert found.deadline == deadline


def test_a_company_cannot_interrupt_its_delay() -> None:
    stop = Interruption(date(2026, 3, 10), "À vérifier")

    found = standing(terms(EntityKind.COMPANY, stop), date(2026, 3, 11), REFINANCING_RATES)

    assert found.deadline == DEADLINE
