"""Seller and buyer, and the identifiers that belong to them."""

from __future__ import annotations

import pytest

from ingest.parsers.pages.blocks import find_blocks
from ingest.parsers.pages.parties import Parties, find_parties
from ingest.parsers.pages.party_names import clean_name
from ingest.parsers.pages.printed_ids import IdKind, PrintedId, find_ids
from tests.page_maker import Cell, invoice_rows, labelled_page


def parties_of(rows: list[list[Cell]]) -> Parties:
    pages = [labelled_page(rows)]
    return find_parties(pages, find_ids(pages))


def ids_of(text: str) -> list[PrintedId]:
    return find_ids([labelled_page([[(40, text)]])])


def names(parties: Parties) -> tuple[str | None, str | None]:
    seller, buyer = parties.seller.name, parties.buyer.name
    return seller.value if seller else None, buyer.value if buyer else None


def test_a_heading_names_the_buyer_and_the_letterhead_the_seller() -> None:
    parties = parties_of(invoice_rows())

    assert names(parties) == ("Papeterie Horizon SARL", "Commune de Verzé")
    assert {i.kind for i in parties.seller_ids} == {IdKind.SIRET, IdKind.VAT}
    assert parties.buyer_ids == ()


def test_without_headings_the_address_apart_is_the_buyer() -> None:
    rows: list[list[Cell]] = [
        [(40, "LAITERIE DU BOCAGE SA")],
        [(40, "ZI NORD, LOT 7")],
        [(40, "38130 ÉCHIROLLES")],
        [(40, "SIRET 92379889600059"), (200, "TVA FR00923798896")],
        [],
        [],
        [(300, "CENTRE HOSPITALIER DE MONTREVEL")],
        [(300, "85 RUE DES FONTAINES")],
        [(300, "01340 MONTREVEL-SUR-REYNE")],
    ]

    assert names(parties_of(rows)) == ("LAITERIE DU BOCAGE SA", "CENTRE HOSPITALIER DE MONTREVEL")


def test_a_keyed_name_is_found_under_its_heading() -> None:
    rows: list[list[Cell]] = [
        [(40, "Verkäufer")],
        [(40, "Nummer:"), (200, "549910")],
        [(40, "Name:"), (200, "Lieferant GmbH")],
        [(40, "USt.-Id.-Nr.:"), (200, "DE123456788")],
        [],
        [(40, "Käufer")],
        [(40, "Name:"), (200, "Kunden AG Mitte")],
        [(40, "USt.-Id.-Nr.:"), (200, "DE987654328")],
    ]

    parties = parties_of(rows)

    assert names(parties) == ("Lieferant GmbH", "Kunden AG Mitte")
    assert [i.value for i in parties.seller_ids] == ["DE123456788"]
    assert [i.value for i in parties.buyer_ids] == ["DE987654328"]


def test_a_delivery_address_is_neither_side() -> None:
    rows: list[list[Cell]] = [
        [(40, "Vendeur : Horizon SARL"), (300, "Client : Mairie de Verzé")],
        [],
        [(40, "Adresse de livraison")],
        [(40, "École du Parc")],
        [(40, "71260 Verzé")],
        [(40, "SIRET 73282932000074")],
    ]

    parties = parties_of(rows)

    assert names(parties) == ("Horizon SARL", "Mairie de Verzé")
    assert parties.buyer_ids == ()
    assert parties.seller_ids == ()


def test_your_vat_number_is_the_buyers() -> None:
    rows: list[list[Cell]] = [
        [(40, "Acme Ltd.")],
        [(40, "Your VAT ID:"), (200, "DE136695976")],
        [(40, "VAT-ID: DE811569869")],
    ]

    parties = parties_of(rows)

    assert [i.value for i in parties.buyer_ids] == ["DE136695976"]


def test_an_address_is_one_block() -> None:
    page = labelled_page(
        [[(40, "Commune de Verzé")], [(40, "71260 Verzé")], [], [], [(40, "Objet")]]
    )

    blocks = find_blocks(page.phrases)

    assert [len(b.phrases) for b in blocks] == [2, 1]
    assert blocks[0].has_address


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("FOURNISSEUR F SARL au capital de 50 000 EUR", "FOURNISSEUR F SARL"),
        ("SARL Fournipro, ZA des Grands Champs, 45000 Orléans", "SARL Fournipro"),
        ("Laiterie du Bocage - ZI Nord 38130 Échirolles", "Laiterie du Bocage"),
        ("LOGO LE FOURNISSEUR", "LE FOURNISSEUR"),
        ("Steel, Laura", "Steel, Laura"),
    ],
)
def test_a_name_is_cut_from_what_follows(text: str, name: str) -> None:
    assert clean_name(text) == name


def test_an_account_number_is_proven_by_its_check_digits() -> None:
    (found,) = ids_of("IBAN : FR14 2004 1010 0505 0001 3M02 606 - BIC : PSSTFRPP")

    assert found.value == "FR1420041010050500013M02606"
    assert found.checked
    assert found.confidence > 0.95


def test_an_account_number_with_wrong_check_digits_is_doubted() -> None:
    (found,) = ids_of("IBAN : FR15 2004 1010 0505 0001 3M02 606")

    assert not found.checked
    assert found.confidence < 0.9


def test_a_wrapped_account_number_is_put_together() -> None:
    page = labelled_page([[(40, "IBAN FR14 2004 1010 0505")], [(40, "0001 3M02 606")]])

    assert [i.value for i in find_ids([page])] == ["FR1420041010050500013M02606"]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("SIRET 732 829 320 00074", IdKind.SIRET, "73282932000074"),
        ("R.C.S. Angers 732 829 320", IdKind.SIREN, "732829320"),
        ("N° TVA : FR 44 732 829 320", IdKind.VAT, "FR44732829320"),
        ("USt-IdNr. DE 136 695 976", IdKind.VAT, "DE136695976"),
        ("Steuernummer: 201/113/40209", IdKind.TAX_NUMBER, "201/113/40209"),
    ],
)
def test_identifiers_are_read_without_their_spaces(text: str, kind: IdKind, value: str) -> None:
    assert [(i.kind, i.value) for i in ids_of(text)] == [(kind, value)]


def test_a_telephone_number_is_no_identifier() -> None:
    assert ids_of("Tél. 02 41 88 12 34 56") == []


def test_a_footer_names_the_seller_where_the_letterhead_is_a_picture() -> None:
    rows: list[list[Cell]] = [
        [(360, "Facture n° 2026030451")],
        [],
        [(330, "CCAS DE MONTLUCON")],
        [(330, "12 RUE DES FORGES")],
        [(330, "03100 MONTLUCON")],
        *[[] for _ in range(48)],
        [(80, "Les Saveurs d'Allier SAS - 3 avenue de la Gare - 03000 Moulins")],
        [(80, "SIRET 732 829 320 00074")],
    ]

    parties = parties_of(rows)

    assert names(parties) == ("Les Saveurs d'Allier SAS", "CCAS DE MONTLUCON")
    assert [i.value for i in parties.seller_ids] == ["73282932000074"]
