"""What a document takes from orders, contracts, commitments and credits.

The net and gross of the document are shared among the orders by what its lines bill on each, to
the cent: the shares always add up to the document. A credit note counts negative. A deposit billed
before and deducted as prepaid (BT-113) is not counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.invoice import Invoice
from domain.money import CENT, ZERO
from domain.order import Order
from matching.case import Balance, Case, EarlierDocument
from matching.lines import Allocation, billable
from matching.links import Links
from matching.measures import line_amount

_SAME_AMOUNT: Final = Decimal("0.05")

_Amounts = tuple[Decimal, Decimal, Decimal]  # quantity, net, gross
_NONE: Final[_Amounts] = (ZERO, ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a document that one order, contract and commitment bear."""

    order_id: str | None
    contract_id: str | None
    lot: str
    commitment_id: str | None
    budget_line_id: str | None
    net: Decimal
    gross: Decimal


def document_net(invoice: Invoice) -> Decimal:
    """BT-109, or what lines, allowances and charges make where it is not stated."""
    if invoice.totals.tax_exclusive is not None:
        return invoice.totals.tax_exclusive
    net = sum((line_amount(line) for line in invoice.lines if billable(line)), ZERO)
    for item in invoice.allowances_charges:
        amount = item.amount or ZERO
        net += amount if item.is_charge else -amount
    return net


def document_gross(invoice: Invoice) -> Decimal:
    """BT-112, or net plus VAT where it is not stated."""
    if invoice.totals.tax_inclusive is not None:
        return invoice.totals.tax_inclusive
    return document_net(invoice) + (invoice.totals.tax or ZERO)


def deposits_recovered(case: Case, orders: Iterable[Order]) -> tuple[EarlierDocument, ...]:
    """Earlier deposit invoices of the same orders that the document deducts as prepaid."""
    prepaid = case.invoice.totals.prepaid
    if not prepaid or case.invoice.is_prepayment:
        return ()
    ids = {order.order_id for order in orders}
    deposits = tuple(e for e in case.earlier if e.is_prepayment and ids.intersection(e.orders))
    if deposits and abs(sum((e.gross for e in deposits), ZERO) - prepaid) <= _SAME_AMOUNT:
        return deposits
    return tuple(e for e in deposits if abs(e.gross - prepaid) <= _SAME_AMOUNT)[:1]


def shares_of(case: Case, links: Links) -> tuple[Share, ...]:
    """Share net and gross among what the document is linked to; empty when that is nothing."""
    targets = _targets(links)
    if not targets:
        return ()
    recovered = deposits_recovered(case, links.orders)
    sign = -1 if case.invoice.is_credit_note else 1
    net = sign * (document_net(case.invoice) - sum((e.net for e in recovered), ZERO))
    gross = sign * (document_gross(case.invoice) - sum((e.gross for e in recovered), ZERO))
    weights = _weights(targets, links.pairing.allocations)
    budget_of = {c.commitment_id: c.budget_line_id for c in links.commitments}
    return tuple(
        Share(
            order_id,
            contract_id,
            lot,
            commitment_id,
            budget_of.get(commitment_id or ""),
            net_part,
            gross_part,
        )
        for (order_id, contract_id, lot, commitment_id), net_part, gross_part in zip(
            targets, _split(net, weights), _split(gross, weights), strict=True
        )
    )


_Target = tuple[str | None, str | None, str, str | None]


def _targets(links: Links) -> list[_Target]:
    only = links.commitment_ids[0] if len(links.commitment_ids) == 1 else None
    if not links.orders:
        if links.contract_id is None and only is None:
            return []
        return [(None, links.contract_id, links.lot or "", only)]
    lots = {contract.contract_id: contract.lot for contract in links.contracts}
    return [
        (
            order.order_id,
            order.contract_id or links.contract_id,
            order.lot or lots.get(order.contract_id or links.contract_id or "", ""),
            order.commitment_id or only,
        )
        for order in links.orders
    ]


def _weights(targets: Sequence[_Target], allocations: Iterable[Allocation]) -> list[Decimal]:
    if len(targets) == 1:
        return [Decimal(1)]
    billed = {target[0]: ZERO for target in targets}
    for allocation in allocations:
        billed[allocation.line.order_id] += abs(allocation.net_amount)
    weights = [billed[target[0]] for target in targets]
    return weights if any(weights) else [Decimal(1)] * len(targets)


def _split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Parts in cents by weight; the heaviest takes the remainder."""
    if len(weights) == 1:
        return [amount]
    whole = sum(weights, ZERO)
    parts = [(amount * weight / whole).quantize(CENT) for weight in weights]
    heaviest = max(range(len(weights)), key=lambda i: weights[i])
    parts[heaviest] += amount - sum(parts, ZERO)
    return parts


def consumption(
    shares: Iterable[Share], allocations: Iterable[Allocation], *, credit: bool
) -> tuple[Balance, ...]:
    """What the document adds to every balance it touches."""
    added: dict[tuple[str, str, str], _Amounts] = {}

    def add(kind: str, key: str, part: str, amounts: _Amounts) -> None:
        old = added.get((kind, key, part), _NONE)
        added[kind, key, part] = (old[0] + amounts[0], old[1] + amounts[1], old[2] + amounts[2])

    for allocation in allocations:
        quantity, net = allocation.quantity, allocation.net_amount
        amounts = (-quantity, -net, ZERO) if credit else (quantity, net, ZERO)
        add("line", allocation.line.order_id, allocation.line.line_id, amounts)
    for share in shares:
        amounts = (ZERO, share.net, share.gross)
        if share.order_id:
            add("order", share.order_id, "", amounts)
        if share.contract_id:
            add("contract", share.contract_id, share.lot, amounts)
        if share.commitment_id:
            add("commitment", share.commitment_id, "", amounts)
        if share.budget_line_id:
            add("budget", share.budget_line_id, "", amounts)
    return tuple([Balance(*key, *amounts) for key, amounts in added.items()])
