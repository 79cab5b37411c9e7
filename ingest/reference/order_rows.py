"""An order document as rows of the order tables, its parties and references found in our data.

Seller, buyer, contract and the order's own number are found however they are written there. What
the document does not say (commitment, status of an order already there) keeps its value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, select

from domain.identifiers import compact, fold, normalise_reference
from domain.message import OrderedItem, OrderMessage
from domain.party import Party
from matching.reference import ENTITIES, find_references, find_supplier_keys

_SIREN_LENGTH: Final = 9
_STATED: Final = (
    ("order_date", "issue_date"),
    ("service_code", "buyer_reference"),
    ("currency", "currency"),
)


def order_columns(connection: Connection, message: OrderMessage) -> Iterator[tuple[str, Any]]:
    """The columns of an order that the document speaks of, but for key, parties and status."""
    if message.contract_reference:
        written = message.contract_reference
        yield "contract_id", known_reference(connection, "contract", written) or written
    for column, field in _STATED:
        value = getattr(message, field)
        if value is not None:
            yield column, value
    yield "extra", {"seller_name": message.seller.name, "buyer_name": message.buyer.name}


def line_rows(order_id: str, message: OrderMessage) -> list[dict[str, Any]]:
    """The lines as rows, numbered from 1 where they have no number."""
    return [
        _line_row(order_id, line, position) for position, line in enumerate(message.lines, start=1)
    ]


def _line_row(order_id: str, line: OrderedItem, position: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "order_id": order_id,
        "line_id": line.id or str(position),
        "item_id": line.seller_item_id or line.buyer_item_id or line.standard_item_id,
        "description": line.name or line.description,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": _price_of_one(line),
        "vat_rate": line.vat_rate,
    }
    if line.pack_quantity is not None:
        row["extra"] = {"pack_quantity": str(line.pack_quantity)}
    return row


def _price_of_one(line: OrderedItem) -> Any:
    """The price of one unit, where it is stated for a hundred."""
    price, base = line.net_price, line.price_base_quantity
    return price / base if price is not None and base and base != 1 else price


def repeated_lines(rows: list[dict[str, Any]]) -> list[str]:
    """Line numbers that stand more than once."""
    labels = [row["line_id"] for row in rows]
    return sorted({label for label in labels if labels.count(label) > 1})


def known_reference(connection: Connection, kind: str, written: str) -> str | None:
    """The id of ours that a written reference can only mean."""
    found = {
        key.id
        for key in find_references(connection, [normalise_reference(written)])
        if key.kind == kind
    }
    if written in found:
        return written
    return found.pop() if len(found) == 1 else None


def find_supplier(connection: Connection, seller: Party) -> str | None:
    """The one supplier with the seller's numbers, or else with its name."""
    keys = find_supplier_keys(connection, _numbers(seller) | _names(seller))
    by_number = {key.id for key in keys if key.kind != "name"}
    by_name = {key.id for key in keys if key.kind == "name"}
    for found in (by_number, by_name):
        if len(found) == 1:
            return found.pop()
    return None


def find_entity(connection: Connection, buyer: Party) -> str | None:
    """The one entity of ours with the buyer's numbers, or else with its name."""
    rows = connection.execute(
        select(ENTITIES.c.entity_id, ENTITIES.c.name, ENTITIES.c.siren, ENTITIES.c.siret)
    ).all()
    numbers, names = _numbers(buyer), _names(buyer)
    by_number = {r.entity_id for r in rows if r.siret in numbers or r.siren in numbers}
    by_name = {r.entity_id for r in rows if r.name and " ".join(fold(r.name).split()) in names}
    for found in (by_number, by_name):
        if len(found) == 1:
            return str(found.pop())
    return None


def _numbers(party: Party) -> set[str]:
    stated = [party.legal_id, party.vat_id, *party.identifiers]
    codes = {compact(text) for text in stated if text}
    sites = {code[:_SIREN_LENGTH] for code in codes if code.isdecimal()}
    return {code for code in codes | sites if len(code) >= _SIREN_LENGTH}


def _names(party: Party) -> set[str]:
    return {" ".join(fold(name).split()) for name in (party.name, party.trading_name) if name}
