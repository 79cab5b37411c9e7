"""Each fault that was put into an invoice is found once, at its line, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from db.engine import Database
from db.metadata import METADATA
from domain.invoice import DocumentKind, Invoice, Reading, Syntax
from domain.match import Verdict
from ingest.reader import read
from matching.reference_upsert import upsert
from matching.service import DocumentToMatch, judge
from matching.tolerances import Policy
from tests.matching_case import codes
from tests.sample.cii import cii
from tests.sample.model import Bill, Firm, Line
from tests.sample.ubl import ubl
from tests.trade_worlds import DAY, World, plain_world, world

WORLDS = range(200)


@pytest.fixture(name="database", scope="module")
def _database() -> Iterator[Database]:
    """One data folder for all worlds: what stands in the others concerns nobody."""
    made = Database("sqlite://")
    METADATA.create_all(made.engine)
    yield made
    made.close()


def judged(database: Database, made: World, invoice: Invoice, document_id: str) -> Verdict:
    """Import a world and judge an invoice in it."""
    reading = Reading(DocumentKind.INVOICE, Syntax.CII, invoice)
    with database.transaction() as connection:
        for name, rows in made.rows().items():
            upsert(connection, name, rows)
        return judge(connection, DocumentToMatch(document_id, reading), Policy(), DAY)


@pytest.mark.parametrize("number", WORLDS)
def test_what_was_put_in_is_found_and_nothing_else(database: Database, number: int) -> None:
    made = world(number)

    verdict = judged(database, made, made.invoice(), f"d{number}")

    assert codes(verdict) == made.expected, made.noises
    assert verdict.match is not None
    assert verdict.match.orders == (made.order_id,)
    pairs = {(line.invoice_line, line.order_line) for line in verdict.match.lines}
    assert sorted(pairs) == made.pairs, made.noises


@pytest.mark.parametrize("number", WORLDS[::8])
def test_what_stands_in_other_worlds_changes_no_verdict(number: int) -> None:
    made = world(number)
    verdicts = []
    for others in ((), range(300, 330)):
        database = Database("sqlite://")
        METADATA.create_all(database.engine)
        for other in map(world, others):
            judged(database, other, other.invoice(), f"d{other.number}")
        verdicts.append(judged(database, made, made.invoice(), "d"))
        database.close()

    assert verdicts[0].inputs_digest == verdicts[1].inputs_digest
    assert verdicts[0] == verdicts[1]


@pytest.mark.parametrize("number", WORLDS[::8])
def test_the_order_of_lines_changes_neither_findings_nor_amounts(number: int) -> None:
    made = world(number)
    straight = made.invoice()
    turned = replace(straight, lines=straight.lines[::-1])
    verdicts = []
    for invoice in (straight, turned):
        database = Database("sqlite://")
        METADATA.create_all(database.engine)
        verdicts.append(judged(database, made, invoice, "d"))
        database.close()

    first, second = verdicts
    assert codes(first) == codes(second)
    assert first.decision.payable_now == second.decision.payable_now
    assert first.decision.held == second.decision.held
    assert first.decision.chain == second.decision.chain


def as_bill(made: World) -> Bill | None:
    """The invoice as the sample's writers take it; None where it needs more than they say."""
    plain = all(b.base is None and not b.off and b.amount is None for b in made.billed)
    if not plain or made.allowance or made.charge or made.iban:
        return None
    siren = made.supplier["siren"]
    seller = Firm(
        "f",
        made.supplier["name"],
        "1 rue du Port",
        "29200",
        "Brest",
        siren,
        f"{siren}00015",
        f"FR00{siren}",
        made.supplier["ibans"][0],
    )
    lines = tuple(
        Line(
            made.label(b),
            b.item or "",
            b.name,
            b.quantity,
            b.unit,
            b.price,
            b.rate,
            "S" if b.rate else "Z",
        )
        for b in made.billed
    )
    due = DAY + timedelta(days=30)
    return Bill(f"FA-{made.number}", seller, DAY, due, lines, order=made.order_id)


@pytest.mark.parametrize("number", WORLDS[::4])
def test_the_same_invoice_is_judged_the_same_in_both_syntaxes(number: int) -> None:
    made = world(number)
    bill = as_bill(made)
    if bill is None:
        bill = as_bill(made := plain_world(number))
    assert bill is not None
    told = []
    for data in (cii(bill), ubl(bill)):
        invoice = read(data, "f.xml").invoice
        assert invoice is not None
        database = Database("sqlite://")
        METADATA.create_all(database.engine)
        verdict = judged(database, made, invoice, "d")
        database.close()
        assert verdict.match is not None
        found = [replace(d, message="") for d in verdict.discrepancies]
        told.append((found, verdict.match.lines, verdict.decision.waterfall, verdict.payment))

    assert told[0] == told[1]
    assert told[0][1], "nothing was matched"
