from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import normalise_reference
from matching.candidates import (
    Weight,
    is_one_character_off,
    one_wrong_character,
    quoted_references,
    windows,
)
from matching.numbers import number_key
from tests.matching_case import invoice


@pytest.mark.parametrize(
    ("note", "order_id"),
    [
        ("Commandes 26BC01754 et 26BC01759", "26BC01759"),
        ("Votre bon de commande n° BC 07356/26 du 3 mars", "BC 07356/26"),
        ("Cde:CDE-2026-0345.", "CDE-2026-0345"),
        ("réf. 4500002512, lot 2", "4500002512"),
    ],
)
def test_references_are_found_in_running_text(note: str, order_id: str) -> None:
    assert normalise_reference(order_id) in {normalised for _, normalised in windows(note)}


def test_the_place_of_a_reference_is_its_weight() -> None:
    quoted = quoted_references(
        invoice(order_reference="BC 1234/26", buyer_reference="2026-77", notes=("Cde 998877",))
    )

    weights = {q.normalised: q.weight for q in quoted}
    assert weights["123426"] is Weight.ORDER
    assert weights["202677"] is Weight.FIELD
    assert weights["998877"] is Weight.TEXT


@settings(max_examples=30, deadline=None)
@given(st.text("0123456789", min_size=4, max_size=9), st.data())
def test_every_single_slip_is_among_the_forms_tried(reference: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(reference) - 1))
    digit = data.draw(st.sampled_from("0123456789"))
    slips = {
        reference[:place] + digit + reference[place + 1 :],
        reference[:place] + reference[place + 1 :],
        reference[:place] + digit + reference[place:],
    } - {reference}

    forms = one_wrong_character(reference)

    assert slips <= forms
    assert all(is_one_character_off(reference, slip) for slip in slips)


@pytest.mark.parametrize(
    ("one", "other"),
    [("FAC0005850", "FAC-0005850"), ("26/07191", "26 07191"), ("Facture n° 14", "14")],
)
def test_an_invoice_number_is_known_in_other_dress(one: str, other: str) -> None:
    assert number_key(one) == number_key(other)


def test_other_letters_are_another_invoice() -> None:
    assert number_key("FA-12") != number_key("FC-12")
