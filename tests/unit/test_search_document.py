"""What is indexed of a document, from CONTRACT's records."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.identifiers import normalise_reference
from domain.invoice import DocumentKind, Invoice, InvoiceLine, Reading, Totals
from domain.party import Party
from domain.records import reading_record
from search.document import LONGEST_STORED_TEXT, SearchDocument, entry_of, from_records
from search.fields import reference_terms
from search.ranges import micros

INVOICE = Invoice(
    number="F-2026-7",
    issue_date=date(2026, 3, 15),
    currency="EUR",
    order_reference="BC 2026/0042",
    contract_reference="M-12",
    buyer_reference="ENG-9",
    notes=("Travaux de voirie",),
    seller=Party(name="Dupont SAS", legal_id="552 100 554", vat_id="FR12552100554"),
    buyer=Party(name="Ville de Nantes"),
    payee_iban="FR76 1820 6000 1234 5678 9012 345",
    totals=Totals(tax_inclusive=Decimal("1200.00")),
    lines=(InvoiceLine(id="1", name="Enrobé", order_reference="BC-43"),),
)
VERDICT = {
    "match": {"orders": ["BC2026-0042"], "contract": "M12", "commitment": "ENG9"},
    "discrepancies": [{"code": "PRICE_ABOVE_ORDER"}, {"code": "PRICE_ABOVE_ORDER"}],
}


def document(**changes: Any) -> SearchDocument:
    reading = reading_record(Reading(DocumentKind.INVOICE, invoice=INVOICE))
    return from_records(
        "id-1",
        "ab" * 32,
        "scan 17.pdf",
        "blocked",
        datetime(2026, 3, 16, 23, 30, tzinfo=UTC),
        reading,
        VERDICT,
        **changes,
    )


def test_records_become_what_a_document_is_found_by() -> None:
    made = document(text="Page visible", history=["Prix confirmé par courriel"])

    assert made.kind == "invoice"
    assert (made.number, made.issue_date, made.gross) == (
        "F-2026-7",
        date(2026, 3, 15),
        Decimal("1200.00"),
    )
    assert made.supplier == "Dupont SAS"
    assert made.orders == ("BC2026-0042", "BC 2026/0042", "BC-43")
    assert made.contracts == ("M12", "M-12")
    assert made.commitments == ("ENG9", "ENG-9")
    assert made.sirens == ("552100554",)
    assert made.codes == ("PRICE_ABOVE_ORDER",)
    assert "Page visible" in made.text
    assert "Travaux de voirie" in made.text
    assert "Enrobé" in made.text


def test_known_supplier_is_shown_by_its_own_name_and_found_by_all() -> None:
    known = {"name": "DUPONT", "aliases": ["Dupont Travaux"], "siret": "552 100 554 00012"}

    made = document(supplier=known)

    assert made.supplier == "DUPONT"
    assert made.supplier_names == ("Dupont SAS", "Dupont Travaux")
    assert made.sirens == ("552100554", "55210055400012")
    assert "travaux" in entry_of(made).texts["supplier_forms"].split()


def test_document_that_was_not_read_can_still_be_found() -> None:
    made = from_records("id-2", "cd" * 32, "illisible.pdf", "unreadable", None, None)
    entry = entry_of(made)

    assert entry.terms["status"] == ("unreadable",)
    assert "illisible" in entry.texts["body_forms"].split()
    assert entry.numbers == {}


def test_entry_holds_terms_numbers_facets_and_card() -> None:
    entry = entry_of(document(text="Page"))

    assert "=" + normalise_reference("BC2026-0042") in entry.terms["order"]
    assert entry.terms["iban"] == ("fr7618206000123456789012345",)
    assert entry.numbers == {
        "gross": micros(Decimal(1200)),
        "issued": 20260315,
        "received": 20260316,
    }
    assert entry.facets == {
        "supplier": ("Dupont SAS",),
        "status": ("blocked",),
        "year": ("2026",),
        "code": ("PRICE_ABOVE_ORDER",),
    }
    assert entry.card["gross"] == "1200.00"


def test_what_a_list_shows_finds_the_document_even_if_its_text_lacks_it() -> None:
    made = SearchDocument("id", "ab" * 32, "approved", file="lot7.pdf", number="F-1", text="rien")

    stems = entry_of(made).texts["body"].split()

    assert "lot" in stems
    assert "f" in stems


def test_value_inside_another_number_is_not_taken_for_said() -> None:
    made = document(text="commande 41200.005 du jour")

    assert "1200" in entry_of(made).texts["body_forms"].split()


def test_whole_text_is_searched_and_a_bounded_part_of_it_quoted() -> None:
    text = "mot " * (LONGEST_STORED_TEXT // 4) + "aiguille"
    entry = entry_of(SearchDocument("id", "ab" * 32, "approved", text=text))

    assert "aiguille" in entry.texts["body_forms"].split()
    assert len(entry.quotable) == LONGEST_STORED_TEXT


def test_reference_has_a_term_for_itself_and_each_beginning() -> None:
    assert reference_terms("BC2026-00042") == [
        "=202642",
        "bc202600042",
        "202600042",
        "00042",
    ]
    assert reference_terms("  ") == []


def test_an_order_is_found_by_its_number_its_seller_and_as_an_order() -> None:
    order = {"act": "order", "number": "BC2026-0200", "seller": {"name": "Papeterie du Parc"}}
    reading = {"kind": "order", "invoice": None, "order": {**order, "issue_date": "2026-03-01"}}

    made = from_records("id", "ab" * 32, "bc.xml", "not_invoice", None, reading)

    assert (made.number, made.supplier, made.orders) == (
        "BC2026-0200",
        "Papeterie du Parc",
        ("BC2026-0200",),
    )
    assert made.issue_date == date(2026, 3, 1)


def test_an_advice_is_found_by_the_order_it_speaks_of() -> None:
    advice = {"number": "BR-1", "order_reference": None, "lines": [{"order_reference": "BC-7"}]}
    reading = {"kind": "receipt_advice", "invoice": None, "delivery": advice}

    made = from_records("id", "ab" * 32, "br.xml", "not_invoice", None, reading)

    assert (made.number, made.orders) == ("BR-1", ("BC-7",))


def test_a_status_message_is_found_by_its_issuer() -> None:
    told = {"number": "S-1", "issuer": {"name": "Plateforme"}, "statuses": []}
    reading = {"kind": "status_message", "invoice": None, "status_message": told}

    made = from_records("id", "ab" * 32, "s.xml", "not_invoice", None, reading)

    assert (made.number, made.supplier) == ("S-1", "Plateforme")
