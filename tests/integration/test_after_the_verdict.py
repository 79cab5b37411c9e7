"""What comes after a verdict: a corrected invoice, an interrupted payment delay."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from config.application import Application
from domain.records import Record
from ingest.rejudge import NotJudgedAgain
from ingest.repository import PersonLinks
from ingest.resolution import TakenMeanwhile
from matching.ledger_tables import BILLED_DOCUMENTS
from tests.acceptance.invoices import cii_invoice

_SUMS = b"<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
_FIRST = (
    b"<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>F-2026-00001</ram:IssuerAssignedID>"
    b"</ram:InvoiceReferencedDocument>"
)


def taken(application: Application, data: bytes) -> Record:
    (record,) = application.ingest([("f.xml", data)], "test")
    return record


def corrected(number: int = 2, replaced: bytes = b"F-2026-00001") -> bytes:
    """Invoice 2, which corrects and replaces invoice 1; or others."""
    data = cii_invoice(number).replace(b">380<", b">384<")
    head, end, tail = data.partition(b"</ram:SpecifiedTradeSettlementHeaderMonetarySummation>")
    return head + end + _FIRST.replace(b"F-2026-00001", replaced) + tail


def types(record: Record) -> list[str]:
    return [event["type"] for event in record["history"]]


def test_a_replaced_invoice_leaves_the_queue_and_comes_back(application: Application) -> None:
    first = taken(application, cii_invoice(1))
    second = taken(application, corrected())

    replaced = application.show(first["document_id"])
    application.resolve(second["document_id"], "refuse", "Pas la nôtre", "anne")
    restored = application.show(first["document_id"])

    assert (replaced["status"], types(replaced)[-1]) == ("replaced", "replaced")
    assert replaced["history"][-1]["payload"]["by"] == second["document_id"]
    assert (restored["status"], types(restored)[-1]) == (first["status"], "restored")
    assert all(record.get("ok", True) for record in application.verify(None))


def test_refusals_in_a_chain_of_corrected_invoices(application: Application) -> None:
    taken_in = [
        taken(application, data)["document_id"]
        for data in (cii_invoice(1), corrected(2), corrected(3, b"F-2026-00002"))
    ]
    (first, second, third), undecided = taken_in, application.show(taken_in[2])["status"]
    said = []
    for document_id, action in (
        (third, "refuse"),
        (second, "refuse"),
        (third, "release"),
        (third, "refuse"),
    ):
        application.resolve(document_id, action, "Vérifié", "anne")
        said.append([application.show(i)["status"] for i in taken_in])
        with application.database.reading() as connection:
            billed = select(BILLED_DOCUMENTS.c.document_id, BILLED_DOCUMENTS.c.counts)
            counts = {row.document_id: row.counts for row in connection.execute(billed)}
        assert [counts[i] for i in taken_in] == [
            status not in {"refused", "replaced"} for status in said[-1]
        ]

    assert [each[1:] for each in said] == [
        [undecided, "refused"],
        ["refused", "refused"],
        ["refused", undecided],  # a refused invoice is nothing to be replaced
        ["refused", "refused"],
    ]
    assert [each[0] for each in said] == ["replaced", undecided, undecided, undecided]
    assert application.show(first)["status"] == undecided


def test_a_replaced_invoice_is_not_judged_beside_what_took_its_place(
    application: Application, tmp_path: Path
) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("order_id,status\nBC-7,open\n")
    application.import_reference([orders], partial=False)
    first, second = taken(application, cii_invoice(1)), taken(application, corrected())

    with pytest.raises(NotJudgedAgain):
        application.link(first["document_id"], PersonLinks(("BC-7",)), "Le bon", "anne")
    application.resolve(second["document_id"], "refuse", "Pas la nôtre", "anne")

    assert application.show(first["document_id"])["status"] == first["status"]


def test_a_replaced_invoice_is_found_as_such(application: Application) -> None:
    first = taken(application, cii_invoice(1))
    taken(application, corrected())

    found = application.search("status:replaced")

    assert [hit["document_id"] for hit in found["hits"]] == [first["document_id"]]


def test_holding_interrupts_the_delay_of_a_public_buyer_once(
    application: Application, tmp_path: Path
) -> None:
    entities = tmp_path / "entities.csv"
    entities.write_text("entity_id,name,kind\nE1,Commune de Saint-Aubin,local\n")
    application.import_reference([entities], partial=False)
    document_id = taken(application, cii_invoice(1))["document_id"]

    application.resolve(document_id, "hold", "Bon de livraison manquant", "anne")
    held = application.show(document_id)
    application.resolve(document_id, "release", "Bon de livraison reçu", "anne")
    released = application.show(document_id)
    application.resolve(document_id, "hold", "Encore un doute", "anne")
    again = application.show(document_id)

    assert held["payment_today"]["deadline"] is None
    assert held["payment_today"]["interruption"]["reason"] == "Bon de livraison manquant"
    assert held["history"][-1]["payload"]["payment_clock"] == "interrupted"
    assert released["payment_today"]["days_left"] == 30
    assert again["payment_today"]["deadline"] == released["payment_today"]["deadline"]
    assert again["history"][-1]["payload"]["payment_clock"] == "interrupted_before"


def test_holding_interrupts_nothing_where_the_buyer_is_unknown(application: Application) -> None:
    document_id = taken(application, cii_invoice(1))["document_id"]

    application.resolve(document_id, "hold", "À voir", "anne")

    shown = application.show(document_id)
    assert shown["payment_today"]["interruption"] is None
    assert shown["payment_today"]["days_left"] == 30


def test_a_refused_invoice_that_was_sent_again_does_not_come_back_unseen(
    application: Application,
) -> None:
    first = taken(application, cii_invoice(1))["document_id"]
    application.resolve(first, "refuse", "Illisible", "anne")
    again = taken(application, cii_invoice(1).replace(b"?>", b"?> ", 1))["document_id"]
    application.resolve(again, "approve", "Conforme", "anne")

    with pytest.raises(TakenMeanwhile):
        application.resolve(first, "approve", "Finalement", "luc")
    kept = application.show(first)
    application.resolve(first, "release", "À revoir", "luc")
    released = application.show(first)

    assert kept["status"] == "refused"
    assert released["status"] == "blocked"
    assert [d["code"] for d in released["discrepancies"]] == ["DUPLICATE_INVOICE"]
    assert types(released)[-4:] == ["judged_again", "matched", "decided", "resolved"]
    assert released["history"][-1]["payload"]["before"] == "refused"
    assert application.show(again)["status"] == "approved"
    assert all(record.get("ok", True) for record in application.verify(None))


def test_a_refused_invoice_released_is_judged_before_those_that_came_later(
    application: Application,
) -> None:
    first = taken(application, cii_invoice(1))["document_id"]
    before = application.show(first)["status"]
    application.resolve(first, "refuse", "Illisible", "anne")
    again = taken(application, cii_invoice(1).replace(b"?>", b"?> ", 1))["document_id"]

    application.resolve(first, "release", "Erreur de ma part", "anne")

    assert application.show(first)["status"] == before
    codes = [d["code"] for d in application.show(again)["discrepancies"]]
    assert codes == ["DUPLICATE_INVOICE"]
