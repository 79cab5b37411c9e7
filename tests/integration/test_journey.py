"""One invoice's journey through real engines: received, archived, judged, sealed, found."""

from __future__ import annotations

import io
import shutil
import threading
import time
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import text

from config.application import Application
from config.assembly import open_application
from config.settings import Settings
from domain.records import Record
from ingest.pipeline import Incoming, Pipeline
from ingest.repository import DocumentUnknown
from ingest.resolution import ActionRefused
from search.errors import SearchError
from tests.acceptance.invoices import cii_invoice

UBL_ORDER = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'


def _ingest(application: Application, **files: bytes) -> dict[str, Record]:
    named = ((name.replace("_", "."), data) for name, data in files.items())
    return {record["file"]: record for record in application.ingest(named, "test")}


def _all_fine(application: Application) -> bool:
    records = list(application.verify(None))
    return all(record.get("ok", True) for record in records) and len(records) > 1


def test_an_invoice_is_archived_judged_sealed_and_found(application: Application) -> None:
    record = _ingest(application, f_xml=cii_invoice(1))["f.xml"]

    assert record["invoice"]["number"] == "F-2026-00001"
    assert record["status"] in {"in_review", "blocked"}
    assert {d["code"] for d in record["discrepancies"]} >= {"SUPPLIER_UNKNOWN"}
    assert application.original(record["document_id"]) == ("f.xml", cii_invoice(1))
    assert [e["type"] for e in application.show(record["document_id"])["history"]] == [
        "received",
        "parsed",
        "validated",
        "matched",
        "decided",
    ]
    hits = application.search("papier number:F-2026-00001")["hits"]
    assert [hit["document_id"] for hit in hits] == [record["document_id"]]
    assert _all_fine(application)


def test_the_same_bytes_again_are_a_duplicate_with_an_archive_entry(
    application: Application,
) -> None:
    first = _ingest(application, a_xml=cii_invoice(1))["a.xml"]
    second = _ingest(application, b_xml=cii_invoice(1))["b.xml"]

    assert second["status"] == "duplicate"
    assert second["duplicate_of"] == first["document_id"]
    assert second["match"] is None
    assert second["decision"] is None
    assert second["archive"]["key"] == first["archive"]["key"]
    assert second["archive"]["ledger_index"] != first["archive"]["ledger_index"]
    assert _all_fine(application)


def test_two_empty_files_are_two_transfers_that_failed(application: Application) -> None:
    records = _ingest(application, a_pdf=b"", b_pdf=b"")

    assert [r["status"] for r in records.values()] == ["unreadable", "unreadable"]
    assert [r["duplicate_of"] for r in records.values()] == [None, None]
    assert all(r["error"]["hint"] for r in records.values())
    assert _all_fine(application)


def test_twice_the_same_file_in_one_call(application: Application) -> None:
    records = _ingest(application, a_xml=cii_invoice(3), b_xml=cii_invoice(3))

    assert records["b.xml"]["duplicate_of"] == records["a.xml"]["document_id"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", "unreadable"),
        (b"\x00\x01\x02 not a document", "unreadable"),
        (b"<Invoice", "unreadable"),
        (b"%PDF-1.7 cut off", "unreadable"),
        (b"<note><to>you</to></note>", "unreadable"),
        (UBL_ORDER, "not_invoice"),
        (b"x" * (2 << 20), "unreadable"),
    ],
)
def test_what_cannot_be_read_is_kept_and_says_why(
    application: Application, content: bytes, status: str
) -> None:
    record = _ingest(application, odd_bin=content)["odd.bin"]

    assert record["status"] == status
    assert application.original(record["document_id"])[1] == content
    if status == "unreadable":
        assert record["error"]["code"]
        assert record["error"]["hint"]
    assert _all_fine(application)


def test_files_inside_a_zip_inside_a_message_are_documents(application: Application) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("un.xml", cii_invoice(1))
        archive.writestr("deux.xml", cii_invoice(2))
    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.example", "Factures"
    message.set_content("Bonjour")
    message.add_attachment(
        buffer.getvalue(), maintype="application", subtype="zip", filename="factures.zip"
    )

    records = _ingest(application, mail_eml=message.as_bytes())

    assert list(records) == ["mail.eml", "factures.zip", "un.xml", "deux.xml"]
    assert records["mail.eml"]["status"] == "not_invoice"
    assert records["un.xml"]["parent_id"] == records["factures.zip"]["document_id"]
    assert records["deux.xml"]["invoice"]["number"] == "F-2026-00002"
    shown = application.show(records["factures.zip"]["document_id"])
    assert shown["contains"] == [records[n]["document_id"] for n in ("un.xml", "deux.xml")]
    assert _all_fine(application)


def test_a_container_inside_itself_ends(application: Application) -> None:
    data = cii_invoice(1)
    for _ in range(6):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("inside.zip", data)
        data = buffer.getvalue()

    records = list(application.ingest([("outside.zip", data)], "test"))

    assert records[-1]["status"] == "unreadable"
    assert records[-1]["error"]["code"] == "ING-25"


def test_a_person_decides_and_the_ledger_knows(application: Application) -> None:
    record = _ingest(application, f_xml=cii_invoice(1))["f.xml"]
    document_id = record["document_id"]

    refused = application.resolve(document_id, "refuse", "Jamais commandé", "c.besson")
    history = application.show(document_id)["history"]

    assert refused["status"] == "refused"
    assert refused["decision"] == record["decision"]
    assert history[-1]["type"] == "resolved"
    assert history[-1]["actor"] == "c.besson"
    assert history[-1]["payload"]["reason"] == "Jamais commandé"
    assert application.search("status:refused")["total"] == 1
    assert application.resolve(document_id, "release", "Erreur", "x")["status"] == record["status"]
    assert _all_fine(application)


def test_a_verdict_is_made_again_exactly(application: Application) -> None:
    record = _ingest(application, f_xml=cii_invoice(1))["f.xml"]

    replayed = application.replay(record["document_id"])

    assert replayed["same"]
    assert replayed["verdict"]["decision"] == record["decision"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE documents SET status = 'approved'", "the database says approved"),
        ("UPDATE documents SET gross = '1.00'", "gross is '1.00' in the database"),
        ("UPDATE documents SET codes = '[]'", "codes is []"),
        ("UPDATE results SET verdict = NULL", "only one of database and ledger"),
        (
            "UPDATE results SET reading = REPLACE(CAST(reading AS TEXT), 'Papeterie', 'Garage')",
            "parsed result",
        ),
    ],
)
def test_a_database_changed_behind_our_back_is_named(
    application: Application, change: str, told: str
) -> None:
    record = _ingest(application, f_xml=cii_invoice(1))["f.xml"]
    if application.database.engine.dialect.name == "postgresql":
        change = change.replace("'Garage')", "'Garage')::json")
    with application.database.transaction() as connection:
        connection.execute(text(change))

    document, summary = application.verify(None)

    assert document["document_id"] == record["document_id"]
    assert not document["ok"]
    assert any(told in problem["message"] for problem in document["problems"])
    assert not summary["ok"]


def test_only_judged_invoices_can_be_decided(application: Application) -> None:
    record = _ingest(application, f_bin=b"\x00\x01")["f.bin"]

    with pytest.raises(ActionRefused):
        application.resolve(record["document_id"], "approve", "parce que", "x")
    with pytest.raises(DocumentUnknown):
        application.resolve("nowhere", "approve", "parce que", "x")


def test_a_file_name_that_is_no_text_is_kept_readably(application: Application) -> None:
    name = b"factur\xe9.xml".decode("utf-8", "surrogateescape")

    (record,) = application.ingest([(name, cii_invoice(1))], "test")

    assert record["file"].encode("utf-8")
    assert _all_fine(application)


def test_work_left_by_a_crash_is_taken_up(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = application._pipeline
    document_id = pipeline.new_id()
    pipeline.receive([Incoming(document_id, "f.xml", "test", cii_invoice(1))])
    assert application.show(document_id)["status"] == "received"
    assert not pipeline.process_pending()

    later = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setattr(pipeline, "_clock", lambda: later)

    assert pipeline.process_pending()
    pipeline.settle()
    assert application.show(document_id)["status"] != "received"
    assert application.search("papier")["total"] == 1
    assert _all_fine(application)


def test_a_damaged_object_does_not_keep_others_waiting(
    application: Application, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = application._pipeline
    ids = [pipeline.new_id(), pipeline.new_id()]
    pipeline.receive([Incoming(i, f"{n}.xml", "test", cii_invoice(n)) for n, i in enumerate(ids)])
    (settings.data / "objects" / application.show(ids[0])["archive"]["key"]).unlink()
    later = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setattr(pipeline, "_clock", lambda: later)

    pipeline.process_pending()

    assert application.show(ids[0])["status"] == "failed"
    assert application.show(ids[1])["status"] not in {"failed", "received"}


def test_a_lost_index_stops_searching_but_not_intake(settings: Settings) -> None:
    with open_application(settings) as application:
        _ingest(application, a_xml=cii_invoice(1))
    shutil.rmtree(settings.data / "index")

    with open_application(settings) as application:
        record = _ingest(application, b_xml=cii_invoice(2))["b.xml"]
        with pytest.raises(SearchError):
            application.search("papier")

        assert record["invoice"]["number"] == "F-2026-00002"
        assert _all_fine(application)


def test_receiving_the_same_claim_twice_archives_it_once(application: Application) -> None:
    pipeline = application._pipeline
    incoming = Incoming(pipeline.new_id(), "f.xml", "test", cii_invoice(1))
    pipeline.receive([incoming])

    records = list(pipeline.take_in([incoming]))

    assert [r["document_id"] for r in records] == [incoming.document_id]
    assert len(application.documents(status=None, limit=10, before=None)) == 1
    assert _all_fine(application)


def test_a_rule_that_crashes_leaves_the_document_failed_and_the_others_go_on(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Pipeline._judge

    def stumble(self: Pipeline, row: Record, examination: object) -> None:
        if row["file_name"] == "bad.xml":
            raise RuntimeError("stumbled")
        judge(self, row, examination)  # type: ignore[arg-type]

    monkeypatch.setattr(Pipeline, "_judge", stumble)
    records = _ingest(application, bad_xml=cii_invoice(1), good_xml=cii_invoice(2))

    assert records["bad.xml"]["status"] == "failed"
    assert records["good.xml"]["status"] not in {"failed", "received"}

    monkeypatch.setattr(Pipeline, "_judge", judge)
    later = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr(application._pipeline, "_clock", lambda: later)
    assert application._pipeline.process_pending()
    assert application.show(records["bad.xml"]["document_id"])["status"] != "failed"
    application._pipeline.settle()
    assert _all_fine(application)


def test_the_drop_folder_brings_files_to_their_outcome(
    application: Application, settings: Settings
) -> None:
    inbox = settings.drop_folder
    inbox.mkdir(parents=True)
    (inbox / "f.xml").write_bytes(cii_invoice(1))
    (inbox / "lettre.txt").write_bytes(b"Bonjour, ceci n'est pas une facture.")
    (inbox / "link.xml").symlink_to("/etc/hostname")
    stop = threading.Event()
    watching = threading.Thread(target=application.watch, args=(stop,))
    watching.start()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(inbox.glob("traites/*/*.meg.txt"))) < 3:
        time.sleep(0.05)
    stop.set()
    watching.join()

    assert [p.name for p in inbox.iterdir() if p.is_file()] == []
    assert (inbox / "traites" / "refuses" / "link.xml").is_symlink()
    assert "SUPPLIER_UNKNOWN" in next(inbox.glob("traites/*/f.xml.meg.txt")).read_text()
    statuses = {
        d["file_name"]: d["status"]
        for d in application.documents(status=None, limit=10, before=None)
    }
    assert set(statuses) == {"f.xml", "lettre.txt"}
    assert _all_fine(application)
