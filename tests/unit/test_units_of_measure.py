from __future__ import annotations

from decimal import Decimal

import pytest

from matching.measures import converted
from matching.units import (
    canonical_unit,
    factor_between,
    pack_content,
    possible_factors,
    working_day,
)
from tests.matching_case import invoice_line, order_line


@pytest.mark.parametrize("written", ["C62", "H87", "EA", "PCE", "U", "pièce", "Unité", "pcs"])
def test_pieces_are_one_unit(written: str) -> None:
    assert canonical_unit(written) == "C62"


@pytest.mark.parametrize(
    ("billed", "ordered", "factor"),
    [
        ("GRM", "KGM", "0.001"),
        ("MIN", "HUR", "0.0166666666666666666666666667"),
        ("h", "MIN", "60"),
        ("TNE", "kg", "1000"),
        ("MTQ", "LTR", "1000"),
        ("MWH", "KWH", "1000"),
        ("XBX", "BX", "1"),
        ("boîte", "XBX", "1"),
        ("DZN", "C62", "12"),
        (None, "KGM", "1"),
    ],
)
def test_units_convert(billed: str | None, ordered: str, factor: str) -> None:
    found = factor_between(billed, ordered)

    assert found is not None
    assert abs(found - Decimal(factor)) < Decimal("1E-20")


@pytest.mark.parametrize(
    ("billed", "ordered"),
    [("KGM", "LTR"), ("KMT", "HUR"), ("C62", "XBX"), ("DAY", "HUR"), ("MON", "DAY")],
)
def test_units_of_other_kinds_do_not_convert(billed: str, ordered: str) -> None:
    assert factor_between(billed, ordered) is None


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Tubulure à usage unique stérile, boîte de 10", "10"),
        ("Enveloppe DL 110 x 220 mm, boîte de 500", "500"),
        ("Compresse stérile 10 x 10 cm non tissée, sachet de 5", "5"),
        ("Gazon rustique sac de 10 kg", None),
        ("Pompe immergée 15 m³/h", None),
        ("Ramette de 500 feuilles", "500"),
    ],
)
def test_wording_says_what_a_package_holds(text: str, content: str | None) -> None:
    assert pack_content(text) == (None if content is None else Decimal(content))


def test_pieces_for_boxes_convert_only_when_the_content_is_known() -> None:
    assert possible_factors("C62", "XBX", Decimal(10)) == (Decimal("0.1"), Decimal(1))
    assert possible_factors("XBX", "C62", Decimal(10)) == (Decimal(10), Decimal(1))
    assert possible_factors("C62", "XBX", None) == ()


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Consultant senior, journée de 7 h", "7"),
        ("Consultant senior (7,5 h/jour)", "7.5"),
        ("Formateur, 6 heures par journée", "6"),
        ("Consultant senior", None),
        ("Intervention sous 4 h", None),
    ],
)
def test_wording_says_how_long_a_day_of_work_is(text: str, hours: str | None) -> None:
    assert working_day(text) == (None if hours is None else Decimal(hours))


@pytest.mark.parametrize(
    ("ordered", "billed", "factor"),
    [
        (("Consultant, journée de 7 h", "DAY", "700"), ("HUR", "100"), Decimal(1) / 7),
        (("Consultant, 7 h/jour", "HUR", "100"), ("DAY", "700"), Decimal(7)),
        (("Consultant", "DAY", "700"), ("HUR", "100"), None),
        (("Gazon rustique, sac de 10 kg", "XBG", "25"), ("KGM", "2.5"), Decimal("0.1")),
        (("Gazon rustique, sac de 10 kg", "KGM", "2.5"), ("XBG", "25"), Decimal(10)),
        (("Gazon rustique, sac de 10 kg", "XBG", "25"), ("KGM", "25"), None),
        (("Gazon rustique", "XBG", "25"), ("KGM", "2.5"), None),
        (("Désherbant, bidon de 5 l", "C62", "30"), ("KGM", "6"), None),
        (("Gants de manutention", "PR", "5"), ("C62", "5"), Decimal(1)),
        (("Gants de manutention", "PR", "5"), ("C62", "2.5"), Decimal("0.5")),
    ],
)
def test_packages_and_days_convert_as_the_order_says(
    ordered: tuple[str, str, str], billed: tuple[str, str], factor: Decimal | None
) -> None:
    text, unit, price = ordered
    line = invoice_line("1", None, text, "10", *billed)

    assert converted(line, order_line("1", None, text, "10", unit, price)) == factor


def test_a_lump_sum_is_no_litre() -> None:
    assert canonical_unit("LS") == "LS"
    assert factor_between("LS", "LTR") is None


@pytest.mark.parametrize(("billed", "ordered"), [("C62", "LS"), ("forfait", "U"), ("E48", "EA")])
def test_a_whole_is_billed_as_one_piece(billed: str, ordered: str) -> None:
    bought = order_line("1", None, "Réfection du parquet", "1", ordered, "4800.00")
    near = invoice_line("1", None, "Réfection du parquet", "1", billed, "4900.00")
    far = invoice_line("1", None, "Réfection du parquet", "1", billed, "48.00")

    assert converted(near, bought) == 1
    assert converted(far, bought) is None


def test_a_carton_of_bottles_is_billed_by_the_bottle() -> None:
    bought = order_line("1", None, "Jus de pomme, carton de 12 bouteilles", "5", "XCT", "36.00")
    by_bottle = invoice_line("1", None, "Jus de pomme", "60", "XBO", "3.00")
    other = invoice_line("1", None, "Jus de pomme", "60", "XBO", "36.00")

    assert converted(by_bottle, bought) == Decimal(1) / 12
    assert converted(other, bought) is None
