"""Orders, advices and status messages that are dropped in like any document."""

from __future__ import annotations

import threading
import zipfile
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest

from config.application import Application
from config.settings import Settings
from domain.order import Order
from domain.records import Record
from ingest.reference.report import ProblemCode
from matching.reference import load_orders
from tests.integration.reference_texts import ORDER, invoice_for, write_reference
from tests.trade_documents import (
    advice,
    cdar,
    despatched,
    order_x,
    order_x_change,
    received,
    ubl_order_line,
    ubl_order_message,
    ubl_status,
)


def _drop(application: Application, data: bytes, name: str = "d.xml") -> Record:
    (record,) = application.ingest([(name, data)], "test")
    return record


def _codes(record: Record) -> list[str]:
    return [d["code"] for d in record["discrepancies"] if d["severity"] != "info"]


def _order(application: Application, order_id: str = ORDER) -> Order | None:
    with application.database.reading() as connection:
        return load_orders(connection, [order_id]).get(order_id)


def _all_fine(application: Application) -> bool:
    return all(record.get("ok", True) for record in application.verify(None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reference"
    folder.mkdir()
    return folder


@pytest.fixture
def parties(application: Application, folder: Path) -> Application:
    """An application that knows an entity and two suppliers, nothing else."""
    write_reference(folder, "entities", "suppliers")
    application.import_reference([folder], partial=False)
    return application


@pytest.fixture
def books(application: Application, folder: Path) -> Application:
    """An application whose books have the order, without receipts."""
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")
    application.import_reference([folder], partial=False)
    return application


def test_order_and_receipt_dropped_in_approve_the_invoice_that_waited(
    parties: Application,
) -> None:
    waiting = _drop(parties, invoice_for(4))
    assert _codes(waiting) == ["ORDER_REFERENCE_UNKNOWN"]

    order = _drop(parties, order_x(ORDER))
    after_order = parties.show(waiting["document_id"])
    receipt = _drop(parties, advice("ReceiptAdvice", "BL-7", ORDER, received("10")))
    after_receipt = parties.show(waiting["document_id"])

    assert (order["kind"], order["status"]) == ("order", "not_invoice")
    assert (order["booked"]["outcome"], order["booked"]["order_id"]) == ("booked", ORDER)
    assert order["order"]["lines"][0]["quantity"] == "10"
    assert _codes(after_order) == ["RECEIPT_MISSING"]
    assert receipt["booked"]["outcome"] == "booked"
    assert after_receipt["status"] == "approved"
    causes = [
        e["payload"]["cause"]["document_id"]
        for e in after_receipt["history"]
        if e["type"] == "judged_again"
    ]
    assert causes == [order["document_id"], receipt["document_id"]]
    assert _all_fine(parties)


def test_a_receipt_counts_what_was_not_rejected_and_who_certified_it(books: Application) -> None:
    _drop(books, advice("ReceiptAdvice", "BL-7", ORDER, received("10", "6")))

    order = _order(books)
    assert order is not None
    (receipt,) = order.receipts
    assert (receipt.receipt_id, receipt.quantity) == ("BL-7", Decimal(4))
    assert receipt.certified_by == "Monique Roux"
    assert _codes(_drop(books, invoice_for(4))) == ["QUANTITY_ABOVE_RECEIVED"]


def test_a_receipt_is_taken_in_the_unit_of_the_order(books: Application) -> None:
    _drop(books, advice("ReceiptAdvice", "BL-7", ORDER, received("0.5", unit="DZN")))

    order = _order(books)
    assert order is not None
    assert [r.quantity for r in order.receipts] == [Decimal("6.0")]


def test_what_a_supplier_announces_is_no_receipt(books: Application) -> None:
    record = _drop(books, advice("DespatchAdvice", "EXP-1", ORDER, despatched("10")))
    invoice = _drop(books, invoice_for(4))

    order = _order(books)
    assert (record["kind"], record["booked"]["outcome"]) == ("despatch_advice", "booked")
    assert order is not None
    assert order.receipts == ()
    assert _codes(invoice) == ["RECEIPT_MISSING"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (order_x("BC-9", buyer="Autre ville"), "ORDER_BUYER_UNKNOWN"),
        (order_x("BC-9", seller="Inconnu", vat_id="FR00999999999"), "ORDER_SELLER_UNKNOWN"),
        (order_x_change("C1", "BC-404"), "ORDER_UNKNOWN"),
        (order_x(ORDER, price="5.00"), "ORDER_BOOKS_DIFFER"),
        (order_x_change("C1", ORDER, quantity="50"), "ORDER_BOOKS_DIFFER"),
        (
            order_x(ORDER, seller="Papiers du Nord", vat_id="FR61552100554"),
            "ORDER_OTHER_PARTIES",
        ),
        (advice("ReceiptAdvice", "BL-1", "BC-404", received("1")), "ORDER_UNKNOWN"),
        (advice("ReceiptAdvice", "BL-1", ORDER, received("1", line="9")), "ORDER_LINE_UNKNOWN"),
        (advice("ReceiptAdvice", "BL-1", ORDER, received("1", unit="KGM")), "RECEIPT_UNIT_DIFFERS"),
        (advice("DespatchAdvice", "EX-1", "BC-404", despatched("1")), "ORDER_UNKNOWN"),
    ],
)
def test_what_cannot_be_used_is_up_for_review_and_changes_nothing(
    books: Application, document: bytes, code: str
) -> None:
    before = _order(books)

    record = _drop(books, document)

    assert record["booked"]["outcome"] == "review"
    assert [reason["code"] for reason in record["booked"]["reasons"]] == [code]
    assert _order(books) == before
    assert _order(books, "BC-9") is None
    (listed,) = books.documents(status="to_check", limit=5, before=None)
    assert (listed["document_id"], listed["codes"]) == (record["document_id"], [code])
    assert books.counts()["to_check"] == 1
    assert _all_fine(books)


def test_an_order_that_the_books_have_alike_changes_nothing(books: Application) -> None:
    assert _drop(books, order_x(ORDER))["booked"]["outcome"] == "unchanged"


def test_a_change_is_a_new_version_of_an_order_that_came_as_a_document(
    parties: Application,
) -> None:
    _drop(parties, order_x(ORDER))
    again = _drop(parties, order_x(ORDER, quantity="99"))
    changed = _drop(
        parties,
        ubl_order_message(
            "OrderChange",
            "C-1",
            ORDER,
            ubl_order_line("1", "12") + ubl_order_line("2", "5", "1", "Stylo"),
        ),
    )
    order = _order(parties)
    _drop(parties, ubl_order_message("OrderChange", "C-2", ORDER, ubl_order_line("2", "5", "2")))
    last = _order(parties)

    assert [r["code"] for r in again["booked"]["reasons"]] == ["ORDER_ALREADY_KNOWN"]
    assert changed["booked"] | {"reasons": []} == {
        "act": "change",
        "outcome": "booked",
        "number": "C-1",
        "order_id": ORDER,
        "reasons": [],
    }
    assert order is not None
    quantities = {line.line_id: line.quantity for line in order.lines}
    assert quantities == {"1": Decimal(12), "2": Decimal(5)}
    assert last is not None
    assert [line.line_id for line in last.lines] == ["1"]


@pytest.mark.parametrize(
    "cancellation",
    [
        ubl_order_message("OrderCancellation", "A-1", ORDER),
        order_x(ORDER, purpose="1"),
    ],
)
def test_a_cancellation_closes_the_order_even_of_the_books(
    books: Application, cancellation: bytes
) -> None:
    _drop(books, advice("ReceiptAdvice", "BL-7", ORDER, received("10")))

    record = _drop(books, cancellation)

    assert record["booked"]["outcome"] == "booked"
    assert _codes(_drop(books, invoice_for(4))) == ["ORDER_CLOSED"]


def test_an_answer_is_kept_as_a_message(books: Application) -> None:
    before = _order(books)

    record = _drop(books, ubl_order_message("OrderResponse", "R-1", ORDER))

    assert (record["booked"]["outcome"], record["booked"]["order_id"]) == ("kept", ORDER)
    assert _order(books) == before


def test_the_books_take_over_what_a_document_brought(parties: Application, folder: Path) -> None:
    _drop(parties, order_x(ORDER, quantity="10"))
    _drop(parties, ubl_order_message("OrderChange", "C", ORDER, ubl_order_line("2", "5", "1")))
    _drop(parties, advice("ReceiptAdvice", "BL-7", ORDER, received("4")))
    write_reference(folder, "orders", "order_lines", "receipts")

    report = parties.import_reference([folder], partial=False)

    order = _order(parties)
    assert order is not None
    assert [line.line_id for line in order.lines] == ["1"]
    assert [r.receipt_id for r in order.receipts] == ["R1"]
    warned = [p.code for file in report.files for p in file.problems]
    assert warned.count(ProblemCode.TAKEN_OVER) == len(("orders", "order_lines", "receipts"))
    # From now on it is of the books: a change no longer changes it.
    changed = _drop(parties, order_x_change("C2", ORDER, quantity="50"))
    assert [r["code"] for r in changed["booked"]["reasons"]] == ["ORDER_BOOKS_DIFFER"]


def test_a_delivery_is_not_counted_from_books_and_document_both(
    books: Application, folder: Path
) -> None:
    write_reference(folder, "receipts")
    books.import_reference([folder], partial=False)

    record = _drop(books, advice("ReceiptAdvice", "BL-7", ORDER, received("10")))

    assert [r["code"] for r in record["booked"]["reasons"]] == ["RECEIPT_BEYOND_ORDER"]


def test_a_status_message_is_told_in_the_history_of_its_invoice(books: Application) -> None:
    invoice = _drop(books, invoice_for(4))
    number = invoice["invoice"]["number"]

    record = _drop(books, cdar(number))
    _drop(books, cdar(number, siren="552100554"), "other.xml")
    _drop(books, ubl_status(number), "response.xml")

    assert (record["kind"], record["booked"]["outcome"]) == ("status_message", "kept")
    shown = books.show(invoice["document_id"])
    told = [e["payload"] for e in shown["history"] if e["type"] == "status_told"]
    assert [t["status_code"] for t in told] == ["207", "RE"]
    assert told[0]["reasons"][0]["code"] == "TX_TVA_ERR"
    assert told[0]["document_id"] == record["document_id"]
    assert [s["status_code"] for s in shown["statuses"]] == ["207", "RE"]
    assert _all_fine(books)


def test_a_status_message_waits_for_its_invoice(books: Application) -> None:
    _drop(books, cdar("F-2026-00004"))

    invoice = _drop(books, invoice_for(4))

    shown = books.show(invoice["document_id"])
    assert [s["status_code"] for s in shown["statuses"]] == ["207"]
    assert shown["history"][-1]["type"] == "status_told"
    assert _all_fine(books)


def test_an_order_in_the_same_folder_counts_for_the_invoices_after_it(
    parties: Application,
) -> None:
    files = [
        ("1.xml", invoice_for(4)),
        ("2.xml", order_x(ORDER)),
        ("3.xml", invoice_for(8)),
    ]
    first, _, third = (r["document_id"] for r in parties.ingest(files, "test"))

    # 5 and 9 reams of 10: who waited has the first claim.
    assert _codes(parties.show(first)) == ["RECEIPT_MISSING"]
    assert "QUANTITY_ABOVE_ORDERED" in _codes(parties.show(third))


def _mailed(application: Application, data: bytes) -> Record:
    """The document that an e-mail brings as its attachment."""
    message = EmailMessage()
    message["From"], message["To"] = "vente@fournisseur.example", "courrier@ville.example"
    message["Subject"] = "Document"
    message.set_content("Ci-joint.")
    message.add_attachment(data, maintype="application", subtype="xml", filename="d.xml")
    records = list(application.ingest([("message.eml", message.as_bytes())], "test"))
    return next(r for r in records if r["file"] == "d.xml")


def test_a_receipt_that_came_by_mail_waits_for_a_person(books: Application) -> None:
    waiting = _drop(books, invoice_for(4))
    receipt = _mailed(books, advice("ReceiptAdvice", "BL-7", ORDER, received("10")))
    before = books.show(waiting["document_id"])

    books.resolve(receipt["document_id"], "approve", "Reçu par nos services", "anne")

    after, used = books.show(waiting["document_id"]), books.show(receipt["document_id"])
    assert "RECEIPT_MISSING" in _codes(before)
    assert "RECEIPT_MISSING" not in _codes(after)
    assert used["booked"]["outcome"] == "booked"
    assert [e["type"] for e in used["history"]][-2:] == ["resolved", "booked"]
    assert _all_fine(books)


def test_an_order_that_came_by_mail_is_not_used_by_itself(parties: Application) -> None:
    order = _mailed(parties, order_x(ORDER))

    assert order["booked"]["reasons"][0]["code"] == "DOCUMENT_NOT_CONFIRMED"
    assert _order(parties) is None


def test_the_list_and_the_search_name_an_order(parties: Application) -> None:
    _drop(parties, order_x(ORDER))

    (listed,) = parties.documents(status=None, limit=5, before=None)
    found = parties.search(f"number:{ORDER}")

    assert (listed["number"], listed["booked"]) == (ORDER, "booked")
    assert [(hit["number"], hit["status"]) for hit in found["hits"]] == [(ORDER, "not_invoice")]


def test_the_mailroom_is_told_what_a_receipt_did_and_what_an_archive_held(
    books: Application, settings: Settings
) -> None:
    _drop(books, invoice_for(4))
    folder = settings.drop_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "br.xml").write_bytes(advice("ReceiptAdvice", "BL-7", ORDER, received("10")))
    with zipfile.ZipFile(folder / "lot.zip", "w") as packed:
        packed.writestr("lisez-moi.txt", "Bonjour, voici les factures du mois. " * 5)
        packed.writestr("facture.xml", invoice_for(4))

    notes = _notes_once(books, folder, 2)

    assert (
        f"Avis de réception BL-7 (commande {ORDER}) pris en compte ; 1 facture rejugée."
        in (notes["br.xml.meg.txt"])
    )
    assert "- lisez-moi.txt : archivé, n'est pas une facture\n" in notes["lot.zip.meg.txt"]
    assert ": déjà reçu\n" in notes["lot.zip.meg.txt"]


def _notes_once(application: Application, folder: Path, count: int) -> dict[str, str]:
    """The notes beside what was dropped, once there are so many."""
    stop = threading.Event()
    watcher = threading.Thread(target=application.watch, args=(stop,))
    watcher.start()
    for _ in range(600):
        if len(list((folder / "traites").rglob("*.meg.txt"))) >= count:
            break
        watcher.join(0.05)
    stop.set()
    watcher.join()
    return {p.name: p.read_text() for p in (folder / "traites").rglob("*.meg.txt")}
