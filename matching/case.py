"""Everything a verdict depends on, as values: the document, the reference data, the ledger.

A case is closed: the engine looks at nothing else, so a stored case gives the same verdict in ten
years.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from domain.codes import CREDIT_NOTE_TYPES, PREPAYMENT_TYPES
from domain.commitment import BudgetLine, Commitment
from domain.contract import Contract
from domain.invoice import Invoice, PageDifference, Syntax
from domain.money import ZERO
from domain.order import Order
from domain.party import Entity, Supplier
from matching.tolerances import Policy


@dataclass(frozen=True, slots=True)
class FatalFinding:
    """A rule of the official rule sets that failed fatally."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadConfidence:
    """How sure the reader is of a value it read from a page."""

    field: str
    confidence: float


BALANCE_KINDS: Final = ("line", "order", "contract", "commitment", "budget")


@dataclass(frozen=True, slots=True)
class Balance:
    """What earlier documents billed on one order line, order, lot, commitment or budget line.

    `part` is the order line or the lot, empty for the other kinds. Credit notes count negative.
    """

    kind: str  # one of BALANCE_KINDS
    id: str
    part: str = ""
    quantity: Decimal = ZERO
    net: Decimal = ZERO
    gross: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Allocated:
    """What an earlier document billed on an order line."""

    order_id: str
    line_id: str
    quantity: Decimal


APPROVED: Final = "approved"
REPLACED: Final = "replaced"


@dataclass(frozen=True, slots=True)
class EarlierDocument:
    """A document judged before that counts as billed, or that a corrected one replaced."""

    document_id: str
    number: str
    type_code: str | None = None
    issue_date: date | None = None
    net: Decimal = ZERO
    gross: Decimal = ZERO
    period_start: date | None = None
    period_end: date | None = None
    ibans: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    contract_id: str | None = None
    lot: str | None = None
    commitment_id: str | None = None
    credited: Decimal = ZERO  # gross, by credit notes that count
    same_supplier: bool = True
    allocations: tuple[Allocated, ...] = ()
    standing: str = ""  # APPROVED, REPLACED, or neither

    @property
    def is_credit_note(self) -> bool:
        """Whether it reduced what is owed."""
        return self.type_code in CREDIT_NOTE_TYPES

    @property
    def is_prepayment(self) -> bool:
        """Whether it asked for a deposit that still counts."""
        return self.type_code in PREPAYMENT_TYPES and self.standing != REPLACED


@dataclass(frozen=True, slots=True)
class Case:
    """One document to be judged, with all that is known about what it touches."""

    invoice: Invoice
    policy: Policy
    today: date
    syntax: Syntax | None = None
    fatal: tuple[FatalFinding, ...] = ()
    confidences: tuple[ReadConfidence, ...] = ()
    page_differences: tuple[PageDifference, ...] = ()
    entities: tuple[Entity, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    orders: tuple[Order, ...] = ()
    contracts: tuple[Contract, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    budget_lines: tuple[BudgetLine, ...] = ()
    balances: tuple[Balance, ...] = ()
    earlier: tuple[EarlierDocument, ...] = ()
    received_on: date | None = None
    linked_orders: tuple[str, ...] = ()  # by a person: nothing else is looked for
    replaced: tuple[str, ...] = ()  # documents that this one, a corrected invoice, replaces
    linked_contract: str | None = None  # by a person, as the two below
    linked_lot: str | None = None
    linked_commitment: str | None = None
    corrected_by: tuple[str, ...] = ()  # documents that came before this one, and correct it
    told_apart: bool = False  # a person said that it is no duplicate of the first of its number

    @property
    def is_page(self) -> bool:
        """Whether the values were read from a page rather than from XML."""
        return self.syntax in {Syntax.PDF_TEXT, Syntax.PDF_OCR}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The balances of a case, by what they are of."""

    balances: dict[tuple[str, str, str], Balance] = field(default_factory=dict)

    @classmethod
    def of(cls, balances: Iterable[Balance]) -> Ledger:
        """Index the balances."""
        return cls({(b.kind, b.id, b.part): b for b in balances})

    def billed(self, kind: str, key: str, part: str = "") -> Balance:
        """What was billed before; nothing when nothing was."""
        return self.balances.get((kind, key, part)) or Balance(kind, key, part)
