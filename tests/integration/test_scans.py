"""Scans on their whole way: they wait without Tesseract, and are read once it is there."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from config.application import Application
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from domain.evidence import PageBox
from domain.invoice import Reading, Syntax
from domain.records import Record
from ingest.isolation import ExaminerPool
from ingest.parsers.pages.glyphs import read_words
from tests.page_maker import invoice_rows
from tests.printed_maker import drawn as printed
from tests.scan_maker import Sheet, drawn, encoded, scan_of, scanned, tiff


@pytest.fixture(scope="module")
def invoice_pdf() -> bytes:
    return printed(invoice_rows())


@pytest.fixture(scope="module")
def pool() -> Iterator[ExaminerPool]:
    if shutil.which("tesseract") is None:
        if os.environ.get("CI"):
            pytest.fail("tesseract is absent: CI installs it")
        pytest.skip("needs Tesseract with French, English and German")
    with ExaminerPool(workers=1, validate=False) as opened:
        yield opened


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", limits=LimitSettings(readers=1))


def _hidden_tesseract(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))


def _taken_in(application: Application, name: str, data: bytes) -> Record:
    (record,) = application.ingest([(name, data)], "tests")
    return record


def test_without_tesseract_a_scan_waits_and_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invoice_pdf: bytes
) -> None:
    _hidden_tesseract(monkeypatch, tmp_path / "bin")
    with open_application(settings) as application:
        record = _taken_in(application, "scan.pdf", scan_of(invoice_pdf, Sheet(dpi=72)))
        again = _taken_in(application, "lettre.txt", b"Bonjour")
        still = application.show(record["document_id"])
        (checked,) = application.verify([record["document_id"]])

    assert record["status"] == "received"
    assert record["error"]["code"] == "ING-OCR-01"
    assert again["status"] == "unreadable"
    assert [event["type"] for event in still["history"]] == ["received", "parsed"]
    assert checked["ok"], checked["problems"]


@pytest.mark.tesseract
def test_what_waited_is_read_once_tesseract_is_there(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    invoice_pdf: bytes,
    pool: ExaminerPool,
) -> None:
    assert pool is not None  # Tesseract is installed
    scan = scan_of(invoice_pdf, Sheet(dpi=200))
    with monkeypatch.context() as without:
        _hidden_tesseract(without, tmp_path / "bin")
        with open_application(settings) as application:
            waiting = _taken_in(application, "scan.pdf", scan)
    with open_application(settings) as application:
        _taken_in(application, "lettre.txt", b"Bonjour")
        read = application.show(waiting["document_id"])
        found = application.search('"papier blanc" ramette')["hits"]
        name, derived = application.searchable_pdf(waiting["document_id"])
        (checked,) = application.verify([waiting["document_id"]])

    assert waiting["status"] == "received"
    assert read["source"] == "pdf_ocr"
    assert read["invoice"]["number"] == "F-2026-118"
    assert [hit["document_id"] for hit in found] == [waiting["document_id"]]
    assert name == "scan.ocr.pdf"
    assert "F-2026-118" in {w.text for w in read_words(derived).pages[0].words}
    (made,) = read["derived"]
    assert set(made["made_by"]) >= {"tesseract", "pikepdf"}
    assert checked["ok"], checked["problems"]


@pytest.mark.tesseract
def test_a_pile_scanned_into_one_file_becomes_an_invoice_each(
    settings: Settings, invoice_pdf: bytes, pool: ExaminerPool
) -> None:
    assert pool is not None
    rows = invoice_rows()
    rows[2] = [(40, "49100 Angers"), (360, "N° de facture : F-2026-119")]
    first, second = (drawn(pdf, 150)[0] for pdf in (invoice_pdf, printed(rows)))
    with open_application(settings) as application:
        pile, *inside = application.ingest([("pile.tiff", tiff([first, second], 150))], "tests")

    assert (pile["status"], pile["invoice"]) == ("not_invoice", None)
    assert [remark["code"] for remark in pile["remarks"]] == ["ING-OCR-06"]
    assert [one["invoice"]["number"] for one in inside] == ["F-2026-118", "F-2026-119"]
    assert {one["parent_id"] for one in inside} == {pile["document_id"]}


@pytest.mark.tesseract
def test_a_changed_derived_file_is_noticed(
    settings: Settings, invoice_pdf: bytes, pool: ExaminerPool
) -> None:
    assert pool is not None
    with open_application(settings) as application:
        record = _taken_in(application, "scan.pdf", scan_of(invoice_pdf, Sheet(dpi=200)))
        (made,) = application.show(record["document_id"])["derived"]
        stored = settings.data / "objects" / made["object"]["key"]
        stored.chmod(0o600)
        stored.write_bytes(stored.read_bytes() + b" ")
        (checked,) = application.verify([record["document_id"]])

    assert [problem["code"] for problem in checked["problems"]] == ["OBJECT_CHANGED"]


SHEETS = {
    "300 dpi": Sheet(dpi=300, bilevel=True),
    "150 dpi": Sheet(dpi=150, jpeg=70),
    "askew": Sheet(dpi=200, skew=2.5, jpeg=75),
    "turned 90": Sheet(dpi=200, turned=90),
    "turned 180": Sheet(dpi=200, turned=180),
    "turned 270 and askew": Sheet(dpi=200, turned=270, skew=-2),
    "noise": Sheet(dpi=200, noise=25, blur=0.6, jpeg=60),
    "specks": Sheet(dpi=200, specks=0.001),
}


@pytest.mark.tesseract
@pytest.mark.parametrize("condition", SHEETS)
def test_a_scan_is_read(pool: ExaminerPool, invoice_pdf: bytes, condition: str) -> None:
    scan = scan_of(invoice_pdf, SHEETS[condition])

    reading = pool.submit(scan, "scan.pdf").result().reading

    _is_the_invoice(reading)


@pytest.mark.tesseract
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_image_files_are_read(pool: ExaminerPool, invoice_pdf: bytes, kind: str) -> None:
    sheet = Sheet(dpi=200, jpeg=80 if kind == "JPEG" else 0)
    data = encoded(scanned(drawn(invoice_pdf, 200)[0], sheet), sheet, kind)

    _is_the_invoice(pool.submit(data, f"scan.{kind.lower()}").result().reading)


@pytest.mark.tesseract
def test_values_are_placed_on_the_page_as_it_was_scanned(
    pool: ExaminerPool, invoice_pdf: bytes
) -> None:
    (word,) = (w for w in read_words(invoice_pdf).pages[0].words if w.text == "F-2026-118")
    sheet = Sheet(dpi=200, turned=90)

    reading = pool.submit(scan_of(invoice_pdf, sheet), "scan.pdf").result().reading

    where = reading.evidence["number"].where
    assert isinstance(where, PageBox)
    # A quarter turn clockwise: what was left is up, what was up is right.
    assert where.top == pytest.approx(word.left, abs=4)
    assert where.right == pytest.approx(842 - word.top, abs=6)


@pytest.mark.tesseract
def test_pages_of_their_own_text_keep_it(pool: ExaminerPool, invoice_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(invoice_pdf)) as pdf:
        letter = printed([[(40, "Conditions particulières de la papeterie")]] * 20)
        with pikepdf.open(io.BytesIO(scan_of(letter, Sheet(dpi=150)))) as scan:
            pdf.pages.extend(scan.pages)
            out = io.BytesIO()
            pdf.save(out)

    reading = pool.submit(out.getvalue(), "mixed.pdf").result().reading

    assert reading.syntax is Syntax.PDF_TEXT
    assert reading.evidence["number"].origin == "pdf_text"
    assert "Conditions particulières" in reading.text


@pytest.mark.tesseract
def test_an_invoice_that_is_a_picture_behind_a_letter_is_read(
    pool: ExaminerPool, invoice_pdf: bytes
) -> None:
    letter = printed([[(40, "Veuillez trouver ci-joint le document demandé.")]] * 9)
    with (
        pikepdf.open(io.BytesIO(letter)) as pdf,
        pikepdf.open(io.BytesIO(scan_of(invoice_pdf, Sheet(dpi=200)))) as scan,
    ):
        pdf.pages.extend(scan.pages)
        out = io.BytesIO()
        pdf.save(out)

    reading = pool.submit(out.getvalue(), "mixed.pdf").result().reading

    _is_the_invoice(reading)
    where = reading.evidence["number"].where
    assert isinstance(where, PageBox)
    assert where.page == 2


@pytest.mark.tesseract
def test_a_blank_scan_is_a_finding(pool: ExaminerPool) -> None:
    blank = scan_of(printed([[(0, " ")]]), Sheet(dpi=100))

    reading = pool.submit(blank, "blank.pdf").result().reading

    assert reading.error is not None
    assert reading.error.code == "ING-OCR-03"


@pytest.mark.tesseract
def test_a_tiff_of_several_pages_is_one_document(pool: ExaminerPool, invoice_pdf: bytes) -> None:
    letter = printed([[(40, "Conditions générales de vente de la papeterie")]] * 20)
    pages = [drawn(invoice_pdf, 200)[0], drawn(letter, 200)[0]]

    reading = pool.submit(tiff(pages, 200), "fax.tiff").result().reading

    _is_the_invoice(reading)
    assert "générales de vente" in reading.text


def _is_the_invoice(reading: Reading) -> None:
    invoice = reading.invoice
    assert invoice is not None
    assert reading.syntax is Syntax.PDF_OCR
    assert invoice.number == "F-2026-118"
    assert str(invoice.issue_date) == "2026-03-12"
    assert invoice.totals.tax_inclusive == Decimal("703.06")
    assert len(invoice.lines) == 2
    assert reading.evidence["number"].origin == "ocr"
    assert reading.evidence["number"].confidence < 0.98


_GROSS = Decimal(0)
