"""Reference data for the invoices of `tests.acceptance.invoices`: one order of ten reams."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.invoices import cii_invoice

ORDER = "BC-2026-0042"
_ABROAD = ("Saint-Aubin</ram:Name>", "<ram:CountryID>FR", "<ram:CountryID>BE")

_TABLES = {
    "entities": "entity_id;name;kind\nE1;Commune de Saint-Aubin;company\n",
    "suppliers": "supplier_id;name;vat_id\nF1;Papeterie des Halles;FR83404833048\n"
    "F2;Papiers du Nord;FR61552100554\n",
    "orders": "order_id;entity_id;supplier_id;contract_id;lot;status\n"
    f"{ORDER};E1;F1;{{contract}};;open\n",
    "order_lines": "order_id;line_id;description;quantity;unit;unit_price;vat_rate\n"
    f"{ORDER};1;Ramette de papier A4 80 g;10;C62;4.00;20\n",
    "receipts": "receipt_id;order_id;line_id;quantity;received_on;certified_by\n"
    f"R1;{ORDER};1;10;2026-11-01;m.roux\n",
    "contracts": "contract_id;lot;entity_id;supplier_id;co_suppliers;amount_max;start_date;"
    "end_date\n"
    "M1;;E1;F1;F2;{ceiling};2026-01-01;2026-12-31\n",
    "amendments": "contract_id;lot;amendment_id;date;amount_delta\nM1;;AV1;2026-11-03;5000.00\n",
}


def write_reference(folder: Path, *tables: str, ceiling: str | None = None) -> None:
    """Write these tables into a folder; with a ceiling the order is one of a contract's."""
    names = (*tables, "contracts") if ceiling else tables
    for name in names:
        text = _TABLES[name].format(contract="M1" if ceiling else "", ceiling=ceiling)
        (folder / f"{name}.csv").write_text(text, "utf-8")


def write_second_order(folder: Path, order_id: str) -> None:
    """Another order of ten reams on the same contract, to its co-supplier."""
    orders = _TABLES["orders"].replace(ORDER, order_id).replace("F1", "F2").format(contract="M1")
    (folder / "orders.csv").write_text(orders, "utf-8")
    lines = _TABLES["order_lines"].replace(ORDER, order_id)
    (folder / "order_lines.csv").write_text(lines, "utf-8")


def invoice_for(number: int, order: str = ORDER) -> bytes:
    """An invoice for `number` + 1 reams at 4.00 that names an order; its buyer is abroad.

    So the French rules, which want more of an invoice than this, do not apply.
    """
    buyer, here, abroad = _ABROAD
    before, _, after = cii_invoice(number).decode().partition(buyer)
    named = (
        "</ram:BuyerTradeParty><ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>"
        f"{order}</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>"
    )
    after = after.replace(here, abroad, 1).replace("</ram:BuyerTradeParty>", named)
    return (before + buyer + after).encode()


def from_co_supplier(invoice: bytes) -> bytes:
    """The same invoice, sent by the other supplier."""
    return invoice.replace(b"FR83404833048", b"FR61552100554").replace(
        b"Papeterie des Halles SARL", b"Papiers du Nord"
    )
