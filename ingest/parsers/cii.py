"""UN/CEFACT Cross Industry Invoice (D16B to D22B, every Factur-X profile) and ZUGFeRD 1.0.

One walk from the root to typed values (bindings of EN 16931-3-3). Elements are told by local name,
since the generations number the same names in other namespaces. Values are what the document says;
nothing is completed, summed or corrected. Of amounts that are repeated in other currencies (BT-111)
the one in the document currency counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from domain.codes import CREDIT_NOTE_TYPES
from domain.invoice import (
    AllowanceCharge,
    DocumentKind,
    Invoice,
    PrecedingInvoice,
    Syntax,
    Totals,
    VatBreakdown,
)
from domain.party import Party
from ingest.parsers.cii_line import is_text_only, trade_allowance, trade_line
from ingest.parsers.cii_names import UNCOUPLED, ZUGFERD_1, Names
from ingest.parsers.field_table import (
    Found,
    Make,
    Table,
    Take,
    day,
    each,
    gather,
    identifier,
    kept,
    moment,
    number,
    record,
    text,
    texts,
    walk,
)
from ingest.parsers.trace import Trace, children, content
from ingest.parsers.xml import Element

_TENDER: Final = "50"  # UNTDID 1001: price/sales catalogue response, the code BT-17 is told by


def parse_cii(root: Element, syntax: Syntax, trace: Trace) -> Invoice:
    """Walk a Cross Industry Invoice once."""
    names = ZUGFERD_1 if syntax is Syntax.ZUGFERD1 else UNCOUPLED
    found = gather(trace, _invoice(names), "", root)
    sums = found.pop("sums", None)
    if sums:
        found["totals"] = _totals(trace, sums[0], found.get("currency"))
    if found.get("payee_ibans"):
        found["payee_iban"] = found["payee_ibans"][0]
    return Invoice(**found.finished())


def cii_kind(invoice: Invoice) -> DocumentKind:
    """Invoice or credit note, by its type code (BT-3)."""
    return (
        DocumentKind.CREDIT_NOTE if invoice.type_code in CREDIT_NOTE_TYPES else DocumentKind.INVOICE
    )


@cache
def _invoice(names: Names) -> Table:
    """Where the fields of the document stand."""
    context, document, trade = names.context, names.document, names.transaction
    agreement = f"{trade}/{names.agreement}"
    delivery = f"{trade}/{names.delivery}"
    settlement = f"{trade}/{names.settlement}"
    number_of = names.reference
    terms = f"{settlement}/SpecifiedTradePaymentTerms*"
    means = f"{settlement}/SpecifiedTradeSettlementPaymentMeans*"
    period = f"{settlement}/BillingSpecifiedPeriod"
    event = f"{delivery}/ActualDeliverySupplyChainEvent"
    return Table(
        {
            f"{context}/GuidelineSpecifiedDocumentContextParameter/ID": text("guideline"),  # BT-24
            f"{context}/BusinessProcessSpecifiedDocumentContextParameter/ID": text(
                "business_process"
            ),  # BT-23
            f"{document}/ID": text("number"),  # BT-1
            f"{document}/TypeCode": text("type_code"),  # BT-3
            f"{document}/IssueDateTime": day("issue_date"),  # BT-2
            f"{document}/IncludedNote*/Content": texts("notes"),  # BT-22
            f"{trade}/IncludedSupplyChainTradeLineItem": _line_or_note(names),  # BG-25
            f"{agreement}/BuyerReference": text("buyer_reference"),  # BT-10
            f"{agreement}/SellerTradeParty": record("seller", _party),  # BG-4
            f"{agreement}/BuyerTradeParty": record("buyer", _party),  # BG-7
            f"{agreement}/SellerOrderReferencedDocument/{number_of}": text(
                "sales_order_reference"
            ),  # BT-14
            f"{agreement}/BuyerOrderReferencedDocument/{number_of}": text(
                "order_reference"
            ),  # BT-13
            f"{agreement}/ContractReferencedDocument/{number_of}": text(
                "contract_reference"
            ),  # BT-12
            f"{agreement}/AdditionalReferencedDocument": record(
                "tender_reference", _tender(number_of)
            ),  # BT-17
            f"{agreement}/SpecifiedProcuringProject/ID": text("project_reference"),  # BT-11
            f"{event}/OccurrenceDateTime": day("delivery_date"),  # BT-72
            f"{delivery}/DespatchAdviceReferencedDocument/{number_of}": text(
                "despatch_advice_reference"
            ),  # BT-16
            f"{delivery}/{names.despatch}/{number_of}": text("despatch_advice_reference"),
            f"{delivery}/ReceivingAdviceReferencedDocument/{number_of}": text(
                "receiving_advice_reference"
            ),  # BT-15
            f"{settlement}/TaxCurrencyCode": text("tax_currency"),  # BT-6
            f"{settlement}/InvoiceCurrencyCode": text("currency"),  # BT-5
            f"{settlement}/PayeeTradeParty/Name": text("payee_name"),  # BT-59
            f"{means}/PayeePartyCreditorFinancialAccount": each("payee_ibans", _account),  # BT-84
            f"{settlement}/ApplicableTradeTax": each("vat_breakdown", _vat(names)),  # BG-23
            f"{period}/StartDateTime": day("period_start"),  # BT-73
            f"{period}/EndDateTime": day("period_end"),  # BT-74
            f"{settlement}/SpecifiedTradeAllowanceCharge": each(
                "allowances_charges", trade_allowance(names)
            ),  # BG-20, BG-21
            f"{settlement}/SpecifiedLogisticsServiceCharge": each(
                "allowances_charges", _logistics(names)
            ),  # BG-21 (EXTENDED)
            f"{terms}/Description": text("payment_terms"),  # BT-20
            f"{terms}/DueDateDateTime": day("due_date"),  # BT-9
            f"{settlement}/{names.summation}": kept("sums"),  # BG-22
            f"{settlement}/InvoiceReferencedDocument": each(
                "preceding_invoices", _preceding(number_of)
            ),  # BG-3
        }
    )


def _registration(trace: Trace, at: str, element: Element, found: Found) -> None:
    """VAT id (scheme VA) and tax number (scheme FC); the first of each."""
    scheme = (element.get("schemeID") or "").strip().upper()
    name = {"VA": "vat_id", "FC": "tax_number"}.get(scheme)
    if name is not None and found.get(name) is None:
        found[name] = trace.text(at + name, element)


_PARTY: Final = Table(
    {
        "ID": texts("identifiers"),  # BT-29, BT-46
        "GlobalID": texts("identifiers"),  # BT-29, BT-46
        "Name": text("name"),  # BT-27, BT-44
        "SpecifiedLegalOrganization/ID": identifier("legal_id", "legal_id_scheme"),  # BT-30, BT-47
        "SpecifiedLegalOrganization/TradingBusinessName": text("trading_name"),  # BT-28, BT-45
        "PostalTradeAddress/CountryID": text("country"),  # BT-40, BT-55
        "URIUniversalCommunication/URIID": text("electronic_address"),  # BT-34, BT-49
        "SpecifiedTaxRegistration*/ID": _registration,  # BT-31, BT-32, BT-48
    }
)


def _party(trace: Trace, at: str, element: Element) -> Party:
    return Party(**gather(trace, _PARTY, at, element).finished())


def _line_or_note(names: Names) -> Take:
    """A line billed, or the note of a line that carries words alone."""
    line = each("lines", trade_line(names))
    note = Table({"AssociatedDocumentLineDocument*/IncludedNote/Content": texts("notes")})

    def take(trace: Trace, at: str, element: Element, found: Found) -> None:
        if is_text_only(element):
            walk(trace, note, at, element, found)
        else:
            line(trace, at, element, found)

    return take


def _tender(number_of: str) -> Make:
    """BT-17: the additional document whose type code says tender or lot."""

    def read(trace: Trace, at: str, element: Element) -> str | None:
        document = children(element)
        if content(document.get("TypeCode")) != _TENDER:
            return None
        return trace.text(at, document.get(number_of))

    return read


def _preceding(number_of: str) -> Make:
    """BG-3; a group that names no invoice says nothing."""

    def read(trace: Trace, at: str, element: Element) -> PrecedingInvoice | None:
        document = children(element)
        named = trace.text(at + ".number", document.get(number_of))
        if named is None:
            return None
        issued = document.get("FormattedIssueDateTime", document.get("IssueDateTime"))
        stated = None if issued is None else moment(issued)
        return PrecedingInvoice(named, trace.day(at + ".issue_date", stated))

    return read


def _account(trace: Trace, at: str, element: Element) -> str | None:
    """BT-84: one number an account, its IBAN where it has one."""
    numbers = children(element)
    for name in ("IBANID", "ProprietaryID"):
        stated = trace.text(at, numbers.get(name))
        if stated is not None:
            if at == "payee_ibans[0]":
                trace.mark("payee_iban", numbers[name])
            return stated
    return None


def _vat(names: Names) -> Make:
    table = Table(
        {
            "CalculatedAmount": number("tax"),  # BT-117
            "ExemptionReason": text("exemption_reason"),  # BT-120
            "BasisAmount": number("taxable"),  # BT-116
            "CategoryCode": text("category"),  # BT-118
            "ExemptionReasonCode": text("exemption_code"),  # BT-121
            names.rate: number("rate"),  # BT-119
        }
    )

    def read(trace: Trace, at: str, element: Element) -> VatBreakdown:
        return VatBreakdown(**gather(trace, table, at, element))

    return read


def _logistics(names: Names) -> Make:
    table = Table(
        {
            "Description": text("reason"),
            "AppliedAmount": number("amount"),
            "AppliedTradeTax/CategoryCode": text("vat_category"),
            f"AppliedTradeTax/{names.rate}": number("vat_rate"),
        }
    )

    def read(trace: Trace, at: str, element: Element) -> AllowanceCharge:
        trace.mark(at + ".is_charge", element)
        found = gather(trace, table, at, element)
        return AllowanceCharge(is_charge=True, **found)

    return read


_SUMS: Final = Table(
    {
        "LineTotalAmount": kept("lines"),  # BT-106
        "ChargeTotalAmount": kept("charges"),  # BT-108
        "AllowanceTotalAmount": kept("allowances"),  # BT-107
        "TaxBasisTotalAmount": kept("tax_exclusive"),  # BT-109
        "TaxTotalAmount": kept("tax"),  # BT-110
        "RoundingAmount": kept("rounding"),  # BT-114
        "GrandTotalAmount": kept("tax_inclusive"),  # BT-112
        "TotalPrepaidAmount": kept("prepaid"),  # BT-113
        "DuePayableAmount": kept("payable"),  # BT-115
    }
)


def _totals(trace: Trace, element: Element, currency: str | None) -> Totals:
    found = gather(trace, _SUMS, "", element)
    chosen = {name: _in_currency(amounts, currency) for name, amounts in found.items()}
    if currency is not None and chosen.get("tax") is not None:
        stated = chosen["tax"].get("currencyID", currency)
        if stated != currency:  # BT-111, not this
            del chosen["tax"]
    return Totals(**{name: trace.number(f"totals.{name}", e) for name, e in chosen.items()})


def _in_currency(amounts: Sequence[Element], currency: str | None) -> Element:
    """Of repeated amounts the one in the document currency, else one without, else any."""
    if len(amounts) > 1:
        for wanted in (currency, None):
            for element in amounts:
                if element.get("currencyID") == wanted:
                    return element
    return amounts[0]
