"""What a decision does to other documents, and to what was judged before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.application import Application
from domain.records import Record
from ingest.resolution import JudgedAsItsOwn
from tests.integration.reference_texts import ORDER, invoice_for, write_reference

_END_OF_SUMS = b"</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"


@pytest.fixture(name="books")
def _books(application: Application, tmp_path: Path) -> Path:
    """One order of ten reams, wholly received."""
    folder = tmp_path / "reference"
    folder.mkdir()
    write_reference(folder, "entities", "suppliers", "orders", "order_lines", "receipts")
    application.import_reference([folder], partial=False)
    return folder


def taken(application: Application, data: bytes) -> str:
    """Take a document in; gives back its id."""
    (record,) = application.ingest([("f.xml", data)], "test")
    return str(record["document_id"])


def numbered_as(number: int, other: int) -> bytes:
    """An invoice for `number` + 1 reams under the number of another one."""
    return invoice_for(number).replace(b"F-2026-%05d" % number, b"F-2026-%05d" % other)


def credit_of(number: int) -> bytes:
    """A credit note for the whole of an invoice."""
    data = invoice_for(number).replace(b">380<", b">381<")
    data = data.replace(b"<ram:ID>F-2026-", b"<ram:ID>AV-2026-")
    head, end, tail = data.partition(_END_OF_SUMS)
    named = (
        b"<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>F-2026-%05d</ram:IssuerAssignedID>"
        b"</ram:InvoiceReferencedDocument>" % number
    )
    return head + end + named + tail


def codes(record: Record) -> list[str]:
    """What is not mere information."""
    return [d["code"] for d in record["discrepancies"] if d["severity"] != "info"]


def decisions(record: Record) -> list[str]:
    """What people decided, in order."""
    return [e["payload"]["action"] for e in record["history"] if e["type"] == "resolved"]


def test_an_approved_duplicate_takes_what_it_bills(application: Application, books: Path) -> None:
    assert books.is_dir()
    taken(application, invoice_for(4))
    second = taken(application, numbered_as(3, 4))
    before = application.show(second)

    application.resolve(second, "approve", "Autre livraison, numéro repris par erreur", "anne")
    after = application.show(second)
    third = application.show(taken(application, invoice_for(2)))

    assert codes(before) == ["DUPLICATE_INVOICE"]
    assert (after["status"], codes(after)) == ("approved", [])
    assert after["match"]["orders"] == [ORDER]
    assert decisions(after) == ["tell_apart", "approve"]
    assert application.replay(second)["same"]
    assert "QUANTITY_ABOVE_ORDERED" in codes(third)  # five, four and three of ten
    assert all(record.get("ok", True) for record in application.verify(None))


def test_what_is_no_duplicate_shows_its_own_findings_before_it_is_approved(
    application: Application, books: Path
) -> None:
    assert books.is_dir()
    taken(application, invoice_for(4))
    second = taken(application, numbered_as(7, 4))

    with pytest.raises(JudgedAsItsOwn, match="QUANTITY_ABOVE_ORDERED"):
        application.resolve(second, "approve", "Autre livraison", "anne")
    blocked = application.show(second)
    application.resolve(second, "approve", "Deux rames de plus, acceptées", "luc")

    assert blocked["status"] == "blocked"
    assert set(codes(blocked)) == {"QUANTITY_ABOVE_ORDERED", "QUANTITY_ABOVE_RECEIVED"}
    assert application.show(second)["status"] == "approved"


def test_it_stays_told_apart_however_often_it_is_judged(
    application: Application, books: Path
) -> None:
    taken(application, invoice_for(4))
    second = taken(application, numbered_as(7, 4))
    with pytest.raises(JudgedAsItsOwn):
        application.resolve(second, "approve", "Autre livraison", "anne")

    receipts = (books / "receipts.csv").read_text("utf-8").replace(";10;", ";13;")
    (books / "receipts.csv").write_text(receipts, "utf-8")
    application.import_reference([books / "receipts.csv"], partial=False)

    assert codes(application.show(second)) == ["QUANTITY_ABOVE_ORDERED"]


def test_a_refused_credit_note_takes_back_what_it_freed(
    application: Application, books: Path
) -> None:
    assert books.is_dir()
    first = taken(application, invoice_for(9))
    credit = taken(application, credit_of(9))
    second = taken(application, invoice_for(4))
    before = [application.show(d)["status"] for d in (first, credit, second)]

    application.resolve(credit, "refuse", "Rien n'a été rendu", "anne")

    after = application.show(second)
    assert before == ["approved"] * 3
    assert application.show(first)["status"] == "approved"
    assert after["status"] == "blocked"
    assert "QUANTITY_ABOVE_ORDERED" in codes(after)
    cause = next(e for e in after["history"] if e["type"] == "judged_again")["payload"]["cause"]
    assert (cause["kind"], cause["document_id"]) == ("decision", credit)
    assert all(record.get("ok", True) for record in application.verify(None))


def test_what_a_person_approved_outlives_a_refused_credit_note(
    application: Application, books: Path
) -> None:
    assert books.is_dir()
    taken(application, invoice_for(4))
    credit = taken(application, credit_of(4))
    above = taken(application, invoice_for(11))
    application.resolve(above, "approve", "Deux rames de plus, acceptées", "anne")

    application.resolve(credit, "refuse", "Rien n'a été rendu", "anne")

    assert application.show(above)["status"] == "approved"


def test_what_came_before_a_refused_credit_note_and_was_approved_after_it_is_taken_back(
    application: Application, books: Path
) -> None:
    taken(application, invoice_for(9))
    second = taken(application, invoice_for(4))
    assert application.show(second)["status"] == "blocked"
    credit = taken(application, credit_of(9))
    receipts = (books / "receipts.csv").read_text("utf-8").replace(";10;", ";15;")
    (books / "receipts.csv").write_text(receipts, "utf-8")
    application.import_reference([books / "receipts.csv"], partial=False)
    assert application.show(second)["status"] == "approved"

    application.resolve(credit, "refuse", "Rien n'a été rendu", "anne")

    after = application.show(second)
    assert after["status"] == "blocked"
    assert "QUANTITY_ABOVE_ORDERED" in codes(after)
