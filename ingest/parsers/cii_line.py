"""Invoice lines (BG-25), allowances and charges of a Cross Industry Invoice."""

from __future__ import annotations

from datetime import date

from domain.invoice import AllowanceCharge, InvoiceLine
from ingest.parsers.cii_names import Names
from ingest.parsers.trace import Trace, children, content, first, groups, local_name, only
from ingest.parsers.xml import Element


def moment(element: Element | None) -> Element | None:
    """The element that holds a date's text: `udt:DateTimeString`, or the date element itself."""
    if element is None:
        return None
    inner = element.getchildren()  # type: ignore[attr-defined]
    return inner[0] if inner else element


def span(trace: Trace, at: str, element: Element | None) -> tuple[date | None, date | None]:
    """Start and end of a period (BG-14, BG-26)."""
    if element is None:
        return None, None
    period = children(element)
    return (
        trace.day(at + "period_start", moment(period.get("StartDateTime"))),
        trace.day(at + "period_end", moment(period.get("EndDateTime"))),
    )


def trade_allowance(trace: Trace, at: str, element: Element, names: Names) -> AllowanceCharge:
    """One SpecifiedTradeAllowanceCharge (BG-20, BG-21, BG-27, BG-28)."""
    item = children(element)
    tax = children(item.get("CategoryTradeTax"))
    indicator = item.get("ChargeIndicator")
    trace.mark(at + "is_charge", element if indicator is None else indicator)
    return AllowanceCharge(
        is_charge=(content(moment(indicator)) or "").lower() in {"true", "1"},
        amount=trace.number(at + "amount", item.get("ActualAmount")),
        base_amount=trace.number(at + "base_amount", item.get("BasisAmount")),
        percentage=trace.number(at + "percentage", item.get("CalculationPercent")),
        vat_category=trace.text(at + "vat_category", tax.get("CategoryCode")),
        vat_rate=trace.number(at + "vat_rate", tax.get(names.rate)),
        reason=trace.text(at + "reason", item.get("Reason")),
        reason_code=trace.text(at + "reason_code", item.get("ReasonCode")),
    )


def trade_line(trace: Trace, at: str, element: Element, names: Names) -> InvoiceLine:
    """One IncludedSupplyChainTradeLineItem (BG-25)."""
    item = children(element)
    agreement = children(item.get(names.line_agreement))
    order = children(agreement.get("BuyerOrderReferencedDocument"))
    document = groups(item.get("AssociatedDocumentLineDocument"))
    product = children(item.get("SpecifiedTradeProduct"))
    billed = only(item.get(names.line_delivery), "BilledQuantity")
    settlement = groups(item.get(names.line_settlement))
    tax = children(first(settlement, "ApplicableTradeTax"))
    net = only(first(settlement, names.line_summation), "LineTotalAmount")
    price = children(agreement.get("NetPriceProductTradePrice"))
    basis = price.get("BasisQuantity")
    if basis is None:
        basis = only(agreement.get("GrossPriceProductTradePrice"), "BasisQuantity")
    start, end = span(trace, at, first(settlement, "BillingSpecifiedPeriod"))
    return InvoiceLine(
        id=trace.text(at + "id", first(document, "LineID")),
        name=trace.text(at + "name", product.get("Name")),
        description=trace.text(at + "description", product.get("Description")),
        note=trace.text(at + "note", _note(document)),
        seller_item_id=trace.text(at + "seller_item_id", product.get("SellerAssignedID")),
        buyer_item_id=trace.text(at + "buyer_item_id", product.get("BuyerAssignedID")),
        standard_item_id=trace.text(at + "standard_item_id", product.get("GlobalID")),
        quantity=trace.number(at + "quantity", billed),
        unit=trace.attribute(at + "unit", billed, "unitCode"),
        net_price=trace.number(at + "net_price", price.get("ChargeAmount")),
        price_base_quantity=trace.number(at + "price_base_quantity", basis),
        net_amount=trace.number(at + "net_amount", net),
        vat_category=trace.text(at + "vat_category", tax.get("CategoryCode")),
        vat_rate=trace.number(at + "vat_rate", tax.get(names.rate)),
        order_reference=trace.text(at + "order_reference", order.get(names.reference)),
        order_line_reference=trace.text(at + "order_line_reference", order.get("LineID")),
        period_start=start,
        period_end=end,
        allowances_charges=tuple(
            trade_allowance(trace, f"{at}allowances_charges[{i}].", charge, names)
            for i, charge in enumerate(settlement.get("SpecifiedTradeAllowanceCharge", ()))
        ),
        parent_id=trace.text(at + "parent_id", first(document, "ParentLineID")),
        subtype=trace.text(at + "subtype", first(document, "LineStatusReasonCode")),
    )


def is_text_only(element: Element) -> bool:
    """Whether a line carries words alone (ZUGFeRD 1.0 allows it): a note, not a thing billed."""
    for child in element:
        is_document = local_name(child) == "AssociatedDocumentLineDocument"
        said = children(child).get("LineID") if is_document else child
        if said is not None and any(text.strip() for text in said.itertext()):
            return False
    return True


def note_of(element: Element) -> Element | None:
    """The note's content inside a line (BT-127)."""
    return _note(groups(children(element).get("AssociatedDocumentLineDocument")))


def _note(document: dict[str, list[Element]]) -> Element | None:
    for note in document.get("IncludedNote", ()):
        words = children(note).get("Content")
        if content(words) is not None:
            return words
    return None
