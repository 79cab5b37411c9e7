"""Columns set close, columns that only sums can tell, and names that narrow columns break."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.invoice import Invoice
from ingest.parsers.pages.assembly import read_invoice
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.dates import DayOrder
from ingest.parsers.pages.header_dates import find_header_dates
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import lay_out, split_at_gaps
from ingest.parsers.pages.parties import find_parties
from ingest.parsers.pages.references import find_number, find_reference
from ingest.parsers.pages.words import PageWords, Word
from tests.page_maker import Cell, labelled_page, right, words_at

TOP: list[list[Cell]] = [
    [(40, "Menuiserie Aubin SARL"), (360, "Facture n° F-12")],
    [(40, "21000 Dijon"), (360, "Date : 12/03/2026")],
    [],
]


def read(rows: list[list[Cell]]) -> Invoice:
    invoice = read_invoice([labelled_page([*TOP, *rows])]).invoice
    assert invoice is not None
    return invoice


def test_two_numbers_set_close_stay_two() -> None:
    apart = [*words_at(40, 40, "2"), *words_at(52, 40, "120,000")]
    one = words_at(40, 40, "2 120,000")

    assert [[w.text for w in part] for part in split_at_gaps(apart)] == [["2"], ["120,000"]]
    assert len(split_at_gaps(one)) == 1


def test_a_space_of_typewriter_type_parts_no_thousands() -> None:
    words = [Word("1", 40, 40, 44.6, 47.6), Word("480,00", 49.2, 40, 76.7, 47.6)]

    assert len(split_at_gaps(words)) == 1


def test_heads_set_close_are_two_columns() -> None:
    head: list[Cell] = [(40, "Description"), right(330, "Qté"), right(420, "PU HT")]
    item: list[Cell] = [(40, "Câble RJ45"), right(330, "4"), right(420, "25,00")]
    invoice = read(
        [
            [*head, (455, "TVA"), (478, "Montant HT")],
            [*item, right(470, "20,00"), right(528, "100,00")],
            [right(420, "Total HT"), right(528, "100,00")],
        ]
    )

    assert [(x.vat_rate, x.net_amount) for x in invoice.lines] == [
        (Decimal("20.00"), Decimal("100.00"))
    ]


def coded(first: str, second: str) -> Invoice:
    return read(
        [
            [(40, "Désignation"), right(330, "Qté"), right(420, "PU HT"), right(520, "Montant HT")],
            [
                (40, "Vanne"),
                right(330, "2"),
                right(420, "30,00"),
                right(520, "60,00"),
                (550, first),
            ],
            [
                (40, "Joint"),
                right(330, "6"),
                right(420, "5,00"),
                right(520, "30,00"),
                (550, second),
            ],
            [],
            [(40, "Code"), (90, "Base HT"), (170, "Taux TVA"), (250, "Montant TVA")],
            [(40, "1"), (90, "60,00"), (170, "20,00"), (250, "12,00")],
            [(40, "2"), (90, "30,00"), (170, "10,00"), (250, "3,00")],
            [right(460, "Total HT"), right(550, "90,00")],
            [right(460, "Total TVA"), right(550, "15,00")],
            [right(460, "Total TTC"), right(550, "105,00")],
        ]
    )


def test_a_code_behind_the_amount_names_the_rate() -> None:
    assert [x.vat_rate for x in coded("1", "2").lines] == [Decimal("20.00"), Decimal("10.00")]


def test_codes_that_do_not_make_the_bases_name_no_rate() -> None:
    assert [x.vat_rate for x in coded("2", "1").lines] == [None, None]


def test_of_two_columns_of_amounts_the_one_that_adds_up_is_billed() -> None:
    invoice = read(
        [
            [
                (40, "Ouvrages"),
                right(250, "Qté"),
                right(320, "PU HT"),
                right(410, "Montant marché"),
                right(550, "Montant situation HT"),
            ],
            [
                (40, "Dallage"),
                right(250, "10"),
                right(320, "40,00"),
                right(410, "400,00"),
                right(550, "100,00"),
            ],
            [
                (40, "Enduit"),
                right(250, "20"),
                right(320, "5,00"),
                right(410, "100,00"),
                right(550, "50,00"),
            ],
            [right(410, "Total HT"), right(550, "150,00")],
            [right(410, "TVA 20 %"), right(550, "30,00")],
            [right(410, "Total TTC"), right(550, "180,00")],
        ]
    )

    assert [x.net_amount for x in invoice.lines] == [Decimal("100.00"), Decimal("50.00")]
    assert [x.quantity for x in invoice.lines] == [None, None]


def test_items_under_a_head_nobody_knows_are_told_by_their_words() -> None:
    invoice = read(
        [
            [
                (40, "Consistance"),
                (260, "Code"),
                right(380, "Qté"),
                right(460, "PU HT"),
                right(550, "Montant HT"),
            ],
            [
                (40, "Vidange et filtre à huile"),
                (260, "VID2"),
                right(380, "1"),
                right(460, "80,00"),
                right(550, "80,00"),
            ],
            [right(460, "Total HT"), right(550, "80,00")],
        ]
    )

    assert [(x.name, x.seller_item_id) for x in invoice.lines] == [
        ("Vidange et filtre à huile", "VID2")
    ]


def test_a_heading_names_only_the_column_under_it() -> None:
    page = labelled_page(
        [
            [(40, "FOURNISSEUR"), (180, "DESTINATAIRE"), (400, "FACTURE")],
            [(40, "Groupement du"), (180, "Centre hospitalier"), (400, "N° 202660093")],
            [(40, "Morvan SCOP"), (180, "intercommunal de l'Oise"), (400, "du 6 août 2026")],
            [(40, "58120 Corancy"), (180, "95260 Beaumont")],
        ]
    )

    parties = find_parties([page], [])

    assert parties.seller.name is not None
    assert parties.seller.name.value == "Groupement du Morvan SCOP"
    assert parties.buyer.name is not None
    assert parties.buyer.name.value == "Centre hospitalier intercommunal de l'Oise"
    number = find_number([page])
    assert number is not None
    assert number.value == "202660093"


def test_who_stands_under_the_senders_small_row_is_addressed() -> None:
    words = [
        *words_at(364, 34, "Hansen Elektrotechnik GmbH", 16.0),
        *words_at(40, 51, "Hansen Elektrotechnik GmbH - Gewerbering 12 - 24941 Flensburg", 8.0),
        *words_at(40, 60, "Klinik Bergstadt gGmbH"),
        *words_at(40, 72, "09599 Freiberg"),
        *words_at(40, 195, "Rechnung", 12.0),
        *words_at(40, 219, "Sehr geehrte Damen und Herren,"),
    ]
    page = LabelledPage(lay_out(PageWords(1, 595.0, 842.0, tuple(words))))

    buyer = find_parties([page], []).buyer.name

    assert buyer is not None
    assert buyer.value == "Klinik Bergstadt gGmbH"
    assert buyer.confidence > 0.8


def test_the_day_behind_the_terms_is_that_of_payment() -> None:
    page = labelled_page(
        [
            [(40, "Facture n° A26-7241 du 14/04/2026")],
            [(40, "Règlement à 30 jours fin de mois : 31/05/2026")],
            [(40, "B.L. n° BL62335 du 11/04/2026")],
        ]
    )

    due = find_header_dates([page], DayOrder.DAY_FIRST).due
    despatch = find_reference([page], Concept.DESPATCH)

    assert due is not None
    assert due.value.isoformat() == "2026-05-31"
    assert despatch is not None
    assert despatch.value == "BL62335"


def test_items_need_no_head_over_their_names() -> None:
    invoice = read(
        [
            [right(330, "Qté"), right(420, "PU HT"), right(480, "TVA"), right(550, "HT")],
            [
                (40, "Yaourt nature bio"),
                right(330, "120"),
                right(420, "0,50"),
                right(480, "5,5 %"),
                right(550, "60,00"),
            ],
            [right(460, "Total HT"), right(550, "60,00")],
        ]
    )

    assert [(x.name, x.net_amount) for x in invoice.lines] == [
        ("Yaourt nature bio", Decimal("60.00"))
    ]


def test_rates_without_a_head_are_no_items() -> None:
    invoice = read(
        [
            [right(330, "Montant HT"), right(420, "TVA"), right(550, "Montant TTC")],
            [(40, "Taux 20 %"), right(330, "60,00"), right(420, "12,00"), right(550, "72,00")],
            [(40, "Net à payer"), right(550, "72,00")],
        ]
    )

    assert invoice.lines == ()
    assert invoice.totals.tax == Decimal("12.00")


def taxed(rows: list[list[Cell]]) -> Invoice:
    return read(
        [
            [(40, "Désignation"), right(330, "Qté"), right(420, "PU HT"), right(550, "Montant HT")],
            [(40, "Vanne"), right(330, "2"), right(420, "30,00"), right(550, "60,00")],
            [(40, "Joint"), right(330, "8"), right(420, "5,00"), right(550, "40,00")],
            [],
            *rows,
        ]
    )


def test_rows_of_the_breakdown_together_are_the_totals() -> None:
    invoice = taxed(
        [
            [
                right(110, "Base HT"),
                right(200, "Taux TVA"),
                right(330, "Montant TVA"),
                right(550, "Total TTC"),
            ],
            [right(110, "60,00"), right(200, "20,00"), right(330, "12,00")],
            [right(110, "40,00"), right(200, "10,00"), right(330, "4,00"), right(550, "116,00")],
        ]
    )

    assert invoice.totals.tax_exclusive == Decimal("100.00")
    assert invoice.totals.tax == Decimal("16.00")


def test_a_subtotal_to_which_vat_is_added_is_the_net_total() -> None:
    invoice = taxed(
        [
            [right(460, "Sous-total"), right(550, "100,00")],
            [right(460, "TVA 20 %"), right(550, "20,00")],
            [right(460, "Montant dû"), right(550, "120,00")],
        ]
    )

    assert invoice.totals.tax_exclusive == Decimal("100.00")
    assert invoice.totals.tax_inclusive == Decimal("120.00")


def test_a_blank_row_does_not_part_a_name_from_its_street() -> None:
    page = labelled_page(
        [
            [(40, "ATELIERS ROUSSILLON SARL")],
            [(40, "22 rue Ampère")],
            [(40, "66000 Perpignan")],
            [],
            [],
            [(340, "Communauté de communes du Haut-Bugey")],
            [],
            [(340, "57 rue René Nicod")],
            [(340, "01117 Oyonnax")],
        ],
        first=70.0,
    )

    buyer = find_parties([page], []).buyer.name

    assert buyer is not None
    assert buyer.value == "Communauté de communes du Haut-Bugey"


def test_totals_in_one_row_are_no_item() -> None:
    invoice = read(
        [
            [(40, "Désignation"), right(270, "PU HT"), right(330, "Qté"), right(440, "Total HT")],
            [(40, "Vanne"), right(270, "30,00"), right(330, "2"), right(440, "60,00")],
            [(40, "Total HT : 60,00 €"), (160, "TVA : 12,00 €"), (260, "Total TTC : 72,00 €")],
        ]
    )

    assert [x.name for x in invoice.lines] == ["Vanne"]
    assert invoice.totals.tax_inclusive == Decimal("72.00")


def test_a_name_may_stand_in_a_row_over_its_numbers() -> None:
    invoice = read(
        [
            [(40, "Désignation"), right(330, "Qté"), right(420, "Prix"), right(550, "Montant HT")],
            [(40, "Taille de haies, rue du Stade")],
            [(40, "TH02"), right(330, "2"), right(420, "30,00"), right(550, "60,00")],
            [(40, "Yaourt nature")],
            [(40, "YNB"), right(330, "4"), right(420, "1,00"), right(550, "4,00")],
            [right(460, "Total HT"), right(550, "64,00")],
        ]
    )

    assert [(x.name, x.seller_item_id) for x in invoice.lines] == [
        ("Taille de haies, rue du Stade", "TH02"),
        ("Yaourt nature", "YNB"),
    ]


def test_two_fields_are_no_label_in_two_rows() -> None:
    page = labelled_page(
        [
            [(300, "Facture"), (400, "36864-2026")],
            [(300, "Du"), (400, "22/04/2026")],
            [(300, "Échéance au"), (400, "22/05/2026")],
        ]
    )

    number = find_number([page])

    assert number is not None
    assert number.value == "36864-2026"


def test_a_town_may_lead_the_date_without_a_comma() -> None:
    page = labelled_page([[(300, "Perpignan le 07/06/2026")], [(40, "Facture N° 118/2026")]])

    issue = find_header_dates([page], DayOrder.DAY_FIRST).issue

    assert issue is not None
    assert issue.value.isoformat() == "2026-06-07"


def test_a_name_is_no_vat_number() -> None:
    page = labelled_page(
        [
            [(40, "Plomberie Vasseur SAS"), (200, "Client")],
            [(40, "N° TVA"), (200, "CCAS de Vierzon")],
            [(40, "FR37738544881"), (200, "5 rue du Maréchal Joffre")],
            [(200, "18100 Vierzon")],
        ]
    )

    buyer = find_parties([page], []).buyer.name

    assert buyer is not None
    assert buyer.value == "CCAS de Vierzon"


def test_a_row_at_the_head_may_hold_the_whole_letterhead() -> None:
    page = labelled_page(
        [
            [
                (
                    40,
                    "Cars du Morvan SCOP - Route de Corbigny - 58120 Corancy - Tél : 03 77 90 42",
                )
            ],
            [(40, "FACTURE N° 123567")],
            [],
            [(340, "Communauté de communes du Haut-Bugey")],
            [(340, "57 rue René Nicod")],
            [(340, "01117 Oyonnax")],
            *([[]] * 40),
            [(40, "Cars du Morvan SCOP - Capital 80 000 € - Siren 645789413")],
        ]
    )

    seller = find_parties([page], []).seller.name

    assert seller is not None
    assert seller.value == "Cars du Morvan SCOP"
    assert seller.confidence > 0.8


def test_the_days_of_the_items_are_not_that_of_the_document() -> None:
    page = labelled_page(
        [
            [(40, "Note d'honoraires n° 7741")],
            [(40, "Le 12 mars 2026")],
            [],
            [(40, "Date"), (140, "Diligences"), right(330, "Temps"), right(550, "Honoraires HT")],
            [(40, "03/02/2026"), (140, "Audience"), right(330, "2,5"), right(550, "600,00")],
        ]
    )

    issue = find_header_dates([page], DayOrder.DAY_FIRST).issue

    assert issue is not None
    assert issue.value.isoformat() == "2026-03-12"


def test_a_customers_code_is_no_name() -> None:
    page = labelled_page(
        [
            [(40, "Mairie de Lanvollon"), (340, "Plomberie Vasseur SAS")],
            [(40, "22290 Lanvollon"), (340, "62217 Beaurains")],
            [],
            [(40, "FACTURE N° : W60587"), (240, "CLIENT : C09983")],
        ]
    )

    buyer = find_parties([page], []).buyer.name

    assert buyer is not None
    assert buyer.value == "Mairie de Lanvollon"


@pytest.mark.parametrize("before", ["A" + "-" * 3000 + " "])
def test_what_is_no_town_before_a_date_is_soon_said(before: str) -> None:
    page = labelled_page([[(40, before + "07/06/2026")]])

    assert find_header_dates([page], DayOrder.DAY_FIRST).issue is None


def test_tokens_of_digits_before_a_date_are_soon_looked_through() -> None:
    between = " ".join(["1" * 3000] * 3)
    page = labelled_page([[(40, f"Facture N° {between} x 07/06/2026")]])

    assert find_header_dates([page], DayOrder.DAY_FIRST).issue is None
