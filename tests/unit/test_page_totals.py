"""Totals and VAT: labels propose, arithmetic decides."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.invoice import InvoiceLine
from ingest.parsers.pages.breakdown import entry_of, find_breakdown
from ingest.parsers.pages.completion import complete_totals
from ingest.parsers.pages.deductions import summed_deductions
from ingest.parsers.pages.exemption import find_exemption, without_vat
from ingest.parsers.pages.numbers import Mark
from ingest.parsers.pages.totals import FoundTotals, find_totals
from ingest.parsers.pages.totals_vocabulary import Sum, sum_label
from tests.page_maker import Cell, labelled_page, right, set_page


def read(rows: list[tuple[str, str]]) -> FoundTotals:
    cells: list[list[Cell]] = [[(300, label), right(550, amount)] for label, amount in rows]
    return find_totals([labelled_page(cells)], Mark.COMMA)


def value(totals: FoundTotals, which: Sum) -> str | None:
    found = totals.get(which)
    return str(found.value) if found else None


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("total ht", Sum.NET),
        ("montant hors taxes", Sum.NET),
        ("rechnungssumme netto", Sum.NET),
        ("total € excl. vat", Sum.NET),
        ("zuzuglich 19% mwst.", Sum.TAX),
        ("tva 20 % sur 73,50", Sum.TAX),
        ("total toutes taxes comprises", Sum.GROSS),
        ("total incl. vat", Sum.GROSS),
        ("net a payer", Sum.PAYABLE),
        ("amount due", Sum.PAYABLE),
        ("montant deja paye", Sum.PREPAID),
        ("frais de port et emballage", Sum.CHARGES),
        ("sous-total", Sum.LINES),
        ("total", Sum.PLAIN),
    ],
)
def test_a_sum_label_says_which_total_it_is(text: str, which: Sum) -> None:
    label = sum_label(text)

    assert label is not None
    assert label[0] is which


def test_totals_that_add_up_are_nearly_certain() -> None:
    totals = read([("Total HT", "1 440,00 €"), ("TVA", "253,20 €"), ("Total TTC", "1 693,20 €")])

    assert [value(totals, w) for w in (Sum.NET, Sum.TAX, Sum.GROSS)] == [
        "1440.00",
        "253.20",
        "1693.20",
    ]
    gross = totals.get(Sum.GROSS)
    assert gross is not None
    assert gross.confidence > 0.95


def test_totals_that_do_not_add_up_are_read_as_they_stand() -> None:
    totals = read([("Total HT", "100,00"), ("TVA 20 %", "20,00"), ("Total TTC", "130,00")])

    assert value(totals, Sum.GROSS) == "130.00"
    assert value(totals, Sum.TAX) == "20.00"


def test_a_vague_total_is_what_arithmetic_makes_of_it() -> None:
    totals = read([("Sous-total", "100,00"), ("TVA", "20,00"), ("Total", "120,00")])

    assert value(totals, Sum.GROSS) == "120.00"
    assert value(totals, Sum.NET) == "100.00"


def test_taxes_of_several_rates_make_the_vat_total() -> None:
    rows = [
        ("TOTAL HT", "1 045,10"),
        ("TVA 20 % SUR 73,50", "14,70"),
        ("TVA 5,5 % SUR 971,60", "53,44"),
        ("TOTAL TTC EUR", "1 113,24"),
    ]

    assert value(read(rows), Sum.TAX) == "68.14"


def test_a_page_without_total_gives_none() -> None:
    totals = read([("Total HT", "100,00")])

    assert value(totals, Sum.NET) == "100.00"
    assert value(totals, Sum.GROSS) is None
    assert value(totals, Sum.TAX) is None


def test_amounts_stand_under_their_labels_too() -> None:
    cells: list[list[Cell]] = [
        [right(350, "TOTAL HT"), right(450, "TOTAL TVA"), right(550, "TOTAL TTC")],
        [right(350, "100,80"), right(450, "7,02"), right(550, "107,82")],
    ]

    totals = find_totals([labelled_page(cells)], Mark.COMMA)

    assert value(totals, Sum.TAX) == "7.02"
    assert value(totals, Sum.GROSS) == "107.82"


def test_rows_of_items_are_no_totals() -> None:
    cells: list[list[Cell]] = [
        [(40, "Port"), right(550, "18,50")],
        [],
        [(300, "Total HT"), right(550, "18,50")],
    ]
    page = labelled_page(cells)

    totals = find_totals([page], Mark.COMMA, frozenset({(1, 40.0)}))

    assert value(totals, Sum.CHARGES) is None
    assert value(totals, Sum.NET) == "18.50"


def test_what_was_paid_before_is_deducted() -> None:
    totals = read(
        [("Total TTC", "120,00 €"), ("Acompte versé", "20,00 €"), ("Net à payer", "100,00 €")]
    )

    assert value(totals, Sum.PREPAID) == "20.00"
    assert value(totals, Sum.PAYABLE) == "100.00"


def test_what_is_payable_follows_where_nothing_was_paid() -> None:
    totals = read([("Total HT", "100,00"), ("TVA", "20,00"), ("Total TTC", "120,00")])

    completed = complete_totals(totals, [InvoiceLine(net_amount=Decimal("100.00"))], [])

    assert completed[Sum.PAYABLE].value == Decimal("120.00")
    assert completed[Sum.PAYABLE].origin == "computed"
    assert completed[Sum.LINES].value == Decimal("100.00")


def test_freight_among_the_totals_is_a_charge() -> None:
    totals = read([("Frais de port", "18,50 €"), ("Total HT", "118,50 €")])

    charges = summed_deductions(totals.sums)

    assert [(c.is_charge, c.amount) for c in charges] == [(True, Decimal("18.50"))]


def test_a_breakdown_row_multiplies() -> None:
    row = set_page([[(40, "S"), (100, "20,00%"), (200, "29,40"), (300, "5,88")]]).rows[0]

    entry = entry_of(row, Mark.COMMA)

    assert entry is not None
    assert (entry.vat.category, entry.vat.rate, entry.vat.taxable, entry.vat.tax) == (
        "S",
        Decimal("20.00"),
        Decimal("29.40"),
        Decimal("5.88"),
    )


def test_numbers_that_do_not_multiply_are_no_breakdown() -> None:
    row = set_page([[(100, "20,00%"), (200, "29,40"), (300, "6,88")]]).rows[0]

    assert entry_of(row, Mark.COMMA) is None


def test_reverse_charge_is_told_by_its_words() -> None:
    cells: list[list[Cell]] = [
        [(40, "Autoliquidation de la TVA, article 283-2 nonies du CGI")],
        [(300, "Total HT"), right(550, "100,00")],
        [(300, "TVA 0 %"), right(550, "0,00")],
        [(300, "Total TTC"), right(550, "100,00")],
    ]
    page = labelled_page(cells)

    rows = find_breakdown([page], [], find_totals([page], Mark.COMMA), Mark.COMMA)

    assert [(r.vat.category, r.vat.rate) for r in rows] == [("AE", Decimal(0))]


def test_a_page_that_says_that_no_vat_is_due_has_one_total() -> None:
    cells: list[list[Cell]] = [
        [(300, "Total"), right(550, "690,00 €")],
        [(40, "TVA non applicable, art. 293 B du CGI")],
    ]
    page = labelled_page(cells)

    read_without = without_vat(find_totals([page], Mark.COMMA), find_exemption([page]))

    assert read_without is not None
    totals, rows = read_without
    assert [value(totals, w) for w in (Sum.NET, Sum.TAX, Sum.GROSS)] == ["690.00", "0", "690.00"]
    assert [r.vat.category for r in rows] == ["E"]


def test_words_of_exemption_do_not_undo_a_vat_that_is_billed() -> None:
    cells: list[list[Cell]] = [
        [(300, "Total HT"), right(550, "100,00 €")],
        [(300, "TVA 20 %"), right(550, "20,00 €")],
        [(300, "Total TTC"), right(550, "120,00 €")],
        [(40, "Autoliquidation en cas de sous-traitance")],
    ]
    page = labelled_page(cells)

    assert without_vat(find_totals([page], Mark.COMMA), find_exemption([page])) is None


def test_a_net_total_to_which_carriage_is_added_is_the_sum_of_lines() -> None:
    totals = read(
        [
            ("Net Total", "10 785,00"),
            ("Carriage", "45,00"),
            ("VAT", "2 166,00"),
            ("Invoice Total", "12 996,00"),
        ]
    )

    completed = complete_totals(totals, [], [])

    assert completed[Sum.LINES].value == Decimal("10785.00")
    assert completed[Sum.NET].value == Decimal("10830.00")
