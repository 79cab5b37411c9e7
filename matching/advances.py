"""Advances paid on a public contract, and their recovery (CCP R2191-3 to -12).

An advance is a deposit invoice (386) on a contract without any order. It is recovered by deduction
from what falls due: from 65 % of the contract's amount on and wholly by 80 %, or from the first
payment on where the advance is above 30 %. What was recovered no longer counts against ceilings:
the contract pays for work once. A deposit that the supplier himself deducts (BT-113) is no matter
of this module (`matching.billing.deposits_recovered`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.money import ZERO, round_to_cents
from matching.case import EarlierDocument

_STARTS: Final = Decimal("0.65")
_ENDS: Final = Decimal("0.80")
_LARGE: Final = Decimal("0.30")


@dataclass(frozen=True, slots=True)
class Advance:
    """The advances paid on one contract or lot, with its maximum."""

    net: Decimal
    gross: Decimal
    ceiling: Decimal
    commitment_id: str | None = None

    def recovered(self, billed: Decimal) -> tuple[Decimal, Decimal]:
        """Net and gross to be recovered in all once so much was billed net, advance included."""
        share = self._share(billed - self.net)
        return round_to_cents(self.net * share), round_to_cents(self.gross * share)

    def _share(self, executed: Decimal) -> Decimal:
        starts = ZERO if self.net > _LARGE * self.ceiling else _STARTS
        done = (executed / self.ceiling - starts) / (_ENDS - starts)
        return min(Decimal(1), max(ZERO, done))


def advances_on(
    earlier: Iterable[EarlierDocument], contract_id: str, lot: str
) -> list[EarlierDocument]:
    """The deposit invoices that count on a contract or lot without any order."""
    return [
        e
        for e in earlier
        if e.is_prepayment
        and not e.is_credit_note
        and not e.orders
        and (e.contract_id, e.lot or "") == (contract_id, lot)
    ]


def advance_on(
    earlier: Iterable[EarlierDocument], contract_id: str, lot: str, ceiling: Decimal | None
) -> Advance | None:
    """The advance paid on this contract or lot, if one was and the contract has an amount."""
    paid = advances_on(earlier, contract_id, lot)
    if not paid or not ceiling:
        return None
    net = sum((e.net for e in paid), ZERO)
    gross = sum((e.gross for e in paid), ZERO)
    return Advance(net, gross, ceiling, paid[0].commitment_id)
