"""Bills as UBL 2.1 Invoice and CreditNote, EN 16931."""

from __future__ import annotations

from decimal import Decimal

from tests.sample.model import Bill, Firm, Line, VatPart
from tests.sample.notes import mentions
from tests.sample.story_parties import COMMUNE
from tests.sample.xml_tree import Node, written

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def ubl(bill: Bill) -> bytes:
    """Write a bill."""
    kind = "CreditNote" if bill.is_credit else "Invoice"
    return written(
        Node(
            f":{kind}",
            Node("cbc:UBLVersionID", "2.1"),
            Node("cbc:CustomizationID", "urn:cen.eu:en16931:2017"),
            Node("cbc:ProfileID", bill.process),
            Node("cbc:ID", bill.number),
            Node("cbc:IssueDate", bill.issued.isoformat()),
            None if bill.is_credit else Node("cbc:DueDate", bill.due.isoformat()),
            Node(f"cbc:{kind}TypeCode", bill.type_code),
            *(Node("cbc:Note", f"#{subject}#{text}") for subject, text in mentions(bill)),
            Node("cbc:DocumentCurrencyCode", "EUR"),
            Node("cbc:BuyerReference", bill.service or None),
            _period(bill),
            Node("cac:OrderReference", Node("cbc:ID", bill.order or None)),
            Node(
                "cac:BillingReference",
                Node(
                    "cac:InvoiceDocumentReference",
                    Node("cbc:ID", bill.credits[0]),
                    Node("cbc:IssueDate", bill.credits[1].isoformat()),
                ),
            )
            if bill.credits
            else None,
            Node("cac:ContractDocumentReference", Node("cbc:ID", bill.contract or None)),
            Node("cac:AccountingSupplierParty", _party(bill.seller, bill.seller.siren)),
            Node(
                "cac:AccountingCustomerParty",
                _party(COMMUNE, f"{COMMUNE.siren}_{COMMUNE.siret}"),
            ),
            Node(
                "cac:Delivery",
                Node(
                    "cbc:ActualDeliveryDate",
                    bill.delivered.isoformat() if bill.delivered else None,
                ),
            ),
            Node(
                "cac:PaymentMeans",
                Node("cbc:PaymentMeansCode", "30"),
                Node("cbc:PaymentDueDate", bill.due.isoformat()) if bill.is_credit else None,
                Node(
                    "cac:PayeeFinancialAccount",
                    Node("cbc:ID", bill.account),
                    Node("cbc:Name", bill.seller.name),
                ),
            ),
            Node(
                "cac:TaxTotal",
                _amount("TaxAmount", bill.tax),
                *(_vat(part) for part in bill.breakdown),
            ),
            Node(
                "cac:LegalMonetaryTotal",
                _amount("LineExtensionAmount", bill.net),
                _amount("TaxExclusiveAmount", bill.net),
                _amount("TaxInclusiveAmount", bill.gross),
                _amount("PayableAmount", bill.gross),
            ),
            *(_line(kind, line) for line in bill.lines),
        ),
        {
            "": f"{_UBL}{kind}-2",
            "cac": f"{_UBL}CommonAggregateComponents-2",
            "cbc": f"{_UBL}CommonBasicComponents-2",
        },
    )


def _amount(name: str, value: Decimal) -> Node:
    return Node(f"cbc:{name}", f"{value:.2f}", currencyID="EUR")


def _period(bill: Bill) -> Node | None:
    if not bill.period:
        return None
    start, end = bill.period
    return Node(
        "cac:InvoicePeriod",
        Node("cbc:StartDate", start.isoformat()),
        Node("cbc:EndDate", end.isoformat()),
    )


def _party(firm: Firm, address: str) -> Node:
    return Node(
        "cac:Party",
        Node("cbc:EndpointID", address, schemeID="0225"),
        Node("cac:PartyIdentification", Node("cbc:ID", firm.siret, schemeID="0009")),
        Node(
            "cac:PostalAddress",
            Node("cbc:StreetName", firm.street),
            Node("cbc:CityName", firm.town),
            Node("cbc:PostalZone", firm.postcode),
            Node("cac:Country", Node("cbc:IdentificationCode", firm.country)),
        ),
        Node(
            "cac:PartyTaxScheme",
            Node("cbc:CompanyID", firm.vat_id),
            Node("cac:TaxScheme", Node("cbc:ID", "VAT")),
        ),
        Node(
            "cac:PartyLegalEntity",
            Node("cbc:RegistrationName", firm.name),
            Node("cbc:CompanyID", firm.siren, schemeID="0002"),
        ),
    )


def _category(name: str, category: str, rate: Decimal) -> Node:
    return Node(
        f"cac:{name}",
        Node("cbc:ID", category),
        Node("cbc:Percent", f"{rate:.2f}"),
        Node("cac:TaxScheme", Node("cbc:ID", "VAT")),
    )


def _vat(part: VatPart) -> Node:
    return Node(
        "cac:TaxSubtotal",
        _amount("TaxableAmount", part.base),
        _amount("TaxAmount", part.tax),
        _category("TaxCategory", part.category, part.rate),
    )


def _line(kind: str, line: Line) -> Node:
    quantity = "CreditedQuantity" if kind == "CreditNote" else "InvoicedQuantity"
    return Node(
        f"cac:{kind}Line",
        Node("cbc:ID", line.id),
        Node(f"cbc:{quantity}", str(line.quantity), unitCode=line.unit),
        _amount("LineExtensionAmount", line.net),
        Node(
            "cac:Item",
            Node("cbc:Name", line.name),
            Node("cac:SellersItemIdentification", Node("cbc:ID", line.item)),
            _category("ClassifiedTaxCategory", line.category, line.rate),
        ),
        Node("cac:Price", Node("cbc:PriceAmount", str(line.price), currencyID="EUR")),
    )
