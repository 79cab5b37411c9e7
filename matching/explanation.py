"""The explanation an accountant would have written: what was linked and why, what may be paid.

The payable amount is a waterfall: payable of the invoice, less what is held, less the retention of
the contract, less the advance that falls to be recovered. Differences inside a tolerance are
recorded here; they raise nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.match import (
    ChainKind,
    ChainLink,
    Discrepancy,
    Outcome,
    Severity,
    Step,
    WaterfallStep,
)
from domain.money import ZERO, round_to_cents
from matching.billing import document_gross, document_net
from matching.candidates import Weight
from matching.links import How
from matching.rules.chain import recovered_now
from matching.rules.facts import Facts
from matching.rules.prices import passes, price_in_unit
from matching.text_values import FRENCH, money
from matching.texts import LANGUAGES

_HOW_FR: Final = {
    How.PERSON: ("liée à la main", "liées à la main"),
    How.CREDITED: ("reprise de la facture créditée", "reprises de la facture créditée"),
    How.REFERENCE: ("citée par la facture", "citées par la facture"),
    How.COMMITMENT: ("trouvée par l'engagement cité", "trouvées par l'engagement cité"),
    How.TYPO: ("trouvée à un caractère près de la référence citée",) * 2,
    How.CONTENT: ("trouvée par fournisseur, articles, quantités et prix",) * 2,
}
_HOW_EN: Final = {
    How.PERSON: ("linked by a person",) * 2,
    How.CREDITED: ("taken from the credited invoice",) * 2,
    How.REFERENCE: ("quoted by the invoice",) * 2,
    How.COMMITMENT: ("found by the commitment quoted",) * 2,
    How.TYPO: ("found one character off the reference quoted",) * 2,
    How.CONTENT: ("found by supplier, items, quantities and prices",) * 2,
}


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From what the invoice asks to what may be paid now."""

    asked: Decimal
    held: Decimal = ZERO
    retention: Decimal = ZERO
    advance: Decimal = ZERO

    @property
    def payable(self) -> Decimal:
        """What is left to pay now."""
        return self.asked - self.withheld

    @property
    def withheld(self) -> Decimal:
        """All that is not paid now."""
        return self.held + self.retention + self.advance

    @property
    def steps(self) -> tuple[WaterfallStep, ...]:
        """From what is asked to what is payable; what takes nothing off is left out."""
        off = ((Step.HELD, self.held), (Step.RETENTION, self.retention))
        return (
            WaterfallStep(Step.ASKED, self.asked),
            *(WaterfallStep(s, -v) for s, v in (*off, (Step.ADVANCE, self.advance)) if v),
            WaterfallStep(Step.PAYABLE, self.payable),
        )


def explain_match(facts: Facts) -> dict[str, str]:
    """Say in each language what the invoice is linked to and how it was found."""
    matched = len({facts.label(allocation.position) for allocation in facts.allocations})
    tolerated = tuple(_tolerated(facts))
    return {language: _told_match(facts, matched, tolerated, language) for language in LANGUAGES}


def _told_match(
    facts: Facts, matched: int, tolerated: Collection[_Tolerated], language: str
) -> str:
    french, links = language == FRENCH, facts.links
    parts = [_orders(facts, french=french)]
    if links.contract_id:
        lot = f" lot {links.lot}" if links.lot else ""
        parts.append(f"{'marché' if french else 'contract'} {links.contract_id}{lot}")
    if links.commitment_ids:
        many = len(links.commitment_ids) > 1
        name = ("engagement" if french else "commitment") + ("s" if many else "")
        parts.append(f"{name} {', '.join(links.commitment_ids)}")
    if matched:
        whole, plural = len(facts.invoice.lines), "s" if matched > 1 else ""
        told = f"{matched} ligne{plural} sur {whole} rapprochée{plural}"
        parts.append(told if french else f"{matched} of {whole} lines matched")
    parts.extend(_replaced(facts, french=french))
    text = _TOLERATED_FR if french else _TOLERATED_EN
    for line, price, agreed in tolerated:
        parts.append(text.format(line, money(price, language), money(agreed, language)))
    return (" ; " if french else "; ").join(parts) + "."


def _orders(facts: Facts, *, french: bool) -> str:
    orders = [order.order_id for order in facts.links.orders]
    if not orders:
        return "Aucune commande liée" if french else "No order linked"
    many = len(orders) > 1
    how = (_HOW_FR if french else _HOW_EN)[facts.links.how][many]
    name = ("Commande" if french else "Order") + ("s" if many else "")
    told = f"{name} {', '.join(orders)} {how}"
    unknown = _quoted_in_vain(facts)
    if unknown is None:
        return told
    text = "référence citée « {} » inconnue" if french else "reference “{}” quoted is unknown"
    return f"{told} ({text.format(unknown)})"


def _quoted_in_vain(facts: Facts) -> str | None:
    """The order that the invoice names although none of ours is called so."""
    if facts.links.how not in {How.TYPO, How.CONTENT}:
        return None
    return next((q.text for q in facts.links.quoted if q.weight is Weight.ORDER), None)


def _replaced(facts: Facts, *, french: bool) -> Iterator[str]:
    """What a corrected invoice takes the place of."""
    for earlier in facts.case.earlier:
        if earlier.document_id in facts.case.replaced:
            text = "remplace la facture {}" if french else "replaces invoice {}"
            yield text.format(earlier.number)


_Tolerated = tuple[str, Decimal, Decimal]  # line, price, price ordered
_TOLERATED_FR: Final = "ligne {} : prix {} pour {} commandé, dans la tolérance"
_TOLERATED_EN: Final = "line {}: price {} for {} ordered, inside the tolerance"


def _tolerated(facts: Facts) -> Iterator[_Tolerated]:
    """Prices above the order's that stay inside the tolerance."""
    for allocation in facts.allocations:
        agreed, line = allocation.line.unit_price, facts.line(allocation.position)
        if not agreed or not allocation.convertible or line.net_price == agreed:
            continue
        price = price_in_unit(line, allocation.line, facts)
        if price is None or price <= agreed:
            continue
        if not passes(line, price, agreed, allocation.line, facts):
            yield facts.label(allocation.position), round(price, 4).normalize(), agreed


def waterfall(facts: Facts, discrepancies: Iterable[Discrepancy]) -> Waterfall:
    """What may be paid: lines in doubt are held, all of it when the document itself is."""
    asked = facts.invoice.totals.payable
    if asked is None:
        asked = document_gross(facts.invoice) - (facts.invoice.totals.prepaid or ZERO)
    if facts.invoice.is_credit_note:
        return Waterfall(-asked)
    serious = [d for d in discrepancies if d.severity is not Severity.INFO]
    if any(d.invoice_line is None for d in serious):
        return Waterfall(asked, asked)
    held = min(asked, _held(facts, {d.invoice_line for d in serious}))
    retention = _retention(facts, asked - held)
    return Waterfall(asked, held, retention, _advance(facts, asked - held - retention))


def _held(facts: Facts, held_lines: Collection[str | None]) -> Decimal:
    """What these lines are of the gross, by their net amounts."""
    if not held_lines:
        return ZERO
    net, gross = document_net(facts.invoice), document_gross(facts.invoice)
    held_net = sum(
        (
            line.net_amount or ZERO
            for position, line in enumerate(facts.invoice.lines)
            if facts.label(position) in held_lines
        ),
        ZERO,
    )
    return max(ZERO, round_to_cents(held_net * gross / net)) if net else ZERO


def _retention(facts: Facts, base: Decimal) -> Decimal:
    """The contract's guarantee (CCP R2191-32), on each payment; a rate above 1 is a percentage."""
    rates = [c.retention_rate for c in facts.links.contracts if c.retention_rate]
    if not rates or base <= 0 or facts.invoice.is_prepayment:
        return ZERO
    rate = rates[0] / 100 if rates[0] >= 1 else rates[0]
    return round_to_cents(base * rate)


def _advance(facts: Facts, most: Decimal) -> Decimal:
    """What is deducted to recover an advance, unless the supplier deducts one himself (BT-113)."""
    if facts.invoice.totals.prepaid:
        return ZERO
    return min(max(ZERO, most), recovered_now(facts))


def explain_decision(
    outcome: Outcome,
    steps: Collection[WaterfallStep],
    discrepancies: Iterable[Discrepancy],
    links: Collection[ChainLink],
) -> dict[str, str]:
    """Say in each language what was decided, the waterfall, and what is left up the chain."""
    codes = dict.fromkeys(d.code.value for d in discrepancies if d.severity is not Severity.INFO)
    reasons = f" ({', '.join(codes)})" if codes else ""
    return {
        language: _told_outcome(outcome, reasons, steps, language)
        + "".join(f" {ceiling}" for ceiling in _chain(links, language))
        for language in LANGUAGES
    }


def _told_outcome(
    outcome: Outcome, reasons: str, steps: Iterable[WaterfallStep], language: str
) -> str:
    french = language == FRENCH
    labels = _STEPS_FR if french else _STEPS_EN
    text = ", ".join(
        f"{labels[s.step]} {money(s.amount if s.step in _ENDS else -s.amount, language)}"
        for s in steps
    )
    name = (_OUTCOMES_FR if french else _OUTCOMES_EN)[outcome]
    return f"{name}{reasons}{' :' if french else ':'} {text}."


_ENDS: Final = (Step.ASKED, Step.PAYABLE)
_STEPS_FR: Final = {
    Step.ASKED: "demandé",
    Step.HELD: "retenu",
    Step.RETENTION: "garantie",
    Step.ADVANCE: "avance récupérée",
    Step.PAYABLE: "à payer",
}
_STEPS_EN: Final = {
    Step.ASKED: "asked",
    Step.HELD: "held",
    Step.RETENTION: "retention",
    Step.ADVANCE: "advance recovered",
    Step.PAYABLE: "payable",
}
_OUTCOMES_FR: Final = {
    Outcome.APPROVE: "Bon à payer",
    Outcome.REVIEW: "À examiner",
    Outcome.BLOCK: "Bloquée",
}
_OUTCOMES_EN: Final = {
    Outcome.APPROVE: "Approved",
    Outcome.REVIEW: "To be reviewed",
    Outcome.BLOCK: "Blocked",
}


_TOLD: Final = {
    ChainKind.CONTRACT: ("Marché", "Contract"),
    ChainKind.COMMITMENT: ("Engagement", "Commitment"),
}


def _chain(links: Iterable[ChainLink], language: str) -> Iterator[str]:
    """Contract and commitment: ceiling, billed before, this invoice, left."""
    french = language == FRENCH
    text = (
        "{} {} : plafond {}, facturé avant {}, cette facture {}, reste {}."
        if french
        else "{} {}: ceiling {}, billed before {}, this invoice {}, left {}."
    )
    for link in links:
        if link.kind in _TOLD:
            values = (link.ceiling, link.before, link.this, link.left)
            shown = (money(v, language) for v in values)
            yield text.format(_TOLD[link.kind][0 if french else 1], link.id, *shown)
