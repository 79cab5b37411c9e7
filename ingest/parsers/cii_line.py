"""Invoice lines (BG-25), allowances and charges of a Cross Industry Invoice."""

from __future__ import annotations

from functools import cache

from domain.invoice import AllowanceCharge, InvoiceLine
from ingest.parsers.cii_names import Names
from ingest.parsers.field_table import (
    Make,
    Table,
    day,
    each,
    gather,
    kept,
    moment,
    number,
    quantity,
    record,
    text,
)
from ingest.parsers.trace import Trace, children, content, local_name
from ingest.parsers.xml import Element


@cache
def trade_line(names: Names) -> Make:
    """The reader of one IncludedSupplyChainTradeLineItem (BG-25)."""
    document, product = "AssociatedDocumentLineDocument", "SpecifiedTradeProduct"
    agreement, settlement = names.line_agreement, names.line_settlement
    order = f"{agreement}/BuyerOrderReferencedDocument"
    price = f"{agreement}/NetPriceProductTradePrice"
    tax = f"{settlement}/ApplicableTradeTax"
    period = f"{settlement}/BillingSpecifiedPeriod"
    table = Table(
        {
            f"{document}/LineID": text("id"),  # BT-126
            f"{document}/ParentLineID": text("parent_id"),  # EXT-FR-FE-162
            f"{document}/LineStatusReasonCode": text("subtype"),  # EXT-FR-FE-163
            f"{document}/IncludedNote*/Content": text("note"),  # BT-127
            f"{product}/GlobalID": text("standard_item_id"),  # BT-157
            f"{product}/SellerAssignedID": text("seller_item_id"),  # BT-155
            f"{product}/BuyerAssignedID": text("buyer_item_id"),  # BT-156
            f"{product}/Name": text("name"),  # BT-153
            f"{product}/Description": text("description"),  # BT-154
            f"{order}/{names.reference}": text("order_reference"),  # EXT-FR-FE
            f"{order}/LineID": text("order_line_reference"),  # BT-132
            f"{price}/ChargeAmount": number("net_price"),  # BT-146
            f"{price}/BasisQuantity": number("price_base_quantity"),  # BT-149
            f"{agreement}/GrossPriceProductTradePrice/BasisQuantity": kept("gross_basis"),
            f"{names.line_delivery}/BilledQuantity": quantity("quantity", "unit"),  # BT-129, BT-130
            f"{tax}/CategoryCode": text("vat_category"),  # BT-151
            f"{tax}/{names.rate}": number("vat_rate"),  # BT-152
            f"{period}/StartDateTime": day("period_start"),  # BT-134
            f"{period}/EndDateTime": day("period_end"),  # BT-135
            f"{settlement}/SpecifiedTradeAllowanceCharge": each(
                "allowances_charges", trade_allowance(names)
            ),  # BG-27, BG-28
            f"{settlement}/{names.line_summation}/LineTotalAmount": number("net_amount"),  # BT-131
        }
    )

    def read(trace: Trace, at: str, element: Element) -> InvoiceLine:
        found = gather(trace, table, at, element)
        basis = found.pop("gross_basis", None)
        if basis and "price_base_quantity" not in found:
            path = f"{at}.price_base_quantity"
            found["price_base_quantity"] = trace.number(path, basis[0])
        return InvoiceLine(**found.finished())

    return read


@cache
def trade_allowance(names: Names) -> Make:
    """The reader of one SpecifiedTradeAllowanceCharge (BG-20, BG-21, BG-27, BG-28)."""
    table = Table(
        {
            "ChargeIndicator": record("is_charge", _indicator),
            "ActualAmount": number("amount"),  # BT-92, BT-99, BT-136, BT-141
            "BasisAmount": number("base_amount"),  # BT-93, BT-100
            "CalculationPercent": number("percentage"),  # BT-94, BT-101
            "CategoryTradeTax/CategoryCode": text("vat_category"),  # BT-95, BT-102
            f"CategoryTradeTax/{names.rate}": number("vat_rate"),  # BT-96, BT-103
            "Reason": text("reason"),  # BT-97, BT-104
            "ReasonCode": text("reason_code"),  # BT-98, BT-105
        }
    )

    def read(trace: Trace, at: str, element: Element) -> AllowanceCharge:
        found = gather(trace, table, at, element)
        if "is_charge" not in found:
            trace.mark(f"{at}.is_charge", element)
            found["is_charge"] = False
        return AllowanceCharge(**found)

    return read


def _indicator(trace: Trace, at: str, element: Element) -> bool:
    trace.mark(at, element)
    return (content(moment(element)) or "").lower() in {"true", "1"}


def is_text_only(element: Element) -> bool:
    """Whether a line carries words alone (ZUGFeRD 1.0 allows it): a note, not a thing billed."""
    for child in element:
        is_document = local_name(child) == "AssociatedDocumentLineDocument"
        said = children(child).get("LineID") if is_document else child
        if content(said) or (said is not None and any(w.strip() for w in said.itertext())):
            return False
    return True
