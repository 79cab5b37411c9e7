"""Verdicts a second of the pure engine on ten-line invoices, one core; prints the median.

    python benchmarks/bench_matching_engine.py [--rounds 7] [--wordings]

By default items are recognised by number; with `--wordings` neither side has item numbers, so that
every line goes through the assignment by wording, price and quantity.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.commitment import BudgetLine, Commitment
from domain.invoice import Invoice, InvoiceLine, Totals, VatBreakdown
from domain.order import Order, OrderLine, Receipt
from domain.party import Entity, Party, Supplier
from matching.case import Balance, Case
from matching.engine import decide
from matching.tolerances import Policy

DAY = date(2026, 3, 2)
WORDS = "vanne opercule joint bride pompe compteur clapet collier robinet coude".split()
SIZES = "DN60 DN80 DN100 DN125 DN150 DN200 DN250 DN300 DN350 DN400".split()
LINES = 10


def make_case(number: int, *, numbered: bool) -> Case:
    """One clean ten-line invoice against an order partly billed before."""
    order_id = f"BC 0{4000 + number}/26"
    ordered = tuple(
        OrderLine(
            order_id,
            str(10 * (i + 1)),
            item_id=f"ART-{i}" if numbered else None,
            description=f"{WORDS[i].title()} fonte {SIZES[(i + number) % LINES]}",
            quantity=Decimal(20),
            unit="C62",
            unit_price=Decimal(100 + 7 * i) / 4,
            vat_rate=Decimal(20),
        )
        for i in range(LINES)
    )
    lines = tuple(
        InvoiceLine(
            id=str(i + 1),
            name=f"{line.description} PN16" if not numbered else line.description,
            seller_item_id=line.item_id,
            quantity=Decimal(4),
            unit="C62",
            net_price=line.unit_price,
            net_amount=4 * (line.unit_price or Decimal(0)),
            vat_category="S",
            vat_rate=Decimal(20),
        )
        for i, line in enumerate(reversed(ordered))
    )
    net = sum((line.net_amount or Decimal(0) for line in lines), Decimal(0))
    tax = (net / 5).quantize(Decimal("0.01"))
    invoice = Invoice(
        number=f"F{number}",
        type_code="380",
        issue_date=DAY,
        order_reference=order_id,
        notes=("Pas d'escompte pour paiement anticipé.",),
        seller=Party(name="Vannes du Rhône", legal_id="789004645", vat_id="FR62789004645"),
        buyer=Party(name="Ville de Marsanne", legal_id="286953617"),
        payee_iban="FR7618206657534560916379291",
        totals=Totals(
            lines=net, tax_exclusive=net, tax=tax, tax_inclusive=net + tax, payable=net + tax
        ),
        vat_breakdown=(VatBreakdown("S", Decimal(20), net, tax),),
        lines=lines,
    )
    return Case(
        invoice=invoice,
        policy=Policy(),
        today=DAY,
        received_on=DAY,
        entities=(Entity("E06", "Ville de Marsanne", siren="286953617"),),
        suppliers=(
            Supplier(
                "F1",
                "Vannes du Rhône",
                siren="789004645",
                ibans=("FR7618206657534560916379291",),
            ),
        ),
        orders=(
            Order(
                order_id,
                entity_id="E06",
                supplier_id="F1",
                commitment_id="ENG1",
                lines=ordered,
                receipts=tuple(
                    Receipt(f"R{i}", order_id, line.line_id, Decimal(20), DAY)
                    for i, line in enumerate(ordered)
                ),
            ),
        ),
        commitments=(Commitment("ENG1", "E06", 2026, "B1", None, None, "F1", net * 9, net * 12),),
        budget_lines=(BudgetLine("B1", "E06", 2026, credits_open=net * 99),),
        balances=tuple(Balance("line", order_id, line.line_id, Decimal(8)) for line in ordered),
    )


def main() -> None:
    """Time some rounds over distinct cases and print the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--wordings", action="store_true")
    options = parser.parse_args()
    cases = [make_case(i, numbered=not options.wordings) for i in range(300)]
    first = decide(cases[0])
    assert not first.discrepancies, first.discrepancies
    assert first.match is not None
    assert len(first.match.lines) == LINES
    rates = []
    for round_number in range(options.rounds):
        fresh = [replace(c, today=date(2026, 3, 3 + round_number)) for c in cases]
        started = time.process_time()
        for case in fresh:
            decide(case)
        rates.append(len(fresh) / (time.process_time() - started))
    print(f"verdicts a second: median {statistics.median(rates):.0f}, best {max(rates):.0f}")


if __name__ == "__main__":
    main()
