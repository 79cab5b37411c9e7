"""CREDITED_INVOICE_UNKNOWN and CREDIT_ABOVE_INVOICE: a credit note and what it credits."""

from __future__ import annotations

from collections.abc import Iterator

from domain.match import Code, Discrepancy
from domain.money import ZERO
from matching.billing import document_gross
from matching.rules.facts import Facts, finding


def credited_unknown(facts: Facts) -> Iterator[Discrepancy]:
    """It credits an invoice that never came, or names none."""
    if facts.invoice.is_credit_note and not facts.links.credited:
        stated = ", ".join(p.number for p in facts.invoice.preceding_invoices)
        yield finding(
            Code.CREDITED_INVOICE_UNKNOWN, field="preceding_invoices", found=stated or None
        )


def credit_above_invoice(facts: Facts) -> Iterator[Discrepancy]:
    """With the credits before, more is credited than was invoiced."""
    credited = facts.links.credited
    if not credited:
        return
    invoiced = sum((document.gross for document in credited), ZERO)
    total = sum((document.credited for document in credited), ZERO) + document_gross(facts.invoice)
    if total > invoiced + facts.limits.document_arithmetic:
        yield finding(
            Code.CREDIT_ABOVE_INVOICE,
            field=", ".join(document.number for document in credited),
            expected=invoiced,
            found=total,
            delta=total - invoiced,
            tolerance=facts.limits.document_arithmetic,
        )
