"""CONTRACT_NOT_STARTED and CONTRACT_EXPIRED, at the delivery date.

Judged at BT-72, else BT-74, else the issue date. `3x12` means three tacit renewals of twelve
months (CCP R2112-4): in force to the end plus all renewals, unless an amendment says otherwise.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from domain.contract import Contract
from domain.invoice import Invoice
from domain.match import Code, Discrepancy
from matching.rules.facts import Facts, finding

_RENEWALS = re.compile(
    r"(\d{1,2})\s*(?:[x*\u00d7]|fois|reconductions?(?:\s+\w+)?\s+de)\s*(\d{1,3})(\s*(?:ans?|ann[ée]es?)\b)?",
    re.IGNORECASE,
)
_LAST_MONTH = 12


def contract_period(facts: Facts) -> Iterator[Discrepancy]:
    """Delivered before the contract starts or after it has ended."""
    day = performed_on(facts.invoice)
    if day is None or facts.invoice.is_credit_note:
        return
    for contract in facts.links.contracts:
        end = end_of(contract)
        if contract.start_date is not None and day < contract.start_date:
            code, limit = Code.CONTRACT_NOT_STARTED, contract.start_date
        elif end is not None and day > end:
            code, limit = Code.CONTRACT_EXPIRED, end
        else:
            continue
        days = str(abs((day - limit).days))
        yield finding(code, field=contract.contract_id, expected=limit, found=day, delta=days)
        return


def performed_on(invoice: Invoice) -> date | None:
    """The day that decides under which contract the work was done.

    A period that has not begun when the invoice is issued is billed in advance: nothing is
    performed yet, and the contract must be in force on the day of the invoice.
    """
    starts, issued = invoice.period_start, invoice.issue_date
    in_advance = starts is not None and issued is not None and starts > issued
    return invoice.delivery_date or (None if in_advance else invoice.period_end) or issued


def end_of(contract: Contract) -> date | None:
    """The last day of a contract, with its amendments or else its renewals."""
    dated = [a for a in contract.amendments if a.new_end_date is not None]
    if dated:
        latest = max(dated, key=lambda a: (a.dated or date.min, a.amendment_id))
        return latest.new_end_date
    if contract.end_date is None:
        return None
    renewals = _RENEWALS.search(contract.renewals or "")
    if renewals is None:
        return contract.end_date
    months = int(renewals.group(2)) * (_LAST_MONTH if renewals.group(3) else 1)
    return _months_later(contract.end_date, int(renewals.group(1)) * months)


def _months_later(day: date, months: int) -> date:
    """The same day some months later; the end of a month stays the end of a month."""
    year, month = divmod(day.year * _LAST_MONTH + day.month - 1 + months, _LAST_MONTH)
    if year > date.max.year:
        return date.max
    last = calendar.monthrange(year, month + 1)[1]
    at_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if at_end else min(day.day, last))
