"""What matching concludes: links, discrepancies, verdict, payment (CONTRACT §5).

The codes, their default severity and their national reason are stable; others script against them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.party import EntityKind


class Severity(StrEnum):
    """How much a discrepancy matters."""

    BLOCK = "block"
    REVIEW = "review"
    INFO = "info"


class Outcome(StrEnum):
    """What the engine decides: any block blocks, else any review is for review, else approve."""

    APPROVE = "approve"
    REVIEW = "review"
    BLOCK = "block"


class Code(StrEnum):
    """Discrepancy codes of CONTRACT §5."""

    DUPLICATE_INVOICE = "DUPLICATE_INVOICE"
    DUPLICATE_SUSPECTED = "DUPLICATE_SUSPECTED"
    TOTALS_INCONSISTENT = "TOTALS_INCONSISTENT"
    INVALID_DOCUMENT = "INVALID_DOCUMENT"
    PDF_XML_DIFFER = "PDF_XML_DIFFER"
    EXTRACTION_UNCERTAIN = "EXTRACTION_UNCERTAIN"
    BUYER_MISMATCH = "BUYER_MISMATCH"
    SUPPLIER_UNKNOWN = "SUPPLIER_UNKNOWN"
    SUPPLIER_NOT_ON_ORDER = "SUPPLIER_NOT_ON_ORDER"
    IBAN_UNKNOWN = "IBAN_UNKNOWN"
    ORDER_REFERENCE_MISSING = "ORDER_REFERENCE_MISSING"
    ORDER_REFERENCE_UNKNOWN = "ORDER_REFERENCE_UNKNOWN"
    ORDER_CLOSED = "ORDER_CLOSED"
    LINE_NOT_ORDERED = "LINE_NOT_ORDERED"
    QUANTITY_ABOVE_ORDERED = "QUANTITY_ABOVE_ORDERED"
    QUANTITY_ABOVE_RECEIVED = "QUANTITY_ABOVE_RECEIVED"
    RECEIPT_MISSING = "RECEIPT_MISSING"
    PRICE_ABOVE_ORDER = "PRICE_ABOVE_ORDER"
    PRICE_BELOW_ORDER = "PRICE_BELOW_ORDER"
    UNIT_MISMATCH = "UNIT_MISMATCH"
    VAT_RATE_MISMATCH = "VAT_RATE_MISMATCH"
    AMOUNT_ABOVE_ORDER = "AMOUNT_ABOVE_ORDER"
    CONTRACT_UNKNOWN = "CONTRACT_UNKNOWN"
    CONTRACT_NOT_STARTED = "CONTRACT_NOT_STARTED"
    CONTRACT_EXPIRED = "CONTRACT_EXPIRED"
    CONTRACT_CEILING_EXCEEDED = "CONTRACT_CEILING_EXCEEDED"
    CONTRACT_PRICE_MISMATCH = "CONTRACT_PRICE_MISMATCH"
    COMMITMENT_MISSING = "COMMITMENT_MISSING"
    COMMITMENT_EXCEEDED = "COMMITMENT_EXCEEDED"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    CREDITED_INVOICE_UNKNOWN = "CREDITED_INVOICE_UNKNOWN"
    CREDIT_ABOVE_INVOICE = "CREDIT_ABOVE_INVOICE"
    PAYMENT_DEADLINE_NEAR = "PAYMENT_DEADLINE_NEAR"
    PAYMENT_OVERDUE = "PAYMENT_OVERDUE"

    @property
    def severity(self) -> Severity:
        """The default severity."""
        if self in _INFO:
            return Severity.INFO
        return Severity.REVIEW if self in _REVIEW else Severity.BLOCK

    @property
    def reason_code(self) -> str | None:
        """The national reason of the invoice life cycle (XP Z12-012), where one exists."""
        return _REASONS.get(self)


_INFO = frozenset({Code.PRICE_BELOW_ORDER, Code.PAYMENT_DEADLINE_NEAR, Code.PAYMENT_OVERDUE})

_REVIEW = frozenset(
    {
        Code.DUPLICATE_SUSPECTED,
        Code.INVALID_DOCUMENT,
        Code.EXTRACTION_UNCERTAIN,
        Code.SUPPLIER_UNKNOWN,
        Code.ORDER_REFERENCE_MISSING,
        Code.ORDER_REFERENCE_UNKNOWN,
        Code.RECEIPT_MISSING,
        Code.UNIT_MISMATCH,
        Code.CONTRACT_UNKNOWN,
        Code.COMMITMENT_MISSING,
        Code.CREDITED_INVOICE_UNKNOWN,
    }
)

_REASONS = {
    Code.DUPLICATE_INVOICE: "DOUBLON",
    Code.DUPLICATE_SUSPECTED: "DOUBLE_FACT",
    Code.TOTALS_INCONSISTENT: "MONTANTTOTAL_ERR",
    Code.BUYER_MISMATCH: "DEST_ERR",
    Code.IBAN_UNKNOWN: "COORD_BANC_ERR",
    Code.ORDER_REFERENCE_MISSING: "CMD_ERR",
    Code.ORDER_REFERENCE_UNKNOWN: "CMD_ERR",
    Code.ORDER_CLOSED: "CMD_ERR",
    Code.LINE_NOT_ORDERED: "ART_ERR",
    Code.QUANTITY_ABOVE_ORDERED: "QTE_ERR",
    Code.QUANTITY_ABOVE_RECEIVED: "LIVR_INCOMP",
    Code.RECEIPT_MISSING: "LIVR_INCOMP",
    Code.PRICE_ABOVE_ORDER: "PU_ERR",
    Code.PRICE_BELOW_ORDER: "PU_ERR",
    Code.VAT_RATE_MISMATCH: "TX_TVA_ERR",
    Code.AMOUNT_ABOVE_ORDER: "CMD_ERR",
    Code.CONTRACT_UNKNOWN: "REF_CT_ABSENT",
    Code.CONTRACT_NOT_STARTED: "CONTRAT_TERM",
    Code.CONTRACT_EXPIRED: "CONTRAT_TERM",
    Code.CONTRACT_PRICE_MISMATCH: "PU_ERR",
    Code.COMMITMENT_MISSING: "CMD_ERR",
}


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between a document and what it should be, with both values.

    `expected`, `found`, `delta` and `tolerance` are written as CONTRACT writes values: exact
    decimals, ISO dates or plain text.
    """

    code: Code
    message: str
    invoice_line: str | None = None
    order_id: str | None = None
    order_line: str | None = None
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    delta: str | None = None
    tolerance: str | None = None
    severity_override: Severity | None = None

    @property
    def severity(self) -> Severity:
        """The policy's severity, or the code's default."""
        return self.severity_override or self.code.severity


class LineMatch(NamedTuple):
    """The part of an invoice line that answers an order line, in the order line's unit.

    A tuple, since every invoice has as many of these as lines.
    """

    invoice_line: str
    order_id: str
    order_line: str
    quantity: Decimal
    net_amount: Decimal
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """What an invoice was linked to, and why."""

    orders: tuple[str, ...] = ()
    contract: str | None = None
    lot: str | None = None
    commitment: str | None = None
    score: float = 0.0
    explanation: str = ""
    lines: tuple[LineMatch, ...] = ()
    explanation_fr: str = ""
    explanation_en: str = ""


class Step(StrEnum):
    """A step of the waterfall from what an invoice asks to what may be paid."""

    ASKED = "asked"
    HELD = "held"
    RETENTION = "retention"
    ADVANCE = "advance"
    PAYABLE = "payable"


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """One step of the waterfall; what is taken off is negative."""

    step: Step
    amount: Decimal


class ChainKind(StrEnum):
    """What an invoice draws on, from the contract down to the credits."""

    CONTRACT = "contract"
    ORDER = "order"
    COMMITMENT = "commitment"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One ceiling: what was billed on it before, what this invoice takes, what is left."""

    kind: ChainKind
    id: str
    lot: str | None
    basis: str  # net or gross
    ceiling: Decimal
    before: Decimal
    this: Decimal

    @property
    def left(self) -> Decimal:
        """What is left; negative where the ceiling is passed."""
        return self.ceiling - self.before - self.this


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be paid now, what is held, under which policy, and why."""

    outcome: Outcome
    payable_now: Decimal | None
    held: Decimal | None
    policy_version: str
    explanation: str
    waterfall: tuple[WaterfallStep, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    explanation_fr: str = ""
    explanation_en: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment clock on the day of receipt (CCP R2192-10 and following)."""

    clock_starts: date | None
    deadline: date | None
    days_left: int | None
    buyer_kind: EntityKind | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The engine's whole answer for one invoice.

    `inputs_digest` commits to every value the verdict depends on, so that it can be replayed.
    """

    match: Match | None
    discrepancies: tuple[Discrepancy, ...]
    decision: Decision
    payment: Payment
    inputs_digest: str = ""


def outcome_of(discrepancies: tuple[Discrepancy, ...]) -> Outcome:
    """Any block blocks; else any review is for review; else approve."""
    severities = {d.severity for d in discrepancies}
    if Severity.BLOCK in severities:
        return Outcome.BLOCK
    return Outcome.REVIEW if Severity.REVIEW in severities else Outcome.APPROVE
