"""The shapes of CONTRACT §3 to §6, as OpenAPI states them.

They describe, they do not filter: an answer is sent exactly as the application gives it, and tests
hold every answer against these shapes. All of them may gain fields; none may lose one.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Decimal = str
IsoDate = str

Status = Literal[
    "received",
    "duplicate",
    "unreadable",
    "not_invoice",
    "approved",
    "in_review",
    "blocked",
    "failed",
    "refused",
    "disputed",
    "on_hold",
    "replaced",
]
Kind = Literal[
    "invoice",
    "credit_note",
    "order",
    "despatch_advice",
    "receipt_advice",
    "status_message",
    "other",
]

AccessKind = Literal[
    "opened",
    "pages",
    "downloaded",
    "searched",
    "listed",
    "evidence",
    "exported",
    "replayed",
    "verified",
    "proved",
    "accesses",
    "unrecorded",
]


class Shape(BaseModel):
    """Fields may be added to every object; amounts are strings holding exact decimals."""

    model_config = ConfigDict(extra="allow")


class Problem(Shape):
    """An error as RFC 9457 problem details, with a permanent code and a next step."""

    type: str = Field(examples=["urn:meg:problem:ING-01"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str
    instance: str | None = None
    code: str = Field(description="Permanent code of the error.", examples=["ING-01"])
    message: str = Field(examples=["no document '0190…'"])
    hint: str = Field(description="What to do next.")
    position: int | None = Field(
        default=None, description="Where a bad query went wrong, counted in characters from 0."
    )


class PartyShape(Shape):
    """Seller (BG-4) or buyer (BG-7)."""

    name: str | None
    legal_id: str | None
    legal_id_scheme: str | None
    vat_id: str | None
    tax_number: str | None
    country: str | None


class TotalsShape(Shape):
    """Document totals (BG-22): BT-106 to BT-115."""

    lines: Decimal | None
    allowances: Decimal | None
    charges: Decimal | None
    tax_exclusive: Decimal | None
    tax: Decimal | None
    tax_inclusive: Decimal | None
    prepaid: Decimal | None
    rounding: Decimal | None
    payable: Decimal | None


class LineShape(Shape):
    """One invoice line (BG-25)."""

    id: str | None
    name: str | None
    description: str | None
    seller_item_id: str | None
    buyer_item_id: str | None
    quantity: Decimal | None
    unit: str | None
    net_price: Decimal | None
    price_base_quantity: Decimal | None
    net_amount: Decimal | None
    vat_category: str | None
    vat_rate: Decimal | None
    order_reference: str | None
    order_line_reference: str | None


class PrecedingShape(Shape):
    """An earlier invoice this one refers to (BG-3)."""

    number: str
    issue_date: IsoDate | None


class VatShape(Shape):
    """One VAT category and rate (BG-23)."""

    category: str | None
    rate: Decimal | None
    taxable: Decimal | None
    tax: Decimal | None
    exemption_code: str | None


class InvoiceShape(Shape):
    """An invoice in the words of EN 16931 (CONTRACT §3)."""

    guideline: str | None
    business_process: str | None
    number: str | None
    type_code: str | None
    issue_date: IsoDate | None
    due_date: IsoDate | None
    currency: str | None
    buyer_reference: str | None
    contract_reference: str | None
    order_reference: str | None
    sales_order_reference: str | None
    receiving_advice_reference: str | None
    despatch_advice_reference: str | None
    preceding_invoices: list[PrecedingShape]
    notes: list[str]
    seller: PartyShape
    buyer: PartyShape
    payee_iban: str | None
    payment_terms: str | None
    totals: TotalsShape
    vat_breakdown: list[VatShape]
    allowances_charges: list[dict[str, Any]]
    lines: list[LineShape]


class ReadErrorShape(Shape):
    """Why a document could not be read."""

    code: str
    message: str
    hint: str


class ReadingShape(Shape):
    """What was read in a file (CONTRACT §3)."""

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    kind: Kind
    readable: bool
    error: ReadErrorShape | None
    source: Literal["cii", "ubl", "zugferd1", "pdf_text", "pdf_ocr"] | None
    invoice: InvoiceShape | None
    evidence: dict[str, Any] = Field(
        description="By field path: `from`, `where` (XPath, or page and bounding box in PDF points "
        "from the top left) and `confidence`."
    )


class RuleSetShape(Shape):
    """One official rule set, and whether it ran."""

    name: str
    version: str
    status: Literal["passed", "failed", "skipped", "not_applicable"]
    why: str | None


class PlainShape(Shape):
    """A finding in plain words, for the accountant."""

    fr: str
    en: str


class BusinessTermShape(Shape):
    """A business term of EN 16931 with its names."""

    id: str
    fr: str
    en: str


class FindingShape(Shape):
    """One rule that did not hold."""

    rule: str
    severity: Literal["fatal", "warning", "information"]
    message: str
    location: str | None
    rule_set: str
    plain: PlainShape | None = None
    business_terms: list[BusinessTermShape] = []
    page: int | None = None
    bbox: list[float] | None = None


class ValidationResult(Shape):
    """What the rule sets said; `valid` is null when one that applies could not run."""

    valid: bool | None
    rule_sets: list[RuleSetShape]
    findings: list[FindingShape]


class ValidationShape(ValidationResult):
    """What the rule sets said of one file (CONTRACT §4)."""

    file: str
    sha256: str


class LineMatchShape(Shape):
    """The part of an invoice line that answers an order line."""

    invoice_line: str
    order_id: str
    order_line: str
    quantity: Decimal
    net_amount: Decimal
    score: float


class MatchShape(Shape):
    """What an invoice was linked to, and why."""

    orders: list[str]
    contract: str | None
    lot: str | None
    commitment: str | None
    score: float
    explanation: str
    lines: list[LineMatchShape]


class DiscrepancyShape(Shape):
    """One difference, with both values."""

    code: str
    severity: Literal["block", "review", "info"]
    invoice_line: str | None
    order_id: str | None
    order_line: str | None
    field: str | None
    expected: str | None
    found: str | None
    delta: str | None
    tolerance: str | None
    message: str
    reason_code: str | None = Field(description="National reason of the invoice life cycle.")


class ExplanationsShape(Shape):
    """The same explanation in each language."""

    fr: str
    en: str


class WaterfallStepShape(Shape):
    """A step from what is asked to what may be paid; what is taken off is negative."""

    step: Literal["asked", "held", "retention", "advance", "payable"]
    amount: Decimal


class ChainLinkShape(Shape):
    """A ceiling: billed on it before, taken by this invoice, left."""

    kind: Literal["contract", "order", "commitment", "budget"]
    id: str
    lot: str | None
    basis: Literal["net", "gross"]
    ceiling: Decimal
    before: Decimal
    this: Decimal
    left: Decimal


class DecisionShape(Shape):
    """What may be paid now, what is held, and why."""

    outcome: Literal["approve", "review", "block"]
    payable_now: Decimal | None
    held: Decimal | None
    policy_version: str
    explanation: str
    explanations: ExplanationsShape | None = None
    waterfall: list[WaterfallStepShape] = []
    chain: list[ChainLinkShape] = []


class PaymentShape(Shape):
    """The payment clock on the day of receipt."""

    clock_starts: IsoDate | None
    deadline: IsoDate | None
    days_left: int | None
    buyer_kind: Literal["local", "state", "health", "company"] | None = None


class InterruptionShape(Shape):
    """The one interruption of a payment delay."""

    notified_on: IsoDate
    completed_on: IsoDate | None
    reason: str


class InterestShape(Shape):
    """Late interest at one rate; null where the rate of the half-year is not known."""

    from_: IsoDate = Field(alias="from")
    days: int
    rate: Decimal | None
    amount: Decimal | None


class PaymentTodayShape(Shape):
    """The payment delay as it stands today; no deadline while it is interrupted."""

    as_of: IsoDate
    deadline: IsoDate | None
    days_left: int | None
    interruption: InterruptionShape | None
    late_interest: list[InterestShape]
    indemnity: Decimal | None
    owed_for_lateness: Decimal | None


class ArchiveShape(Shape):
    """Where the bytes are kept and where the ledger tells of them."""

    key: str
    size: int
    ledger_index: int


class SignerShape(Shape):
    """The certificate a signature was made with."""

    subject: str
    issuer: str
    serial: str
    not_before: str
    not_after: str
    sha256: str


class SignatureShape(Shape):
    """One electronic signature or document timestamp, as it was checked at intake."""

    format: str = Field(examples=["PAdES"])
    name: str
    indication: Literal["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"] = Field(
        description="By ETSI EN 319 102-1."
    )
    sub_indication: str | None
    is_timestamp: bool
    intact: bool | None
    coverage: Literal["whole", "revision", "part", "unknown"]
    changes: Literal["none", "signatures", "form_filling", "annotations", "refused", "unknown"]
    signer: SignerShape | None
    trusted: bool
    claimed_at: str | None
    judged_at: str | None
    revocation: Literal["good", "revoked", "unknown", "not_declared"]
    problems: list[str] = Field(description="Permanent codes, SIG-01 and on.")


class DocumentShape(Shape):
    """All that became of one file (CONTRACT §5)."""

    file: str
    sha256: str
    document_id: str
    status: Status
    duplicate_of: str | None
    invoice: InvoiceShape | None
    validation: ValidationResult | None
    match: MatchShape | None
    discrepancies: list[DiscrepancyShape]
    decision: DecisionShape | None
    payment: PaymentShape | None
    signatures: list[SignatureShape] = []
    archive: ArchiveShape


class EventShape(Shape):
    """One thing that happened to a document, as the ledger keeps it."""

    type: str
    at: str
    actor: str


class AccountShape(Shape):
    """How far the account that the verdict did not know has come, and who vouched for it."""

    supplier_id: str
    iban: str
    state: Literal["waiting", "proposed", "validated", "rejected"]
    document_id: str
    proposed_by: str | None
    proposed_at: str | None
    reason: str | None
    decided_by: str | None
    decided_at: str | None
    decided_reason: str | None


class ShownShape(DocumentShape):
    """A document with its history."""

    received_at: str
    account: AccountShape | None = None
    payment_today: PaymentTodayShape | None = None
    history: list[EventShape]


class SummaryShape(Shape):
    """A document in a list."""

    document_id: str
    file_name: str
    received_at: str
    status: Status
    kind: Kind | None
    number: str | None
    supplier: str | None
    issue_date: IsoDate | None
    gross: Decimal | None
    currency: str | None
    outcome: Literal["approve", "review", "block"] | None
    codes: list[str]


class DocumentsPage(Shape):
    """A page of the list, newest first."""

    documents: list[SummaryShape]
    next: str | None = Field(description="Value of `before` for the next page; null at the end.")
    counts: dict[str, int] = Field(description="How many documents stand at each status.")


class Ingested(Shape):
    """What became of each file that was sent."""

    documents: list[DocumentShape]


class Readings(Shape):
    """What was read in each file that was sent."""

    results: list[ReadingShape]


class Validations(Shape):
    """What the rule sets said of each file that was sent."""

    results: list[ValidationShape]


class FacetShape(Shape):
    """One value of a facet and how often it occurs."""

    value: str
    count: int


class HitShape(Shape):
    """One document found."""

    document_id: str
    score: float
    number: str | None
    supplier: str | None
    issue_date: IsoDate | None
    gross: Decimal | None
    status: str | None
    sha256: str
    snippets: list[str]


class Found(Shape):
    """What a search found (CONTRACT §6)."""

    total: int
    took_ms: float
    facets: dict[str, list[FacetShape]]
    hits: list[HitShape]


class Resolution(BaseModel):
    """An accountant's decision."""

    action: Literal["approve", "refuse", "dispute", "link", "correct", "hold", "release"]
    reason: str = Field(
        min_length=1,
        max_length=2000,
        description="Why; kept in the ledger for ten years.",
        examples=["Le fournisseur a confirmé le prix par courriel du 12/03."],
    )
    fields: dict[str, str] = Field(
        default_factory=dict,
        max_length=60,
        description="With `correct`: field path to value, or `column:…` to the column's heading.",
        examples=[{"number": "F-2026-118", "column:quantity": "Qté livrée"}],
    )
    orders: list[str] = Field(default_factory=list, max_length=50, description="With `link`.")
    contract: str | None = Field(default=None, max_length=255, description="With `link`.")
    lot: str | None = Field(default=None, max_length=255, description="With `link`.")
    seen: int | None = Field(
        default=None,
        ge=0,
        description="`position` of the last event of `history` that the decision rests on; "
        "refused with ING-57 when more happened since.",
    )
    commitment: str | None = Field(default=None, max_length=255, description="With `link`.")


class ChoiceShape(Shape):
    """An order that a document may belong to."""

    order_id: str
    supplier_id: str | None
    order_date: IsoDate | None
    status: str
    score: float = Field(description="How much of the document's content it explains, 0 to 1.")
    quoted: bool = Field(description="Whether the document names it.")


class ChoicesList(BaseModel):
    """Orders, the likeliest first."""

    choices: list[ChoiceShape]


class CorrectionShape(Shape):
    """A correction: what was wrong, what was learned from it, where that was applied."""

    correction_id: str
    document_id: str = Field(description="The document that was corrected.")
    supplier: str | None
    field: str = Field(description="A path of the invoice, or `column:…`.")
    before: str | None
    after: str | None = Field(description="The value, or the heading of the column.")
    at: str
    by: str
    reason: str
    label: str | None = Field(description="The words that the value is found by.")
    learned: bool
    applied_to: int = Field(description="How many documents were read with it.")
    forgotten_at: str | None
    forgotten_by: str | None


class EliminationListed(Shape):
    """Where an elimination stands."""

    number: int
    state: str = Field(description="proposed, approved, refused, purged.")
    regime: str = Field(description="public or private: whether the archives' visa is needed.")
    sha256: str = Field(description="Digest of the proposal.")
    proposed_at: str
    proposed_by: str
    visa_at: str | None
    visa_by: str | None
    visa_reference: str | None
    reason: str | None = Field(description="Why it was refused.")
    counts: dict[str, int] = Field(description="Documents by what became of them.")


class EliminationShape(EliminationListed):
    """An elimination with its proposal, visa, documents and certificates."""

    bordereau: dict[str, Any] = Field(description="The proposal, as the log commits to it.")
    visa: dict[str, Any] | None
    certificates: list[dict[str, Any]] = Field(description="What was destroyed, as certified.")
    documents: list[dict[str, Any]] = Field(
        description="The documents, with what is still known of them beside what is kept."
    )


class EliminationsList(Shape):
    """Eliminations."""

    eliminations: list[EliminationListed]


class CorrectionsList(BaseModel):
    """What was learned."""

    corrections: list[CorrectionShape]


class Forgetting(BaseModel):
    """Why something is to be forgotten."""

    reason: str = Field(default="", max_length=2000, description="Kept in the ledger.")


class AccessShape(Shape):
    """Who did what: who read, downloaded, searched or exported."""

    number: int
    at: str
    who: str
    channel: str = Field(description="cli, web, api or program.")
    client: str | None = Field(description="The address the server saw.")
    what: AccessKind
    document_id: str | None
    detail: dict[str, Any] = Field(description="Query and hits, file name and digest, filters.")
    batch: str | None = Field(description="The sealed batch that holds it; null until then.")


class AccessesPage(BaseModel):
    """Accesses, the newest first."""

    accesses: list[AccessShape]
    next: int | None = Field(description="Give it as `before` for the following page.")


class CheckShape(Shape):
    """One thing that was checked: object, manifests, log, checkpoint."""

    check: str
    status: Literal["passed", "failed", "pending"]


class Verified(Shape):
    """Whether what is stored of a document is what was received."""

    document_id: str
    ok: bool
    checks: list[CheckShape]
    problems: list[dict[str, Any]]


class VerifiedAll(Shape):
    """The last line of a check of everything: the ledger as a whole."""

    summary: Literal[True]
    ok: bool
    documents: int
    documents_with_problems: int
    problems: list[dict[str, Any]]


class VerifyAsked(BaseModel):
    """Which documents to check."""

    ids: list[str] | None = Field(default=None, description="Document ids; null for all.")


class EvidenceAsked(BaseModel):
    """Which documents an evidence package is made of: by id, or by a search, a year, or both."""

    ids: list[str] = Field(default_factory=list, description="Document ids.")
    query: str | None = Field(default=None, description="What `/search` takes.", max_length=1000)
    year: int | None = Field(default=None, ge=1900, le=9999, description="Issued in this year.")


class ProofShape(Shape):
    """Where an event stands in the signed log."""

    document_id: str
    event: str = Field(description="What happened.")
    version: int = Field(description="The manifest that holds the event.")
    position: int = Field(description="Its place in the log.")
    entry: str = Field(description="What the log holds of it: a SHA-256, in hex.")
    size: int = Field(description="The size of the log that the proof is for.")
    path: list[str] = Field(description="RFC 6962 audit path, base64, the leaf's end first.")
    tlog_proof: str = Field(description="The same with its checkpoint, as C2SP tlog-proof.")


class ProofsList(Shape):
    """A proof for each event of a document."""

    proofs: list[ProofShape]


class SignedSize(Shape):
    """A checkpoint."""

    size: int
    checkpoint: str = Field(description="The signed note.")


class Consistency(Shape):
    """What shows that one log extends another."""

    first: SignedSize
    second: SignedSize
    path: list[str] = Field(description="RFC 6962 consistency proof, base64.")


class CheckpointAsked(BaseModel):
    """A checkpoint that somebody kept elsewhere."""

    checkpoint: str = Field(description="The signed note, six lines.", max_length=4096)


class SizeAndRoot(Shape):
    """What a checkpoint promises."""

    size: int
    root: str = Field(description="RFC 6962 root, in hex.")


class Head(SizeAndRoot):
    """The log as it is signed now."""

    note: str = Field(description="The signed note.")


class Compared(Shape):
    """Whether the log only grew since a kept checkpoint."""

    checkpoint: SizeAndRoot | None = Field(description="What the kept checkpoint says.")
    log: Head | None = Field(description="The last one of the log.")
    ok: bool
    path: list[str] = Field(description="RFC 6962 consistency proof, base64.")
    problems: list[dict[str, Any]] = Field(
        description="SPLIT_VIEW, LOG_TRUNCATED, CHECKPOINT_NOT_SIGNED and others."
    )


class LogKeyShape(Shape):
    """A key of the log and the sizes that it signs."""

    key_id: str
    verifier_key: str = Field(description="As the C2SP note tools write it.")
    fingerprint: str = Field(description="The SHA-256 of the 32 bytes of the public key.")
    status: Literal["current", "rotated", "compromised"]
    from_: int = Field(alias="from", description="The smallest size of the log that it signs.")
    to: int | None = Field(description="The largest; null for the key in use.")
    void_from: int | None = Field(description="From this size on its signatures count no more.")
    reason: str | None = Field(description="Why: it was compromised.")
    since: str | None
    until: str | None
    rotated_by: str | None
    private_key: Literal["in use", "archived", "destroyed"]
    statement: str | None = Field(description="The note by which the key before signed it in.")


class LogKeysList(Shape):
    """The keys of the log, oldest first."""

    keys: list[LogKeyShape]


class Change(Shape):
    """Whether anything changed since the token that was sent."""

    token: str
    changed: bool
