"""Whole PDFs read by their pages: the invoice, its evidence, and what is none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.evidence import PageBox
from domain.invoice import DocumentKind, Reading
from ingest.parsers.pages.glyphs import Limits
from ingest.parsers.pdf_text import read_pages
from tests.page_maker import Cell, invoice_rows
from tests.printed_maker import drawn, empty, locked, turned


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_pages(drawn(invoice_rows()))


def test_an_invoice_is_read_whole(reading: Reading) -> None:
    invoice = reading.invoice

    assert reading.kind is DocumentKind.INVOICE
    assert invoice is not None
    assert (invoice.number, invoice.type_code, invoice.currency) == ("F-2026-118", "380", "EUR")
    assert (invoice.issue_date, invoice.due_date) == (date(2026, 3, 12), date(2026, 4, 11))
    assert (invoice.order_reference, invoice.contract_reference) == ("BC 04295/26", "M2026-07")
    assert invoice.seller.name == "Papeterie Horizon SARL"
    assert invoice.seller.legal_id == "73282932000074"
    assert invoice.seller.vat_id == "FR44732829320"
    assert invoice.buyer.name == "Commune de Verzé"
    assert invoice.payee_iban == "FR1420041010050500013M02606"
    assert invoice.totals.tax_inclusive == Decimal("703.06")
    assert invoice.totals.tax == Decimal("111.86")
    assert [v.rate for v in invoice.vat_breakdown] == [Decimal(20), Decimal("5.5")]
    assert [x.quantity for x in invoice.lines] == [Decimal(160), Decimal(40)]


def test_terms_and_references_in_sentences_are_kept() -> None:
    rows = invoice_rows()
    rows.append([(40, "Paiement à 30 jours par virement")])
    rows.append([(40, "Selon votre bon de commande n° BC 07356/26 du 18/02/2026")])

    invoice = read_pages(drawn(rows)).invoice

    assert invoice is not None
    assert invoice.payment_terms == "Paiement à 30 jours par virement"
    assert invoice.notes == ("Selon votre bon de commande n° BC 07356/26 du 18/02/2026",)


def test_every_value_says_where_it_stands(reading: Reading) -> None:
    for path in ("number", "issue_date", "totals.payable", "payee_iban", "lines[0].quantity"):
        seen = reading.evidence[path]
        assert isinstance(seen.where, PageBox)
        assert seen.where.page == 1
        assert 0 <= seen.where.left < seen.where.right <= 595
        assert 0 <= seen.where.top < seen.where.bottom <= 842
        assert 0.5 <= seen.confidence < 1


def test_boxes_count_from_the_upper_left(reading: Reading) -> None:
    number, payable = reading.evidence["number"].where, reading.evidence["totals.payable"].where

    assert isinstance(number, PageBox)
    assert isinstance(payable, PageBox)
    assert number.top < 100
    assert payable.top > 300


def test_the_text_is_in_reading_order(reading: Reading) -> None:
    text = reading.text

    assert (
        text.index("Papeterie Horizon") < text.index("Commune de Verzé") < text.index("Net à payer")
    )


def same_as(one: Reading, other: Reading) -> bool:
    return one.invoice == other.invoice and one.kind == other.kind


def test_the_order_of_drawing_does_not_matter(reading: Reading) -> None:
    assert same_as(read_pages(drawn(invoice_rows(), backwards=True)), reading)


def test_text_drawn_twice_is_read_once(reading: Reading) -> None:
    assert same_as(read_pages(drawn(invoice_rows(), bold=True)), reading)


def test_a_turned_page_is_read_as_it_is_seen(reading: Reading) -> None:
    assert same_as(read_pages(turned(invoice_rows())), reading)


def test_a_credit_note_is_told_by_its_title() -> None:
    rows = invoice_rows()
    rows[0] = [(40, "Papeterie Horizon SARL"), (400, "AVOIR")]
    rows[2] = [(40, "49100 Angers"), (360, "N° d'avoir : A-2026-007")]
    rows[8].append((360, "Avoir sur facture : F-2026-100"))

    reading = read_pages(drawn(rows))

    assert reading.kind is DocumentKind.CREDIT_NOTE
    assert reading.invoice is not None
    assert reading.invoice.type_code == "381"
    assert reading.invoice.number == "A-2026-007"
    assert [p.number for p in reading.invoice.preceding_invoices] == ["F-2026-100"]


@pytest.mark.parametrize(
    "title",
    [
        "DEVIS",
        "BON DE LIVRAISON",
        "RELEVÉ DE COMPTE",
        "FACTURE PRO FORMA",
        "CONFIRMATION DE COMMANDE",
    ],
)
def test_other_papers_with_amounts_are_no_invoices(title: str) -> None:
    rows = invoice_rows()
    rows[0] = [(40, "Papeterie Horizon SARL"), (380, title)]
    rows[2] = [(40, "49100 Angers"), (360, "N° : D-2026-118")]
    rows[3] = [(40, "SIRET 73282932000074"), (360, "Date : 12/03/2026")]

    reading = read_pages(drawn(rows))

    assert reading.kind is DocumentKind.OTHER
    assert reading.invoice is None
    assert "Papeterie" in reading.text


def test_a_letter_that_speaks_of_invoices_is_none() -> None:
    lines = [
        "Madame, Monsieur,",
        "nous avons bien reçu votre facture du 12 mars 2026 et vous prions",
        "de bien vouloir noter notre nouvelle adresse de facturation.",
        "Veuillez agréer nos salutations distinguées.",
    ]
    rows: list[list[Cell]] = [[(60, line)] for line in lines]

    assert read_pages(drawn(rows)).kind is DocumentKind.OTHER


def test_a_page_without_number_has_none() -> None:
    rows = invoice_rows()
    rows[2] = [(40, "49100 Angers")]

    reading = read_pages(drawn(rows))

    assert reading.kind is DocumentKind.INVOICE
    assert reading.invoice is not None
    assert reading.invoice.number is None


def test_pages_without_anything_on_them_are_a_finding() -> None:
    reading = read_pages(empty(3))

    assert reading.error is not None
    assert reading.error.code == "ING-PAGE-03"
    assert reading.unread_pages == ()


def test_a_locked_pdf_says_so() -> None:
    reading = read_pages(locked(invoice_rows()))

    assert reading.error is not None
    assert reading.error.code == "ING-PAGE-02"


def test_bytes_that_are_no_pdf_are_a_finding() -> None:
    reading = read_pages(b"%PDF-1.7 and nothing more")

    assert reading.error is not None
    assert reading.error.code == "ING-PAGE-01"


def test_pages_beyond_the_limit_are_not_read() -> None:
    data = drawn(invoice_rows(), [[(40, "Conditions générales de vente")]])

    text = read_pages(data, Limits(pages=1)).text

    assert "Papeterie" in text
    assert "Conditions" not in text


def test_the_deadline_stops_the_reading() -> None:
    reading = read_pages(drawn(invoice_rows()), Limits(seconds=-1))

    assert reading.text == ""


def test_a_reminder_of_an_invoice_is_none() -> None:
    lines = [
        "Objet : relance de la facture F-2026-12",
        "Madame, Monsieur,",
        "la facture n° F-2026-12 du 12/01/2026 reste impayée.",
        "Montant TTC : 1 440,00 €",
        "Merci de régler avant le 30/03/2026.",
    ]
    rows: list[list[Cell]] = [[(60, line)] for line in lines]

    assert read_pages(drawn(rows)).kind is DocumentKind.OTHER


def test_a_page_too_dense_for_an_invoice_keeps_its_text() -> None:
    rows: list[list[Cell]] = [[(10 + 8 * i, f"a{i}") for i in range(70)] for _ in range(58)]

    reading = read_pages(drawn(rows, *[rows] * 1))

    assert reading.kind is DocumentKind.OTHER
    assert "a69" in reading.text


@pytest.mark.parametrize(
    ("title", "kind", "code"),
    [
        ("FACTURE D'ACOMPTE", DocumentKind.INVOICE, "386"),
        ("FACTURE RECTIFICATIVE", DocumentKind.INVOICE, "384"),
        ("AUTOFACTURE", DocumentKind.INVOICE, "389"),
        ("Handelsrechnung (380)", DocumentKind.INVOICE, "380"),
        ("NOTE DE CRÉDIT", DocumentKind.CREDIT_NOTE, "381"),
    ],
)
def test_the_title_tells_the_type(title: str, kind: DocumentKind, code: str) -> None:
    rows = invoice_rows()
    rows[0] = [(40, "Papeterie Horizon SARL"), (380, title)]

    reading = read_pages(drawn(rows))

    assert reading.invoice is not None
    assert (reading.kind, reading.invoice.type_code) == (kind, code)


def test_an_invoice_without_title_is_not_the_order_it_names() -> None:
    rows = invoice_rows()
    rows[0] = [(40, "Papeterie Horizon SARL")]

    reading = read_pages(drawn(rows))

    assert reading.kind is DocumentKind.INVOICE
    assert reading.invoice is not None
    assert reading.invoice.order_reference == "BC 04295/26"
