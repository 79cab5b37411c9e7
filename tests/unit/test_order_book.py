"""Order lines beside the invoice's: looked up in the reference data."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import insert

from api.order_book import OrderBook
from db.engine import Database
from db.metadata import METADATA
from matching.reference import ORDER_LINES, ORDERS, RECEIPTS


def _book() -> OrderBook:
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    with database.transaction() as connection:
        for table, row in (
            (ORDERS, {"order_id": "BC-1", "status": "open"}),
            (ORDERS, {"order_id": "BC-2", "status": "open"}),
            (ORDER_LINES, _line("BC-1", "1", "10", "4.90")),
            (ORDER_LINES, _line("BC-1", "2", "5.0", None)),
            (ORDER_LINES, _line("BC-2", "1", "7", "1")),
            (RECEIPTS, _receipt("R1", "1", "4")),
            (RECEIPTS, _receipt("R2", "1", "3.5")),
        ):
            connection.execute(insert(table).values(**row))
    return OrderBook(database)


def _line(order: str, line: str, quantity: str, price: str | None) -> dict[str, object]:
    return {
        "order_id": order,
        "line_id": line,
        "description": "Ramette",
        "quantity": Decimal(quantity),
        "unit": "C62",
        "unit_price": None if price is None else Decimal(price),
    }


def _receipt(receipt: str, line: str, quantity: str) -> dict[str, object]:
    return {
        "receipt_id": receipt,
        "order_id": "BC-1",
        "line_id": line,
        "quantity": Decimal(quantity),
    }


def test_lines_come_with_what_was_received() -> None:
    lines = _book()(["BC-1"])

    assert [(x["line_id"], x["quantity"], x["unit_price"], x["received"]) for x in lines] == [
        ("1", "10", "4.90", "7.5"),
        ("2", "5.0", None, None),
    ]


def test_no_order_and_an_unknown_order_have_no_lines() -> None:
    book = _book()

    assert book([]) == []
    assert book(["BC-9"]) == []
