"""Each fault that was put into an invoice is found once, at its line, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from db.engine import Database
from db.metadata import METADATA
from domain.invoice import DocumentKind, Invoice, Reading, Syntax
from domain.match import Verdict
from matching.reference_upsert import upsert
from matching.service import DocumentToMatch, judge
from matching.tolerances import Policy
from tests.matching_case import codes
from tests.trade_worlds import DAY, World, world

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
