"""The EN 16931 invoice as typed, frozen values; the BT or BG number stands beside each field.

Values are what the document says, never corrected. What a document does not say is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.codes import CORRECTED_INVOICE_TYPES, CREDIT_NOTE_TYPES, PREPAYMENT_TYPES
from domain.evidence import Evidence, PageBox
from domain.lesson import Located, Piece
from domain.message import DeliveryMessage, OrderMessage, StatusMessage
from domain.party import Party

if TYPE_CHECKING:
    from domain.signature import SignatureCheck  # few documents are signed


class DocumentKind(StrEnum):
    """What sort of document a file turned out to be."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    ORDER = "order"
    DESPATCH_ADVICE = "despatch_advice"
    RECEIPT_ADVICE = "receipt_advice"
    STATUS_MESSAGE = "status_message"
    OTHER = "other"


class Syntax(StrEnum):
    """How the invoice was written."""

    CII = "cii"
    UBL = "ubl"
    ZUGFERD1 = "zugferd1"
    PDF_TEXT = "pdf_text"
    PDF_OCR = "pdf_ocr"


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """An earlier invoice this one refers to (BG-3)."""

    number: str  # BT-25
    issue_date: date | None = None  # BT-26


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """An allowance or charge at document level (BG-20, BG-21) or line level (BG-27, BG-28)."""

    is_charge: bool
    amount: Decimal | None = None  # BT-92 / BT-99 / BT-136 / BT-141
    base_amount: Decimal | None = None  # BT-93 / BT-100
    percentage: Decimal | None = None  # BT-94 / BT-101
    vat_category: str | None = None  # BT-95 / BT-102
    vat_rate: Decimal | None = None  # BT-96 / BT-103
    reason: str | None = None  # BT-97 / BT-104
    reason_code: str | None = None  # BT-98 / BT-105


@dataclass(frozen=True, slots=True)
class Totals:
    """Document totals (BG-22)."""

    lines: Decimal | None = None  # BT-106
    allowances: Decimal | None = None  # BT-107
    charges: Decimal | None = None  # BT-108
    tax_exclusive: Decimal | None = None  # BT-109
    tax: Decimal | None = None  # BT-110
    tax_inclusive: Decimal | None = None  # BT-112
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    payable: Decimal | None = None  # BT-115


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """One VAT category and rate (BG-23)."""

    category: str | None = None  # BT-118
    rate: Decimal | None = None  # BT-119
    taxable: Decimal | None = None  # BT-116
    tax: Decimal | None = None  # BT-117
    exemption_code: str | None = None  # BT-121
    exemption_reason: str | None = None  # BT-120


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One invoice line (BG-25)."""

    id: str | None = None  # BT-126
    name: str | None = None  # BT-153
    description: str | None = None  # BT-154
    note: str | None = None  # BT-127
    seller_item_id: str | None = None  # BT-155
    buyer_item_id: str | None = None  # BT-156
    standard_item_id: str | None = None  # BT-157
    quantity: Decimal | None = None  # BT-129
    unit: str | None = None  # BT-130
    net_price: Decimal | None = None  # BT-146
    price_base_quantity: Decimal | None = None  # BT-149
    net_amount: Decimal | None = None  # BT-131
    vat_category: str | None = None  # BT-151
    vat_rate: Decimal | None = None  # BT-152
    order_reference: str | None = None  # EXT-FR-FE: order named at the line
    order_line_reference: str | None = None  # BT-132
    period_start: date | None = None  # BT-134
    period_end: date | None = None  # BT-135
    allowances_charges: tuple[AllowanceCharge, ...] = ()  # BG-27, BG-28
    parent_id: str | None = None  # EXT-FR-FE-162: the line this one is part of
    subtype: str | None = None  # EXT-FR-FE-163: DETAIL, GROUP or INFORMATION


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or credit note (EN 16931-1)."""

    number: str | None = None  # BT-1
    type_code: str | None = None  # BT-3
    issue_date: date | None = None  # BT-2
    due_date: date | None = None  # BT-9
    currency: str | None = None  # BT-5
    tax_currency: str | None = None  # BT-6
    guideline: str | None = None  # BT-24
    business_process: str | None = None  # BT-23
    buyer_reference: str | None = None  # BT-10
    project_reference: str | None = None  # BT-11
    contract_reference: str | None = None  # BT-12
    order_reference: str | None = None  # BT-13
    sales_order_reference: str | None = None  # BT-14
    receiving_advice_reference: str | None = None  # BT-15
    despatch_advice_reference: str | None = None  # BT-16
    tender_reference: str | None = None  # BT-17
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()  # BG-3
    notes: tuple[str, ...] = ()  # BT-22
    seller: Party = field(default_factory=Party)  # BG-4
    buyer: Party = field(default_factory=Party)  # BG-7
    payee_name: str | None = None  # BT-59
    payee_iban: str | None = None  # BT-84, the first
    payee_ibans: tuple[str, ...] = ()  # BT-84, all
    payment_terms: str | None = None  # BT-20
    delivery_date: date | None = None  # BT-72
    period_start: date | None = None  # BT-73
    period_end: date | None = None  # BT-74
    totals: Totals = field(default_factory=Totals)  # BG-22
    vat_breakdown: tuple[VatBreakdown, ...] = ()  # BG-23
    allowances_charges: tuple[AllowanceCharge, ...] = ()  # BG-20, BG-21
    lines: tuple[InvoiceLine, ...] = ()  # BG-25

    @property
    def is_credit_note(self) -> bool:
        """Whether it reduces what is owed (UNTDID 1001)."""
        return self.type_code in CREDIT_NOTE_TYPES

    @property
    def is_prepayment(self) -> bool:
        """Whether it asks for a deposit (UNTDID 1001)."""
        return self.type_code in PREPAYMENT_TYPES

    @property
    def is_corrected(self) -> bool:
        """Whether it replaces the invoice it names (UNTDID 1001)."""
        return self.type_code in CORRECTED_INVOICE_TYPES

    def line_label(self, position: int) -> str:
        """The document's own number of a line, or its position from 1 where none is printed."""
        return self.lines[position].id or str(position + 1)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside a document (an embedded PDF file or BG-24)."""

    name: str
    sha256: str
    size: int
    role: str | None = None
    archived: bool = False
    """Whether it lies in the archive as an object of its own."""


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Why a document could not be read, and what to ask of whoever sent it."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ReadRemark:
    """A value that stands in the document but cannot be what it claims to be (30 February)."""

    code: str
    field: str
    stated: str
    message: str


@dataclass(frozen=True, slots=True)
class PageDifference:
    """A value that the visible page states otherwise than the XML inside the same PDF."""

    field: str
    page: str
    xml: str
    seen_at: PageBox | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one file: its kind, the invoice if it is one, and where values stand.

    `evidence` is keyed by field path in the words of CONTRACT §3 (`totals.payable`,
    `lines[0].quantity`). `text` is everything a person sees in the document, for full-text search.
    `unread_pages` are those that are pictures and were not recognised.
    `layout` are the words that come back on every page of one template, `located` and `pieces`
    what somebody asked to be shown of the pages; none of these is kept with the reading.
    """

    kind: DocumentKind
    syntax: Syntax | None = None
    invoice: Invoice | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    error: ReadFailure | None = None
    attachments: tuple[Attachment, ...] = ()
    text: str = ""
    remarks: tuple[ReadRemark, ...] = ()
    page_differences: tuple[PageDifference, ...] = ()
    unread_pages: tuple[int, ...] = ()
    order: OrderMessage | None = None
    delivery: DeliveryMessage | None = None
    status_message: StatusMessage | None = None
    signatures: tuple[SignatureCheck, ...] = ()
    layout: tuple[str, ...] = ()
    located: tuple[Located, ...] = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether the file could be read as what it is."""
        return self.error is None
