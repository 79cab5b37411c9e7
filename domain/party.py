"""Parties: as an invoice names them, and as our reference data knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7) in the invoice's own words."""

    name: str | None = None  # BT-27 / BT-44
    legal_id: str | None = None  # BT-30 / BT-47
    legal_id_scheme: str | None = None  # BT-30-1 / BT-47-1
    vat_id: str | None = None  # BT-31 / BT-48
    tax_number: str | None = None  # BT-32
    country: str | None = None  # BT-40 / BT-55
    trading_name: str | None = None  # BT-28 / BT-45
    identifiers: tuple[str, ...] = ()  # BT-29 / BT-46
    electronic_address: str | None = None  # BT-34 / BT-49


class EntityKind(StrEnum):
    """What sort of buyer an entity is; payment terms and commitments depend on it."""

    LOCAL = "local"
    STATE = "state"
    HEALTH = "health"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Entity:
    """A body or company whose books we keep."""

    entity_id: str
    name: str
    siren: str | None = None
    siret: str | None = None
    kind: EntityKind = EntityKind.LOCAL


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier of our reference data; `ibans` are the accounts that somebody validated."""

    supplier_id: str
    name: str
    aliases: tuple[str, ...] = ()
    siren: str | None = None
    siret: str | None = None
    vat_id: str | None = None
    ibans: tuple[str, ...] = field(default=())
    country: str | None = None
    email: str | None = None
