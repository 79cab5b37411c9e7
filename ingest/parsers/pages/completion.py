"""What follows from what was read: sums of lines, and what is payable when nothing was paid.

Derived values say so in their evidence (`computed`) and are given only where the arithmetic of
the document bears them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from domain.invoice import AllowanceCharge, InvoiceLine
from ingest.parsers.pages.totals import FoundTotals
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.votes import Found

_CLOSE = Decimal("0.02")
_DERIVED = 0.93


def complete_totals(
    totals: FoundTotals, lines: Sequence[InvoiceLine], deductions: Sequence[AllowanceCharge]
) -> dict[Sum, Found[Decimal]]:
    """The totals with the sum of lines and the payable amount where they follow."""
    values = dict(totals.values)
    for which in (Sum.ALLOWANCES, Sum.PREPAID):
        found = values.get(which)
        if found is not None and found.value < 0:
            values[which] = replace(found, value=-found.value)
    _drop_impossible_sides(values)
    _complete_sides(values, deductions)
    _move_charges(values)
    if Sum.LINES not in values or values[Sum.LINES].confidence < _DERIVED:
        found = _sum_of_lines(values, lines)
        if found is not None:
            values[Sum.LINES] = found
    _complete_net(values, lines)
    _complete_gross(values)
    gross = values.get(Sum.GROSS)
    if Sum.PAYABLE not in values and gross is not None:
        prepaid = values.get(Sum.PREPAID)
        due = gross.value - (abs(prepaid.value) if prepaid else Decimal(0))
        confidence = min(_DERIVED, gross.confidence)
        values[Sum.PAYABLE] = Found(due, gross.box, confidence, "computed")
    return values


def _complete_gross(values: dict[Sum, Found[Decimal]]) -> None:
    """Where nothing was paid before, `Net à payer TTC` is the gross total: net and VAT make it."""
    net, tax, payable = (values.get(s) for s in (Sum.NET, Sum.TAX, Sum.PAYABLE))
    if net is None or tax is None or payable is None:
        return
    if {Sum.GROSS, Sum.PREPAID} & values.keys():
        return
    if abs(net.value + tax.value - payable.value) <= _CLOSE:
        values[Sum.GROSS] = replace(payable, origin="computed")


def _complete_net(values: dict[Sum, Found[Decimal]], lines: Sequence[InvoiceLine]) -> None:
    """The net total where none is named: the sum of the lines to which the VAT is added."""
    tax, due = values.get(Sum.TAX), values.get(Sum.GROSS) or values.get(Sum.PAYABLE)
    if Sum.NET in values or tax is None or due is None:
        return
    if {Sum.ALLOWANCES, Sum.CHARGES, Sum.PREPAID} & values.keys():
        return
    net = due.value - tax.value
    printed = values.get(Sum.LINES)
    amounts = [line.net_amount for line in lines if line.net_amount is not None]
    if printed is not None and abs(printed.value - net) <= _CLOSE:
        values[Sum.NET] = Found(printed.value, printed.box, _DERIVED, "computed")
    elif amounts and len(amounts) == len(lines) and abs(sum(amounts) - net) <= _CLOSE:
        values[Sum.NET] = Found(net, due.box, _DERIVED, "computed")


def _complete_sides(
    values: dict[Sum, Found[Decimal]], deductions: Sequence[AllowanceCharge]
) -> None:
    """Sums of document-level allowances and charges that are listed but not totalled."""
    net = values.get(Sum.NET)
    if net is None:
        return
    for which, is_charge in ((Sum.ALLOWANCES, False), (Sum.CHARGES, True)):
        amounts = [abs(d.amount) for d in deductions if d.is_charge is is_charge and d.amount]
        total = sum(amounts, Decimal(0))
        known = values.get(which)
        if amounts and (known is None or known.value != total):
            values[which] = Found(total, known.box if known else net.box, 0.85, "computed")


def _drop_impossible_sides(values: dict[Sum, Found[Decimal]]) -> None:
    """Allowances or charges as great as the net total are something else that is called so."""
    net = values.get(Sum.NET)
    for which in (Sum.ALLOWANCES, Sum.CHARGES):
        found = values.get(which)
        if net is None or found is None or not found.value:
            continue
        if abs(found.value) >= abs(net.value):
            del values[which]


def _move_charges(values: dict[Sum, Found[Decimal]]) -> None:
    """A `net total` to which charges are still added is the sum of the lines."""
    net, tax, gross, charges = (values.get(s) for s in (Sum.NET, Sum.TAX, Sum.GROSS, Sum.CHARGES))
    if net is None or tax is None or gross is None or charges is None or not charges.value:
        return
    if abs(net.value + charges.value + tax.value - gross.value) <= _CLOSE:
        values[Sum.LINES] = net
        total = net.value + charges.value
        values[Sum.NET] = Found(total, net.box, _DERIVED, "computed")


def _sum_of_lines(
    values: dict[Sum, Found[Decimal]], lines: Sequence[InvoiceLine]
) -> Found[Decimal] | None:
    """Where the lines, less allowances plus charges, make the net total."""
    net = values.get(Sum.NET)
    amounts = [line.net_amount for line in lines if line.net_amount is not None]
    allowances, charges = values.get(Sum.ALLOWANCES), values.get(Sum.CHARGES)
    less = allowances.value if allowances else Decimal(0)
    plus = charges.value if charges else Decimal(0)
    total = sum(amounts, Decimal(0))
    if net is None or not amounts or len(amounts) != len(lines):
        if net is not None and not amounts and not less and not plus:
            return Found(net.value, net.box, min(0.85, net.confidence), "computed")
        return None
    gross = values.get(Sum.GROSS)
    if gross is not None and not less and not plus and abs(total - gross.value) <= _CLOSE:
        return Found(net.value, net.box, min(0.85, net.confidence), "computed")
    if abs(total - less + plus - net.value) <= _CLOSE:
        total = net.value + less - plus
        return Found(total, net.box, _DERIVED, "computed")
    return None
