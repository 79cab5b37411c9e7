"""PAYMENT_DEADLINE_NEAR and PAYMENT_OVERDUE, and the payment clock they read.

The clock starts on the day the invoice is received, or the work is done if that is later (CCP
R2192-12 and following). 30 days for State and local bodies, 50 for public health, 30 for companies
(C. com. L441-10) unless contract or due date say otherwise. A credit note has no deadline.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.match import Code, Discrepancy, Payment
from domain.party import EntityKind
from matching.rules.contract_period import performed_on
from matching.rules.facts import Facts, finding

_DAYS = {
    EntityKind.LOCAL: 30,
    EntityKind.STATE: 30,
    EntityKind.HEALTH: 50,
    EntityKind.COMPANY: 30,
}
_LONGEST_TERM = 36_500  # days


def payment_clock(facts: Facts) -> Payment:
    """When the delay starts and ends, and the days left today."""
    received = facts.case.received_on
    if received is None or facts.invoice.is_credit_note:
        return Payment(None, None, None)
    done = facts.invoice.delivery_date or facts.invoice.period_end
    starts = max(received, done) if done else received
    deadline = _deadline(facts, starts)
    left = (deadline - facts.case.today).days
    return Payment(starts, deadline, left, facts.entity.kind if facts.entity else None)


def _deadline(facts: Facts, starts: date) -> date:
    kind = facts.entity.kind if facts.entity else EntityKind.LOCAL
    agreed = [c.payment_days for c in facts.links.contracts if c.payment_days]
    legal = _DAYS[kind]
    if kind is EntityKind.COMPANY:
        if facts.invoice.due_date and not agreed:
            return max(facts.invoice.due_date, performed_on(facts.invoice) or date.min)
        return _later(starts, agreed[0] if agreed else legal)
    return _later(starts, min([legal, *agreed]))


def _later(day: date, days: int) -> date:
    """So many days later; a delivery may be dated at the end of the calendar."""
    return day + min(timedelta(days=min(days, _LONGEST_TERM)), date.max - day)


def payment_deadline(facts: Facts) -> Iterator[Discrepancy]:
    """Say that the deadline is near or has passed."""
    payment = payment_clock(facts)
    if payment.deadline is None or payment.days_left is None:
        return
    if payment.days_left < 0:
        code = Code.PAYMENT_OVERDUE
    elif payment.days_left <= facts.limits.deadline_days:
        code = Code.PAYMENT_DEADLINE_NEAR
    else:
        return
    yield finding(
        code,
        field="payment.deadline",
        expected=payment.deadline,
        found=facts.case.today,
        delta=str(payment.days_left),
    )
