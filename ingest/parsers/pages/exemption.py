"""Invoices without VAT that say why: franchise, exemption, reverse charge.

Such a page prints one total. Where its words leave no doubt that no VAT is due, that total is net
and gross at once and the VAT is nil (EN 16931 categories E, AE and K).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.evidence import PageBox
from domain.invoice import VatBreakdown
from ingest.parsers.pages.breakdown import BreakdownRow
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.totals import FoundTotals
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.votes import Found
from ingest.parsers.pages.wording import words

_REASONS = (
    (
        "AE",
        words(
            r"""
            autoliquidation
            tva (?:due par le preneur|autoliquidee)
            reverse charge
            steuerschuldnerschaft
            """
        ),
    ),
    (
        "E",
        words(
            r"""
            tva non applicable
            293 ?b
            (?:exonere|exoneree|exoneration) de (?:la )?tva
            non (?:soumis|assujetti)e? a la tva
            kleinunternehmer\w*
            keine (?:umsatzsteuer|mwst\.?|mehrwertsteuer) (?:berechnet|ausgewiesen|erhoben)
            (?:vat exempt|exempt from vat)
            franchise en base
            """
        ),
    ),
    (
        "K",
        words(
            r"""
            livraison intracommunautaire
            innergemeinschaftliche lieferung
            intra-community supply
            """
        ),
    ),
)
_SURE = 0.88


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why no VAT is due, and where it says so."""

    category: str
    reason: str
    box: PageBox


def find_exemption(pages: Sequence[LabelledPage]) -> Exemption | None:
    """The words that say that no VAT is due."""
    for category, pattern in _REASONS:
        for page in pages:
            for phrase in page.phrases:
                match = pattern.search(phrase.folded)
                if match:
                    box = phrase.box(match.start(), match.end())
                    return Exemption(category, phrase.text, box)
    return None


def without_vat(
    totals: FoundTotals, exemption: Exemption | None
) -> tuple[FoundTotals, list[BreakdownRow]] | None:
    """The totals of an exempt invoice, where its page prints no VAT at all."""
    tax, net, gross = (totals.get(s) for s in (Sum.TAX, Sum.NET, Sum.GROSS))
    paid = totals.get(Sum.PREPAID) is not None
    only = net or gross or (None if paid else totals.get(Sum.PAYABLE))
    if exemption is None or only is None or (tax is not None and tax.value != 0):
        return None
    if net is not None and gross is not None and net.value != gross.value:
        return None
    nil = tax or Found(Decimal(0), exemption.box, _SURE, "computed")
    other = Found(only.value, only.box, min(_SURE, only.confidence), "computed")
    values = {Sum.NET: net or other, Sum.GROSS: gross or other, Sum.TAX: nil}
    vat = VatBreakdown(
        exemption.category, Decimal(0), only.value, Decimal(0), exemption_reason=exemption.reason
    )
    row = BreakdownRow(vat, exemption.box, _SURE)
    return FoundTotals({**totals.values, **values}, totals.sums), [row]
