"""Commitments (engagements), budget credits, and what is still open under each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Commitment:
    """A budget reservation; net and gross ceilings."""

    commitment_id: str
    entity_id: str | None = None
    fiscal_year: int | None = None
    budget_line_id: str | None = None
    contract_id: str | None = None
    lot: str | None = None
    supplier_id: str | None = None
    amount_net: Decimal | None = None
    amount_gross: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A line of credits opened in the budget."""

    budget_line_id: str
    entity_id: str | None = None
    fiscal_year: int | None = None
    section: str | None = None
    chapter: str | None = None
    nature: str | None = None
    function: str | None = None
    operation: str | None = None
    service: str | None = None
    credits_open: Decimal | None = None
