"""Scans without the program that reads them: what is told from bytes and pixels alone."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import img2pdf  # type: ignore[import-untyped]
import pytest
from PIL import Image

from api.web.french import in_french
from domain.invoice import DocumentKind, Invoice, Reading, Totals
from ingest.outcome import status_of
from ingest.parsers.pages.glyphs import read_words
from ingest.parsers.pages.legible import is_garbled
from ingest.parsers.pages.placement import SAME, turning, unturning
from ingest.parsers.pages.words import PageWords, Word
from ingest.parsers.pdf_text import read_pages
from ingest.recognition.hocr import seen_words
from ingest.recognition.searchable import NotAnImage, pdf_of_image
from ingest.recognition.straighten import levelled, skew, turned
from ingest.recognition.waiting import unrecognised, what_is_missing
from tests.page_maker import invoice_rows
from tests.printed_maker import drawn as printed
from tests.scan_maker import Sheet, drawn, encoded, scan_of, scanned, tiff

LANGUAGES = ("fra", "eng", "deu")
_LINE = """<span class='ocr_line' id='l' title="bbox 100 200 500 230; baseline 0 -6; x_size 30;
 x_descenders 6; x_ascenders 8"><span class='ocrx_word' id='w' title='bbox 100 204 220 224;
 x_wconf 91'>Total</span> <span class='ocrx_word' title='bbox 300 204 500 230; x_wconf 60'
>l&#39;an</span></span>"""


@pytest.fixture(scope="module")
def invoice_pdf() -> bytes:
    return printed(invoice_rows())


@pytest.fixture(scope="module")
def page(invoice_pdf: bytes) -> Image.Image:
    return drawn(invoice_pdf, 100)[0]


def _without_program(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("quarters", range(4))
def test_turning_and_back_leaves_every_place(quarters: int) -> None:
    assert turning(quarters, 595, 842).then(unturning(quarters, 595, 842)) == SAME


def test_a_box_that_is_turned_lies_on_the_turned_page() -> None:
    assert turning(1, 595, 842).box(0, 0, 10, 20) == (822, 0, 842, 10)


@pytest.mark.parametrize("degrees", [-3.0, -1.0, 0.0, 2.0, 3.0])
def test_skew_is_measured(page: Image.Image, degrees: float) -> None:
    assert skew(scanned(page, Sheet(skew=-degrees))) == pytest.approx(degrees, abs=0.3)


def test_a_levelled_page_leads_back_to_the_askew_one(page: Image.Image) -> None:
    askew = scanned(page, Sheet(skew=2.0))

    level, back = levelled(askew)

    assert abs(skew(level)) < 0.2
    x, y = back.point(page.width / 2, page.height / 2)
    assert x == pytest.approx(page.width / 2)
    assert y == pytest.approx(page.height / 2)
    assert back.point(page.width, page.height / 2)[1] != pytest.approx(page.height / 2, abs=5)


def test_an_image_turned_upright_leads_back() -> None:
    mark = Image.new("L", (30, 20), 255)
    mark.putpixel((25, 3), 0)

    upright, back = turned(mark, 1)

    dark = [
        (x, y)
        for x in range(upright.width)
        for y in range(upright.height)
        if upright.getpixel((x, y)) == 0
    ]
    assert [back.point(x + 0.5, y + 0.5) for x, y in dark] == [(25.5, 3.5)]


def test_words_are_as_tall_as_their_line() -> None:
    total, year = seen_words(_LINE)

    assert (total.text, year.text) == ("Total", "l'an")
    assert (total.top, total.bottom) == (year.top, year.bottom)
    assert total.bottom - total.top > 30
    assert total.confidence == pytest.approx(0.91)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_drawn_sideways_is_read_upright(turn: int) -> None:
    pdf = _redrawn(printed(invoice_rows()), turn)

    reading = read_pages(pdf)

    assert reading.invoice is not None
    assert reading.invoice.number == "F-2026-118"
    assert reading.unread_pages == ()
    where = reading.evidence["number"].where
    word = next(w for w in read_words(pdf).pages[0].words if w.text == "F-2026-118")
    back = read_words(pdf).pages[0].back
    left, top, right, bottom = back.box(*word[1:])
    assert (where.left, where.top) == (pytest.approx(left, abs=0.1), pytest.approx(top, abs=0.1))  # type: ignore[union-attr]
    assert (right - left > bottom - top) is (turn == 180)


def _redrawn(pdf: bytes, turn: int) -> bytes:
    """The content of a page turned clockwise, with no word of it in the page's attributes."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as out:
        page = source.pages[0]
        width, height = float(page.mediabox[2]), float(page.mediabox[3])
        matrix = {
            90: (0, -1, 1, 0, 0, width),
            180: (-1, 0, 0, -1, width, height),
            270: (0, 1, -1, 0, height, 0),
        }[turn]
        out.add_blank_page(page_size=(width, height) if turn == 180 else (height, width))
        name = out.pages[0].add_resource(
            out.copy_foreign(page.as_form_xobject()), pikepdf.Name.XObject
        )
        numbers = " ".join(f"{n:g}" for n in matrix)
        out.pages[0].contents_add(out.make_stream(f"{numbers} cm {name} Do".encode()))
        buffer = io.BytesIO()
        out.save(buffer)
    return buffer.getvalue()


def test_a_scanned_page_is_named_unread(invoice_pdf: bytes) -> None:
    assert read_pages(scan_of(invoice_pdf, Sheet(dpi=100))).unread_pages == (1,)


def test_a_page_with_its_own_text_is_not(invoice_pdf: bytes) -> None:
    assert read_pages(invoice_pdf).unread_pages == ()


@pytest.mark.parametrize(
    ("text", "garbled"),
    [
        ("Facture du 12 mars 2026, montant total à payer par virement", False),
        ("Rechnungsbetrag gemäß Angebot vom 12.03.2026 zahlbar sofort", False),
        ("\ue012\ue014\ue020\ue021 \ue022\ue023\ue012 12 34 56 78 90 12 34 56 78", True),
        ('"!$% &/()= ?§$% !"§ $%&/ ()=? *\'_: ;°^ <>| #+~ 12 34 56', True),
        (" ".join(["xkcd", "qwrt", "zxvb", "fghj", "dfkl"] * 8), True),
    ],
)
def test_what_is_no_writing_is_told(text: str, *, garbled: bool) -> None:
    words = tuple(Word(t, 10.0 * n, 10, 10.0 * n + 8, 20) for n, t in enumerate(text.split()))

    assert is_garbled(PageWords(1, 595, 842, words)) is garbled


def test_without_the_program_a_scan_waits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, invoice_pdf: bytes
) -> None:
    _without_program(monkeypatch, tmp_path)
    missing = what_is_missing(LANGUAGES)
    assert missing is not None

    reading = unrecognised(read_pages(scan_of(invoice_pdf, Sheet(dpi=72))), missing)

    assert reading.error is not None
    assert reading.error.code == "ING-OCR-01"
    assert "tesseract-ocr-fra" in reading.error.hint
    assert status_of(reading, None) == "received"


def test_a_missing_language_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho 'List (2):'\necho eng\necho osd\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    missing = what_is_missing((*LANGUAGES, "chi_sim"))

    assert missing is not None
    assert missing.code == "ING-OCR-02"
    assert "fra, deu" in missing.message
    assert "tesseract-ocr-deu tesseract-ocr-chi-sim" in missing.hint
    assert "recognition.languages" in missing.hint
    assert "Si ce paquet n\N{RIGHT SINGLE QUOTATION MARK}existe pas" in in_french(missing.hint)


def test_a_whole_invoice_does_not_wait_for_the_picture_behind_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, invoice_pdf: bytes
) -> None:
    _without_program(monkeypatch, tmp_path)
    missing = what_is_missing(LANGUAGES)
    assert missing is not None
    whole = read_pages(invoice_pdf)

    reading = unrecognised(
        Reading(whole.kind, whole.syntax, whole.invoice, unread_pages=(2,)), missing
    )

    assert reading.readable
    assert [r.code for r in reading.remarks] == ["ING-OCR-01"]


def test_half_an_invoice_waits() -> None:
    missing = what_is_missing(("no such language",))
    assert missing is not None
    half = Invoice(number="1", totals=Totals(tax_inclusive=Decimal(10)))

    assert not unrecognised(Reading(DocumentKind.INVOICE, invoice=half), missing).readable


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
def test_image_files_become_pages_of_their_size(page: Image.Image, kind: str) -> None:
    pdf = pdf_of_image(encoded(page, Sheet(dpi=100), kind), 40, 10**8)

    (only,) = read_words(pdf).pages
    assert only.width == pytest.approx(595, abs=2)
    assert only.height == pytest.approx(842, abs=2)


def test_a_tiff_of_two_pages_has_two(page: Image.Image) -> None:
    assert read_words(pdf_of_image(tiff([page, page], 100), 40, 10**8)).page_count == 2


def test_an_image_with_transparency_is_laid_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 400), (0, 0, 0, 0)).save(out, "PNG")

    (image,) = drawn(pdf_of_image(out.getvalue(), 40, 10**8), 72)

    assert image.getextrema() == (255, 255)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0 cut", b"II*\x00"])
def test_a_damaged_image_is_a_finding(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        pdf_of_image(data, 40, 10**8)


def test_a_huge_image_is_refused(page: Image.Image) -> None:
    with pytest.raises(NotAnImage):
        pdf_of_image(encoded(page, Sheet()), 40, 1000)


def test_pages_of_a_scan_have_the_size_the_scanner_said(invoice_pdf: bytes) -> None:
    made = img2pdf.convert(encoded(drawn(invoice_pdf, 150)[0], Sheet(dpi=150)), nodate=True)

    assert read_words(made).pages[0].width == pytest.approx(595, abs=2)
