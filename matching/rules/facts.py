"""What every rule looks at: the case, and what was made of it before the rules ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.invoice import Invoice, InvoiceLine
from domain.match import Code, Discrepancy
from domain.money import plain
from domain.party import Entity, Supplier
from matching.billing import Share
from matching.case import Case, Ledger
from matching.lines import Allocation
from matching.links import Links
from matching.tolerances import Tolerances


@dataclass(frozen=True, slots=True)
class Facts:
    """One invoice with its parties, links, shares and limits."""

    case: Case
    ledger: Ledger
    supplier: Supplier | None
    entity: Entity | None
    links: Links
    shares: tuple[Share, ...]
    limits: Tolerances

    @property
    def invoice(self) -> Invoice:
        """The invoice in its own words."""
        return self.case.invoice

    @property
    def is_charge(self) -> bool:
        """Whether it asks for the price of goods or work: neither credit note nor deposit."""
        return not self.invoice.is_credit_note and not self.invoice.is_prepayment

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """What answers which order line."""
        return self.links.pairing.allocations

    def line(self, position: int) -> InvoiceLine:
        """The invoice line at this position."""
        return self.case.invoice.lines[position]

    def label(self, position: int) -> str:
        """The number the document gives this line."""
        return self.case.invoice.line_label(position)


Rule = Callable[[Facts], Iterator[Discrepancy]]
Value = Decimal | date | str | None


def finding(
    code: Code,
    *,
    field: str | None = None,
    expected: Value = None,
    found: Value = None,
    delta: Value = None,
    tolerance: Value = None,
    invoice_line: str | None = None,
    order_id: str | None = None,
    order_line: str | None = None,
) -> Discrepancy:
    """A discrepancy whose sentence is still to be written."""
    return Discrepancy(
        code,
        "",
        invoice_line=invoice_line,
        order_id=order_id,
        order_line=order_line,
        field=field,
        expected=_written(expected),
        found=_written(found),
        delta=_written(delta),
        tolerance=_written(tolerance),
    )


def _written(value: Value) -> str | None:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value
