"""Contract, order, commitment, credits: ceiling, billed before, this invoice, what is left.

Rules judge by these values and accountants read them: both come from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from domain.contract import Contract
from domain.match import ChainKind, ChainLink
from domain.money import ZERO
from domain.order import Order
from matching.advances import Advance, advance_on
from matching.billing import Share
from matching.rules.facts import Facts


def ceiling_of(contract: Contract) -> Decimal | None:
    """The maximum of a contract or lot, with its amendments."""
    if contract.amount_max is None:
        return None
    return contract.amount_max + sum((a.amount_delta or ZERO for a in contract.amendments), ZERO)


def chain_of(facts: Facts) -> Iterator[ChainLink]:
    """Every ceiling that the invoice draws on, from the contract down to the credits."""
    for contract in facts.links.contracts:
        yield from contract_links(facts, contract)
    for order in facts.links.orders:
        yield from order_links(facts, order)
    for commitment in facts.links.commitments:
        net, gross = taken(s for s in facts.shares if s.commitment_id == commitment.commitment_id)
        before = facts.ledger.billed("commitment", commitment.commitment_id)
        ceiling, key = commitment.amount_gross, commitment.commitment_id
        if ceiling is not None:
            yield ChainLink(ChainKind.COMMITMENT, key, None, "gross", ceiling, before.gross, gross)
        elif commitment.amount_net is not None:
            yield ChainLink(
                ChainKind.COMMITMENT, key, None, "net", commitment.amount_net, before.net, net
            )
    yield from budget_links(facts)


def contract_links(facts: Facts, contract: Contract) -> Iterator[ChainLink]:
    """The ceiling of a contract or lot, if it has one."""
    ceiling = ceiling_of(contract)
    if ceiling is None:
        return
    net, _ = taken(
        s for s in facts.shares if s.contract_id == contract.contract_id and s.lot == contract.lot
    )
    before = facts.ledger.billed("contract", contract.contract_id, contract.lot).net
    yield ChainLink(
        ChainKind.CONTRACT, contract.contract_id, contract.lot or None, "net", ceiling, before, net
    )


def order_links(facts: Facts, order: Order) -> Iterator[ChainLink]:
    """The total of an order whose lines all have quantity and price."""
    if not order.lines:
        return
    ceiling = ZERO
    for line in order.lines:
        if line.quantity is None or line.unit_price is None:
            return
        ceiling += (line.quantity or ZERO) * (line.unit_price or ZERO)  # no decimals of a zero
    net, _ = taken(s for s in facts.shares if s.order_id == order.order_id)
    before = facts.ledger.billed("order", order.order_id).net
    yield ChainLink(ChainKind.ORDER, order.order_id, None, "net", ceiling, before, net)


def budget_links(facts: Facts) -> Iterator[ChainLink]:
    """The credits that the commitments of the invoice draw on."""
    used = {commitment.budget_line_id for commitment in facts.links.commitments}
    for budget in facts.case.budget_lines:
        if budget.budget_line_id not in used or budget.credits_open is None:
            continue
        _, gross = taken(s for s in facts.shares if s.budget_line_id == budget.budget_line_id)
        before = facts.ledger.billed("budget", budget.budget_line_id).gross
        yield ChainLink(
            ChainKind.BUDGET,
            budget.budget_line_id,
            None,
            "gross",
            budget.credits_open,
            before,
            gross,
        )


def recovered_now(facts: Facts) -> Decimal:
    """How much of the advances, gross, falls to be deducted from this invoice."""
    due = ZERO
    for advance, link in _advances(facts):
        after = advance.recovered(link.before + link.this)[1]
        due += max(ZERO, after - advance.recovered(link.before)[1])
    return due


def recovered_in_all(
    facts: Facts, *, contract: Contract | None = None, commitment_id: str | None = None
) -> tuple[Decimal, Decimal]:
    """Net and gross of the advances recovered once this invoice is paid, on one ceiling."""
    net = gross = ZERO
    for advance, link in _advances(facts):
        on_contract = contract is not None and (link.id, link.lot or "") == (
            contract.contract_id,
            contract.lot,
        )
        if on_contract or (commitment_id is not None and advance.commitment_id == commitment_id):
            part = advance.recovered(link.before + link.this)
            net, gross = net + part[0], gross + part[1]
    return net, gross


def _advances(facts: Facts) -> Iterator[tuple[Advance, ChainLink]]:
    """The advances paid on the contracts of the invoice, unless it is about one itself."""
    if facts.invoice.is_prepayment or not any(e.is_prepayment for e in facts.case.earlier):
        return
    for contract in facts.links.contracts:
        for link in contract_links(facts, contract):
            advance = advance_on(
                facts.case.earlier, contract.contract_id, contract.lot, link.ceiling
            )
            if advance is not None:
                yield advance, link


def taken(shares: Iterable[Share]) -> tuple[Decimal, Decimal]:
    """Net and gross of these shares together."""
    net = gross = ZERO
    for share in shares:
        net += share.net
        gross += share.gross
    return net, gross
