"""Invoices judged a second from the database, as orders grow ten times: the cost stays flat.

    python benchmarks/bench_matching_database.py [--orders 10000,100000] [--invoices 3000]
        [--batch 64] [--database URL]

Every order has ten open lines and a commitment of its own, 200 orders a supplier. Each invoice
bills one order; three quarters quote it, the rest quote nothing and are found by their content. A
transaction judges `--batch` of them; 1 is what intake does. Seconds are those of this process
(CPU), one core, of judging and committing: invoices are made beforehand, and what a database server
spends is not in them. The great run, an invoice for each of 100,000 orders, takes some ten minutes:

    python benchmarks/bench_matching_database.py --orders 100000 --invoices 100000
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench_matching_engine import DAY, LINES, make_case

from db.engine import Database
from db.metadata import METADATA
from domain.invoice import DocumentKind, Reading, Syntax
from domain.order import Order
from matching.case import Case
from matching.reference_upsert import upsert
from matching.service import DocumentToMatch, judge
from matching.tolerances import Policy

_ORDERS_A_SUPPLIER = 200
_CHUNK = 5_000


def main() -> None:
    """Judge the same number of invoices among more and more orders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", default="10000,100000")
    parser.add_argument("--invoices", type=int, default=3_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--database", default="", help="an empty database's URL, one size alone")
    options = parser.parse_args()
    for size in map(int, options.orders.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            url = options.database or f"sqlite:///{Path(folder) / 'meg.db'}"
            _run(url, size, min(size, options.invoices), options.batch)


def _run(url: str, orders: int, invoices: int, batch: int) -> None:
    database = Database(url)
    METADATA.create_all(database.engine)
    _fill(database, orders)
    cpu: list[float] = []  # of each batch
    wall = 0.0
    approved = 0
    step = orders // invoices
    for first in range(0, invoices, batch):
        documents = [
            _document(place * step, quoted=place % 4 > 0)
            for place in range(first, min(invoices, first + batch))
        ]
        started, started_wall = time.process_time(), time.perf_counter()
        with database.transaction() as connection:
            for document in documents:
                verdict = judge(connection, document, Policy(), DAY)
                approved += verdict.decision.outcome == "approve"
        cpu.append(time.process_time() - started)
        wall += time.perf_counter() - started_wall
    database.close()
    tenth = max(1, len(cpu) // 10)
    begin, end = sum(cpu[:tenth]), sum(cpu[:-1][-tenth:])  # the last batch may be a small one
    print(
        f"{orders} orders, {orders * LINES} open lines: {invoices} invoices, {approved} approved, "
        f"{invoices / sum(cpu):.0f} a second of CPU (the first tenth {tenth * batch / begin:.0f}, "
        f"the last {tenth * batch / end:.0f}), {invoices / wall:.0f} a second of clock"
    )


def _document(number: int, *, quoted: bool) -> DocumentToMatch:
    invoice = _case(number).invoice
    if not quoted:
        invoice = replace(invoice, order_reference=None)
    reading = Reading(DocumentKind.INVOICE, Syntax.CII, invoice)
    return DocumentToMatch(f"d{number}", reading)


def _case(number: int) -> Case:
    """A case whose supplier, wording and prices depend on the order's number."""
    case = make_case(number, numbered=True)
    siren = _siren(number // _ORDERS_A_SUPPLIER)
    seller = replace(case.invoice.seller, legal_id=siren, vat_id=None)
    factor = Decimal(1000 + number % 997) / 1000
    lines = tuple(
        replace(
            line,
            seller_item_id=f"A{number % 499}-{line.seller_item_id}",
            net_price=_priced(line.net_price, factor),
            net_amount=4 * _priced(line.net_price, factor),
        )
        for line in case.invoice.lines
    )
    net = sum((line.net_amount or Decimal(0) for line in lines), Decimal(0))
    tax = (net / 5).quantize(Decimal("0.01"))
    totals = replace(
        case.invoice.totals,
        lines=net,
        tax_exclusive=net,
        tax=tax,
        tax_inclusive=net + tax,
        payable=net + tax,
    )
    vat = tuple(replace(v, taxable=net, tax=tax) for v in case.invoice.vat_breakdown)
    account = _account(number // _ORDERS_A_SUPPLIER)
    invoice = replace(
        case.invoice,
        payee_iban=account,
        seller=seller,
        lines=lines,
        totals=totals,
        vat_breakdown=vat,
    )
    return replace(case, invoice=invoice)


def _priced(price: Decimal | None, factor: Decimal) -> Decimal:
    return ((price or Decimal(0)) * factor).quantize(Decimal("0.01"))


def _account(number: int) -> str:
    """An account of the supplier's own; its check digits are nobody's business here."""
    return f"FR76{number:023d}"


def _siren(number: int) -> str:
    """A SIREN with its check digit (Luhn)."""
    body = f"{10_000_000 + number:08d}"
    total = sum(
        sum(divmod(int(digit) * (2 if position % 2 else 1), 10))
        for position, digit in enumerate(body)
    )
    return f"{body}{-total % 10}"


def _fill(database: Database, orders: int) -> None:
    suppliers = range((orders + _ORDERS_A_SUPPLIER - 1) // _ORDERS_A_SUPPLIER)
    with database.transaction() as connection:
        upsert(
            connection,
            "entities",
            [{"entity_id": "E06", "name": "Ville de Marsanne", "siren": "286953617"}],
        )
        upsert(
            connection,
            "suppliers",
            [
                {
                    "supplier_id": f"F{i}",
                    "name": f"Vannes {i}",
                    "siren": _siren(i),
                    "ibans": [_account(i)],
                }
                for i in suppliers
            ],
        )
    for first in range(0, orders, _CHUNK):
        made = [_case(number) for number in range(first, min(orders, first + _CHUNK))]
        with database.transaction() as connection:
            for table, rows in _tables(made, first).items():
                upsert(connection, table, rows)


def _tables(cases: list[Case], first: int) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {
        "commitments": [],
        "orders": [],
        "order_lines": [],
        "receipts": [],
    }
    for number, case in enumerate(cases, first):
        (order,) = case.orders
        totals = case.invoice.totals
        tables["commitments"].append(
            {
                "commitment_id": f"ENG{number}",
                "entity_id": "E06",
                "amount_net": 9 * (totals.tax_exclusive or 0),
                "amount_gross": 9 * (totals.tax_inclusive or 0),
            }
        )
        tables["orders"].append(
            {
                "order_id": order.order_id,
                "entity_id": "E06",
                "supplier_id": f"F{number // _ORDERS_A_SUPPLIER}",
                "commitment_id": f"ENG{number}",
                "order_date": DAY,
                "status": "open",
            }
        )
        for line, receipt in zip(_ordered(case, order), order.receipts, strict=True):
            tables["order_lines"].append(line)
            tables["receipts"].append(
                {
                    "receipt_id": f"R{number}-{receipt.line_id}",
                    "order_id": order.order_id,
                    "line_id": receipt.line_id,
                    "quantity": receipt.quantity,
                }
            )
    return tables


def _ordered(case: Case, order: Order) -> Iterator[dict[str, Any]]:
    billed = {line.name: line for line in case.invoice.lines}
    for line in order.lines:
        asked = billed[line.description]
        yield {
            "order_id": order.order_id,
            "line_id": line.line_id,
            "item_id": asked.seller_item_id,
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": asked.net_price,
            "vat_rate": line.vat_rate,
        }


if __name__ == "__main__":
    main()
