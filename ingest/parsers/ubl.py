"""OASIS UBL 2.1 Invoice and CreditNote.

One walk from the root to typed values (bindings of EN 16931-3-2). Values are what the document
says; nothing is completed, summed or corrected. Of tax totals in several currencies (BT-111) the
one in the document currency counts.
"""

from __future__ import annotations

from domain.codes import CREDIT_NOTE_TYPES
from domain.invoice import (
    DocumentKind,
    Invoice,
    InvoiceLine,
    PrecedingInvoice,
    Totals,
    VatBreakdown,
)
from domain.party import Party
from ingest.parsers.trace import Trace, children, content, first, groups, only
from ingest.parsers.ubl_line import allowance_charge, line_elements, ubl_line
from ingest.parsers.xml import Element


def parse_ubl(root: Element, trace: Trace) -> Invoice:
    """Walk a UBL invoice or credit note once."""
    return _Walk(root, trace).invoice()


def ubl_kind(root_kind: DocumentKind, invoice: Invoice) -> DocumentKind:
    """The root element says what it is; an Invoice may still carry a credit note's type (BT-3)."""
    return DocumentKind.CREDIT_NOTE if invoice.type_code in CREDIT_NOTE_TYPES else root_kind


class _Walk:
    """One pass over one document."""

    def __init__(self, root: Element, trace: Trace) -> None:
        self.trace = trace
        self.top = groups(root)
        self.means = [children(m) for m in self.top.get("PaymentMeans", ())]
        self.currency = trace.text("currency", first(self.top, "DocumentCurrencyCode"))

    def invoice(self) -> Invoice:
        trace, top = self.trace, self.top
        order = children(first(top, "OrderReference"))
        period = children(first(top, "InvoicePeriod"))
        ibans = self._ibans()
        return Invoice(
            number=trace.text("number", first(top, "ID")),
            type_code=self._type_code(),
            issue_date=trace.day("issue_date", first(top, "IssueDate")),
            due_date=trace.day("due_date", self._due()),
            currency=self.currency,
            tax_currency=trace.text("tax_currency", first(top, "TaxCurrencyCode")),
            guideline=trace.text("guideline", first(top, "CustomizationID")),
            business_process=trace.text("business_process", first(top, "ProfileID")),
            buyer_reference=trace.text("buyer_reference", first(top, "BuyerReference")),
            project_reference=self._document("project_reference", "ProjectReference"),
            contract_reference=self._document("contract_reference", "ContractDocumentReference"),
            order_reference=trace.text("order_reference", order.get("ID")),
            sales_order_reference=trace.text("sales_order_reference", order.get("SalesOrderID")),
            receiving_advice_reference=self._document(
                "receiving_advice_reference", "ReceiptDocumentReference"
            ),
            despatch_advice_reference=self._document(
                "despatch_advice_reference", "DespatchDocumentReference"
            ),
            tender_reference=self._document("tender_reference", "OriginatorDocumentReference"),
            preceding_invoices=self._preceding(),
            notes=self._notes(),
            seller=self._party("seller.", "AccountingSupplierParty"),
            buyer=self._party("buyer.", "AccountingCustomerParty"),
            payee_name=self._payee_name(),
            payee_iban=ibans[0] if ibans else None,
            payee_ibans=ibans,
            payment_terms=trace.text("payment_terms", self._terms()),
            delivery_date=trace.day("delivery_date", self._delivered()),
            period_start=trace.day("period_start", period.get("StartDate")),
            period_end=trace.day("period_end", period.get("EndDate")),
            totals=self._totals(),
            vat_breakdown=self._vat(),
            allowances_charges=tuple(
                allowance_charge(trace, f"allowances_charges[{i}].", element)
                for i, element in enumerate(top.get("AllowanceCharge", ()))
            ),
            lines=self._lines(),
        )

    def _type_code(self) -> str | None:
        for name in ("InvoiceTypeCode", "CreditNoteTypeCode"):
            code = self.trace.text("type_code", first(self.top, name))
            if code is not None:
                return code
        return None

    def _due(self) -> Element | None:
        """BT-9: a credit note has it at its payment means, some invoices at their terms."""
        due = first(self.top, "DueDate")
        if content(due) is not None:
            return due
        return _stated(self.means, "PaymentDueDate")

    def _terms(self) -> Element | None:
        return _stated([children(t) for t in self.top.get("PaymentTerms", ())], "Note")

    def _delivered(self) -> Element | None:
        return _stated([children(d) for d in self.top.get("Delivery", ())], "ActualDeliveryDate")

    def _document(self, path: str, name: str) -> str | None:
        """The number of another document; the first that has one."""
        found = [children(element) for element in self.top.get(name, ())]
        return self.trace.text(path, _stated(found, "ID"))

    def _preceding(self) -> tuple[PrecedingInvoice, ...]:
        """BG-3; a reference that names nothing says nothing."""
        found: list[PrecedingInvoice] = []
        for element in self.top.get("BillingReference", ()):
            named = children(element)
            reference = named.get("InvoiceDocumentReference")
            if reference is None:
                reference = named.get("CreditNoteDocumentReference")
            document = children(reference)
            at = f"preceding_invoices[{len(found)}]."
            number = self.trace.text(at + "number", document.get("ID"))
            if number is not None:
                day = self.trace.day(at + "issue_date", document.get("IssueDate"))
                found.append(PrecedingInvoice(number, day))
        return tuple(found)

    def _notes(self) -> tuple[str, ...]:
        notes: list[str] = []
        for element in self.top.get("Note", ()):
            note = self.trace.text(f"notes[{len(notes)}]", element)
            notes += [] if note is None else [note]
        return tuple(notes)

    def _payee_name(self) -> str | None:
        payee = children(first(self.top, "PayeeParty"))
        return self.trace.text("payee_name", children(payee.get("PartyName")).get("Name"))

    def _party(self, at: str, name: str) -> Party:
        element = only(first(self.top, name), "Party")
        if element is None:
            return Party()
        trace, party = self.trace, groups(element)
        legal = children(first(party, "PartyLegalEntity"))
        trading = only(first(party, "PartyName"), "Name")
        country = only(first(party, "PostalAddress"), "Country")
        identifiers: list[str] = []
        for known in party.get("PartyIdentification", ()):
            path = f"{at}identifiers[{len(identifiers)}]"
            text = trace.text(path, only(known, "ID"))
            identifiers += [] if text is None else [text]
        vat, tax = self._registrations(at, party.get("PartyTaxScheme", []))
        company = legal.get("CompanyID")
        return Party(
            name=trace.text(at + "name", legal.get("RegistrationName")),
            legal_id=trace.text(at + "legal_id", company),
            legal_id_scheme=trace.attribute(at + "legal_id_scheme", company, "schemeID"),
            vat_id=vat,
            tax_number=tax,
            country=trace.text(at + "country", only(country, "IdentificationCode")),
            trading_name=trace.text(at + "trading_name", trading),
            identifiers=tuple(identifiers),
            electronic_address=trace.text(at + "electronic_address", first(party, "EndpointID")),
        )

    def _registrations(self, at: str, elements: list[Element]) -> tuple[str | None, str | None]:
        """VAT id (tax scheme VAT) and tax number (any other scheme); the first of each."""
        vat: str | None = None
        tax: str | None = None
        for element in elements:
            registration = children(element)
            number = registration.get("CompanyID")
            scheme = content(children(registration.get("TaxScheme")).get("ID")) or ""
            if scheme.upper() == "VAT":
                vat = vat or self.trace.text(at + "vat_id", number)
            else:
                tax = tax or self.trace.text(at + "tax_number", number)
        return vat, tax

    def _ibans(self) -> tuple[str, ...]:
        found: list[str] = []
        for means in self.means:
            account = only(means.get("PayeeFinancialAccount"), "ID")
            text = self.trace.text(f"payee_ibans[{len(found)}]", account)
            if text is not None and account is not None:
                if not found:
                    self.trace.mark("payee_iban", account)
                found.append(text)
        return tuple(found)

    def _tax_total(self) -> dict[str, list[Element]]:
        """The tax total in the document currency, else one that names none; never BT-111's."""
        totals = [groups(element) for element in self.top.get("TaxTotal", ())]
        for wanted in (self.currency, None):
            for total in totals:
                amount = first(total, "TaxAmount")
                if amount is not None and amount.get("currencyID") == wanted:
                    return total
        return totals[0] if totals and self.currency is None else {}

    def _totals(self) -> Totals:
        sums = children(first(self.top, "LegalMonetaryTotal"))
        number = self.trace.number
        return Totals(
            lines=number("totals.lines", sums.get("LineExtensionAmount")),
            allowances=number("totals.allowances", sums.get("AllowanceTotalAmount")),
            charges=number("totals.charges", sums.get("ChargeTotalAmount")),
            tax_exclusive=number("totals.tax_exclusive", sums.get("TaxExclusiveAmount")),
            tax=number("totals.tax", first(self._tax_total(), "TaxAmount")),
            tax_inclusive=number("totals.tax_inclusive", sums.get("TaxInclusiveAmount")),
            prepaid=number("totals.prepaid", sums.get("PrepaidAmount")),
            rounding=number("totals.rounding", sums.get("PayableRoundingAmount")),
            payable=number("totals.payable", sums.get("PayableAmount")),
        )

    def _vat(self) -> tuple[VatBreakdown, ...]:
        subtotals = self._tax_total().get("TaxSubtotal", ())
        return tuple(
            self._vat_group(f"vat_breakdown[{i}].", element) for i, element in enumerate(subtotals)
        )

    def _vat_group(self, at: str, element: Element) -> VatBreakdown:
        trace, subtotal = self.trace, children(element)
        category = children(subtotal.get("TaxCategory"))
        rate = category.get("Percent")
        return VatBreakdown(
            category=trace.text(at + "category", category.get("ID")),
            rate=trace.number(at + "rate", subtotal.get("Percent") if rate is None else rate),
            taxable=trace.number(at + "taxable", subtotal.get("TaxableAmount")),
            tax=trace.number(at + "tax", subtotal.get("TaxAmount")),
            exemption_code=trace.text(
                at + "exemption_code", category.get("TaxExemptionReasonCode")
            ),
            exemption_reason=trace.text(
                at + "exemption_reason", category.get("TaxExemptionReason")
            ),
        )

    def _lines(self) -> tuple[InvoiceLine, ...]:
        return tuple(
            ubl_line(self.trace, f"lines[{i}].", element)
            for i, element in enumerate(line_elements(self.top))
        )


def _stated(found: list[dict[str, Element]], name: str) -> Element | None:
    """The first element of that name that holds anything, over repeated groups."""
    for group in found:
        element = group.get(name)
        if content(element) is not None:
            return element
    return None
