"""TOTALS_INCONSISTENT: the document's own arithmetic (BR-CO-10 to BR-CO-17, BT-131).

A line whose amount is not quantity times price is said at the line, wrong sums once for the
document, whether we found them or an official rule did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from domain.codes import REVERSE_OR_EXPORT_CATEGORIES
from domain.invoice import Invoice, InvoiceLine
from domain.match import Code, Discrepancy
from domain.money import ZERO, round_to_cents
from matching.rules.facts import Facts, finding

_SUM_RULES: Final = re.compile(
    r"BR-(?:CO-1[0-7]|CO-2[0-9]-SUM|(?:S|Z|E|AE|IC|K|G|O|AF|AG|IG|IP)-0[89])|BR-FXEXT-CO-1[0-7]"
    r"|BR-FREXT-CO-1[0-7]|PEPPOL-EN16931-R(?:040|041|042|043|046|120|121)|BR-DEX-(?:09|1[0-4])"
)
_HALF_CENT: Final = Decimal("0.005")


def is_about_sums(rule: str) -> bool:
    """Whether an official rule checks sums, rather than presence or form."""
    return _SUM_RULES.search(rule.upper()) is not None


def line_difference(line: InvoiceLine) -> Decimal:
    """Line amount less what quantity, price, allowances and charges make; 0 if not all stated."""
    if line.quantity is None or line.net_price is None or line.net_amount is None:
        return ZERO
    computed = line.quantity * line.net_price
    if line.price_base_quantity:
        computed /= line.price_base_quantity
    for item in line.allowances_charges:
        amount = item.amount or ZERO
        computed += amount if item.is_charge else -amount
    return line.net_amount - round_to_cents(computed)


def line_arithmetic(facts: Facts) -> Iterator[Discrepancy]:
    """Quantity times price against the amount of each line."""
    for position, line in enumerate(facts.invoice.lines):
        difference = line_difference(line)
        if abs(difference) > facts.limits.line_arithmetic and line.net_amount is not None:
            yield finding(
                Code.TOTALS_INCONSISTENT,
                field="net_amount",
                expected=line.net_amount - difference,
                found=line.net_amount,
                delta=difference,
                tolerance=facts.limits.line_arithmetic,
                invoice_line=facts.label(position),
            )


def document_sums(facts: Facts) -> Iterator[Discrepancy]:
    """The first sum that is wrong, or the official rule that says one is."""
    for field, expected, found, allowed in _sums(facts.invoice, facts.limits.document_arithmetic):
        if abs(found - expected) > allowed:
            yield finding(
                Code.TOTALS_INCONSISTENT,
                field=field,
                expected=expected,
                found=found,
                delta=found - expected,
                tolerance=allowed,
            )
            return
    for fatal in facts.case.fatal:
        if is_about_sums(fatal.rule):
            yield finding(Code.TOTALS_INCONSISTENT, field=fatal.rule, found=fatal.message)
            return


_Sum = tuple[str, Decimal, Decimal, Decimal]


def _sums(invoice: Invoice, allowed: Decimal) -> Iterator[_Sum]:
    totals = invoice.totals
    counted = [line for line in invoice.lines if line.parent_id is None]
    amounts = [line.net_amount for line in counted if line.net_amount is not None]
    if totals.lines is not None and amounts and len(amounts) == len(counted):
        yield "totals.lines", sum(amounts, ZERO), totals.lines, allowed  # BR-CO-10
    lines = totals.lines if totals.lines is not None else sum(amounts, ZERO)
    if totals.tax_exclusive is not None and (totals.lines is not None or amounts):
        net = lines - (totals.allowances or ZERO) + (totals.charges or ZERO)
        yield "totals.tax_exclusive", net, totals.tax_exclusive, allowed  # BR-CO-13
    taxes = [vat.tax for vat in invoice.vat_breakdown if vat.tax is not None]
    if totals.tax is not None and taxes and len(taxes) == len(invoice.vat_breakdown):
        yield "totals.tax", sum(taxes, ZERO), totals.tax, allowed  # BR-CO-14
    if totals.tax_exclusive is not None and totals.tax_inclusive is not None:
        gross = totals.tax_exclusive + (totals.tax or ZERO)
        if totals.tax is not None or not _taxed(invoice):
            yield "totals.tax_inclusive", gross, totals.tax_inclusive, allowed  # BR-CO-15
    if totals.payable is not None and totals.tax_inclusive is not None:
        due = totals.tax_inclusive - (totals.prepaid or ZERO) + (totals.rounding or ZERO)
        yield "totals.payable", due, totals.payable, allowed  # BR-CO-16
    yield from _vat_amounts(invoice, allowed)


def _taxed(invoice: Invoice) -> bool:
    return any(
        vat.rate and vat.category not in REVERSE_OR_EXPORT_CATEGORIES
        for vat in invoice.vat_breakdown
    )


def _vat_amounts(invoice: Invoice, allowed: Decimal) -> Iterator[_Sum]:
    """BR-CO-17, with half a cent for each line: VAT may be rounded line by line."""
    rounding = allowed + _HALF_CENT * len(invoice.lines)
    for vat in invoice.vat_breakdown:
        if vat.taxable is not None and vat.tax is not None and vat.rate is not None:
            computed = round_to_cents(vat.taxable * vat.rate / 100)
            yield "vat_breakdown.tax", computed, vat.tax, rounding
