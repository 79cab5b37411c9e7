"""Despatch and receipt advices in UBL 2: what is said to be sent, what is said to have come."""

from __future__ import annotations

from domain.message import DeliveredItem, DeliveryMessage
from domain.party import Party
from ingest.parsers.messages import Place, ubl_party
from ingest.parsers.trace import Trace, content, groups, local_name
from ingest.parsers.xml import Element


def parse_delivery(root: Element, trace: Trace) -> DeliveryMessage | None:
    """Read a despatch or receipt advice; None where the root element is neither."""
    name = local_name(root)
    if name not in {"DespatchAdvice", "ReceiptAdvice"}:
        return None
    place = Place(trace, root, "delivery")
    lines = "DespatchLine" if name == "DespatchAdvice" else "ReceiptLine"
    return DeliveryMessage(
        number=place.text("number", "ID"),
        issue_date=place.day("issue_date", "IssueDate"),
        order_reference=place.text("order_reference", "OrderReference/ID"),
        despatch_reference=place.text("despatch_reference", "DespatchDocumentReference/ID"),
        delivery_date=place.day(
            "delivery_date",
            "Shipment/Delivery/ActualDeliveryDate",
            "Shipment/Delivery/EstimatedDeliveryPeriod/StartDate",
            "Shipment/Delivery/Despatch/ActualDespatchDate",
        ),
        certified_by=_signatory(place) if lines == "ReceiptLine" else None,
        notes=place.texts("Note"),
        seller=_party(place, "seller", "SellerSupplierParty", "DespatchSupplierParty"),
        buyer=_party(place, "buyer", "BuyerCustomerParty", "DeliveryCustomerParty"),
        lines=tuple(_line(line) for line in place.each("lines", lines)),
    )


def _party(place: Place, field: str, *names: str) -> Party:
    present = groups(place.element)
    name = next((n for n in names if n in present), names[-1])
    return ubl_party(place.inside(field, f"{name}/Party"))


def _signatory(place: Place) -> str | None:
    """Who signed: the person of the signature, else the contact of whom it was delivered to."""
    for path in (
        "Signature/SignatoryParty/Person",
        "DeliveryCustomerParty/Party/Person",
    ):
        person = place.inside("certified_by", path).element
        names = groups(person)
        words = [content(names[n][0]) for n in ("FirstName", "FamilyName") if n in names]
        if any(words):
            return " ".join(word for word in words if word)
    return place.text(
        "certified_by",
        "Signature/SignatoryParty/PartyName/Name",
        "DeliveryCustomerParty/DeliveryContact/Name",
        "DeliveryCustomerParty/Party/Contact/Name",
    )


def _line(line: Place) -> DeliveredItem:
    quantity = "ReceivedQuantity"
    if groups(line.element).get("DeliveredQuantity"):
        quantity = "DeliveredQuantity"
    return DeliveredItem(
        id=line.text("id", "ID"),
        order_reference=line.text("order_reference", "OrderLineReference/OrderReference/ID"),
        order_line_reference=line.text("order_line_reference", "OrderLineReference/LineID"),
        name=line.text("name", "Item/Name", "Item/Description"),
        seller_item_id=line.text("seller_item_id", "Item/SellersItemIdentification/ID"),
        buyer_item_id=line.text("buyer_item_id", "Item/BuyersItemIdentification/ID"),
        standard_item_id=line.text("standard_item_id", "Item/StandardItemIdentification/ID"),
        quantity=line.number("quantity", quantity),
        rejected=line.number("rejected", "RejectedQuantity"),
        short=line.number("short", "ShortQuantity"),
        unit=line.unit("unit", quantity),
    )
