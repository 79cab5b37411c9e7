"""Orders, advices and status messages of our own making, about the order of the reference texts."""

from __future__ import annotations

_CIO = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:SCRDMCCBDACIOMessageStructure
 xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128">
 <rsm:ExchangedDocument>
  <ram:ID>{number}</ram:ID><ram:TypeCode>{type_code}</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20261015</udt:DateTimeString>
  </ram:IssueDateTime><ram:PurposeCode>{purpose}</ram:PurposeCode>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>
   </ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct><ram:Name>Ramette de papier A4 80 g</ram:Name>
   </ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
    <ram:ChargeAmount>{price}</ram:ChargeAmount></ram:NetPriceProductTradePrice>
   </ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery>
    <ram:RequestedQuantity unitCode="C62">{quantity}</ram:RequestedQuantity>
   </ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>
    <ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:ApplicableTradeTax>
   </ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty><ram:Name>{seller}</ram:Name>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat_id}</ram:ID>
    </ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:Name>{buyer}</ram:Name></ram:BuyerTradeParty>
   {reference}
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:SCRDMCCBDACIOMessageStructure>"""

_SELLER = """<cac:Party><cac:PartyTaxScheme><cbc:CompanyID>FR83404833048</cbc:CompanyID>
</cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>Papeterie des Halles</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party>"""
_BUYER = """<cac:Party><cac:PartyName><cbc:Name>Commune de Saint-Aubin</cbc:Name></cac:PartyName>
<cac:Contact><cbc:Name>Monique Roux</cbc:Name></cac:Contact></cac:Party>"""

_CDAR = """<rsm:CrossDomainAcknowledgementAndResponse
 xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100">
 <rsm:ExchangedDocument><ram:ID>CDV-1</ram:ID>
  <ram:IssueDateTime><udt:DateTimeString format="204">20261105180000</udt:DateTimeString>
  </ram:IssueDateTime>
  <ram:IssuerTradeParty><ram:Name>Plateforme</ram:Name></ram:IssuerTradeParty>
 </rsm:ExchangedDocument>
 <rsm:AcknowledgementDocument>
  <ram:ReferenceReferencedDocument>
   <ram:IssuerAssignedID>{number}</ram:IssuerAssignedID><ram:TypeCode>380</ram:TypeCode>
   <ram:FormattedIssueDateTime><qdt:DateTimeString format="102">20261102</qdt:DateTimeString>
   </ram:FormattedIssueDateTime>
   <ram:ProcessConditionCode>207</ram:ProcessConditionCode>
   <ram:ProcessCondition>En litige</ram:ProcessCondition>
   <ram:IssuerTradeParty><ram:GlobalID schemeID="0002">{siren}</ram:GlobalID>
   </ram:IssuerTradeParty>
   <ram:SpecifiedDocumentStatus><ram:ReasonCode>TX_TVA_ERR</ram:ReasonCode>
    <ram:Reason>Taux de TVA erroné</ram:Reason></ram:SpecifiedDocumentStatus>
  </ram:ReferenceReferencedDocument>
 </rsm:AcknowledgementDocument>
</rsm:CrossDomainAcknowledgementAndResponse>"""


def order_x(number: str, **values: str) -> bytes:
    """An Order-X order of ten reams at 4.00; each value can be another."""
    default = {
        "type_code": "220",
        "purpose": "9",
        "price": "4.00",
        "quantity": "10",
        "seller": "Papeterie des Halles",
        "vat_id": "FR83404833048",
        "buyer": "Commune de Saint-Aubin",
        "reference": "",
    }
    return _CIO.format(number=number, **(default | values)).encode()


def order_x_change(number: str, order: str, **values: str) -> bytes:
    """A change (type 230) of an order."""
    named = (
        f"<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>{order}</ram:IssuerAssignedID>"
        "</ram:BuyerOrderReferencedDocument>"
    )
    return order_x(number, **({"type_code": "230", "reference": named} | values))


def ubl(root: str, body: str) -> bytes:
    """A UBL document of any kind."""
    return (
        f'<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"'
        ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        f"{body}</{root}>"
    ).encode()


def ubl_order_message(root: str, number: str, order: str, lines: str = "") -> bytes:
    """OrderChange, OrderCancellation or OrderResponse about an order."""
    return ubl(
        root,
        f"<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-10-20</cbc:IssueDate>"
        f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
        f"<cac:SellerSupplierParty>{_SELLER}</cac:SellerSupplierParty>"
        f"<cac:BuyerCustomerParty>{_BUYER}</cac:BuyerCustomerParty>{lines}",
    )


def ubl_order_line(line_id: str, quantity: str, action: str = "3", name: str = "Ramette") -> str:
    """A line of an order change."""
    return (
        f"<cac:OrderLine><cac:LineItem><cbc:ID>{line_id}</cbc:ID>"
        f"<cbc:LineStatusCode>{action}</cbc:LineStatusCode>"
        f'<cbc:Quantity unitCode="C62">{quantity}</cbc:Quantity>'
        '<cac:Price><cbc:PriceAmount currencyID="EUR">4.00</cbc:PriceAmount></cac:Price>'
        f"<cac:Item><cbc:Name>{name}</cbc:Name></cac:Item></cac:LineItem></cac:OrderLine>"
    )


def advice(root: str, number: str, order: str, *lines: str) -> bytes:
    """A DespatchAdvice or ReceiptAdvice about an order."""
    return ubl(
        root,
        f"<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-10-28</cbc:IssueDate>"
        f"<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
        f"<cac:DeliveryCustomerParty>{_BUYER}</cac:DeliveryCustomerParty>"
        f"<cac:DespatchSupplierParty>{_SELLER}</cac:DespatchSupplierParty>{''.join(lines)}",
    )


def received(quantity: str, rejected: str | None = None, line: str = "1", unit: str = "C62") -> str:
    """A line of a receipt advice."""
    refused = f'<cbc:RejectedQuantity unitCode="{unit}">{rejected}</cbc:RejectedQuantity>'
    return (
        f'<cac:ReceiptLine><cbc:ID>1</cbc:ID><cbc:ReceivedQuantity unitCode="{unit}">{quantity}'
        f"</cbc:ReceivedQuantity>{refused if rejected else ''}"
        f"<cac:OrderLineReference><cbc:LineID>{line}</cbc:LineID></cac:OrderLineReference>"
        "</cac:ReceiptLine>"
    )


def despatched(quantity: str) -> str:
    """A line of a despatch advice."""
    return (
        f'<cac:DespatchLine><cbc:ID>1</cbc:ID><cbc:DeliveredQuantity unitCode="C62">{quantity}'
        "</cbc:DeliveredQuantity><cac:OrderLineReference><cbc:LineID>1</cbc:LineID>"
        "</cac:OrderLineReference></cac:DespatchLine>"
    )


def cdar(number: str, siren: str = "404833048") -> bytes:
    """A life-cycle message: the invoice of this number and seller is disputed."""
    return _CDAR.format(number=number, siren=siren).encode()


def ubl_status(number: str) -> bytes:
    """A UBL ApplicationResponse: an invoice is refused."""
    return ubl(
        "ApplicationResponse",
        "<cbc:ID>AR-1</cbc:ID><cbc:IssueDate>2026-11-05</cbc:IssueDate>"
        "<cac:DocumentResponse><cac:Response><cbc:ResponseCode>RE</cbc:ResponseCode>"
        "<cac:Status><cbc:StatusReasonCode>PRI</cbc:StatusReasonCode>"
        "<cbc:StatusReason>Prix</cbc:StatusReason></cac:Status></cac:Response>"
        f"<cac:DocumentReference><cbc:ID>{number}</cbc:ID></cac:DocumentReference>"
        "</cac:DocumentResponse>",
    )
