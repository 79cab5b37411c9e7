"""CONTRACT_CEILING_EXCEEDED, COMMITMENT_MISSING, COMMITMENT_EXCEEDED, BUDGET_EXCEEDED.

Each ceiling holds for all that was billed before and this invoice together. Contracts are judged
net with their amendments, commitments net and gross, credits gross.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.match import Code, Discrepancy
from domain.money import ZERO
from domain.party import EntityKind
from matching.rules.chain import budget_links, contract_links, recovered_in_all, taken
from matching.rules.facts import Facts, finding

_PUBLIC = frozenset({EntityKind.LOCAL, EntityKind.STATE, EntityKind.HEALTH})


def contract_ceiling(facts: Facts) -> Iterator[Discrepancy]:
    """What is billed on the lot passes its maximum; advances recovered count once."""
    for contract in facts.links.contracts:
        for link in contract_links(facts, contract):
            if link.this <= 0:
                continue
            lot = f" lot {contract.lot}" if contract.lot else ""
            name = f"{contract.contract_id}{lot}"
            recovered, _ = recovered_in_all(facts, contract=contract)
            billed = link.before + link.this - recovered
            yield from _exceeded(facts, Code.CONTRACT_CEILING_EXCEEDED, name, link.ceiling, billed)


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
        key = commitment.commitment_id
        net, gross = taken(share for share in facts.shares if share.commitment_id == key)
        if net <= 0 and gross <= 0:
            continue
        before = facts.ledger.billed("commitment", key)
        back_net, back_gross = recovered_in_all(facts, commitment_id=key)
        for ceiling, billed in (
            (commitment.amount_net, before.net + net - back_net),
            (commitment.amount_gross, before.gross + gross - back_gross),
        ):
            found = ceiling is not None and list(
                _exceeded(facts, Code.COMMITMENT_EXCEEDED, key, ceiling, billed)
            )
            if found:
                yield from found
                break


def budget_exceeded(facts: Facts) -> Iterator[Discrepancy]:
    """What is billed on the commitments of a budget line passes its credits."""
    for link in budget_links(facts):
        if link.this > 0:
            back = sum(
                (
                    recovered_in_all(facts, commitment_id=c.commitment_id)[1]
                    for c in facts.links.commitments
                    if c.budget_line_id == link.id
                ),
                ZERO,
            )
            billed = link.before + link.this - back
            yield from _exceeded(facts, Code.BUDGET_EXCEEDED, link.id, link.ceiling, billed)


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
