"""Item tables: heads, wrapped rows, several pages, prices and discounts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingest.parsers.pages.body import read_body
from ingest.parsers.pages.column_vocabulary import Holds, classify
from ingest.parsers.pages.columns import find_heads
from ingest.parsers.pages.deductions import split_deductions
from ingest.parsers.pages.item_names import join_wrapped
from ingest.parsers.pages.items import ReadLine, base_of, read_lines
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.numbers import Mark
from ingest.parsers.pages.table import find_tables
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.units import read_unit
from tests.page_maker import Cell, invoice_rows, labelled_page, right, set_page

HEAD: list[Cell] = [
    (40, "Désignation"),
    right(330, "Qté"),
    right(420, "PU HT"),
    right(550, "Montant HT"),
]


def item(name: str, quantity: str, price: str, amount: str) -> list[Cell]:
    return [(40, name), right(330, quantity), right(420, price), right(550, amount)]


def read(*pages: LabelledPage) -> list[ReadLine]:
    tables = find_tables(pages, Mark.COMMA)
    return [
        line
        for table in tables
        for line in read_lines(split_deductions(table, Mark.COMMA)[0], Mark.COMMA)
    ]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("prix unitaire net", Holds.PRICE),
        ("montant h.t ligne", Holds.AMOUNT),
        ("taux tva ligne", Holds.VAT_RATE),
        ("montant tva", Holds.VAT_AMOUNT),
        ("total ttc", Holds.GROSS),
        ("qte", Holds.QUANTITY),
        ("vk-preis ohne mwst.", Holds.PRICE),
        ("zeilenbetrag ohne mwst.", Holds.AMOUNT),
        ("line amount excl. vat", Holds.AMOUNT),
        ("code article", Holds.CODE),
        ("meng.- einheit", Holds.UNIT),
    ],
)
def test_a_column_is_told_by_its_head(text: str, holds: Holds) -> None:
    assert classify(text) is holds


def test_a_head_in_three_rows_is_one_head() -> None:
    page = set_page(
        [
            [(40, "No"), (120, "Désignation"), (300, "Prix"), (380, "Prix"), (460, "Montant")],
        ]
    )
    stacked = set_page(
        [
            [(40, "No"), (120, "Désignation"), (300, "Prix"), (380, "Quantité"), (460, "Montant")],
        ]
    )

    assert [c.holds for c in find_heads(page)[0].columns][:2] == [Holds.POSITION, Holds.NAME]
    assert [c.holds for c in find_heads(stacked)[0].columns][2:] == [
        Holds.PRICE,
        Holds.QUANTITY,
        Holds.AMOUNT,
    ]


def test_two_heads_in_one_phrase_are_two_columns() -> None:
    page = set_page([[(40, "CODE"), (120, "DESIGNATION"), (300, "QTE UN"), (460, "MONTANT HT")]])

    assert [c.holds for c in find_heads(page)[0].columns] == [
        Holds.CODE,
        Holds.NAME,
        Holds.QUANTITY,
        Holds.UNIT,
        Holds.AMOUNT,
    ]


def test_lines_are_read_with_what_wraps() -> None:
    first, second = read(labelled_page(invoice_rows()))

    assert first.line.name == "Papier blanc A4, ramette de 500 feuilles recyclées"
    assert first.line.seller_item_id == "RAM-80"
    assert (first.line.quantity, first.line.net_price) == (Decimal(160), Decimal("3.42"))
    assert first.line.net_amount == Decimal("547.20")
    assert first.line.vat_rate == Decimal(20)
    assert first.line.unit == "U"
    assert second.line.vat_rate == Decimal("5.5")
    assert first.proven
    assert second.proven


def test_a_break_that_was_meant_begins_a_description() -> None:
    rows: list[list[Cell]] = [
        HEAD,
        item("Maintenance préventive annuelle des ascenseurs", "1", "100,00", "100,00"),
        item("Service A", "2", "10,00", "20,00"),
        [(40, "Repair of the front door")],
    ]

    line = read(labelled_page(rows))[1].line

    assert line.name == "Service A"
    assert line.description == "Repair of the front door"


def test_a_table_goes_on_over_the_page() -> None:
    first = [
        HEAD,
        item("Gants nitrile", "10", "5,90", "59,00"),
        [(300, "À reporter"), right(550, "59,00")],
    ]
    second = [HEAD, [(300, "Report"), right(550, "59,00")], item("Masques", "2", "2,75", "5,50")]

    lines = read(labelled_page(first), labelled_page(second, number=2))

    assert [x.line.name for x in lines] == ["Gants nitrile", "Masques"]


def test_a_table_goes_on_without_its_head() -> None:
    first = [HEAD, item("Gants nitrile", "10", "5,90", "59,00")]
    second = [item("Masques", "2", "2,75", "5,50"), [(300, "Total HT"), right(550, "64,50")]]

    lines = read(labelled_page(first), labelled_page(second, number=2))

    assert [x.line.quantity for x in lines] == [Decimal(10), Decimal(2)]


def test_returns_are_negative() -> None:
    rows: list[list[Cell]] = [HEAD, item("Retour chlore", "-3", "2,95", "-8,85")]

    line = read(labelled_page(rows))[0].line

    assert (line.quantity, line.net_amount) == (Decimal(-3), Decimal("-8.85"))


def test_totals_end_the_table() -> None:
    rows: list[list[Cell]] = [
        HEAD,
        item("Gants", "1", "5,00", "5,00"),
        [(300, "Total HT"), right(550, "5,00")],
        [(300, "TVA 20 %"), right(550, "1,00")],
    ]

    assert len(read(labelled_page(rows))) == 1


def test_an_item_called_freight_stays_an_item() -> None:
    rows: list[list[Cell]] = [HEAD, item("Frais de port et emballage", "1", "18,50", "18,50")]

    assert [x.line.net_amount for x in read(labelled_page(rows))] == [Decimal("18.50")]


def test_a_discount_row_is_no_item() -> None:
    rows: list[list[Cell]] = [
        HEAD,
        item("Kunstrasen", "3,00", "4,00", "12,00"),
        [(40, "abzgl. 16,7% Rabatt"), right(550, "-2,00")],
        item("Pfand", "20", "2,77", "55,40"),
    ]
    table = find_tables([labelled_page(rows)], Mark.COMMA)[0]

    items, deductions = split_deductions(table, Mark.COMMA)

    assert len(items.items) == 2
    assert deductions == []


def test_a_discount_after_the_last_item_is_the_documents() -> None:
    rows: list[list[Cell]] = [
        HEAD,
        item("Kunstrasen", "3,00", "4,00", "12,00"),
        [(40, "REMISE : fidélité"), right(550, "-2,00")],
    ]
    table = find_tables([labelled_page(rows)], Mark.COMMA)[0]

    _, deductions = split_deductions(table, Mark.COMMA)

    assert [(d.is_charge, d.amount, d.reason) for d in deductions] == [
        (False, Decimal("2.00"), "fidelite -2,00")
    ]


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "discount", "base"),
    [
        ("160", "3.42", "547.20", None, "1"),
        ("150", "49.29", "73.94", None, "100"),
        ("7000", "44.62", "312.34", None, "1000"),
        ("500", "0.97", "435.00", "-50.00", "1"),
        ("2", "100", "180", "10", "1"),
        ("2", "100", "190", None, None),
    ],
)
def test_quantity_times_price_makes_the_amount(
    quantity: str, price: str, amount: str, discount: str | None, base: str | None
) -> None:
    off = Decimal(discount) if discount else None

    found = base_of(Decimal(quantity), Decimal(price), Decimal(amount), off)

    assert found == (Decimal(base) if base else None)


def test_a_line_that_does_not_multiply_is_read_and_doubted() -> None:
    rows: list[list[Cell]] = [HEAD, item("Gants", "10", "5,00", "60,00")]

    read_line = read(labelled_page(rows))[0]

    assert read_line.line.net_amount == Decimal("60.00")
    assert read_line.places["net_amount"][1] < 0.8


def test_wrapped_text_is_joined() -> None:
    assert join_wrapped(["Gants d'examen, boîte", "de 100"]) == "Gants d'examen, boîte de 100"
    assert join_wrapped(["Kohlen-", "säure"]) == "Kohlensäure"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("160 U", "U"),
        ("31 boîte", "boîte"),
        ("1 Stück", "C62"),
        ("5,1 t", "t"),
        ("12", None),
        ("30 m²", "m²"),
    ],
)
def test_the_unit_stands_behind_the_quantity(text: str, unit: str | None) -> None:
    assert read_unit(text) == unit


def test_prices_with_vat_are_not_given_as_net() -> None:
    head: list[Cell] = [
        (40, "Libellé"),
        right(330, "Quantité"),
        right(420, "PU TTC"),
        right(550, "Total TTC"),
    ]
    rows = [head, item("Porte chêne", "2", "600,00", "1 200,00")]

    line = read(labelled_page(rows))[0].line

    assert line.quantity == Decimal(2)
    assert line.net_price is None
    assert line.net_amount is None


def test_lines_with_rates_make_the_vat_breakdown() -> None:
    head: list[Cell] = [*HEAD, (565, "TVA")]
    rows: list[list[Cell]] = [
        head,
        [*item("Ballons", "400", "0,79", "316,00"), (565, "19%")],
        [*item("Conseil", "1", "160,00", "160,00"), (565, "7%")],
        [(300, "Total HT"), right(550, "476,00")],
        [(300, "TVA 19%"), right(550, "60,04")],
        [(300, "TVA 7%"), right(550, "11,20")],
        [(300, "Total TTC"), right(550, "547,24")],
    ]

    body = read_body([labelled_page(rows)], Mark.COMMA)

    assert [(r.vat.rate, r.vat.taxable, r.vat.tax) for r in body.breakdown] == [
        (Decimal(19), Decimal("316.00"), Decimal("60.04")),
        (Decimal(7), Decimal("160.00"), Decimal("11.20")),
    ]


def test_progress_in_percent_is_no_vat_rate() -> None:
    assert classify("% avancement") is not Holds.VAT_RATE
    assert classify("%") is Holds.VAT_RATE


def test_a_heading_names_the_order_of_the_items_below_it() -> None:
    rows: list[list[Cell]] = [
        HEAD,
        [(40, "Commande n° BC-118 du 02/02/2026")],
        item("Gants nitrile", "10", "5,90", "59,00"),
        item("Masques", "2", "2,75", "5,50"),
        [(40, "Commande n° BC-131 du 12/02/2026")],
        item("Seringues", "100", "0,11", "11,00"),
    ]

    lines = [x.line for x in read(labelled_page(rows))]

    assert [x.order_reference for x in lines] == ["BC-118", "BC-118", "BC-131"]
    assert [x.name for x in lines] == ["Gants nitrile", "Masques", "Seringues"]


@pytest.mark.parametrize(
    ("printed", "ids"),
    [
        (("1", "2"), ["1", "2"]),
        (("000010", "000020"), ["000010", "000020"]),
        (("0", "1"), [None, None]),
        (("1908-S", "1920-S"), [None, None]),
        (("7", "3"), [None, None]),
    ],
)
def test_line_numbers_rise_from_one(printed: tuple[str, str], ids: list[str | None]) -> None:
    head: list[Cell] = [(40, "No."), *[(left + 60, text) for left, text in HEAD[:1]], *HEAD[1:]]
    rows: list[list[Cell]] = [
        head,
        *[
            [(40, number), (100, "Chaise"), right(330, "3"), right(420, "2,00"), right(550, "6,00")]
            for number in printed
        ],
    ]

    assert [x.line.id for x in read(labelled_page(rows))] == ids


def test_freight_among_the_totals_is_no_item() -> None:
    rows: list[list[Cell]] = [
        HEAD,
        item("Gants", "1", "5,00", "5,00"),
        [(330, "Frais de port"), right(550, "18,50")],
        [(330, "Total HT"), right(550, "23,50")],
    ]

    body = read_body([labelled_page(rows)], Mark.COMMA)

    assert [x.line.name for x in body.lines] == ["Gants"]
    first = body.totals.sums[0]
    assert (first.which, first.amount.value) == (Sum.CHARGES, Decimal("18.50"))


def test_a_discount_under_an_item_is_the_lines_allowance() -> None:
    rows: list[list[Cell]] = [
        HEAD,
        item("Chemise à rabats", "500", "0,97", "435,00"),
        [(40, "Remise 10 % : -50,00")],
    ]

    line = read(labelled_page(rows))[0].line

    assert [(a.is_charge, a.amount) for a in line.allowances_charges] == [(False, Decimal("50.00"))]
    assert line.name == "Chemise à rabats"


def test_rules_set_in_characters_part_nothing() -> None:
    rows: list[list[Cell]] = [
        [(30, "|"), *HEAD, (560, "|")],
        [(30, "|"), *item("Gants nitrile", "10", "5,90", "59,00"), (560, "|")],
    ]

    line = read(labelled_page(rows))[0].line

    assert (line.name, line.net_amount) == ("Gants nitrile", Decimal("59.00"))
