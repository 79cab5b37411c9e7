"""Invoice lines (BG-25), allowances and charges of a UBL invoice or credit note."""

from __future__ import annotations

from domain.invoice import AllowanceCharge, InvoiceLine
from ingest.parsers.trace import Trace, children, content, first, groups, only
from ingest.parsers.xml import Element


def allowance_charge(trace: Trace, at: str, element: Element) -> AllowanceCharge:
    """One cac:AllowanceCharge (BG-20, BG-21, BG-27, BG-28)."""
    item = children(element)
    tax = children(item.get("TaxCategory"))
    indicator = item.get("ChargeIndicator")
    trace.mark(at + "is_charge", element if indicator is None else indicator)
    return AllowanceCharge(
        is_charge=(content(indicator) or "").lower() in {"true", "1"},
        amount=trace.number(at + "amount", item.get("Amount")),
        base_amount=trace.number(at + "base_amount", item.get("BaseAmount")),
        percentage=trace.number(at + "percentage", item.get("MultiplierFactorNumeric")),
        vat_category=trace.text(at + "vat_category", tax.get("ID")),
        vat_rate=trace.number(at + "vat_rate", tax.get("Percent")),
        reason=trace.text(at + "reason", item.get("AllowanceChargeReason")),
        reason_code=trace.text(at + "reason_code", item.get("AllowanceChargeReasonCode")),
    )


def line_elements(top: dict[str, list[Element]]) -> list[Element]:
    """The lines of the document.

    Sub-lines (XRechnung extension BG-DEX-01) are left out: their line's amounts contain them.
    """
    return [*top.get("InvoiceLine", ()), *top.get("CreditNoteLine", ())]


def ubl_line(trace: Trace, at: str, element: Element) -> InvoiceLine:
    """One cac:InvoiceLine or cac:CreditNoteLine (BG-25)."""
    line = groups(element)
    item = children(first(line, "Item"))
    tax = children(item.get("ClassifiedTaxCategory"))
    price = children(first(line, "Price"))
    order_line = children(first(line, "OrderLineReference"))
    order = children(order_line.get("OrderReference"))
    period = children(first(line, "InvoicePeriod"))
    billed = first(line, "InvoicedQuantity")
    if billed is None:
        billed = first(line, "CreditedQuantity")
    text, number = trace.text, trace.number
    return InvoiceLine(
        id=text(at + "id", first(line, "ID")),
        name=text(at + "name", item.get("Name")),
        description=text(at + "description", item.get("Description")),
        note=text(at + "note", first(line, "Note")),
        seller_item_id=_item_id(trace, at + "seller_item_id", item, "Sellers"),
        buyer_item_id=_item_id(trace, at + "buyer_item_id", item, "Buyers"),
        standard_item_id=_item_id(trace, at + "standard_item_id", item, "Standard"),
        quantity=number(at + "quantity", billed),
        unit=trace.attribute(at + "unit", billed, "unitCode"),
        net_price=number(at + "net_price", price.get("PriceAmount")),
        price_base_quantity=number(at + "price_base_quantity", price.get("BaseQuantity")),
        net_amount=number(at + "net_amount", first(line, "LineExtensionAmount")),
        vat_category=text(at + "vat_category", tax.get("ID")),
        vat_rate=number(at + "vat_rate", tax.get("Percent")),
        order_reference=text(at + "order_reference", order.get("ID")),
        order_line_reference=text(at + "order_line_reference", order_line.get("LineID")),
        period_start=trace.day(at + "period_start", period.get("StartDate")),
        period_end=trace.day(at + "period_end", period.get("EndDate")),
        allowances_charges=tuple(
            allowance_charge(trace, f"{at}allowances_charges[{i}].", charge)
            for i, charge in enumerate(line.get("AllowanceCharge", ()))
        ),
    )


def _item_id(trace: Trace, path: str, item: dict[str, Element], whose: str) -> str | None:
    return trace.text(path, only(item.get(f"{whose}ItemIdentification"), "ID"))
