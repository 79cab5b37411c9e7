"""What the sample's documents and reference data are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from domain.money import round_to_cents


@dataclass(frozen=True)
class Firm:
    """A supplier or the commune, with all that a page prints of it."""

    key: str
    name: str
    street: str
    postcode: str
    town: str
    siren: str
    siret: str
    vat_id: str
    iban: str = ""
    country: str = "FR"
    email: str = ""
    phone: str = ""
    legal: str = ""  # the line at the foot: form, capital, register
    colour: str = "#1f4e79"
    mark: str = "circle"  # the shape of its logo
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line, ordered or billed."""

    id: str
    item: str
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    category: str = "S"

    @property
    def net(self) -> Decimal:
        """The line's net amount."""
        return round_to_cents(self.quantity * self.price)


@dataclass(frozen=True)
class Order:
    """An order with its lines, commitment, and what was received of it."""

    id: str
    supplier: Firm
    commitment: str
    dated: date
    lines: tuple[Line, ...] = ()
    received: tuple[Decimal | None, ...] = ()
    received_on: date | None = None
    received_by: str = ""
    service: str = ""
    contract: str = ""
    lot: str = ""
    status: str = "open"
    ceiling: Decimal | None = None  # of the commitment; the lines' total where none is given
    budget_line: str = ""

    @property
    def net(self) -> Decimal:
        """What the commitment reserves, net."""
        return self.ceiling or sum((line.net for line in self.lines), Decimal(0))

    @property
    def gross(self) -> Decimal:
        """What the commitment reserves, gross."""
        rate = self.lines[0].rate if self.lines else Decimal(20)
        if self.ceiling:
            return round_to_cents(self.ceiling * (100 + rate) / 100)
        return round_to_cents(
            sum((line.net * (100 + line.rate) / 100 for line in self.lines), Decimal(0))
        )


@dataclass(frozen=True)
class Bill:
    """An invoice or credit note."""

    number: str
    seller: Firm
    issued: date
    due: date
    lines: tuple[Line, ...]
    order: str = ""
    contract: str = ""
    service: str = ""
    commitment: str = ""
    delivered: date | None = None
    period: tuple[date, date] | None = None
    type_code: str = "380"
    process: str = "M1"
    credits: tuple[str, date] | None = None
    iban: str = ""
    language: str = "fr"
    note: str = ""

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit note."""
        return self.type_code == "381"

    @property
    def account(self) -> str:
        """The account to pay to."""
        return self.iban or self.seller.iban

    @property
    def net(self) -> Decimal:
        """Total without VAT."""
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def breakdown(self) -> list[VatPart]:
        """VAT by category and rate."""
        parts: dict[tuple[str, Decimal], Decimal] = {}
        for line in self.lines:
            parts.setdefault((line.category, line.rate), Decimal(0))
            parts[line.category, line.rate] += line.net
        return [
            VatPart(category, rate, base, round_to_cents(base * rate / 100))
            for (category, rate), base in sorted(parts.items(), key=lambda item: -item[0][1])
        ]

    @property
    def tax(self) -> Decimal:
        """Total of VAT."""
        return sum((part.tax for part in self.breakdown), Decimal("0.00"))

    @property
    def gross(self) -> Decimal:
        """Total with VAT."""
        return self.net + self.tax


@dataclass(frozen=True)
class VatPart:
    """One rate of VAT on a bill."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Contract:
    """A contract or one lot of it."""

    id: str
    lot: str
    title: str
    nature: str
    procedure: str
    supplier: Firm
    maximum: Decimal
    start: date
    end: date
    renewals: str = ""
    cpv: str = ""
    prices: tuple[Line, ...] = field(default=())
