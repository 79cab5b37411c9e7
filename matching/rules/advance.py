"""An advance on a contract: is it due, and is it more than is due (CCP R2191-3 to R2191-16)?

It is the one payment without service fait. What the contract grants (`advance_rate`) is the limit;
where that is not known, only the legal minimum is surely due, above the legal maximum nothing is
(CONTRACT_CEILING_EXCEEDED), and what lies between is for a person (RECEIPT_MISSING).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from domain.contract import Contract
from domain.match import Code, Discrepancy
from domain.money import ZERO, round_to_cents
from domain.party import EntityKind
from matching.advances import advances_on
from matching.rules.chain import taken
from matching.rules.facts import Facts, finding

ADVANCE: Final = "advance"
_LEAST_AMOUNT: Final = Decimal(50_000)
_LEAST_MONTHS: Final = 2
_YEAR: Final = 12
_LEGAL_LEAST: Final = Decimal("0.05")
_LEGAL_MOST: Final = Decimal("0.30")


def advance(facts: Facts) -> Iterator[Discrepancy]:
    """Judge a deposit invoice on a contract without any order."""
    invoice, links = facts.invoice, facts.links
    if not invoice.is_prepayment or invoice.is_credit_note or links.orders:
        return
    for contract in links.contracts:
        asked, _ = taken(
            s
            for s in facts.shares
            if (s.contract_id, s.lot) == (contract.contract_id, contract.lot)
        )
        before = advances_on(facts.case.earlier, contract.contract_id, contract.lot)
        paid = sum((e.net for e in before), ZERO)
        if asked > 0:
            yield from _judged(facts, contract, asked, asked + paid)


def _judged(
    facts: Facts, contract: Contract, asked: Decimal, in_all: Decimal
) -> Iterator[Discrepancy]:
    base, rate = _base(contract), contract.advance_rate
    most = _LEGAL_MOST if rate is None else rate
    limit = None if base is None else round_to_cents(base * most)
    if limit is None and most:
        yield _unproven(asked)
    elif limit is None or in_all > limit + facts.limits.ceiling:
        yield finding(
            Code.CONTRACT_CEILING_EXCEEDED,
            field=ADVANCE,
            expected=limit or ZERO,
            found=in_all,
            delta=in_all - (limit or ZERO),
            tolerance=facts.limits.ceiling,
        )
    elif rate is None and in_all > _surely_due(facts, contract, base) + facts.limits.ceiling:
        yield _unproven(asked)


def _unproven(asked: Decimal) -> Discrepancy:
    return finding(Code.RECEIPT_MISSING, field=ADVANCE, found=asked)


def _base(contract: Contract) -> Decimal | None:
    """What the rate is of, net: the amount of the contract, or of one year of a longer one."""
    minimum = contract.amount_min or ZERO
    amount = minimum if minimum > _LEAST_AMOUNT else contract.amount_max
    months = _months(contract)
    return amount * _YEAR / months if amount and months > _YEAR else amount


def _months(contract: Contract) -> int:
    start, end = contract.start_date, contract.end_date
    if start is None or end is None:
        return 0
    begun = 1 if end.day >= start.day else 0
    return (end.year - start.year) * _YEAR + end.month - start.month + begun


def _surely_due(facts: Facts, contract: Contract, base: Decimal | None) -> Decimal:
    """The least that a public buyer owes above 50 000 € and two months, unless it was waived."""
    public = facts.entity is None or facts.entity.kind is not EntityKind.COMPANY
    amount = contract.amount_max or ZERO
    if not public or amount <= _LEAST_AMOUNT or _months(contract) <= _LEAST_MONTHS:
        return ZERO
    return round_to_cents((base or ZERO) * _LEGAL_LEAST)
