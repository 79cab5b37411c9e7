"""UN/CEFACT Cross Industry Invoice (D16B to D22B, every Factur-X profile) and ZUGFeRD 1.0.

One walk from the root to typed values (bindings of EN 16931-3-3). Elements are told by local name,
since the generations number the same names in other namespaces. Values are what the document says;
nothing is completed, summed or corrected. Of amounts that are repeated in other currencies (BT-111)
the one in the document currency counts.
"""

from __future__ import annotations

from domain.codes import CREDIT_NOTE_TYPES
from domain.invoice import (
    AllowanceCharge,
    DocumentKind,
    Invoice,
    InvoiceLine,
    PrecedingInvoice,
    Syntax,
    Totals,
    VatBreakdown,
)
from domain.party import Party
from ingest.parsers.cii_line import (
    is_text_only,
    moment,
    note_of,
    span,
    trade_allowance,
    trade_line,
)
from ingest.parsers.cii_names import UNCOUPLED, ZUGFERD_1, Names
from ingest.parsers.trace import Trace, children, content, first, groups, only
from ingest.parsers.xml import Element

_TENDER = "50"  # UNTDID 1001: price/sales catalogue response, the code BT-17 is told by


def parse_cii(root: Element, syntax: Syntax, trace: Trace) -> Invoice:
    """Walk a Cross Industry Invoice once."""
    names = ZUGFERD_1 if syntax is Syntax.ZUGFERD1 else UNCOUPLED
    return _Walk(root, names, trace).invoice()


def cii_kind(invoice: Invoice) -> DocumentKind:
    """Invoice or credit note, by its type code (BT-3)."""
    return (
        DocumentKind.CREDIT_NOTE if invoice.type_code in CREDIT_NOTE_TYPES else DocumentKind.INVOICE
    )


class _Walk:
    """One pass over one document."""

    def __init__(self, root: Element, names: Names, trace: Trace) -> None:
        self.names = names
        self.trace = trace
        top = children(root)
        self.context = children(top.get(names.context))
        self.document = groups(top.get(names.document))
        transaction = groups(top.get(names.transaction))
        self.items = transaction.get("IncludedSupplyChainTradeLineItem", [])
        self.agreement = groups(first(transaction, names.agreement))
        self.delivery = children(first(transaction, names.delivery))
        self.settlement = groups(first(transaction, names.settlement))
        self.currency = trace.text("currency", first(self.settlement, "InvoiceCurrencyCode"))

    def invoice(self) -> Invoice:
        trace, document, settlement = self.trace, self.document, self.settlement
        lines, spoken = self._lines()
        start, end = span(trace, "", first(settlement, "BillingSpecifiedPeriod"))
        ibans = self._ibans()
        terms = [children(t) for t in settlement.get("SpecifiedTradePaymentTerms", ())]
        project = first(self.agreement, "SpecifiedProcuringProject")
        event = only(self.delivery.get("ActualDeliverySupplyChainEvent"), "OccurrenceDateTime")
        payee = first(settlement, "PayeeTradeParty")
        return Invoice(
            number=trace.text("number", first(document, "ID")),
            type_code=trace.text("type_code", first(document, "TypeCode")),
            issue_date=trace.day("issue_date", moment(first(document, "IssueDateTime"))),
            due_date=trace.day("due_date", moment(_stated(terms, "DueDateDateTime"))),
            currency=self.currency,
            tax_currency=trace.text("tax_currency", first(settlement, "TaxCurrencyCode")),
            guideline=self._context("guideline", "GuidelineSpecifiedDocumentContextParameter"),
            business_process=self._context(
                "business_process", "BusinessProcessSpecifiedDocumentContextParameter"
            ),
            buyer_reference=trace.text("buyer_reference", first(self.agreement, "BuyerReference")),
            project_reference=trace.text("project_reference", only(project, "ID")),
            contract_reference=self._agreed("contract_reference", "ContractReferencedDocument"),
            order_reference=self._agreed("order_reference", "BuyerOrderReferencedDocument"),
            sales_order_reference=self._agreed(
                "sales_order_reference", "SellerOrderReferencedDocument"
            ),
            receiving_advice_reference=self._delivered(
                "receiving_advice_reference", "ReceivingAdviceReferencedDocument"
            ),
            despatch_advice_reference=self._despatched(),
            tender_reference=self._tender(),
            preceding_invoices=self._preceding(),
            notes=self._notes(spoken),
            seller=self._party("seller.", first(self.agreement, "SellerTradeParty")),
            buyer=self._party("buyer.", first(self.agreement, "BuyerTradeParty")),
            payee_name=trace.text("payee_name", only(payee, "Name")),
            payee_iban=ibans[0] if ibans else None,
            payee_ibans=ibans,
            payment_terms=trace.text("payment_terms", _stated(terms, "Description")),
            delivery_date=trace.day("delivery_date", moment(event)),
            period_start=start,
            period_end=end,
            totals=self._totals(),
            vat_breakdown=self._vat(),
            allowances_charges=self._allowances(),
            lines=lines,
        )

    def _context(self, path: str, name: str) -> str | None:
        return self.trace.text(path, only(self.context.get(name), "ID"))

    def _agreed(self, path: str, name: str) -> str | None:
        """The number of a document named in the header agreement."""
        reference = only(first(self.agreement, name), self.names.reference)
        return self.trace.text(path, reference)

    def _delivered(self, path: str, name: str) -> str | None:
        """The number of a document named in the header delivery."""
        reference = only(self.delivery.get(name), self.names.reference)
        return self.trace.text(path, reference)

    def _despatched(self) -> str | None:
        """BT-16; ZUGFeRD 1.0 has a delivery note in its place."""
        path = "despatch_advice_reference"
        return self._delivered(path, "DespatchAdviceReferencedDocument") or self._delivered(
            path, self.names.despatch
        )

    def _tender(self) -> str | None:
        """BT-17: the additional document whose type code says tender or lot."""
        for element in self.agreement.get("AdditionalReferencedDocument", ()):
            document = children(element)
            if content(document.get("TypeCode")) == _TENDER:
                return self.trace.text("tender_reference", document.get(self.names.reference))
        return None

    def _preceding(self) -> tuple[PrecedingInvoice, ...]:
        """BG-3; a group that names no invoice says nothing."""
        found: list[PrecedingInvoice] = []
        for element in self.settlement.get("InvoiceReferencedDocument", ()):
            document = children(element)
            at = f"preceding_invoices[{len(found)}]."
            number = self.trace.text(at + "number", document.get(self.names.reference))
            if number is None:
                continue
            issued = document.get("FormattedIssueDateTime")
            if issued is None:
                issued = document.get("IssueDateTime")
            day = self.trace.day(at + "issue_date", moment(issued))
            found.append(PrecedingInvoice(number, day))
        return tuple(found)

    def _lines(self) -> tuple[tuple[InvoiceLine, ...], list[Element]]:
        """The lines billed, and the notes of lines that carry words alone."""
        billed: list[InvoiceLine] = []
        spoken: list[Element] = []
        for element in self.items:
            if is_text_only(element):
                note = note_of(element)
                spoken += [] if note is None else [note]
            else:
                billed.append(trade_line(self.trace, f"lines[{len(billed)}].", element, self.names))
        return tuple(billed), spoken

    def _notes(self, spoken: list[Element]) -> tuple[str, ...]:
        contents = [children(note).get("Content") for note in self.document.get("IncludedNote", ())]
        notes: list[str] = []
        for element in (*contents, *spoken):
            note = self.trace.text(f"notes[{len(notes)}]", element)
            notes += [] if note is None else [note]
        return tuple(notes)

    def _party(self, at: str, element: Element | None) -> Party:
        if element is None:
            return Party()
        trace, party = self.trace, groups(element)
        legal = children(first(party, "SpecifiedLegalOrganization"))
        identifiers: list[str] = []
        for known in (*party.get("ID", ()), *party.get("GlobalID", ())):
            text = trace.text(f"{at}identifiers[{len(identifiers)}]", known)
            identifiers += [] if text is None else [text]
        vat, tax = self._registrations(at, party.get("SpecifiedTaxRegistration", []))
        return Party(
            name=trace.text(at + "name", first(party, "Name")),
            legal_id=trace.text(at + "legal_id", legal.get("ID")),
            legal_id_scheme=trace.attribute(at + "legal_id_scheme", legal.get("ID"), "schemeID"),
            vat_id=vat,
            tax_number=tax,
            country=trace.text(
                at + "country", only(first(party, "PostalTradeAddress"), "CountryID")
            ),
            trading_name=trace.text(at + "trading_name", legal.get("TradingBusinessName")),
            identifiers=tuple(identifiers),
            electronic_address=trace.text(
                at + "electronic_address", only(first(party, "URIUniversalCommunication"), "URIID")
            ),
        )

    def _registrations(self, at: str, elements: list[Element]) -> tuple[str | None, str | None]:
        """VAT id (scheme VA) and tax number (scheme FC); the first of each."""
        vat: str | None = None
        tax: str | None = None
        for number in (n for element in elements for n in groups(element).get("ID", ())):
            scheme = (number.get("schemeID") or "").strip().upper()
            if scheme == "VA" and vat is None:
                vat = self.trace.text(at + "vat_id", number)
            elif scheme == "FC" and tax is None:
                tax = self.trace.text(at + "tax_number", number)
        return vat, tax

    def _ibans(self) -> tuple[str, ...]:
        """BT-84: one number an account, its IBAN where it has one."""
        found: list[str] = []
        for means in self.settlement.get("SpecifiedTradeSettlementPaymentMeans", ()):
            for account in groups(means).get("PayeePartyCreditorFinancialAccount", ()):
                numbers = children(account)
                path = f"payee_ibans[{len(found)}]"
                for name in ("IBANID", "ProprietaryID"):
                    text = self.trace.text(path, numbers.get(name))
                    if text is not None:
                        if not found:
                            self.trace.mark("payee_iban", numbers[name])
                        found.append(text)
                        break
        return tuple(found)

    def _totals(self) -> Totals:
        sums = groups(first(self.settlement, self.names.summation))

        def amount(name: str) -> Element | None:
            return self._in_currency(sums.get(name, []))

        number = self.trace.number
        return Totals(
            lines=number("totals.lines", amount("LineTotalAmount")),
            allowances=number("totals.allowances", amount("AllowanceTotalAmount")),
            charges=number("totals.charges", amount("ChargeTotalAmount")),
            tax_exclusive=number("totals.tax_exclusive", amount("TaxBasisTotalAmount")),
            tax=number("totals.tax", self._tax_amount(sums.get("TaxTotalAmount", []))),
            tax_inclusive=number("totals.tax_inclusive", amount("GrandTotalAmount")),
            prepaid=number("totals.prepaid", amount("TotalPrepaidAmount")),
            rounding=number("totals.rounding", amount("RoundingAmount")),
            payable=number("totals.payable", amount("DuePayableAmount")),
        )

    def _tax_amount(self, amounts: list[Element]) -> Element | None:
        """BT-110; one that names another currency is BT-111, not this."""
        amount = self._in_currency(amounts)
        if amount is None or self.currency is None:
            return amount
        return amount if amount.get("currencyID", self.currency) == self.currency else None

    def _in_currency(self, amounts: list[Element]) -> Element | None:
        """Of repeated amounts the one in the document currency, else one without, else any."""
        if len(amounts) > 1:
            for wanted in (self.currency, None):
                for element in amounts:
                    if element.get("currencyID") == wanted:
                        return element
        return amounts[0] if amounts else None

    def _vat(self) -> tuple[VatBreakdown, ...]:
        return tuple(
            self._vat_group(f"vat_breakdown[{i}].", element)
            for i, element in enumerate(self.settlement.get("ApplicableTradeTax", ()))
        )

    def _vat_group(self, at: str, element: Element) -> VatBreakdown:
        trace, tax = self.trace, children(element)
        return VatBreakdown(
            category=trace.text(at + "category", tax.get("CategoryCode")),
            rate=trace.number(at + "rate", tax.get(self.names.rate)),
            taxable=trace.number(at + "taxable", tax.get("BasisAmount")),
            tax=trace.number(at + "tax", tax.get("CalculatedAmount")),
            exemption_code=trace.text(at + "exemption_code", tax.get("ExemptionReasonCode")),
            exemption_reason=trace.text(at + "exemption_reason", tax.get("ExemptionReason")),
        )

    def _allowances(self) -> tuple[AllowanceCharge, ...]:
        """Document allowances and charges, logistics charges (EXTENDED) after them."""
        plain = [
            trade_allowance(self.trace, f"allowances_charges[{i}].", element, self.names)
            for i, element in enumerate(self.settlement.get("SpecifiedTradeAllowanceCharge", ()))
        ]
        logistics = self.settlement.get("SpecifiedLogisticsServiceCharge", ())
        return (
            *plain,
            *(
                self._logistics(f"allowances_charges[{i}].", element)
                for i, element in enumerate(logistics, start=len(plain))
            ),
        )

    def _logistics(self, at: str, element: Element) -> AllowanceCharge:
        trace, charge = self.trace, children(element)
        tax = children(charge.get("AppliedTradeTax"))
        trace.mark(at + "is_charge", element)
        return AllowanceCharge(
            is_charge=True,
            amount=trace.number(at + "amount", charge.get("AppliedAmount")),
            vat_category=trace.text(at + "vat_category", tax.get("CategoryCode")),
            vat_rate=trace.number(at + "vat_rate", tax.get(self.names.rate)),
            reason=trace.text(at + "reason", charge.get("Description")),
        )


def _stated(found: list[dict[str, Element]], name: str) -> Element | None:
    """The first element of that name that holds anything, over repeated groups."""
    for group in found:
        element = group.get(name)
        if element is not None and content(moment(element)) is not None:
            return element
    return None
