"""Bills as UN/CEFACT CII, EN 16931 profile."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.sample.model import Bill, Firm, Line, VatPart
from tests.sample.notes import mentions
from tests.sample.story_parties import COMMUNE
from tests.sample.xml_tree import Node, written

_NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}


def cii(bill: Bill) -> bytes:
    """Write a bill."""
    return written(
        Node(
            "rsm:CrossIndustryInvoice",
            Node(
                "rsm:ExchangedDocumentContext",
                Node(
                    "ram:BusinessProcessSpecifiedDocumentContextParameter",
                    Node("ram:ID", bill.process if bill.seller.country == "FR" else None),
                ),
                Node(
                    "ram:GuidelineSpecifiedDocumentContextParameter",
                    Node("ram:ID", "urn:cen.eu:en16931:2017"),
                ),
            ),
            Node(
                "rsm:ExchangedDocument",
                Node("ram:ID", bill.number),
                Node("ram:TypeCode", bill.type_code),
                Node("ram:IssueDateTime", _day(bill.issued)),
                *(
                    Node(
                        "ram:IncludedNote",
                        Node("ram:Content", text),
                        Node("ram:SubjectCode", subject),
                    )
                    for subject, text in mentions(bill)
                ),
            ),
            Node(
                "rsm:SupplyChainTradeTransaction",
                *(_line(line) for line in bill.lines),
                _agreement(bill),
                _delivery(bill),
                _settlement(bill),
            ),
        ),
        _NAMESPACES,
    )


def _day(day: date) -> Node:
    return Node("udt:DateTimeString", day.strftime("%Y%m%d"), format="102")


def _amount(name: str, value: Decimal, **attributes: str) -> Node:
    return Node(f"ram:{name}", f"{value:.2f}", **attributes)


def _line(line: Line) -> Node:
    return Node(
        "ram:IncludedSupplyChainTradeLineItem",
        Node("ram:AssociatedDocumentLineDocument", Node("ram:LineID", line.id)),
        Node(
            "ram:SpecifiedTradeProduct",
            Node("ram:SellerAssignedID", line.item),
            Node("ram:Name", line.name),
        ),
        Node(
            "ram:SpecifiedLineTradeAgreement",
            Node("ram:NetPriceProductTradePrice", Node("ram:ChargeAmount", str(line.price))),
        ),
        Node(
            "ram:SpecifiedLineTradeDelivery",
            Node("ram:BilledQuantity", str(line.quantity), unitCode=line.unit),
        ),
        Node(
            "ram:SpecifiedLineTradeSettlement",
            Node(
                "ram:ApplicableTradeTax",
                Node("ram:TypeCode", "VAT"),
                Node("ram:CategoryCode", line.category),
                Node("ram:RateApplicablePercent", f"{line.rate:.2f}"),
            ),
            Node(
                "ram:SpecifiedTradeSettlementLineMonetarySummation",
                _amount("LineTotalAmount", line.net),
            ),
        ),
    )


def _party(name: str, firm: Firm, address: str | None) -> Node:
    french = firm.country == "FR"
    return Node(
        f"ram:{name}",
        Node("ram:GlobalID", firm.siret or None, schemeID="0009"),
        Node("ram:Name", firm.name),
        Node("ram:SpecifiedLegalOrganization", Node("ram:ID", firm.siren or None, schemeID="0002")),
        Node(
            "ram:PostalTradeAddress",
            Node("ram:PostcodeCode", firm.postcode),
            Node("ram:LineOne", firm.street),
            Node("ram:CityName", firm.town),
            Node("ram:CountryID", firm.country),
        ),
        Node(
            "ram:URIUniversalCommunication",
            Node("ram:URIID", address, schemeID="0225" if french else "EM"),
        ),
        Node("ram:SpecifiedTaxRegistration", Node("ram:ID", firm.vat_id or None, schemeID="VA")),
    )


def _agreement(bill: Bill) -> Node:
    seller = bill.seller
    return Node(
        "ram:ApplicableHeaderTradeAgreement",
        Node("ram:BuyerReference", bill.service or None),
        _party("SellerTradeParty", seller, seller.siren or seller.email),
        _party("BuyerTradeParty", COMMUNE, f"{COMMUNE.siren}_{COMMUNE.siret}"),
        Node("ram:BuyerOrderReferencedDocument", Node("ram:IssuerAssignedID", bill.order or None)),
        Node("ram:ContractReferencedDocument", Node("ram:IssuerAssignedID", bill.contract or None)),
    )


def _delivery(bill: Bill) -> Node:
    abroad = bill.seller.country != "FR"
    return Node(
        "ram:ApplicableHeaderTradeDelivery",
        Node(
            "ram:ShipToTradeParty",
            Node("ram:Name", COMMUNE.name if abroad else None),
            Node(
                "ram:PostalTradeAddress",
                Node("ram:PostcodeCode", COMMUNE.postcode if abroad else None),
                Node("ram:LineOne", COMMUNE.street if abroad else None),
                Node("ram:CityName", COMMUNE.town if abroad else None),
                Node("ram:CountryID", COMMUNE.country if abroad else None),
            ),
        ),
        Node(
            "ram:ActualDeliverySupplyChainEvent",
            Node("ram:OccurrenceDateTime", _day(bill.delivered)) if bill.delivered else None,
        ),
    )


def _settlement(bill: Bill) -> Node:
    return Node(
        "ram:ApplicableHeaderTradeSettlement",
        Node("ram:InvoiceCurrencyCode", "EUR"),
        Node(
            "ram:SpecifiedTradeSettlementPaymentMeans",
            Node("ram:TypeCode", "30"),
            Node(
                "ram:PayeePartyCreditorFinancialAccount",
                Node("ram:IBANID", bill.account),
                Node("ram:AccountName", bill.seller.name),
            ),
        ),
        *(_vat(part) for part in bill.breakdown),
        Node(
            "ram:BillingSpecifiedPeriod",
            Node("ram:StartDateTime", _day(bill.period[0])),
            Node("ram:EndDateTime", _day(bill.period[1])),
        )
        if bill.period
        else None,
        Node("ram:SpecifiedTradePaymentTerms", Node("ram:DueDateDateTime", _day(bill.due))),
        Node(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            _amount("LineTotalAmount", bill.net),
            _amount("TaxBasisTotalAmount", bill.net),
            _amount("TaxTotalAmount", bill.tax, currencyID="EUR"),
            _amount("GrandTotalAmount", bill.gross),
            _amount("DuePayableAmount", bill.gross),
        ),
    )


def _vat(part: VatPart) -> Node:
    return Node(
        "ram:ApplicableTradeTax",
        _amount("CalculatedAmount", part.tax),
        Node("ram:TypeCode", "VAT"),
        Node(
            "ram:ExemptionReason",
            "Intra-community supply" if part.category == "K" else None,
        ),
        _amount("BasisAmount", part.base),
        Node("ram:CategoryCode", part.category),
        Node("ram:ExemptionReasonCode", "VATEX-EU-IC" if part.category == "K" else None),
        Node("ram:RateApplicablePercent", f"{part.rate:.2f}"),
    )
