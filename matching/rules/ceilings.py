"""CONTRACT_CEILING_EXCEEDED, COMMITMENT_MISSING, COMMITMENT_EXCEEDED, BUDGET_EXCEEDED.

Each ceiling holds for all that was billed before and this invoice together. Contracts are judged
net with their amendments, commitments net and gross, credits gross.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from domain.contract import Contract
from domain.match import Code, Discrepancy
from domain.money import ZERO
from domain.party import EntityKind
from matching.billing import Share
from matching.rules.facts import Facts, finding

_PUBLIC = frozenset({EntityKind.LOCAL, EntityKind.STATE, EntityKind.HEALTH})


def ceiling_of(contract: Contract) -> Decimal | None:
    """The maximum of a contract or lot, with its amendments."""
    if contract.amount_max is None:
        return None
    return contract.amount_max + sum((a.amount_delta or ZERO for a in contract.amendments), ZERO)


def contract_ceiling(facts: Facts) -> Iterator[Discrepancy]:
    """What is billed on the lot passes its maximum."""
    for contract in facts.links.contracts:
        ceiling = ceiling_of(contract)
        net, _ = _taken(
            share
            for share in facts.shares
            if share.contract_id == contract.contract_id and share.lot == contract.lot
        )
        before = facts.ledger.billed("contract", contract.contract_id, contract.lot)
        if ceiling is not None and net > 0:
            lot = f" lot {contract.lot}" if contract.lot else ""
            name = f"{contract.contract_id}{lot}"
            yield from _exceeded(
                facts, Code.CONTRACT_CEILING_EXCEEDED, name, ceiling, before.net + net
            )


def commitment_missing(facts: Facts) -> Iterator[Discrepancy]:
    """The order of a public body reserves no credits."""
    if facts.links.commitment_ids:
        return
    kinds = {entity.entity_id: entity.kind for entity in facts.case.entities}
    for order in facts.links.orders:
        if kinds.get(order.entity_id or "") in _PUBLIC:
            yield finding(Code.COMMITMENT_MISSING, field="commitment_id", order_id=order.order_id)
            return


def commitment_exceeded(facts: Facts) -> Iterator[Discrepancy]:
    """What is billed on a commitment passes it, net or gross."""
    for commitment in facts.links.commitments:
        net, gross = _taken(
            share for share in facts.shares if share.commitment_id == commitment.commitment_id
        )
        if net <= 0 and gross <= 0:
            continue
        before = facts.ledger.billed("commitment", commitment.commitment_id)
        for ceiling, billed in (
            (commitment.amount_net, before.net + net),
            (commitment.amount_gross, before.gross + gross),
        ):
            found = ceiling is not None and list(
                _exceeded(
                    facts, Code.COMMITMENT_EXCEEDED, commitment.commitment_id, ceiling, billed
                )
            )
            if found:
                yield from found
                break


def budget_exceeded(facts: Facts) -> Iterator[Discrepancy]:
    """What is billed on the commitments of a budget line passes its credits."""
    used = {commitment.budget_line_id for commitment in facts.links.commitments}
    for budget in facts.case.budget_lines:
        if budget.budget_line_id not in used or budget.credits_open is None:
            continue
        _, gross = _taken(s for s in facts.shares if s.budget_line_id == budget.budget_line_id)
        before = facts.ledger.billed("budget", budget.budget_line_id)
        if gross > 0:
            yield from _exceeded(
                facts,
                Code.BUDGET_EXCEEDED,
                budget.budget_line_id,
                budget.credits_open,
                before.gross + gross,
            )


def _taken(shares: Iterable[Share]) -> tuple[Decimal, Decimal]:
    net = gross = ZERO
    for share in shares:
        net += share.net
        gross += share.gross
    return net, gross


def _exceeded(
    facts: Facts, code: Code, name: str, ceiling: Decimal, billed: Decimal
) -> Iterator[Discrepancy]:
    if billed > ceiling + facts.limits.ceiling:
        yield finding(
            code,
            field=name,
            expected=ceiling,
            found=billed,
            delta=billed - ceiling,
            tolerance=facts.limits.ceiling,
        )
