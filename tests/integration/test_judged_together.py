"""Open invoices are judged again when what they were judged with changes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.application import Application
from domain.records import Record
from ingest.judging_together import REJUDGE
from ingest.reference.service import import_paths
from tests.integration.reference_texts import (
    ORDER,
    from_co_supplier,
    invoice_for,
    write_reference,
    write_second_order,
)


def _ingest(application: Application, *numbers: int, order: str = ORDER) -> list[str]:
    files = [(f"f{n}.xml", invoice_for(n, order)) for n in numbers]
    return [record["document_id"] for record in application.ingest(files, "test")]


def _codes(record: Record) -> list[str]:
    return [d["code"] for d in record["discrepancies"] if d["severity"] != "info"]


def _all_fine(application: Application) -> bool:
    return all(record.get("ok", True) for record in application.verify(None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reference"
    folder.mkdir()
    return folder


def test_an_order_that_arrives_later_approves_the_invoice_that_waited(
    application: Application, folder: Path
) -> None:
    write_reference(folder, "entities", "suppliers")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    before = application.show(document_id)
    assert _codes(before) == ["ORDER_REFERENCE_UNKNOWN"]

    write_reference(folder, "orders", "order_lines", "receipts")
    application.import_reference([folder], partial=False)

    after = application.show(document_id)
    assert (after["status"], _codes(after)) == ("approved", [])
    assert after["match"]["orders"] == [ORDER]
    types = [event["type"] for event in after["history"]]
    assert types[-3:] == ["judged_again", "matched", "decided"]
    told = after["history"][-3]["payload"]
    assert (told["cause"]["kind"], told["before"], told["after"]) == (
        "import",
        "in_review",
        "approved",
    )
    assert application.replay(document_id)["same"]
    assert application.search("status:approved")["total"] == 1
    assert _all_fine(application)


def test_a_past_verdict_can_still_be_replayed(application: Application, folder: Path) -> None:
    from matching.service import replay

    write_reference(folder, "entities", "suppliers")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    before = application.show(document_id)["history"]
    digest = next(e["payload"]["inputs_digest"] for e in before if e["type"] == "matched")
    write_reference(folder, "orders", "order_lines", "receipts")
    application.import_reference([folder], partial=False)

    with application.database.reading() as connection:
        again = replay(connection, document_id, digest)

    assert again.same_inputs
    assert [d.code.value for d in again.verdict.discrepancies][:1] == ["ORDER_REFERENCE_UNKNOWN"]


def test_a_receipt_ends_the_wait_for_it(application: Application, folder: Path) -> None:
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    assert _codes(application.show(document_id)) == ["RECEIPT_MISSING"]

    write_reference(folder, "receipts")
    application.import_reference([folder], partial=False)

    assert application.show(document_id)["status"] == "approved"


def test_an_amendment_raises_the_ceiling(application: Application, folder: Path) -> None:
    everything = ("entities", "suppliers", "orders", "order_lines", "receipts")
    write_reference(folder, *everything, ceiling="19.00")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    assert _codes(application.show(document_id)) == ["CONTRACT_CEILING_EXCEEDED"]

    write_reference(folder, "amendments")
    application.import_reference([folder], partial=False)

    assert application.show(document_id)["status"] == "approved"


def test_an_unknown_seller_is_known_once_the_supplier_file_has_it(
    application: Application, folder: Path
) -> None:
    write_reference(folder, "entities", "orders", "order_lines", "receipts")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    assert "SUPPLIER_UNKNOWN" in _codes(application.show(document_id))

    write_reference(folder, "suppliers")
    application.import_reference([folder], partial=False)

    assert application.show(document_id)["status"] == "approved"


def test_two_that_waited_are_judged_in_their_order_of_arrival(
    application: Application, folder: Path
) -> None:
    write_reference(folder, "entities", "suppliers")
    application.import_reference([folder], partial=False)
    # 9 + 9 reams, 10 ordered: the one that came first has them.
    first, second = _ingest(application, 8, 58)

    write_reference(folder, "orders", "order_lines", "receipts")
    application.import_reference([folder], partial=False)

    assert application.show(first)["status"] == "approved"
    # The same quantity once more is, beyond what was ordered, perhaps the same invoice.
    assert "QUANTITY_ABOVE_ORDERED" in _codes(application.show(second))
    assert _all_fine(application)


def test_an_earlier_invoice_that_links_takes_what_a_later_open_one_had(
    application: Application, folder: Path
) -> None:
    everything = ("entities", "suppliers", "orders", "order_lines")
    write_reference(folder, *everything, ceiling="60.00")
    application.import_reference([folder], partial=False)
    # 40.00 for an order not known yet, then 36.00 of another supplier on the known one.
    files = [("early.xml", from_co_supplier(invoice_for(9, "BC-77"))), ("late.xml", invoice_for(8))]
    early, late = (record["document_id"] for record in application.ingest(files, "test"))
    assert _codes(application.show(early)) == ["ORDER_REFERENCE_UNKNOWN"]
    assert _codes(application.show(late)) == ["RECEIPT_MISSING"]

    write_second_order(folder, "BC-77")
    application.import_reference([folder], partial=False)

    assert "CONTRACT_CEILING_EXCEEDED" not in _codes(application.show(early))
    after = application.show(late)
    assert "CONTRACT_CEILING_EXCEEDED" in _codes(after)
    assert after["history"][-3]["payload"]["cause"] == {"kind": "follows", "documents": [early]}


@pytest.mark.parametrize(
    ("action", "status"), [("approve", "approved"), ("refuse", "refused"), ("hold", "on_hold")]
)
def test_what_a_person_decided_stands(
    application: Application, folder: Path, action: str, status: str
) -> None:
    write_reference(folder, "entities", "suppliers")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    application.resolve(document_id, action, "Décidé", "c.besson")
    events = len(application.show(document_id)["history"])

    write_reference(folder, "orders", "order_lines", "receipts")
    application.import_reference([folder], partial=False)

    after = application.show(document_id)
    assert after["status"] == status
    # What is held is judged in its turn, and stays held.
    assert (len(after["history"]) > events) is (action == "hold")


def test_one_judged_again_that_comes_out_the_same_is_not_written(
    application: Application, folder: Path
) -> None:
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    before = application.show(document_id)
    (folder / "suppliers.csv").write_text("supplier_id;email\nF1;compta@halles.example\n")

    report = import_paths([folder / "suppliers.csv"], application.database)

    assert report.concerns_invoices
    assert application.judge_again() == 0
    assert application.show(document_id) == before


def test_an_import_that_changes_nothing_asks_for_nothing(
    application: Application, folder: Path
) -> None:
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    events = len(application.show(document_id)["history"])

    report = import_paths([folder], application.database)

    assert not report.concerns_invoices
    assert application.judge_again() == 0
    assert len(application.show(document_id)["history"]) == events


def test_an_invoice_without_a_tie_to_the_change_is_left_alone(
    application: Application, folder: Path
) -> None:
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    _ingest(application, 4)
    (folder / "suppliers.csv").write_text("supplier_id;name;siren\nF9;Autre maison;552100554\n")

    report = import_paths([folder / "suppliers.csv"], application.database)

    assert not report.concerns_invoices


def test_work_that_an_import_asked_for_survives_it(application: Application, folder: Path) -> None:
    """`import` alone, as when it dies before it judges: whoever works next does it."""
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    write_reference(folder, "receipts")

    report = import_paths([folder], application.database)
    assert report.concerns_invoices
    assert application.show(document_id)["status"] == "in_review"
    list(application.ingest([], "test"))

    assert application.show(document_id)["status"] == "approved"


def test_one_that_cannot_be_judged_keeps_no_other_from_it(
    application: Application, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db import outbox
    from ingest import judging

    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    (document_id,) = _ingest(application, 4)
    write_reference(folder, "receipts")
    import_paths([folder], application.database)

    def stumble(*_: object) -> None:
        raise RuntimeError("stumbled")

    with monkeypatch.context() as patched:
        patched.setattr(judging, "judge", stumble)
        assert application.judge_again() == 0
    assert application.show(document_id)["status"] == "in_review"
    with application.database.reading() as connection:
        row = connection.execute(outbox.OUTBOX.select().where(outbox.OUTBOX.c.task == REJUDGE))
        assert row.one().attempts == 1

    with application.database.transaction() as connection:
        connection.execute(outbox.OUTBOX.update().values(due=datetime(2026, 1, 1, tzinfo=UTC)))
    assert application.judge_again() == 1
    assert application.show(document_id)["status"] == "approved"


def _everything(application: Application, folder: Path) -> None:
    write_reference(folder, "entities", "suppliers", "orders", "order_lines", "receipts")
    application.import_reference([folder], partial=False)


def test_refusing_an_invoice_frees_what_it_took(application: Application, folder: Path) -> None:
    _everything(application, folder)
    first, second = _ingest(application, 9, 4)
    before = application.show(second)

    application.resolve(first, "refuse", "Jamais commandé", "anne")

    after = application.show(second)
    assert "QUANTITY_ABOVE_ORDERED" in _codes(before)
    assert (after["status"], _codes(after)) == ("approved", [])
    assert after["history"][-3]["payload"]["cause"]["kind"] == "decision"
    assert _all_fine(application)


def test_refusing_the_first_lets_its_repetition_pass(
    application: Application, folder: Path
) -> None:
    _everything(application, folder)
    (first,) = _ingest(application, 4)
    data = invoice_for(4, ORDER).replace(b"<rsm:ExchangedDocument>", b"\n<rsm:ExchangedDocument>")
    (second,) = application.ingest([("again.xml", data)], "test")
    assert _codes(second) == ["DUPLICATE_INVOICE"]

    application.resolve(first, "refuse", "Remplacée par la suivante", "anne")

    assert application.show(second["document_id"])["status"] == "approved"


def test_what_is_held_later_does_not_count_before_what_came_first(
    application: Application, folder: Path
) -> None:
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    first, second = _ingest(application, 9, 4)
    application.resolve(second, "hold", "À voir", "anne")

    write_reference(folder, "receipts")
    application.import_reference([folder], partial=False)

    held = application.show(second)
    assert application.show(first)["status"] == "approved"
    assert held["status"] == "on_hold"
    assert "QUANTITY_ABOVE_ORDERED" in _codes(held)
    assert _all_fine(application)
