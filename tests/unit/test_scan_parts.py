"""A scan of several invoices is parted only where each of them is whole."""

from __future__ import annotations

from ingest.parsers.pages.glyphs import read_words
from ingest.parsers.pages.words import PageWords
from ingest.recognition.parts import invoices_in
from tests.page_maker import Cell, invoice_rows
from tests.printed_maker import drawn


def _pages(*pages: list[list[Cell]]) -> tuple[PageWords, ...]:
    return read_words(drawn(*pages)).pages


def _numbered(number: str) -> list[list[Cell]]:
    rows = invoice_rows()
    rows[2] = [(40, "49100 Angers"), (360, f"N° de facture : {number}")]
    return rows


TERMS: list[list[Cell]] = [[(40, "Conditions générales de vente de la papeterie")]] * 20


def test_two_whole_invoices_are_two() -> None:
    found = invoices_in(_pages(_numbered("F-1"), TERMS, _numbered("F-2")))

    assert [(part.number, part.pages) for part in found] == [("F-1", (1, 2)), ("F-2", (3,))]


def test_an_invoice_and_its_terms_are_one() -> None:
    assert invoices_in(_pages(invoice_rows(), TERMS)) == ()


def test_a_page_that_repeats_the_number_opens_nothing() -> None:
    assert invoices_in(_pages(invoice_rows(), invoice_rows())) == ()


def test_what_lacks_its_totals_is_not_parted() -> None:
    assert invoices_in(_pages(_numbered("F-1"), _numbered("F-2")[:9])) == ()
