"""Signed documents on their whole way: checked at intake, kept, shown, proven, put back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.application import Application
from config.assembly import open_application
from config.contents import NothingDerived
from config.doctor import Health, examine
from config.loader import ConfigurationError
from config.settings import LimitSettings, Settings, SignatureSettings
from domain.records import Record
from ingest.signatures import findings
from tests.page_maker import invoice_rows
from tests.printed_maker import drawn
from tests.signed_maker import (
    fill_form,
    identity,
    roots_in,
    sign_cms,
    sign_pdf,
    sign_xml,
    with_form,
)
from tests.support import PROJECT

UBL = (PROJECT / "tests" / "data" / "validation_ubl.xml").read_bytes()


@pytest.fixture(name="settings", scope="module")
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("signatures")
    return Settings(
        data=folder / "data",
        limits=LimitSettings(readers=1),
        signatures=SignatureSettings(roots=roots_in(folder / "roots")),
    )


@pytest.fixture(name="application", scope="module")
def _application(settings: Settings) -> Iterator[Application]:
    with open_application(settings) as application:
        yield application


def _taken_in(application: Application, name: str, data: bytes) -> Record:
    (record,) = application.ingest([(name, data)], "tests")
    return record


def _numbered(number: str) -> bytes:
    return UBL.replace(b"R-310", number.encode())


def test_a_signed_invoice_is_kept_with_its_report(application: Application) -> None:
    record = _taken_in(application, "signed.pdf", sign_pdf(drawn(invoice_rows())))
    shown = application.show(record["document_id"])
    name, report = application.signature_report(record["document_id"])
    (checked,) = application.verify([record["document_id"]])

    (signature,) = record["signatures"]
    assert signature["indication"] == "TOTAL-PASSED"
    assert signature["signer"]["subject"] == "Fournisseur Exemple"
    types = [event["type"] for event in shown["history"]]
    assert types[:4] == ["received", "derived", "signature_checked", "parsed"]
    assert name == "signed.signatures.json"
    assert json.loads(report)["signatures"] == record["signatures"]
    assert [made["role"] for made in shown["derived"]] == ["signature_report"]
    assert checked["ok"], checked["problems"]


def test_what_was_changed_after_signing_is_not_approved(application: Application) -> None:
    rows = invoice_rows()
    changed = fill_form(sign_pdf(with_form(drawn(rows))), "9 999,00")

    record = _taken_in(application, "changed.pdf", changed)

    assert record["signatures"][0]["problems"] == ["SIG-07"]
    assert record["validation"]["valid"] is False
    (result,) = record["validation"]["rule_sets"]
    assert (result["name"], result["status"]) == (findings.RULE_SET, "failed")
    assert record["status"] != "approved"


def test_a_changed_xml_raises_the_code_for_broken_rules(application: Application) -> None:
    changed = sign_xml(_numbered("R-311")).replace(b"R-311", b"R-312", 1)

    record = _taken_in(application, "changed.xml", changed)

    codes = {d["code"]: d for d in record["discrepancies"]}
    assert record["signatures"][0]["sub_indication"] == "HASH_FAILURE"
    assert "SIG-01" in codes["INVALID_DOCUMENT"]["field"]
    assert record["status"] in {"in_review", "blocked"}


def test_the_invoice_of_a_signed_envelope_is_read(application: Application) -> None:
    record = _taken_in(application, "facture.xml.p7m", sign_cms(UBL, identity("Firmatario")))

    assert record["invoice"] is not None
    assert record["signatures"][0]["format"] == "CAdES"
    (carried, *_) = record["attachments"]
    assert carried["archived"]
    assert application.attachment(record["document_id"], 1) == ("facture.xml", UBL)


def test_the_pages_of_a_pdf_in_an_envelope_are_drawn(application: Application) -> None:
    inside = drawn(invoice_rows())
    record = _taken_in(application, "facture.pdf.p7m", sign_cms(inside))

    _, load = application.drawable(record["document_id"])

    assert record["source"] == "pdf_text"
    assert load() == inside


def test_an_unsigned_document_has_neither_report_nor_event(application: Application) -> None:
    record = _taken_in(application, "unsigned.xml", UBL)
    shown = application.show(record["document_id"])

    assert record["signatures"] == []
    assert "signature_checked" not in {event["type"] for event in shown["history"]}
    with pytest.raises(NothingDerived):
        application.signature_report(record["document_id"])


def test_the_documents_of_an_asic_container_come_out_its_signatures_stay(
    application: Application,
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as container:
        container.writestr("mimetype", "application/vnd.etsi.asic-e+zip")
        container.writestr("facture.xml", UBL)
        container.writestr("META-INF/signatures.xml", "<x/>")

    records = list(application.ingest([("facture.asice", packed.getvalue())], "tests"))

    assert [record["file"] for record in records] == ["facture.asice", "facture.xml"]
    assert records[0]["signatures"][0]["problems"] == ["SIG-16"]


def test_judged_again_the_check_of_the_arrival_stands(application: Application) -> None:
    signed = sign_xml(_numbered("R-313"))
    record = _taken_in(application, "again.xml", signed)

    application.resolve(record["document_id"], "dispute", "à voir", "tests")
    application.resolve(record["document_id"], "release", "vu", "tests")
    shown = application.show(record["document_id"])

    assert shown["signatures"] == record["signatures"]
    types = [event["type"] for event in shown["history"]]
    assert types.count("signature_checked") == 1


def test_the_evidence_report_tells_of_the_signature(
    application: Application, tmp_path: Path
) -> None:
    record = _taken_in(
        application, "proof.pdf", sign_pdf(drawn(invoice_rows()), identity("Preuve"))
    )
    target = tmp_path / "proof.zip"

    with target.open("w+b") as out:
        application.write_evidence([record["document_id"]], out, "tests")
    with zipfile.ZipFile(target) as package:
        report = package.read(f"documents/{record['document_id']}/report.html").decode()
        names = package.namelist()

    assert "Signatures électroniques" in report
    assert "TOTAL-PASSED" in report
    assert any("/derived/" in name and name.endswith(".json") for name in names)


def test_the_doctor_names_the_authorities(settings: Settings) -> None:
    checks = {check.name: check for check in examine(settings)}

    assert checks["signature roots"].health is Health.GOOD
    assert "Autorité d'essai" in checks["signature roots"].found


def test_roots_that_are_not_there_are_refused_at_the_start(tmp_path: Path) -> None:
    absent = SignatureSettings(roots=tmp_path / "absent")

    with (
        pytest.raises(ConfigurationError, match=r"signatures\.roots"),
        open_application(Settings(data=tmp_path / "data", signatures=absent)),
    ):
        pass
