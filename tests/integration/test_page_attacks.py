"""Hybrid invoices whose page and XML disagree in one field, and others that only look like it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Final

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from domain.invoice import Reading
from ingest.reader import read
from tests.support import PROJECT, shared_folder

XML: Final = (PROJECT / "tests" / "data" / "validation_cii.xml").read_text(encoding="utf-8")
IBAN: Final = "FR76 3000 6000 0112 3456 7890 189"
FACTOR: Final = "DE89 3704 0044 0532 0130 00"
OTHER_FRENCH: Final = "FR14 2004 1010 0505 0001 3M02 606"

Row = tuple[float, float, str]
PAGE: Final[tuple[Row, ...]] = (
    (50, 800, "Papeterie du Lac"),
    (50, 786, "2 quai du Semnoz, 74000 Annecy"),
    (50, 772, "SIREN 732 829 320 - TVA intracommunautaire FR44732829320"),
    (330, 800, "Commune de Valmont"),
    (330, 786, "1 place de l'Église, 74100 Valmont"),
    (330, 772, "SIREN 217 400 013"),
    (50, 720, "FACTURE N° F2026-0042"),
    (50, 700, "Date de facture : 05/10/2026"),
    (50, 686, "Date d'échéance : 04/11/2026"),
    (50, 672, "Commande : BC-17"),
    (50, 620, "Désignation"),
    (300, 620, "Quantité"),
    (380, 620, "Prix unitaire HT"),
    (490, 620, "Montant HT"),
    (50, 604, "Ramette de papier A4"),
    (300, 604, "20"),
    (380, 604, "4,50"),
    (490, 604, "90,00"),
    (380, 560, "Total HT"),
    (490, 560, "90,00 €"),
    (380, 546, "TVA 20,00 %"),
    (490, 546, "18,00 €"),
    (380, 532, "Total TTC"),
    (490, 532, "108,00 €"),
    (380, 518, "Net à payer"),
    (490, 518, "108,00 €"),
    (50, 460, f"IBAN : {IBAN}"),
)


def _hybrid(xml: str, rows: Sequence[Row]) -> bytes:
    drawn = io.BytesIO()
    canvas = Canvas(drawn, pagesize=(595, 842))
    canvas.setFont("Helvetica", 9)
    for x, y, text in rows:
        canvas.drawString(x, y, text)
    canvas.save()
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn.getvalue())) as pdf:
        pdf.attachments["factur-x.xml"] = xml.encode()
        pdf.save(out)
    return out.getvalue()


def _read(*, xml: Sequence[tuple[str, str]] = (), page: Sequence[tuple[str, str]] = ()) -> Reading:
    text, rows = XML, list(PAGE)
    for old, new in xml:
        assert old in text
        text = text.replace(old, new)
    for old, new in page:
        assert any(old in row[2] for row in rows)
        rows = [(x, y, line.replace(old, new)) for x, y, line in rows]
    extra = [(50.0, 430.0 - 14 * n, new) for n, (old, new) in enumerate(page) if not old]
    return read(_hybrid(text, [r for r in rows if r[2]] + extra), "a.pdf")


def _printed(*lines: str) -> bytes:
    """The usual page with more lines at its foot."""
    foot = [(50.0, 430.0 - 14 * n, line) for n, line in enumerate(lines)]
    return _hybrid(XML, (*PAGE, *foot))


@pytest.mark.parametrize(
    ("field", "xml", "shown"),
    [
        ("number", [("F2026-0042", "F2026-0043")], "F2026-0042"),
        ("number", [("F2026-0042", "F2026-00421")], "F2026-0042"),
        ("issue_date", [("20261005", "20261006")], "2026-10-05"),
        ("issue_date", [("20261005", "20261104")], "2026-10-05"),
        ("totals.tax_inclusive", [("GrandTotalAmount>108.00", "GrandTotalAmount>180.00")], "108"),
        ("totals.tax", [('EUR">18.00', 'EUR">19.00')], "18"),
        ("totals.tax_exclusive", [("BasisTotalAmount>90.00", "BasisTotalAmount>91.00")], "90"),
        ("payee_iban", [(IBAN.replace(" ", ""), OTHER_FRENCH.replace(" ", ""))], "FR7630006"),
        ("payee_iban", [(IBAN.replace(" ", ""), "FR7630006000011234567890188")], "FR7630006"),
        (
            "seller.vat_id",
            [
                ("FR44732829320", "FR83404833048"),
                ("732829320", "404833048"),
                ("Papeterie du Lac", "Bureau Moderne"),
            ],
            "FR44732829320",
        ),
    ],
)
def test_one_field_that_disagrees_is_found_with_both_values_and_its_box(
    field: str, xml: list[tuple[str, str]], shown: str
) -> None:
    reading = _read(xml=xml)

    (difference,) = [d for d in reading.page_differences if d.field == field]
    assert difference.page.startswith(shown)
    assert difference.xml
    assert difference.seen_at is not None
    assert difference.seen_at.page == 1
    assert {d.field for d in reading.page_differences} == {field}


@pytest.mark.parametrize(
    ("field", "xml", "line"),
    [
        ("issue_date", [("20261005", "20260928")], "Date de commande : 28/09/2026"),
        ("number", [("F2026-0042", "F2026-0031")], "Facture précédente : F2026-0031"),
        (
            "totals.payable",
            [("DuePayableAmount>108.00", "DuePayableAmount>58.00")],
            "Acompte 58,00",
        ),
    ],
)
def test_a_value_printed_as_something_else_hides_nothing(
    field: str, xml: list[tuple[str, str]], line: str
) -> None:
    text = XML
    for old, new in xml:
        assert old in text
        text = text.replace(old, new)

    reading = read(_hybrid(text, (*PAGE, (50, 430, line))), "a.pdf")

    assert field in {d.field for d in reading.page_differences}


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Date de commande : 28/09/2026", "Date de livraison : 01/10/2026"],
        ["Facture précédente : F2026-0031 du 05/09/2026, 216,00 €"],
        [f"Règlement à notre factor : IBAN {FACTOR}"],
        ["Acompte versé le 01/09/2026 : 58,00 €", "Reste dû sur le marché : 1 058,00 €"],
        ["Édité avec FacturePro - RCS Lyon 404 833 048 - TVA FR83404833048"],
        ["Marché 2024-M-017, lot 2, plafond 40 000,00 € HT", "Devis D2026-77 du 12/08/2026"],
    ],
)
def test_a_page_that_agrees_raises_nothing_whatever_else_it_says(lines: list[str]) -> None:
    reading = read(_printed(*lines), "a.pdf")

    assert reading.page_differences == ()


@pytest.mark.parametrize(
    "page",
    [
        [("108,00 €", "-108,00 €"), ("90,00 €", "-90,00 €"), ("18,00 €", "-18,00 €")],
        [("108,00 €", "EUR 108.00"), ("90,00 €", "EUR 90.00"), ("18,00 €", "EUR 18.00")],
        [("05/10/2026", "5 octobre 2026"), ("04/11/2026", "4 novembre 2026")],
        [("05/10/2026", "2026-10-05"), ("04/11/2026", "2026-11-04")],
        [("05/10/2026", "October 5, 2026"), ("04/11/2026", "November 4, 2026")],
        [("F2026-0042", "F 2026 / 0042")],
        [(IBAN, IBAN.replace(" ", ""))],
        [("Papeterie du Lac", "PAPETERIE DU LAC SARL")],
        [("SIREN 732 829 320 - TVA intracommunautaire FR44732829320", "www.papeterie-du-lac.fr")],
    ],
)
def test_another_way_of_writing_is_no_difference(page: list[tuple[str, str]]) -> None:
    assert _read(page=page).page_differences == ()


def test_values_that_agree_have_their_box_beside_their_path() -> None:
    evidence = _read().evidence

    for field in ("number", "issue_date", "totals.tax_inclusive", "payee_iban", "seller.vat_id"):
        seen = evidence[field]
        assert isinstance(seen.where, str)
        assert seen.seen_at is not None
    gross = evidence["totals.tax_inclusive"].seen_at
    assert gross is not None
    assert gross.left == pytest.approx(490, abs=2)
    assert gross.top == pytest.approx(842 - 532 - 8, abs=14)


def test_a_value_the_page_contradicts_has_no_box_of_agreement() -> None:
    reading = _read(xml=[("F2026-0042", "F2026-0043")])

    assert reading.evidence["number"].seen_at is None


@pytest.mark.shared
@pytest.mark.slow
def test_no_consistent_document_of_the_corpus_raises_an_alarm() -> None:
    corpus = shared_folder() / "corpus"
    rows = map(json.loads, (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    alarms = {
        row["path"]: (row.get("expected") or {}).get("fault")
        for row in rows
        if row["kind"] in {"facturx_pdf", "zugferd1_pdf"}
        and read((corpus / row["path"]).read_bytes(), "a.pdf").page_differences
    }

    # Two were made with wrong totals in their XML; the page shows the right ones.
    assert sorted(map(str, alarms.values())) == [
        "Total TTC ≠ HT + TVA",
        "Ventilation TVA ≠ total TVA",
    ]
