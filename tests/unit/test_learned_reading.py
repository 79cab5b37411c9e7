"""What a correction teaches, on pages set by hand: found again, or not applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.evidence import CorrectionMark, PageBox
from domain.invoice import Invoice, Reading
from domain.lesson import Asked, Lesson, Located, Stands, Wanted
from ingest.learning.likeness import are_alike
from ingest.parsers.pdf_text import read_pages
from tests.odd_layout import ITEMS, Item, odd_invoice, odd_rows
from tests.page_maker import Cell, invoice_rows, right
from tests.printed_maker import drawn

MARK = CorrectionMark("c1", "2026-03-12T10:00:00.000000Z", "anne")
OTHER_ITEMS: tuple[Item, ...] = (
    ("Fenêtre à meneaux", "9", "8", "340.00"),
    ("Seuil en pierre", "9", "1", "85.50"),
    ("Gond à visser", "12", "10", "1.25"),
)


def located(data: bytes, *wanted: Wanted) -> list[Located]:
    return list(read_pages(data, asked=Asked(wanted=wanted)).located)


def taught(field: str, value: str, data: bytes | None = None) -> Lesson:
    """What correcting a field of the first invoice teaches."""
    (found,) = located(data or odd_invoice("VY/26/0117"), Wanted(field, value))
    return Lesson(MARK, field, found.anchors, shape=found.shape)


def read(data: bytes, *lessons: Lesson) -> Reading:
    return read_pages(data, asked=Asked(lessons=lessons))


def invoice_of(reading: Reading) -> Invoice:
    assert reading.invoice is not None
    return reading.invoice


def edited(rows: list[list[Cell]], change: Callable[[str], str]) -> bytes:
    return drawn([[(left, change(text)) for left, text in row] for row in rows])


def test_a_number_is_found_under_its_own_words_on_the_next_invoice() -> None:
    data = odd_invoice("VY/26/0932", OTHER_ITEMS, day="02/04/2026")
    assert invoice_of(read(data)).number is None

    reading = read(data, taught("number", "VY/26/0117"))

    assert invoice_of(reading).number == "VY/26/0932"
    seen = reading.evidence["number"]
    assert seen.correction == MARK
    assert isinstance(seen.where, PageBox)
    assert 0.5 < seen.confidence < 1


def test_the_place_a_person_points_at_decides_between_two() -> None:
    rows = odd_rows("VY/26/0117")
    rows[17] = [(40, "Nos références : VY/26/0117")]
    data = drawn(rows)
    (first,) = located(data, Wanted("number", "VY/26/0117"))

    (pointed,) = located(data, Wanted("number", "VY/26/0117", PageBox(1, 380.0, 87.0, 427.0, 98.0)))

    assert first.anchors[0].label.startswith("nos references")
    assert [a.label for a in pointed.anchors] == ["piece comptable"]


def test_a_column_is_read_by_the_heading_a_person_named() -> None:
    data = odd_invoice("VY/26/0932", OTHER_ITEMS)
    assert [line.quantity for line in invoice_of(read(data)).lines] == [9, 9, 12]

    reading = read(data, Lesson(MARK, "column:quantity", heading="SORTIS"))

    assert [line.quantity for line in invoice_of(reading).lines] == [8, 1, 10]
    assert reading.evidence["lines[2].quantity"].correction == MARK
    assert reading.evidence["lines[2].net_price"].correction is None


def test_a_column_whose_numbers_no_longer_multiply_is_not_believed() -> None:
    items: tuple[Item, ...] = (("Porte", "5", "3", "210.00"), ("Seuil", "7", "2", "40.00"))
    column = Lesson(MARK, "column:quantity", heading="Quantité")
    right_one = Lesson(MARK, "column:quantity", heading="Sortis")
    data = odd_invoice("VY/26/0932", items)

    reading = read(data, right_one)
    wrong = read(edited(odd_rows("VY/26/0932", items), _swapped_heads), column)

    assert [line.quantity for line in invoice_of(reading).lines] == [3, 2]
    # Here the known word stands over what was billed: the lesson, made elsewhere, would undo it.
    assert [line.quantity for line in invoice_of(wrong).lines] == [3, 2]
    assert wrong.evidence["lines[0].quantity"].correction is None


def _swapped_heads(text: str) -> str:
    return {"Quantité": "Quantité ", "Sortis": "Qté"}.get(text, text)


def test_a_heading_that_is_not_there_changes_nothing() -> None:
    data = odd_invoice("VY/26/0932", OTHER_ITEMS)

    assert read(data, Lesson(MARK, "column:quantity", heading="Kilos")) == read(data)


def test_a_sum_that_no_longer_adds_up_is_not_learned() -> None:
    lesson = taught("totals.tax_exclusive", "705.00")
    data = edited(odd_rows("VY/26/0932"), lambda t: "705,10" if t == "705,00" else t)
    plain = read(data)

    assert read(data, lesson).invoice == plain.invoice


def test_what_follows_from_a_learned_sum_is_computed_anew() -> None:
    def with_provision(number: str, amount: str, items: tuple[Item, ...]) -> bytes:
        rows = odd_rows(number, items)
        place = next(i for i, row in enumerate(rows) if row and row[0][1] == "Total TTC")
        rows.insert(place + 1, [right(450, "Provision de chantier"), right(550, amount)])
        return drawn(rows)

    lesson = taught("totals.prepaid", "100.00", with_provision("VY/26/0117", "100,00", ITEMS))

    reading = read(with_provision("VY/26/0932", "250,00", OTHER_ITEMS), lesson)

    totals = invoice_of(reading).totals
    assert (totals.prepaid, totals.payable) == (Decimal("250.00"), Decimal("3131.60"))
    assert reading.evidence["totals.prepaid"].correction == MARK


def test_check_digits_overrule_what_was_learned() -> None:
    lesson = taught("seller.legal_id", "732829320")
    data = edited(odd_rows("VY/26/0932"), lambda t: t.replace("SIREN 732", "SIREN 733"))

    reading = read(data, lesson)

    assert all(seen.correction is None for seen in reading.evidence.values())


def test_a_value_that_looks_otherwise_is_not_taken() -> None:
    lesson = taught("number", "VY/26/0117")
    reading = read(odd_invoice("en double"), lesson)

    assert invoice_of(reading).number is None


def test_a_value_that_nothing_announces_is_remembered_by_its_place() -> None:
    rows = odd_rows("VY/26/0117")
    rows[4] = []
    rows.insert(0, [(60, "7788-AB")])
    (found,) = located(drawn(rows), Wanted("number", "7788-AB"))
    assert [a.stands for a in found.anchors] == [Stands.PLACE]
    rows[0] = [(60, "7801-ZZ")]

    reading = read(drawn(rows), Lesson(MARK, "number", found.anchors, shape=found.shape))

    assert invoice_of(reading).number == "7801-ZZ"
    assert reading.evidence["number"].confidence <= 0.6


def test_a_value_that_is_nowhere_is_not_located() -> None:
    assert located(odd_invoice("VY/26/0117"), Wanted("number", "F-1")) == []


def test_layouts_of_one_template_are_alike_and_of_two_are_not() -> None:
    first = read_pages(odd_invoice("VY/26/0117")).layout
    longer = tuple((f"Article {chr(97 + i)}bc", "9", "8", "3.40") for i in range(15))

    assert are_alike(first, read_pages(odd_invoice("VY/26/0932", OTHER_ITEMS)).layout)
    assert are_alike(first, read_pages(odd_invoice("VY/27/1", longer, day="1/1/2027")).layout)
    assert not are_alike(first, read_pages(drawn(invoice_rows())).layout)
    moved = [[(x + 200 if x == 40 else x - 330, t) for x, t in row] for row in odd_rows("VY/1/1")]
    assert not are_alike(first, read_pages(drawn(moved)).layout)
    assert not are_alike((), ())


@pytest.mark.parametrize("field", ["number", "issue_date", "order_reference", "totals.payable"])
def test_a_lesson_on_another_template_finds_nothing(field: str) -> None:
    lesson = taught("number", "VY/26/0117")
    data = drawn(invoice_rows())

    assert read(data, replace(lesson, field=field)) == read(data)
