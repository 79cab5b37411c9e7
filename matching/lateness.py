"""The payment delay as it stands on a day: interruption, days left, late interest, indemnity.

Public buyers: the delay may be interrupted once, by a notice that says what is missing; when it is
completed, what was left runs on, but 30 days at least (CCP R2192-27 to -29). Late interest is owed
without reminder from the day after the deadline: amount with VAT, times the rate, times days / 365,
at the main refinancing rate of the European Central Bank on the first day of the half-year in which
it starts, plus 8 points (CCP R2192-31), and 40 € once (CCP D2192-35). Companies owe that rate plus
10 points, half-year by half-year, where no other was agreed, and the same 40 € (C. com. L441-10,
D441-5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from domain.money import ZERO, round_to_cents
from domain.party import EntityKind

INDEMNITY: Final = Decimal(40)
_AT_LEAST: Final = 30
_YEAR: Final = 365
_MID_YEAR: Final = 7
_POINTS: Final = {EntityKind.COMPANY: Decimal(10)}
_PUBLIC_POINTS: Final = Decimal(8)

REFINANCING_RATES: Final[Mapping[date, Decimal]] = MappingProxyType(
    {
        date(2024, 7, 1): Decimal("4.25"),
        date(2025, 1, 1): Decimal("3.15"),
        date(2025, 7, 1): Decimal("2.15"),
        date(2026, 1, 1): Decimal("2.15"),
    }
)
"""ECB main refinancing rate in per cent by first day of half-year; the policy file adds more."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """The one time that a payment delay was interrupted."""

    notified_on: date
    reason: str
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """The delay of one invoice, and what the interest is reckoned on."""

    deadline: date
    buyer: EntityKind
    gross: Decimal
    interruption: Interruption | None = None


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest at one rate over some days; no rate and no amount where none is known."""

    first_day: date
    days: int
    rate: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a payment delay stands on a day; no deadline while it is interrupted."""

    deadline: date | None
    days_left: int | None
    interest: tuple[Interest, ...] = field(default=())

    @property
    def owed(self) -> Decimal | None:
        """Interest and indemnity together; None where a rate is not known, nothing when in time."""
        if not self.interest:
            return ZERO
        if any(part.amount is None for part in self.interest):
            return None
        return INDEMNITY + sum((part.amount or ZERO for part in self.interest), ZERO)


def standing(terms: Terms, today: date, rates: Mapping[date, Decimal]) -> Standing:
    """How the delay stands today, an invoice not paid until then."""
    deadline = deadline_of(terms)
    if deadline is None:
        return Standing(None, None)
    left = (deadline - today).days
    late = tuple(_interest(terms, deadline, today, rates)) if left < 0 else ()
    return Standing(deadline, left, late)


def interrupts(buyer: EntityKind) -> bool:
    """Whether a notice of something missing stops the clock: only for public buyers."""
    return buyer is not EntityKind.COMPANY


def deadline_of(terms: Terms) -> date | None:
    """The deadline after the interruption; None while it lasts."""
    stop = terms.interruption
    if stop is None or stop.notified_on > terms.deadline or not interrupts(terms.buyer):
        return terms.deadline
    if stop.completed_on is None:
        return None
    left = (terms.deadline - stop.notified_on).days
    return stop.completed_on + timedelta(days=max(_AT_LEAST, left))


def _interest(
    terms: Terms, deadline: date, today: date, rates: Mapping[date, Decimal]
) -> Iterator[Interest]:
    start = deadline + timedelta(days=1)
    one_rate = terms.buyer is not EntityKind.COMPANY
    while start <= today:
        end = today if one_rate else min(today, _half_year_after(start) - timedelta(days=1))
        days = (end - start).days + 1
        base = rates.get(_half_year_of(start))
        rate = None if base is None else base + _POINTS.get(terms.buyer, _PUBLIC_POINTS)
        amount = None
        if rate is not None:
            amount = round_to_cents(terms.gross * rate * days / 100 / _YEAR)
        yield Interest(start, days, rate, amount)
        start = end + timedelta(days=1)


def _half_year_of(day: date) -> date:
    return date(day.year, _MID_YEAR if day.month >= _MID_YEAR else 1, 1)


def _half_year_after(day: date) -> date:
    first = _half_year_of(day)
    return date(day.year + 1, 1, 1) if first.month == _MID_YEAR else date(day.year, _MID_YEAR, 1)
