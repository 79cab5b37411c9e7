"""Orders in Order-X (CIO) and UBL 2.1: read into the domain's Order with its lines.

Only orders proper are read: a response, a change or a cancellation speaks of an order that its
issuer already has in another form. Group and information lines (Order-X EXTENDED) order nothing
themselves and are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.money import parse_decimal
from domain.order import Order, OrderLine, OrderStatus
from domain.party import Party
from ingest.parsers.trace import children, content, groups, local_name, only, parse_day
from ingest.parsers.xml import Element

_ORDER_TYPES: Final = frozenset({"220", "105", "221", "224", "227"})
"""UNTDID 1001: order, purchase order, blanket, rush, consignment order."""

_CANCELLATION: Final = "1"  # UNTDID 1225
_NO_ORDERING_LINES: Final = frozenset({"GROUP", "INFORMATION"})


class NoOrder(ValueError):
    """The document is no order; the text says what it is."""


@dataclass(frozen=True, slots=True)
class ParsedOrder:
    """An order in its own words: parties are named, not yet known to be ours."""

    order: Order
    seller: Party
    buyer: Party


def parse_order(root: Element) -> ParsedOrder:
    """Read an order document.

    Raises:
        NoOrder: it is another document, or has no number.
    """
    name = local_name(root)
    if name == "Order":
        parsed = _ubl_order(root)
    elif name == "SCRDMCCBDACIOMessageStructure":
        parsed = _cio_order(root)
    else:
        raise NoOrder(f"the document is no order; its root element is {name}")
    if not parsed.order.order_id:
        raise NoOrder("the order has no number")
    return parsed


def _down(element: Element | None, path: str) -> Element | None:
    for name in path.split("/"):
        element = only(element, name)
    return element


def _text(element: Element | None, path: str) -> str | None:
    return content(_down(element, path))


def _number(element: Element | None, path: str) -> Decimal | None:
    text = _text(element, path)
    return parse_decimal(text) if text else None


def _day(element: Element | None, path: str) -> date | None:
    text = _text(element, path)
    return parse_day(text[:8] if text and text[:8].isdecimal() else text) if text else None


def _price(stated: Decimal | None, base: Decimal | None) -> Decimal | None:
    """The price of one unit, where it is stated for a hundred."""
    return stated / base if stated is not None and base and base != 1 else stated


def _cio_order(root: Element) -> ParsedOrder:
    head = only(root, "ExchangedDocument")
    kind = _text(head, "TypeCode")
    if kind and kind not in _ORDER_TYPES:
        raise NoOrder(f"the document is of type {kind}, not an order (220)")
    trade = only(root, "SupplyChainTradeTransaction")
    agreement = only(trade, "ApplicableHeaderTradeAgreement")
    number = _text(head, "ID") or ""
    cancelled = _text(head, "PurposeCode") == _CANCELLATION
    lines = [
        _cio_line(number, line, position)
        for position, line in enumerate(
            groups(trade).get("IncludedSupplyChainTradeLineItem", []), start=1
        )
        if _text(line, "AssociatedDocumentLineDocument/LineStatusReasonCode")
        not in _NO_ORDERING_LINES
    ]
    order = Order(
        order_id=number,
        contract_id=_text(agreement, "ContractReferencedDocument/IssuerAssignedID"),
        order_date=_day(head, "IssueDateTime/DateTimeString"),
        service_code=_text(agreement, "BuyerReference"),
        currency=_text(trade, "ApplicableHeaderTradeSettlement/OrderCurrencyCode"),
        status=OrderStatus.CANCELLED if cancelled else OrderStatus.OPEN,
        lines=tuple(lines),
    )
    return ParsedOrder(
        order,
        _cio_party(only(agreement, "SellerTradeParty")),
        _cio_party(only(agreement, "BuyerTradeParty")),
    )


def _cio_line(order_id: str, line: Element, position: int) -> OrderLine:
    product = children(only(line, "SpecifiedTradeProduct"))
    agreement = only(line, "SpecifiedLineTradeAgreement")
    price = only(agreement, "NetPriceProductTradePrice")
    if price is None:
        price = only(agreement, "GrossPriceProductTradePrice")
    quantity = _down(line, "SpecifiedLineTradeDelivery/RequestedQuantity")
    return OrderLine(
        order_id=order_id,
        line_id=_text(line, "AssociatedDocumentLineDocument/LineID") or str(position),
        item_id=content(product.get("SellerAssignedID"))
        or content(product.get("BuyerAssignedID"))
        or content(product.get("GlobalID")),
        description=content(product.get("Name")) or content(product.get("Description")),
        quantity=parse_decimal(content(quantity) or ""),
        unit=None if quantity is None else quantity.get("unitCode"),
        unit_price=_price(_number(price, "ChargeAmount"), _number(price, "BasisQuantity")),
        vat_rate=_number(
            line, "SpecifiedLineTradeSettlement/ApplicableTradeTax/RateApplicablePercent"
        ),
        pack_quantity=_number(line, "SpecifiedLineTradeDelivery/PerPackageUnitQuantity"),
    )


def _cio_party(party: Element | None) -> Party:
    legal = _down(party, "SpecifiedLegalOrganization/ID")
    tax = {
        (identifier.get("schemeID") or ""): content(identifier)
        for registration in groups(party).get("SpecifiedTaxRegistration", [])
        if (identifier := only(registration, "ID")) is not None
    }
    return Party(
        name=_text(party, "Name"),
        legal_id=content(legal),
        legal_id_scheme=None if legal is None else legal.get("schemeID"),
        vat_id=tax.get("VA"),
        country=_text(party, "PostalTradeAddress/CountryID"),
        identifiers=_identifiers(party, ("GlobalID", "ID")),
    )


def _ubl_order(root: Element) -> ParsedOrder:
    number = _text(root, "ID") or ""
    lines = [
        _ubl_line(number, line, position)
        for position, wrapper in enumerate(groups(root).get("OrderLine", []), start=1)
        if (line := only(wrapper, "LineItem")) is not None
    ]
    order = Order(
        order_id=number,
        contract_id=_text(root, "Contract/ID"),
        order_date=_day(root, "IssueDate"),
        service_code=_text(root, "CustomerReference"),
        currency=_text(root, "DocumentCurrencyCode"),
        lines=tuple(lines),
    )
    return ParsedOrder(
        order,
        _ubl_party(_down(root, "SellerSupplierParty/Party")),
        _ubl_party(_down(root, "BuyerCustomerParty/Party")),
    )


def _ubl_line(order_id: str, line: Element, position: int) -> OrderLine:
    item = only(line, "Item")
    price = only(line, "Price")
    quantity = only(line, "Quantity")
    return OrderLine(
        order_id=order_id,
        line_id=_text(line, "ID") or str(position),
        item_id=_text(item, "SellersItemIdentification/ID")
        or _text(item, "BuyersItemIdentification/ID")
        or _text(item, "StandardItemIdentification/ID"),
        description=_text(item, "Name") or _text(item, "Description"),
        quantity=parse_decimal(content(quantity) or ""),
        unit=None if quantity is None else quantity.get("unitCode"),
        unit_price=_price(_number(price, "PriceAmount"), _number(price, "BaseQuantity")),
        vat_rate=_number(item, "ClassifiedTaxCategory/Percent"),
        pack_quantity=_number(item, "PackSizeNumeric") or _number(item, "PackQuantity"),
    )


def _ubl_party(party: Element | None) -> Party:
    legal = _down(party, "PartyLegalEntity/CompanyID")
    identifiers = tuple(
        text
        for each in groups(party).get("PartyIdentification", [])
        if (text := content(only(each, "ID")))
    )
    return Party(
        name=_text(party, "PartyLegalEntity/RegistrationName") or _text(party, "PartyName/Name"),
        legal_id=content(legal),
        legal_id_scheme=None if legal is None else legal.get("schemeID"),
        vat_id=_text(party, "PartyTaxScheme/CompanyID"),
        country=_text(party, "PostalAddress/Country/IdentificationCode"),
        trading_name=_text(party, "PartyName/Name"),
        identifiers=identifiers,
    )


def _identifiers(party: Element | None, names: tuple[str, ...]) -> tuple[str, ...]:
    found = groups(party)
    return tuple(text for name in names for each in found.get(name, []) if (text := content(each)))
