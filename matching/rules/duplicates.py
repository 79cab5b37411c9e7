"""DUPLICATE_INVOICE and DUPLICATE_SUSPECTED: was this billed before?

Same supplier, number and year is a duplicate. Another number with the same total within a few days
is suspect, unless the first was credited in full or is for another period; so are the same
quantities of the same order lines once more than was ordered. Partial deliveries are neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.identifiers import compact
from domain.invoice import Invoice
from domain.match import Code, Discrepancy
from domain.money import ZERO
from matching.billing import document_gross
from matching.case import REPLACED, Case, EarlierDocument
from matching.numbers import number_key
from matching.parties import accounts
from matching.preceding import named_invoices
from matching.rules.facts import Facts, finding

CORRECTED_BEFORE = "preceding_invoices.corrected_before"
CORRECTS_SETTLED = "preceding_invoices.settled"
_CENT = Decimal("0.01")


def first_of_its_number(case: Case) -> EarlierDocument | None:
    """The earlier document that this one repeats, if any."""
    if not case.invoice.number:
        return None
    key = number_key(case.invoice.number)
    for earlier in case.earlier:
        if (
            earlier.same_supplier
            and number_key(earlier.number) == key
            and earlier.is_credit_note == case.invoice.is_credit_note
            and _same_year(case, earlier)
        ):
            return earlier
    return None


def _same_year(case: Case, earlier: EarlierDocument) -> bool:
    issued = case.invoice.issue_date
    if issued is None or earlier.issue_date is None:
        return abs(document_gross(case.invoice) - earlier.gross) <= _CENT
    return issued.year == earlier.issue_date.year


def duplicate_invoice(facts: Facts) -> Iterator[Discrepancy]:
    """The number was billed before; if the account changed meanwhile, that is said too."""
    first = first_of_its_number(facts.case)
    if first is None:
        return
    yield finding(
        Code.DUPLICATE_INVOICE,
        field="number",
        expected=first.number,
        found=facts.invoice.number,
        delta=first.issue_date,
    )
    known = {compact(iban) for iban in first.ibans}
    changed = [iban for iban in accounts(facts.invoice) if compact(iban) not in known]
    validated = {compact(iban) for iban in facts.supplier.ibans} if facts.supplier else set()
    if known and facts.supplier and any(compact(iban) not in validated for iban in changed):
        yield finding(Code.IBAN_UNKNOWN, field="payee_iban", found=changed[0])


def duplicate_suspected(facts: Facts) -> Iterator[Discrepancy]:
    """Another document asks for the same: said once, the surest reason first."""
    for field, suspects in (
        (CORRECTED_BEFORE, _corrected_before),
        (CORRECTS_SETTLED, _settled),
        ("totals.tax_inclusive", _alike),
    ):
        same = suspects(facts)
        if same is not None:
            yield finding(
                Code.DUPLICATE_SUSPECTED,
                field=field,
                expected=same.number,
                found=document_gross(facts.invoice),
                delta=same.issue_date,
            )
            return


def _alike(facts: Facts) -> EarlierDocument | None:
    """Another number, but the same total in the same days, or the same lines too often."""
    return _same_total(facts) or _same_lines_again(facts)


def _corrected_before(facts: Facts) -> EarlierDocument | None:
    """A corrected invoice that came before the one it corrects."""
    issued = facts.invoice.issue_date
    for earlier in facts.case.earlier:
        later = issued is None or earlier.issue_date is None or earlier.issue_date >= issued
        if earlier.document_id in facts.case.corrected_by and later:
            return earlier
    return None


def _settled(facts: Facts) -> EarlierDocument | None:
    """What a corrected invoice names, if that was approved, replaced, or credited in part."""
    for earlier in _named(facts):
        left = earlier.credited < earlier.gross
        unreplaced = earlier.document_id not in facts.case.replaced
        if earlier.standing == REPLACED or (left and (earlier.standing or unreplaced)):
            return earlier
    return None


def _named(facts: Facts) -> tuple[EarlierDocument, ...]:
    """The earlier invoices that a corrected invoice names."""
    invoice = facts.invoice
    return named_invoices(invoice, facts.case.earlier) if invoice.is_corrected else ()


def _others(facts: Facts) -> Iterator[EarlierDocument]:
    """Earlier documents but those that this one, a 384, replaces, or was told apart from."""
    named = {e.document_id for e in _named(facts)}
    if facts.case.told_apart and (first := first_of_its_number(facts.case)):
        named.add(first.document_id)
    return (e for e in facts.case.earlier if e.document_id not in named and e.standing != REPLACED)


def corrected_unknown(facts: Facts) -> Iterator[Discrepancy]:
    """A corrected invoice for one that never came."""
    preceding = facts.invoice.preceding_invoices
    if facts.invoice.is_corrected and preceding and not _named(facts):
        stated = ", ".join(p.number for p in preceding)
        yield finding(Code.CREDITED_INVOICE_UNKNOWN, field="preceding_invoices", found=stated)


def _same_total(facts: Facts) -> EarlierDocument | None:
    gross, issued = document_gross(facts.invoice), facts.invoice.issue_date
    if not gross or issued is None:
        return None
    for earlier in _others(facts):
        if (
            earlier.same_supplier
            and earlier.is_credit_note == facts.invoice.is_credit_note
            and abs(earlier.gross - gross) <= _CENT
            and earlier.issue_date is not None
            and abs((issued - earlier.issue_date).days) <= facts.limits.duplicate_days
            and earlier.credited < earlier.gross
            and not _other_period(facts.invoice, earlier)
        ):
            return earlier
    return None


def period_of(invoice: Invoice) -> tuple[date, date] | None:
    """The period billed (BT-73, BT-74), or the one that the lines span (BT-134, BT-135)."""
    starts = [d for d in (invoice.period_start, invoice.period_end) if d]
    if not starts:
        starts = [d for line in invoice.lines for d in (line.period_start, line.period_end) if d]
    return (min(starts), max(starts)) if starts else None


def _other_period(invoice: Invoice, earlier: EarlierDocument) -> bool:
    period = period_of(invoice)
    start = earlier.period_start or earlier.period_end
    end = earlier.period_end or earlier.period_start
    if period is None or start is None or end is None:
        return False
    return period[1] < start or end < period[0] or period != (start, end)


def _same_lines_again(facts: Facts) -> EarlierDocument | None:
    if not facts.case.earlier:
        return None
    billed: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    too_much = False
    for allocation in facts.allocations:
        line = allocation.line
        billed[line.order_id, line.line_id] += allocation.quantity
        before = facts.ledger.billed("line", line.order_id, line.line_id).quantity
        total = before + billed[line.order_id, line.line_id]
        too_much = too_much or (line.quantity is not None and total > line.quantity)
    if not too_much or not facts.is_charge:
        return None
    for earlier in _others(facts):
        same = {(a.order_id, a.line_id): a.quantity for a in earlier.allocations} == billed
        if same and not earlier.is_credit_note and earlier.credited < earlier.gross:
            return earlier
    return None
