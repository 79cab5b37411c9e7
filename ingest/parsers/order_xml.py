"""Orders in Order-X (CIO) and UBL 2: the order, its change, its cancellation and the answer to it.

Group and information lines (Order-X EXTENDED) order nothing themselves and are passed over.
"""

from __future__ import annotations

from typing import Final

from domain.message import OrderAct, OrderedItem, OrderMessage
from ingest.parsers.messages import Place, cefact_party, down, ubl_party
from ingest.parsers.trace import Trace, content, local_name
from ingest.parsers.xml import Element

_CHANGE_TYPE: Final = "230"  # UNTDID 1001
_RESPONSE_TYPE: Final = "231"
_CANCELLATION: Final = "1"  # UNTDID 1225
_CHANGES: Final = frozenset({"4", "5"})
_NO_ORDERING_LINES: Final = frozenset({"GROUP", "INFORMATION"})
_UBL_ACTS: Final = {
    "Order": OrderAct.ORDER,
    "OrderChange": OrderAct.CHANGE,
    "OrderCancellation": OrderAct.CANCELLATION,
    "OrderResponse": OrderAct.RESPONSE,
    "OrderResponseSimple": OrderAct.RESPONSE,
}
_ANSWERS: Final = {"true": "AP", "false": "RE"}


def parse_order(root: Element, trace: Trace) -> OrderMessage | None:
    """Read an order document; None where the root element is none of them."""
    name = local_name(root)
    if name == "SCRDMCCBDACIOMessageStructure":
        return _cio_order(Place(trace, root, "order"))
    act = _UBL_ACTS.get(name)
    return None if act is None else _ubl_order(Place(trace, root, "order"), act)


def _cio_order(root: Place) -> OrderMessage:
    head, trade = root.at("ExchangedDocument"), root.at("SupplyChainTradeTransaction")
    agreement = "ApplicableHeaderTradeAgreement"
    settlement = "ApplicableHeaderTradeSettlement"
    type_code = head.text("type_code", "TypeCode")
    purpose = head.text("purpose_code", "PurposeCode")
    return OrderMessage(
        act=_cio_act(type_code, purpose),
        number=head.text("number", "ID"),
        type_code=type_code,
        purpose_code=purpose,
        answer=head.text("answer", "StatusCode"),
        issue_date=head.day("issue_date", "IssueDateTime/DateTimeString"),
        order_reference=trade.text(
            "order_reference", f"{agreement}/BuyerOrderReferencedDocument/IssuerAssignedID"
        ),
        contract_reference=trade.text(
            "contract_reference", f"{agreement}/ContractReferencedDocument/IssuerAssignedID"
        ),
        buyer_reference=trade.text("buyer_reference", f"{agreement}/BuyerReference"),
        currency=trade.text("currency", f"{settlement}/OrderCurrencyCode"),
        notes=head.texts("IncludedNote", "Content"),
        seller=cefact_party(trade.inside("seller", f"{agreement}/SellerTradeParty")),
        buyer=cefact_party(trade.inside("buyer", f"{agreement}/BuyerTradeParty")),
        net_total=trade.number(
            "net_total",
            f"{settlement}/SpecifiedTradeSettlementHeaderMonetarySummation/TaxBasisTotalAmount",
        ),
        lines=tuple(
            _cio_line(line)
            for line in trade.each("lines", "IncludedSupplyChainTradeLineItem")
            if content(down(line.element, "AssociatedDocumentLineDocument/LineStatusReasonCode"))
            not in _NO_ORDERING_LINES
        ),
    )


def _cio_act(type_code: str | None, purpose: str | None) -> OrderAct:
    if type_code == _RESPONSE_TYPE:
        return OrderAct.RESPONSE
    if purpose == _CANCELLATION:
        return OrderAct.CANCELLATION
    if type_code == _CHANGE_TYPE or purpose in _CHANGES:
        return OrderAct.CHANGE
    return OrderAct.ORDER


def _cio_line(line: Place) -> OrderedItem:
    product, delivery = "SpecifiedTradeProduct", "SpecifiedLineTradeDelivery"
    agreement = "SpecifiedLineTradeAgreement"
    price = f"{agreement}/NetPriceProductTradePrice"
    net_price = line.number("net_price", f"{price}/ChargeAmount")
    if net_price is None:
        price = f"{agreement}/GrossPriceProductTradePrice"
        net_price = line.number("net_price", f"{price}/ChargeAmount")
    return OrderedItem(
        id=line.text("id", "AssociatedDocumentLineDocument/LineID"),
        action=line.text("action", "AssociatedDocumentLineDocument/LineStatusCode"),
        name=line.text("name", f"{product}/Name"),
        description=line.text("description", f"{product}/Description"),
        seller_item_id=line.text("seller_item_id", f"{product}/SellerAssignedID"),
        buyer_item_id=line.text("buyer_item_id", f"{product}/BuyerAssignedID"),
        standard_item_id=line.text("standard_item_id", f"{product}/GlobalID"),
        quantity=line.number("quantity", f"{delivery}/RequestedQuantity"),
        unit=line.unit("unit", f"{delivery}/RequestedQuantity"),
        net_price=net_price,
        price_base_quantity=line.number("price_base_quantity", f"{price}/BasisQuantity"),
        net_amount=line.number(
            "net_amount",
            "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation"
            "/LineTotalAmount",
        ),
        vat_rate=line.number(
            "vat_rate", "SpecifiedLineTradeSettlement/ApplicableTradeTax/RateApplicablePercent"
        ),
        pack_quantity=line.number("pack_quantity", f"{delivery}/PerPackageUnitQuantity"),
    )


def _ubl_order(root: Place, act: OrderAct) -> OrderMessage:
    accepted = root.text("answer", "OrderResponseCode", "AcceptedIndicator")
    return OrderMessage(
        act=act,
        number=root.text("number", "ID"),
        type_code=root.text("type_code", "OrderTypeCode"),
        answer=_ANSWERS.get(accepted or "", accepted),
        issue_date=root.day("issue_date", "IssueDate"),
        order_reference=root.text("order_reference", "OrderReference/ID"),
        contract_reference=root.text("contract_reference", "Contract/ID"),
        buyer_reference=root.text("buyer_reference", "CustomerReference"),
        currency=root.text("currency", "DocumentCurrencyCode"),
        notes=(
            *root.texts("Note"),
            *root.texts("CancellationNote"),
            *root.texts("RejectionNote"),
        ),
        seller=ubl_party(root.inside("seller", "SellerSupplierParty/Party")),
        buyer=ubl_party(root.inside("buyer", "BuyerCustomerParty/Party")),
        net_total=root.number("net_total", "AnticipatedMonetaryTotal/TaxExclusiveAmount"),
        lines=tuple(_ubl_line(line) for line in root.each("lines", "OrderLine")),
    )


def _ubl_line(line: Place) -> OrderedItem:
    item = "LineItem/Item"
    return OrderedItem(
        id=line.text("id", "LineItem/ID"),
        action=line.text("action", "LineItem/LineStatusCode"),
        name=line.text("name", f"{item}/Name"),
        description=line.text("description", f"{item}/Description"),
        seller_item_id=line.text("seller_item_id", f"{item}/SellersItemIdentification/ID"),
        buyer_item_id=line.text("buyer_item_id", f"{item}/BuyersItemIdentification/ID"),
        standard_item_id=line.text("standard_item_id", f"{item}/StandardItemIdentification/ID"),
        quantity=line.number("quantity", "LineItem/Quantity"),
        unit=line.unit("unit", "LineItem/Quantity"),
        net_price=line.number("net_price", "LineItem/Price/PriceAmount"),
        price_base_quantity=line.number("price_base_quantity", "LineItem/Price/BaseQuantity"),
        net_amount=line.number("net_amount", "LineItem/LineExtensionAmount"),
        vat_rate=line.number("vat_rate", f"{item}/ClassifiedTaxCategory/Percent"),
        pack_quantity=line.number("pack_quantity", f"{item}/PackSizeNumeric")
        or line.number("pack_quantity", f"{item}/PackQuantity"),
    )
