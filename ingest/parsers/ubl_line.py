"""Invoice lines (BG-25), allowances and charges of a UBL invoice or credit note.

Sub-lines (XRechnung extension BG-DEX-01) are left out: their line's amounts contain them.
"""

from __future__ import annotations

from typing import Final

from domain.invoice import AllowanceCharge, InvoiceLine
from ingest.parsers.field_table import (
    Table,
    day,
    each,
    gather,
    number,
    quantity,
    record,
    text,
)
from ingest.parsers.trace import Trace, content
from ingest.parsers.xml import Element


def allowance_charge(trace: Trace, at: str, element: Element) -> AllowanceCharge:
    """One cac:AllowanceCharge (BG-20, BG-21, BG-27, BG-28)."""
    found = gather(trace, _ALLOWANCE, at, element)
    if "is_charge" not in found:
        trace.mark(f"{at}.is_charge", element)
        found["is_charge"] = False
    return AllowanceCharge(**found)


def ubl_line(trace: Trace, at: str, element: Element) -> InvoiceLine:
    """One cac:InvoiceLine or cac:CreditNoteLine (BG-25)."""
    return InvoiceLine(**gather(trace, _LINE, at, element).finished())


def _indicator(trace: Trace, at: str, element: Element) -> bool:
    trace.mark(at, element)
    return (content(element) or "").lower() in {"true", "1"}


_ALLOWANCE: Final = Table(
    {
        "ChargeIndicator": record("is_charge", _indicator),
        "AllowanceChargeReasonCode": text("reason_code"),  # BT-98, BT-105
        "AllowanceChargeReason": text("reason"),  # BT-97, BT-104
        "MultiplierFactorNumeric": number("percentage"),  # BT-94, BT-101
        "Amount": number("amount"),  # BT-92, BT-99, BT-136, BT-141
        "BaseAmount": number("base_amount"),  # BT-93, BT-100
        "TaxCategory/ID": text("vat_category"),  # BT-95, BT-102
        "TaxCategory/Percent": number("vat_rate"),  # BT-96, BT-103
    }
)

_LINE: Final = Table(
    {
        "ID": text("id"),  # BT-126
        "Note": text("note"),  # BT-127
        "InvoicedQuantity": quantity("quantity", "unit"),  # BT-129, BT-130
        "CreditedQuantity": quantity("quantity", "unit"),  # BT-129, BT-130
        "LineExtensionAmount": number("net_amount"),  # BT-131
        "InvoicePeriod/StartDate": day("period_start"),  # BT-134
        "InvoicePeriod/EndDate": day("period_end"),  # BT-135
        "OrderLineReference/LineID": text("order_line_reference"),  # BT-132
        "OrderLineReference/OrderReference/ID": text("order_reference"),  # EXT-FR-FE
        "AllowanceCharge": each("allowances_charges", allowance_charge),  # BG-27, BG-28
        "Item/Description": text("description"),  # BT-154
        "Item/Name": text("name"),  # BT-153
        "Item/BuyersItemIdentification/ID": text("buyer_item_id"),  # BT-156
        "Item/SellersItemIdentification/ID": text("seller_item_id"),  # BT-155
        "Item/StandardItemIdentification/ID": text("standard_item_id"),  # BT-157
        "Item/ClassifiedTaxCategory/ID": text("vat_category"),  # BT-151
        "Item/ClassifiedTaxCategory/Percent": number("vat_rate"),  # BT-152
        "Price/PriceAmount": number("net_price"),  # BT-146
        "Price/BaseQuantity": number("price_base_quantity"),  # BT-149
    }
)
