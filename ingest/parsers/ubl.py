"""OASIS UBL 2.1 Invoice and CreditNote.

One walk from the root to typed values (bindings of EN 16931-3-2). Values are what the document
says; nothing is completed, summed or corrected. Of tax totals in several currencies (BT-111) the
one in the document currency counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.codes import CREDIT_NOTE_TYPES
from domain.invoice import DocumentKind, Invoice, PrecedingInvoice, Totals, VatBreakdown
from domain.party import Party
from ingest.parsers.field_table import (
    Found,
    Table,
    day,
    each,
    gather,
    identifier,
    kept,
    number,
    record,
    text,
    texts,
    walk,
)
from ingest.parsers.trace import Trace, children, content, only
from ingest.parsers.ubl_line import allowance_charge, ubl_line
from ingest.parsers.xml import Element


def parse_ubl(root: Element, trace: Trace) -> Invoice:
    """Walk a UBL invoice or credit note once."""
    found = gather(trace, _INVOICE, "", root)
    tax = _tax_total(found.pop("tax_totals", ()), found.get("currency"))
    if tax is not None:
        walk(trace, _TAX_TOTAL, "", tax, found)
    found["totals"] = Totals(tax=found.pop("totals.tax", None), **found.pop("sums", {}))
    if found.get("payee_ibans"):
        found["payee_iban"] = found["payee_ibans"][0]
    return Invoice(**found.finished())


def ubl_kind(root_kind: DocumentKind, invoice: Invoice) -> DocumentKind:
    """The root element says what it is; an Invoice may still carry a credit note's type (BT-3)."""
    return DocumentKind.CREDIT_NOTE if invoice.type_code in CREDIT_NOTE_TYPES else root_kind


def _party(trace: Trace, at: str, element: Element) -> Party:
    return Party(**gather(trace, _PARTY, at, element).finished())


def _registration(trace: Trace, at: str, element: Element, found: Found) -> None:
    """VAT id (tax scheme VAT) and tax number (any other scheme); the first of each."""
    registration = children(element)
    scheme = content(only(registration.get("TaxScheme"), "ID")) or ""
    name = "vat_id" if scheme.upper() == "VAT" else "tax_number"
    if found.get(name) is None:
        found[name] = trace.text(at + name, registration.get("CompanyID"))


def _account(trace: Trace, at: str, element: Element) -> str | None:
    stated = trace.text(at, element)
    if stated is not None and at == "payee_ibans[0]":
        trace.mark("payee_iban", element)
    return stated


def _preceding(trace: Trace, at: str, element: Element) -> PrecedingInvoice | None:
    """BG-3; a reference that names nothing says nothing."""
    named = children(element)
    reference = named.get("InvoiceDocumentReference", named.get("CreditNoteDocumentReference"))
    document = children(reference)
    number_of = trace.text(f"{at}.number", document.get("ID"))
    if number_of is None:
        return None
    return PrecedingInvoice(number_of, trace.day(f"{at}.issue_date", document.get("IssueDate")))


def _tax_total(totals: Sequence[Element], currency: str | None) -> Element | None:
    """The tax total in the document currency, else one that names none; never BT-111's."""
    amounts = [(only(total, "TaxAmount"), total) for total in totals]
    for wanted in (currency, None):
        for amount, total in amounts:
            if amount is not None and amount.get("currencyID") == wanted:
                return total
    return totals[0] if totals and currency is None else None


def _sums(trace: Trace, _path: str, element: Element) -> Found:
    return gather(trace, _SUMS, "totals", element)


def _vat(trace: Trace, at: str, element: Element) -> VatBreakdown:
    found = gather(trace, _VAT, at, element)
    rate = found.pop("old_rate", None)
    if rate and "rate" not in found:  # UBL 2.0 had it beside the category
        found["rate"] = trace.number(f"{at}.rate", rate[0])
    return VatBreakdown(**found)


_VAT: Final = Table(
    {
        "TaxableAmount": number("taxable"),  # BT-116
        "TaxAmount": number("tax"),  # BT-117
        "Percent": kept("old_rate"),
        "TaxCategory/ID": text("category"),  # BT-118
        "TaxCategory/Percent": number("rate"),  # BT-119
        "TaxCategory/TaxExemptionReasonCode": text("exemption_code"),  # BT-121
        "TaxCategory/TaxExemptionReason": text("exemption_reason"),  # BT-120
    }
)

_SUMS: Final = Table(
    {
        "LineExtensionAmount": number("lines"),  # BT-106
        "TaxExclusiveAmount": number("tax_exclusive"),  # BT-109
        "TaxInclusiveAmount": number("tax_inclusive"),  # BT-112
        "AllowanceTotalAmount": number("allowances"),  # BT-107
        "ChargeTotalAmount": number("charges"),  # BT-108
        "PrepaidAmount": number("prepaid"),  # BT-113
        "PayableRoundingAmount": number("rounding"),  # BT-114
        "PayableAmount": number("payable"),  # BT-115
    }
)

_PARTY: Final = Table(
    {
        "EndpointID": text("electronic_address"),  # BT-34, BT-49
        "PartyIdentification*/ID": texts("identifiers"),  # BT-29, BT-46
        "PartyName/Name": text("trading_name"),  # BT-28, BT-45
        "PostalAddress/Country/IdentificationCode": text("country"),  # BT-40, BT-55
        "PartyTaxScheme": _registration,  # BT-31, BT-32, BT-48
        "PartyLegalEntity/RegistrationName": text("name"),  # BT-27, BT-44
        "PartyLegalEntity/CompanyID": identifier("legal_id", "legal_id_scheme"),  # BT-30, BT-47
    }
)

_INVOICE: Final = Table(
    {
        "CustomizationID": text("guideline"),  # BT-24
        "ProfileID": text("business_process"),  # BT-23
        "ID": text("number"),  # BT-1
        "IssueDate": day("issue_date"),  # BT-2
        "DueDate": day("due_date"),  # BT-9
        "InvoiceTypeCode": text("type_code"),  # BT-3
        "CreditNoteTypeCode": text("type_code"),  # BT-3
        "Note": texts("notes"),  # BT-22
        "DocumentCurrencyCode": text("currency"),  # BT-5
        "TaxCurrencyCode": text("tax_currency"),  # BT-6
        "BuyerReference": text("buyer_reference"),  # BT-10
        "InvoicePeriod/StartDate": day("period_start"),  # BT-73
        "InvoicePeriod/EndDate": day("period_end"),  # BT-74
        "OrderReference/ID": text("order_reference"),  # BT-13
        "OrderReference/SalesOrderID": text("sales_order_reference"),  # BT-14
        "BillingReference": each("preceding_invoices", _preceding),  # BG-3
        "DespatchDocumentReference*/ID": text("despatch_advice_reference"),  # BT-16
        "ReceiptDocumentReference*/ID": text("receiving_advice_reference"),  # BT-15
        "OriginatorDocumentReference*/ID": text("tender_reference"),  # BT-17
        "ContractDocumentReference*/ID": text("contract_reference"),  # BT-12
        "ProjectReference*/ID": text("project_reference"),  # BT-11
        "AccountingSupplierParty/Party": record("seller", _party),  # BG-4
        "AccountingCustomerParty/Party": record("buyer", _party),  # BG-7
        "PayeeParty/PartyName/Name": text("payee_name"),  # BT-59
        "Delivery*/ActualDeliveryDate": day("delivery_date"),  # BT-72
        "PaymentMeans*/PaymentDueDate": day("due_date"),  # BT-9 of a credit note
        "PaymentMeans*/PayeeFinancialAccount/ID": each("payee_ibans", _account),  # BT-84
        "PaymentTerms*/Note": text("payment_terms"),  # BT-20
        "AllowanceCharge": each("allowances_charges", allowance_charge),  # BG-20, BG-21
        "TaxTotal": kept("tax_totals"),
        "LegalMonetaryTotal": record("sums", _sums),  # BG-22
        "InvoiceLine": each("lines", ubl_line),  # BG-25
        "CreditNoteLine": each("lines", ubl_line),  # BG-25
    }
)

_TAX_TOTAL: Final = Table(
    {
        "TaxAmount": number("totals.tax"),  # BT-110
        "TaxSubtotal": each("vat_breakdown", _vat),  # BG-23
    }
)
