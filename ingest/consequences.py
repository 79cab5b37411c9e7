"""What follows from a changed value, and what speaks against one.

Values that were computed from others are computed anew. Arithmetic and check digits have a veto on
what was learned, never on what a person says of one document: there they become discrepancies.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Final

from domain.identifiers import compact
from domain.invoice import Invoice, InvoiceLine

_CLOSE: Final = Decimal("0.02")
_SIREN, _SIRET = 9, 14
_BY_CHECK_DIGITS: Final = ("vat_id", "legal_id", "payee_iban")


def with_consequences(before: Invoice, after: Invoice, computed: Collection[str]) -> Invoice:
    """The changed invoice with what had been computed from the values that changed.

    Args:
        before: the invoice as it was read.
        after: the same with values changed.
        computed: paths of the values that were computed, not read.
    """
    old, new = before.totals, after.totals
    if old == new:
        return after
    if "totals.payable" in computed and new.tax_inclusive is not None:
        new = replace(new, payable=new.tax_inclusive - (new.prepaid or Decimal(0)))
    if "totals.lines" in computed and new.tax_exclusive != old.tax_exclusive:
        new = replace(new, lines=_sum_of_lines(after))
    rows = after.vat_breakdown
    if len(rows) == 1 and (rows[0].taxable, rows[0].tax) == (old.tax_exclusive, old.tax):
        # One rate for everything: its row says the totals again.
        rows = (replace(rows[0], taxable=new.tax_exclusive, tax=new.tax),)
    return replace(after, totals=new, vat_breakdown=rows)


def _sum_of_lines(invoice: Invoice) -> Decimal | None:
    """The sum of the lines where it is the net total as stated; else it is not known."""
    totals = invoice.totals
    amounts = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    if not amounts or len(amounts) != len(invoice.lines) or totals.tax_exclusive is None:
        return None
    wanted = totals.tax_exclusive + (totals.allowances or 0) - (totals.charges or 0)
    return wanted if abs(sum(amounts, Decimal(0)) - wanted) <= _CLOSE else None


def sums_contradict(invoice: Invoice) -> bool:
    """Whether net, VAT and gross are all there and do not add up."""
    totals = invoice.totals
    if totals.tax_exclusive is None or totals.tax is None or totals.tax_inclusive is None:
        return False
    return abs(totals.tax_exclusive + totals.tax - totals.tax_inclusive) > _CLOSE


def lines_that_multiply(invoice: Invoice) -> int:
    """How many lines say quantity times price makes the amount."""
    return sum(_multiplies(line) for line in invoice.lines)


def _multiplies(line: InvoiceLine) -> bool:
    if line.quantity is None or line.net_price is None or line.net_amount is None:
        return False
    base = line.price_base_quantity or Decimal(1)
    off = sum((a.amount or Decimal(0) for a in line.allowances_charges), Decimal(0))
    return abs(line.quantity * line.net_price / base - off - line.net_amount) <= _CLOSE


def is_impossible(invoice: Invoice, path: str) -> bool:
    """Whether a value cannot be what it is said to be: check digits fail, days run backwards."""
    name = path.rpartition(".")[2]
    if name in _BY_CHECK_DIGITS:
        return not _check_digits_hold(invoice, path)
    issued, due = invoice.issue_date, invoice.due_date
    return path in {"issue_date", "due_date"} and bool(issued and due and due < issued)


def _check_digits_hold(invoice: Invoice, path: str) -> bool:
    from stdnum import iban, luhn  # only where something was learned
    from stdnum.eu import vat

    if path == "payee_iban":
        return invoice.payee_iban is None or bool(iban.is_valid(invoice.payee_iban))
    party = invoice.seller if path.startswith("seller.") else invoice.buyer
    if path.endswith("vat_id"):
        return party.vat_id is None or bool(vat.is_valid(party.vat_id))
    number = compact(party.legal_id or "")
    return len(number) not in {_SIREN, _SIRET} or bool(luhn.is_valid(number))
