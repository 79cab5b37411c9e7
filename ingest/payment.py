"""The payment delay of a document as it stands today, beside what was said when it was judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from domain.money import plain
from domain.party import EntityKind
from domain.records import Record
from matching import interruptions
from matching.lateness import INDEMNITY, Interest, Interruption, Terms, standing


@dataclass(frozen=True, slots=True)
class PaymentDelays:
    """Reckons payment delays on the day they are asked for."""

    timezone: ZoneInfo
    clock: Callable[[], datetime]
    rates: Mapping[date, Decimal]

    def standing_of(self, connection: Connection, record: Record) -> Record | None:
        """Deadline, days left and what lateness costs; None for what has no deadline."""
        payment, invoice = record["payment"], record["invoice"]
        if not payment or not payment["deadline"] or not invoice:
            return None
        interruption = interruptions.load(connection, record["document_id"])
        today = self.clock().astimezone(self.timezone).date()
        return _standing_record(_terms(payment, invoice, interruption), today, self.rates)


def _terms(payment: Record, invoice: Record, interruption: Interruption | None) -> Terms:
    gross = invoice["totals"]["tax_inclusive"] or invoice["totals"]["payable"] or "0"
    return Terms(
        date.fromisoformat(payment["deadline"]),
        EntityKind(payment.get("buyer_kind") or EntityKind.LOCAL),
        Decimal(gross),
        interruption,
    )


def _standing_record(terms: Terms, today: date, rates: Mapping[date, Decimal]) -> Record:
    now, interruption = standing(terms, today, rates), terms.interruption
    owed = now.owed
    return {
        "as_of": today.isoformat(),
        "deadline": now.deadline.isoformat() if now.deadline else None,
        "days_left": now.days_left,
        "interruption": None if interruption is None else _interruption_record(interruption),
        "late_interest": [_interest_record(part) for part in now.interest],
        "indemnity": plain(INDEMNITY) if now.interest else None,
        "owed_for_lateness": None if owed is None else plain(owed),
    }


def _interruption_record(interruption: Interruption) -> Record:
    completed = interruption.completed_on
    return {
        "notified_on": interruption.notified_on.isoformat(),
        "completed_on": completed.isoformat() if completed else None,
        "reason": interruption.reason,
    }


def _interest_record(part: Interest) -> Record:
    return {
        "from": part.first_day.isoformat(),
        "days": part.days,
        "rate": None if part.rate is None else plain(part.rate),
        "amount": None if part.amount is None else plain(part.amount),
    }
