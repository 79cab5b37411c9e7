"""Layouts of invoicing software: labels and places that differ from one program to the next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.invoice import Invoice
from ingest.parsers.pages.assembly import read_invoice
from ingest.parsers.pages.column_vocabulary import Holds, classify
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.dates import DayOrder
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.header_dates import find_header_dates
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import lay_out
from ingest.parsers.pages.parties import find_parties
from ingest.parsers.pages.printed_ids import IdKind, find_ids
from ingest.parsers.pages.references import find_number, find_reference
from ingest.parsers.pages.totals_vocabulary import Sum, sum_label
from ingest.parsers.pages.words import PageWords
from tests.page_maker import Cell, labelled_page, right, words_at

TOP: list[list[Cell]] = [
    [(40, "Menuiserie Aubin SARL"), (360, "Facture n° F-12")],
    [(40, "21000 Dijon"), (360, "Date : 12/03/2026")],
    [],
]


def read(rows: list[list[Cell]]) -> Invoice:
    invoice = read_invoice([labelled_page(rows)]).invoice
    assert invoice is not None
    return invoice


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("Gesamtbetrag (inkl. USt.)", Sum.GROSS),
        ("Total € TTC", Sum.GROSS),
        ("Total € HT", Sum.NET),
        ("Nettogesamtbetrag", Sum.NET),
        ("Summe MwSt.", Sum.TAX),
        ("Output VAT 20%", Sum.TAX),
        ("Déjà réglé", Sum.PREPAID),
        ("Bezahlt", Sum.PREPAID),
        ("Reste dû", Sum.PAYABLE),
        ("Montant total à payer", Sum.PAYABLE),
        ("Restzahlung", Sum.PAYABLE),
        ("Trade discount", Sum.ALLOWANCES),
        ("Total travaux HT", Sum.LINES),
    ],
)
def test_a_sum_is_told_by_its_label(text: str, which: Sum) -> None:
    label = sum_label(fold_printed(text))

    assert label is not None
    assert label[0] is which


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Diligences", Holds.NAME),
        ("Temps passé", Holds.QUANTITY),
        ("Taux horaire", Holds.PRICE),
        ("Prix U. HT", Holds.PRICE),
        ("% REM", Holds.DISCOUNT),
        ("Réduc.", Holds.DISCOUNT),
        ("Taxes", Holds.VAT_RATE),
        ("Netto", Holds.AMOUNT),
        ("Einzelpreis netto", Holds.PRICE),
        ("Best.-Nr.", Holds.CODE),
    ],
)
def test_a_column_is_told_by_its_label(text: str, holds: Holds) -> None:
    assert classify(fold_printed(text)) is holds


def test_a_reference_close_under_the_title_is_the_number() -> None:
    page = labelled_page(
        [
            [(400, "Facture")],
            [(400, "Réf. : FA2601-0007")],
            [(400, "Réf. client : 4711")],
        ]
    )

    number = find_number([page])

    assert number is not None
    assert number.value == "FA2601-0007"


def test_a_reference_far_from_the_title_is_not_the_number() -> None:
    rows: list[list[Cell]] = [[(400, "Facture")], *([[]] * 8), [(40, "Réf. : 77-1187")]]

    assert find_number([labelled_page(rows)]) is None


def test_the_date_in_a_longer_label_is_not_the_date_of_issue() -> None:
    page = labelled_page(
        [
            [(40, "Numéro"), (140, "Date"), (240, "Date échéance")],
            [(40, "F-12"), (140, "28/01/2026"), (240, "27/02/2026")],
        ]
    )

    dates = find_header_dates([page], DayOrder.DAY_FIRST)

    assert dates.issue is not None
    assert dates.issue.value == date(2026, 1, 28)
    assert dates.due is not None
    assert dates.due.value == date(2026, 2, 27)


def test_identifiers_go_to_the_heading_over_them() -> None:
    page = labelled_page(
        [
            [(40, "Titulaire du marché"), (240, "Pouvoir adjudicateur")],
            [(40, "Horizon SARL"), (240, "Commune de Verzé")],
            [(40, "21000 Dijon"), (240, "71260 Verzé")],
            [(240, "SIRET : 21710574900019")],
        ]
    )

    parties = find_parties([page], find_ids([page]))

    assert [(i.kind, i.value) for i in parties.buyer_ids] == [(IdKind.SIRET, "21710574900019")]


def test_who_stands_in_large_type_is_the_sender() -> None:
    words = [
        *words_at(40, 40, "Sonja Weiss Atelier", 22.0),
        *words_at(40, 110, "Sonja Weiss Atelier"),
        *words_at(40, 124, "99084 Erfurt"),
        *words_at(400, 110, "Scierie Monnet SARL"),
        *words_at(400, 124, "Comptabilité"),
        *words_at(40, 300, "Prestations du mois de mars"),
        *words_at(40, 314, "Merci de votre confiance"),
    ]
    page = LabelledPage(lay_out(PageWords(1, 595.0, 842.0, tuple(words))))

    parties = find_parties([page], [])

    assert parties.buyer.name is not None
    assert parties.buyer.name.value == "Scierie Monnet SARL"


def test_the_rest_of_a_sentence_names_nobody() -> None:
    page = labelled_page(
        [
            [(40, "Énergies du Rhône SA")],
            [(40, "Par téléphone : 09 69 32 15 15 (service gratuit + prix")],
            [(40, "appel)")],
            [(40, "41975 BLOIS CEDEX 9")],
            [],
            [],
            [(340, "COMMUNE DE VERZÉ")],
            [(340, "71260 VERZÉ")],
        ]
    )

    parties = find_parties([page], [])

    assert parties.buyer.name is not None
    assert parties.buyer.name.value == "COMMUNE DE VERZÉ"


def test_a_lone_price_is_what_the_item_costs() -> None:
    invoice = read(
        [
            *TOP,
            [(40, "Article"), right(550, "Prix HT")],
            [(40, "Audit du site"), right(550, "450,00 €")],
            [(40, "Rapport"), right(550, "150,00 €")],
            [(40, "Total HT"), right(550, "600,00 €")],
        ]
    )

    assert [line.net_amount for line in invoice.lines] == [Decimal("450.00"), Decimal("150.00")]


def test_a_vague_head_is_the_price_where_it_multiplies() -> None:
    invoice = read(
        [
            *TOP,
            [(40, "Diligences"), right(330, "Temps"), right(420, "Taux"), right(550, "Total HT")],
            [(40, "Consultation"), right(330, "2,5"), right(420, "240,00"), right(550, "600,00")],
            [(40, "Audience"), right(330, "1"), right(420, "850,00"), right(550, "850,00")],
            [(40, "Total HT"), right(550, "1 450,00")],
        ]
    )

    assert [line.net_price for line in invoice.lines] == [Decimal("240.00"), Decimal("850.00")]
    assert all(line.vat_rate is None for line in invoice.lines)


def test_the_subtotal_of_a_group_is_no_item() -> None:
    head: list[Cell] = [
        (40, "Produit"),
        right(330, "Volume"),
        right(420, "Prix"),
        right(550, "Montant HT"),
    ]
    invoice = read(
        [
            *TOP,
            head,
            [(40, "Gazole"), right(330, "100"), right(420, "1,50"), right(550, "150,00")],
            [(40, "Sous-total carte 1"), right(550, "150,00")],
            [(40, "Péages"), right(330, "2"), right(420, "11,00"), right(550, "22,00")],
            [(40, "Sous-total carte 2"), right(550, "22,00")],
            [(40, "Total HT"), right(550, "172,00")],
        ]
    )

    assert [line.name for line in invoice.lines] == ["Gazole", "Péages"]


def test_letters_in_brackets_stay_with_the_name() -> None:
    invoice = read(
        [
            *TOP,
            [(40, "Libellé"), right(550, "Montant HT")],
            [(40, "Contribution d'acheminement (CTA)"), right(550, "13,06")],
            [(40, "Classeur (CL-400)"), right(550, "4,00")],
        ]
    )

    assert [line.name for line in invoice.lines] == [
        "Contribution d'acheminement (CTA)",
        "Classeur",
    ]


def test_cells_set_close_are_told_apart_by_their_heads() -> None:
    page = labelled_page(
        [
            [(40, "N° commande"), (120, "N° BL"), (170, "N° TVA client"), (300, "Échéance")],
            [(40, "CH-2026-71"), (120, "BL-77"), (150, "FR11261800122"), (300, "21/02/2026")],
        ]
    )

    despatch = find_reference([page], Concept.DESPATCH)

    assert despatch is not None
    assert despatch.value == "BL-77"


def test_a_head_that_says_customer_gives_the_number_to_the_buyer() -> None:
    page = labelled_page(
        [
            [(40, "Horizon SARL"), (340, "Commune de Verzé")],
            [(40, "21000 Dijon"), (340, "71260 Verzé")],
            [],
            [],
            [(40, "N° commande"), (160, "N° TVA client"), (300, "Échéance")],
            [(40, "CH-2026-71"), (160, "FR44732829320"), (300, "21/02/2026")],
        ]
    )

    parties = find_parties([page], find_ids([page]))

    assert [i.value for i in parties.buyer_ids] == ["FR44732829320"]


def test_a_value_centred_under_a_head_flush_left_is_found() -> None:
    page = labelled_page(
        [
            [(340, "FACTURE")],
            [(300, "Numéro"), (400, "Date"), (470, "Client"), (540, "Page")],
            [(335, "AB/26/18"), (410, "22/01/26"), (485, "C04852"), (545, "1")],
        ]
    )

    number = find_number([page])

    assert number is not None
    assert number.value == "AB/26/18"


def test_what_is_printed_under_the_table_is_the_senders() -> None:
    page = labelled_page(
        [
            [(40, "Facturé à")],
            [(40, "Commune de Verzé")],
            [(40, "71260 Verzé")],
            [(40, "Désignation"), (330, "Qté"), (420, "PU HT"), (500, "Montant HT")],
            [(40, "Papier"), (330, "1"), (420, "4,00"), (500, "4,00")],
            [(40, "TVA intracommunautaire : FR44732829320")],
        ]
    )

    parties = find_parties([page], find_ids([page]))

    assert [i.value for i in parties.seller_ids] == ["FR44732829320"]


def test_the_legal_form_with_the_capital_is_no_name() -> None:
    page = labelled_page(
        [
            [(40, "MOBILIER ET COLLECTIVITES")],
            [(40, "SAS au capital de 600 000 €")],
            [(40, "21000 Dijon")],
            [],
            [],
            [(340, "Facturé à")],
            [(340, "Commune de Verzé")],
            [(340, "71260 Verzé")],
        ]
    )

    parties = find_parties([page], [])

    assert parties.seller.name is not None
    assert parties.seller.name.value == "MOBILIER ET COLLECTIVITES"


def test_numbers_flush_right_under_heads_flush_left_keep_their_columns() -> None:
    invoice = read(
        [
            *TOP,
            [(40, "Nature"), (300, "Qté"), (360, "Prix unitaire"), (470, "Montant")],
            [(40, "Dallage"), right(355, "12"), right(465, "45,00 €"), right(560, "540,00 €")],
            [(40, "Enduit"), right(355, "3"), right(465, "180,00 €"), right(560, "540,00 €")],
            [(40, "Total HT"), right(560, "1 080,00 €")],
        ]
    )

    assert [(line.quantity, line.net_price) for line in invoice.lines] == [
        (Decimal(12), Decimal("45.00")),
        (Decimal(3), Decimal("180.00")),
    ]


def test_what_is_payable_with_vat_is_the_gross_total() -> None:
    invoice = read(
        [
            *TOP,
            [(40, "Désignation"), right(550, "Montant HT")],
            [(40, "Audit"), right(550, "100,00")],
            [(40, "Total HT"), right(550, "100,00")],
            [(40, "Total TVA"), right(550, "20,00")],
            [(40, "Net à payer TTC"), right(550, "120,00")],
        ]
    )

    assert invoice.totals.tax_inclusive == Decimal("120.00")


def test_a_number_in_the_foot_leaves_the_other_to_the_buyer() -> None:
    rows: list[list[Cell]] = [
        [(40, "Logicielle")],
        [(40, "44000 Nantes")],
        [],
        [(340, "Atelier Bois Massif")],
        [(340, "39300 Champagnole")],
        [(340, "N° TVA: FR44732829320")],
        *([[]] * 45),
        [(40, "Logicielle - N° TVA: FR83404833048")],
    ]
    page = labelled_page(rows)

    parties = find_parties([page], find_ids([page]))

    assert parties.buyer.name is not None
    assert parties.buyer.name.value == "Atelier Bois Massif"
    assert [i.value for i in parties.seller_ids] == ["FR83404833048"]


def test_a_row_of_totals_under_the_columns_is_no_item() -> None:
    invoice = read(
        [
            *TOP,
            [
                (40, "Produit"),
                right(250, "Volume"),
                right(330, "Prix moyen"),
                right(410, "Montant HT"),
                right(470, "TVA"),
                right(550, "Montant TTC"),
            ],
            [
                (40, "Gazole"),
                right(250, "100"),
                right(330, "1,50"),
                right(410, "150,00"),
                right(470, "30,00"),
                right(550, "180,00"),
            ],
            [
                (40, "TOTAL FACTURE"),
                right(410, "150,00"),
                right(470, "30,00"),
                right(550, "180,00"),
            ],
        ]
    )

    assert len(invoice.lines) == 1
    assert invoice.totals.tax_exclusive == Decimal("150.00")
    assert invoice.totals.tax_inclusive == Decimal("180.00")


def test_a_town_in_the_next_column_is_no_number() -> None:
    page = labelled_page(
        [
            [(40, "FACTURE N°"), (240, "14750 Saint-Aubin-sur-Mer")],
            [(40, "FC26-0502")],
        ]
    )

    number = find_number([page])

    assert number is not None
    assert number.value == "FC26-0502"


def test_a_service_of_two_letters_is_a_code() -> None:
    page = labelled_page([[(40, "Code service")], [(40, "RH")]])

    service = find_reference([page], Concept.BUYER_REFERENCE)

    assert service is not None
    assert service.value == "RH"
