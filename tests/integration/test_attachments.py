"""Files carried inside documents: archived apart, listed, given out, found by name, verified."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from config.application import Application
from config.settings import Settings
from domain.records import Record
from ingest.enclosures import AttachmentUnknown
from tests.mutated_pdfs import carrying

XML = (Path(__file__).parent.parent / "data" / "cii_every_field.xml").read_bytes()
PLAN = b"AC1032 plan of the site"


def _taken_in(application: Application, name: str, data: bytes) -> Record:
    (record,) = application.ingest([(name, data)], "test")
    return record


def test_every_file_inside_a_pdf_is_archived_and_given_out(application: Application) -> None:
    pdf = carrying(("factur-x.xml", XML), ("plan n° 4.dwg", PLAN))

    record = _taken_in(application, "f.pdf", pdf)
    listed = {a["name"]: (n, a) for n, a in enumerate(record["attachments"], start=1)}
    number, plan = listed["plan n° 4.dwg"]

    assert all(a["archived"] for _, a in listed.values())
    assert plan["sha256"] == hashlib.sha256(PLAN).hexdigest()
    assert application.attachment(record["document_id"], number) == ("plan n° 4.dwg", PLAN)
    assert application.attachment(record["document_id"], listed["factur-x.xml"][0])[1] == XML


def test_a_file_inside_an_xml_is_archived(application: Application) -> None:
    record = _taken_in(application, "f.xml", XML)

    assert [a["name"] for a in record["attachments"]] == ["rib.txt"]
    assert application.attachment(record["document_id"], 1) == ("rib.txt", b"RIB")


@pytest.mark.parametrize("position", [0, 2, 10**9])
def test_an_attachment_that_is_none_is_said(application: Application, position: int) -> None:
    record = _taken_in(application, "f.xml", XML)

    with pytest.raises(AttachmentUnknown):
        application.attachment(record["document_id"], position)


def test_a_document_is_found_by_what_it_carries(application: Application) -> None:
    record = _taken_in(application, "f.pdf", carrying(("x.xml", XML), ("bordereau 77.csv", b"a")))

    hits = application.search("bordereau 77")["hits"]

    assert [hit["document_id"] for hit in hits] == [record["document_id"]]


def test_an_archive_gives_way_to_what_was_in_it(application: Application) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("f.xml", XML)
    container, member = application.ingest([("lot.zip", buffer.getvalue())], "test")

    shown = application.documents(status=None, limit=9, before=None, containers=False)
    every = application.documents(status=None, limit=9, before=None)

    assert [d["document_id"] for d in shown] == [member["document_id"]]
    assert shown[0]["parent_id"] == container["document_id"]
    assert len(every) == 2
    assert application.counts(containers=False) == {member["status"]: 1}


def test_verify_sees_a_lost_or_changed_attachment(
    application: Application, settings: Settings
) -> None:
    record = _taken_in(application, "f.pdf", carrying(("x.xml", XML), ("plan.dwg", PLAN)))
    *_, fine = application.verify(None)
    digest = hashlib.sha256(PLAN).hexdigest()
    (kept,) = (settings.data / "objects").rglob(digest)
    kept.chmod(0o644)
    kept.write_bytes(PLAN + b"!")

    changed, *_ = application.verify([record["document_id"]])
    kept.unlink()
    lost, *_ = application.verify([record["document_id"]])

    assert fine["ok"]
    assert [p["code"] for p in changed["problems"]] == ["OBJECT_CHANGED"]
    assert [p["code"] for p in lost["problems"]] == ["OBJECT_MISSING"]
