"""Contracts (marchés) by lot, with price schedule (BPU) and amendments (avenants)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ContractPrice:
    """One line of a contract's price schedule (bordereau des prix unitaires)."""

    item_id: str
    description: str | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change to amount or end of a contract."""

    amendment_id: str
    dated: date | None = None
    amount_delta: Decimal | None = None
    new_end_date: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract, or one lot of it; amounts are net."""

    contract_id: str
    lot: str = ""
    entity_id: str | None = None
    title: str | None = None
    nature: str | None = None
    procedure: str | None = None
    supplier_id: str | None = None
    co_suppliers: tuple[str, ...] = ()
    subcontractors: tuple[str, ...] = ()
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    start_date: date | None = None
    end_date: date | None = None
    renewals: str | None = None
    payment_days: int | None = None
    retention_rate: Decimal | None = None
    price_revision: str | None = None
    cpv: str | None = None
    family: str | None = None
    prices: tuple[ContractPrice, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    advance_rate: Decimal | None = None  # tauxAvance, from 0 (none is granted) to 1
