"""Labels, the places of their values, references and dates of the header."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.dates import DayOrder
from ingest.parsers.pages.header_dates import find_header_dates
from ingest.parsers.pages.labels import find_labels
from ingest.parsers.pages.references import find_number, find_reference, reference_in
from tests.page_maker import Cell, labelled_page, set_page


def concepts(text: str) -> list[Concept]:
    phrase = set_page([[(40, text)]]).rows[0].phrases[0]
    return [label.concept for label in find_labels(phrase)]


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("N° de facture : F12", Concept.NUMBER),
        ("Rechnungsnummer 471102", Concept.NUMBER),
        ("Invoice No. 12", Concept.NUMBER),
        ("Date d'échéance : 02/03/2026", Concept.DUE_DATE),
        ("V/COMMANDE : 4500002512", Concept.ORDER),
        ("N° d'engagement 2026-118", Concept.ORDER),
        ("Référence marché : M2026-07", Concept.CONTRACT),
        ("Code service exécutant : SCOL", Concept.BUYER_REFERENCE),
        ("Avoir sur facture : F-11", Concept.PRECEDING),
        ("N° DE CLIENT : 0215", Concept.NOISE),
    ],
)
def test_the_longest_label_says_what_follows(text: str, concept: Concept) -> None:
    assert concepts(text)[0] is concept


def test_a_code_is_no_label() -> None:
    assert concepts("PO-3333") == []
    assert concepts("po_number_123") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("F20220031", "F20220031"),
        ("BC 05162/26 du 3 mars", "BC 05162/26"),
        ("FA-2026-0042, page 1", "FA-2026-0042"),
        ("(380) 471113", "471113"),
    ],
)
def test_a_reference_keeps_its_prefix_and_loses_what_follows(text: str, value: str) -> None:
    found = reference_in(text)

    assert found is not None
    assert found[0] == value


@pytest.mark.parametrize("text", ["12/03/2026", "1 234,56 €", "du 17 juillet", "1/2", "Client"])
def test_dates_amounts_and_words_are_no_references(text: str) -> None:
    assert reference_in(text) is None


def number_of(rows: list[list[Cell]]) -> str | None:
    found = find_number([labelled_page(rows)])
    return found.value if found else None


def test_the_number_stands_beside_right_of_or_below_its_label() -> None:
    assert number_of([[(40, "Facture n° 2022089083")]]) == "2022089083"
    assert number_of([[(40, "Numéro de facture :"), (200, "F-12")]]) == "F-12"
    head: list[Cell] = [(40, "Facture n°"), (200, "Émise le"), (350, "Bon de commande")]
    below: list[Cell] = [(40, "FA-2026-0412"), (200, "21 mars 2026"), (350, "4500007853")]
    assert number_of([head, below]) == "FA-2026-0412"


def test_a_bare_label_counts_under_the_title_only() -> None:
    title: list[Cell] = [(400, "FACTURE")]

    assert number_of([title, [(400, "N° FX-2026-0042")]]) == "FX-2026-0042"
    assert number_of([[(40, "Vendeur")], [(40, "Nummer 549910")]]) is None


def test_a_page_without_number_gives_none() -> None:
    rows: list[list[Cell]] = [[(40, "FACTURE")], [(40, "Date : 12/03/2026")], [(40, "Client 12")]]

    assert number_of(rows) is None


def test_two_numbers_backed_alike_give_none() -> None:
    rows: list[list[Cell]] = [[(40, "Facture n° F-11")], [(40, "Facture n° F-12")]]

    assert number_of(rows) is None


def test_a_credit_note_is_not_numbered_by_the_invoice_it_credits() -> None:
    rows: list[list[Cell]] = [[(40, "Avoir V26-002925")], [(40, "Avoir sur facture : V26-002913")]]

    assert number_of(rows) == "V26-002925"


def test_a_reference_below_has_to_fill_its_place() -> None:
    page = labelled_page([[(40, "Votre référence")], [(40, "1 rue du Client")]])

    assert find_reference([page], Concept.BUYER_REFERENCE) is None


def test_dates_are_told_by_their_labels() -> None:
    page = labelled_page(
        [
            [(40, "Marsanne-le-Haut, le 2 mars 2026")],
            [(40, "Date de la prestation : 28 février 2026")],
            [(40, "À régler pour le 1er avril 2026.")],
        ]
    )

    dates = find_header_dates([page], DayOrder.DAY_FIRST)

    assert dates.issue is not None
    assert dates.issue.value == date(2026, 3, 2)
    assert dates.delivery is not None
    assert dates.delivery.value == date(2026, 2, 28)
    assert dates.due is not None
    assert dates.due.value == date(2026, 4, 1)


def test_a_due_date_before_the_issue_date_is_doubted() -> None:
    page = labelled_page(
        [[(40, "Date de facture : 12/03/2026")], [(40, "Date d'échéance : 12/02/2026")]]
    )

    due = find_header_dates([page], DayOrder.DAY_FIRST).due

    assert due is not None
    assert due.confidence < 0.5


def test_a_found_value_carries_its_place() -> None:
    found = find_number([labelled_page([[(40, "Facture n° F-12")]], number=1)])

    assert found is not None
    assert found.origin == "pdf_text"
    assert (found.box.page, found.box.left, found.box.top) == (1, 95, 40)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Facture numéro : 12345", "12345"),
        ("FACTURE N 12345", "12345"),
        ("Facture n° : FC 2026 0012", "FC 2026 0012"),
        ("Facture FA2026-012 du 12/03/2026", "FA2026-012"),
        ("Invoice #12345", "12345"),
        ("Rechnungs-Nr.: R17", "R17"),
        ("Facture d'avoir n° AV26-3", "AV26-3"),
        ("Facture client n° 3321", None),
    ],
)
def test_numbers_are_announced_in_many_ways(text: str, value: str | None) -> None:
    assert number_of([[(40, text)]]) == value


@pytest.mark.parametrize(
    ("text", "concept", "value"),
    [
        ("V/Cde 4500012", Concept.ORDER, "4500012"),
        ("N° EJ : 1512345678", Concept.ORDER, "1512345678"),
        ("Numéro d'engagement juridique : 2100456", Concept.ORDER, "2100456"),
        ("Suivant votre bon de commande n° BC-17 du 3 mars", Concept.ORDER, "BC-17"),
        ("PO# 4500012", Concept.ORDER, "4500012"),
        ("Marché : 2024S0045 lot 2", Concept.CONTRACT, "2024S0045"),
        ("Marché de maîtrise d'oeuvre n° 2024-MOE-05", Concept.CONTRACT, "2024-MOE-05"),
        ("Service destinataire : SCOL", Concept.BUYER_REFERENCE, "SCOL"),
    ],
)
def test_references_are_announced_in_many_ways(text: str, concept: Concept, value: str) -> None:
    found = find_reference([labelled_page([[(40, text)]])], concept)

    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    "text",
    [
        "Échéance : 30 jours soit le 11/04/2026",
        "À payer avant le 11 avril 2026",
        "Valeur en votre aimable règlement au 11/04/2026",
        "Zahlbar bis zum 11.04.2026",
        "Payment due: 11/04/2026",
    ],
)
def test_due_dates_are_announced_in_many_ways(text: str) -> None:
    due = find_header_dates([labelled_page([[(40, text)]])], DayOrder.DAY_FIRST).due

    assert due is not None
    assert due.value == date(2026, 4, 11)
