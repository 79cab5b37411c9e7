"""The verdict: values in, values out; no clock, file or database.

Upheld here: any block blocks, else any review is for review, else approve (CONTRACT §5); one
discrepancy does not hide another; a duplicate ends the matching and takes nothing; the invoice's
own words are never replaced by the order's; the same case gives the same verdict, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import InvalidOperation, Overflow, localcontext
from typing import Final

from domain.match import (
    Decision,
    Discrepancy,
    LineMatch,
    Match,
    Outcome,
    Payment,
    Verdict,
    outcome_of,
)
from domain.party import Entity
from matching import texts
from matching.billing import consumption, document_gross, shares_of
from matching.case import Balance, Case, Ledger
from matching.case_record import case_bytes, inputs_digest
from matching.explanation import Waterfall, explain_decision, explain_match, waterfall
from matching.likelihood import SHARED
from matching.lines import Allocation
from matching.links import How, Links, link
from matching.parties import entity_of, supplier_of
from matching.rules import (
    advance,
    amounts,
    arithmetic,
    ceilings,
    contract_period,
    credit,
    document,
    duplicates,
    ordered_lines,
    parties,
    payment,
    prices,
    quantities,
    references,
)
from matching.rules.chain import chain_of
from matching.rules.facts import Facts, Rule
from matching.tolerances import Tolerances

_ALL_DIGITS: Final = 250
_SURE: Final = 2 * SHARED  # the likelihood of a pair from which on its score is 1

RULES: Final[tuple[Rule, ...]] = (
    document.invalid_document,
    document.page_differs_from_xml,
    document.extraction_uncertain,
    arithmetic.line_arithmetic,
    arithmetic.document_sums,
    parties.buyer,
    parties.supplier_unknown,
    parties.supplier_not_on_order,
    parties.account,
    references.order_reference,
    references.contract_unknown,
    references.order_closed,
    duplicates.duplicate_suspected,
    duplicates.corrected_unknown,
    ordered_lines.line_not_ordered,
    quantities.quantities,
    prices.order_prices,
    prices.schedule_prices,
    ordered_lines.unit_mismatch,
    ordered_lines.currency_mismatch,
    ordered_lines.vat_rate,
    amounts.order_amount,
    amounts.deposits,
    amounts.charges,
    contract_period.contract_period,
    advance.advance,
    ceilings.contract_ceiling,
    ceilings.commitment_missing,
    ceilings.commitment_exceeded,
    ceilings.budget_exceeded,
    credit.credited_unknown,
    credit.credit_above_invoice,
    payment.payment_deadline,
)
"""Every rule, in the order in which an accountant reads its findings."""

OF_DUPLICATES: Final[tuple[Rule, ...]] = (
    duplicates.duplicate_invoice,
    document.broken_signature,
)
"""What is still judged of a document whose number was billed before."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, and what has to be remembered for the documents that follow."""

    verdict: Verdict
    links: Links
    consumed: tuple[Balance, ...]
    supplier_id: str | None
    entity_id: str | None
    is_duplicate: bool
    inputs: bytes


def decide(case: Case) -> Verdict:
    """The verdict on a case."""
    return judge_case(case).verdict


def judge_case(case: Case) -> Judgement:
    """The verdict on a case, with links and consumption."""
    try:
        return _judged(case)
    except (InvalidOperation, Overflow):
        # Nobody bills sums of thirty digits, but a document may state them: it is judged all the
        # same, with room for every digit.
        with localcontext(prec=_ALL_DIGITS):
            return _judged(case)


def _judged(case: Case) -> Judgement:
    inputs = case_bytes(case)
    supplier = supplier_of(case.invoice, case.suppliers, read_from_page=case.is_page)
    entity = entity_of(case.invoice, case.entities, read_from_page=case.is_page)
    ledger = Ledger.of(case.balances)
    repeated = not case.told_apart and duplicates.first_of_its_number(case) is not None
    links = Links(How.NOTHING, 0.0) if repeated else link(case, supplier, entity, ledger)
    supplier_id = supplier.supplier_id if supplier else None
    entity_id = entity.entity_id if entity else None
    limits = _limits(case, links, supplier_id, entity)
    facts = Facts(case, ledger, supplier, entity, links, shares_of(case, links), limits)
    rules = OF_DUPLICATES if repeated else RULES
    found = _told(facts, (d for rule in rules for d in rule(facts)))
    match = None if repeated else _match(facts)
    verdict = Verdict(
        match,
        found,
        _decision(facts, found, repeated=repeated),
        Payment(None, None, None) if repeated else payment.payment_clock(facts),
        inputs_digest(inputs),
    )
    consumed = consumption(facts.shares, facts.allocations, credit=case.invoice.is_credit_note)
    return Judgement(verdict, links, consumed, supplier_id, entity_id, repeated, inputs)


def _limits(case: Case, links: Links, supplier_id: str | None, entity: Entity | None) -> Tolerances:
    return case.policy.tolerances_for(
        family=next((c.family for c in links.contracts if c.family), None),
        kind=entity.kind.value if entity else None,
        entity=entity.entity_id if entity else None,
        supplier=supplier_id,
        contract=links.contract_id,
    )


def _told(facts: Facts, found: Iterable[Discrepancy]) -> tuple[Discrepancy, ...]:
    """Discrepancies with their sentence and the policy's severity."""
    policy = facts.case.policy
    return tuple(
        replace(
            discrepancy,
            message=texts.message(discrepancy, policy.language),
            severity_override=policy.severity_of(discrepancy.code),
        )
        for discrepancy in found
    )


def _match(facts: Facts) -> Match:
    links = facts.links
    told = explain_match(facts)
    return Match(
        tuple(order.order_id for order in links.orders),
        links.contract_id,
        links.lot,
        links.commitment_ids[0] if len(links.commitment_ids) == 1 else None,
        links.score,
        told[facts.case.policy.language],
        tuple([_line_match(facts, allocation) for allocation in facts.allocations]),
        told["fr"],
        told["en"],
    )


def _line_match(facts: Facts, allocation: Allocation) -> LineMatch:
    sure = allocation.score >= _SURE
    return LineMatch(
        facts.label(allocation.position),
        allocation.line.order_id,
        allocation.line.line_id,
        allocation.quantity,
        allocation.net_amount,
        1.0 if sure else round(max(0.0, allocation.score / _SURE), 3),
    )


def _decision(facts: Facts, found: tuple[Discrepancy, ...], *, repeated: bool) -> Decision:
    outcome = outcome_of(found)
    fall = waterfall(facts, found)
    if repeated:
        asked = document_gross(facts.invoice)
        fall = Waterfall(asked, asked)
    elif outcome is not Outcome.APPROVE and facts.invoice.is_credit_note:
        fall = Waterfall(fall.asked, fall.asked)
    links = () if repeated else tuple(chain_of(facts))
    policy, steps = facts.case.policy, fall.steps
    told = explain_decision(outcome, steps, found, links)
    return Decision(
        outcome,
        fall.payable,
        fall.withheld,
        policy.version,
        told[policy.language],
        steps,
        links,
        told["fr"],
        told["en"],
    )
