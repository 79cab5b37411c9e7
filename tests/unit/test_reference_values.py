"""Cells of reference tables: every form a French or English spreadsheet gives them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reference.values import (
    BadValue,
    BrokenCell,
    date_of_serial,
    read_codes,
    read_date,
    read_decimal,
    read_integer,
    read_key,
    read_kind,
    read_list,
    read_rate,
    read_section,
    read_status,
    read_text,
    shown,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234\u202f567,80", "1234567.80"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1'234.50", "1234.50"),
        ("1\u2019234,50", "1234.50"),
        ("12,50 €", "12.50"),
        ("EUR 12,50", "12.50"),
        ("5,5 %", "5.5"),
        ("-3", "-3"),
        ("\u22123,20", "-3.20"),
        ("- 1 000", "-1000"),
        ("+7", "7"),
        ("0,310000", "0.310000"),
        (",5", ".5"),
        ("1.234", "1.234"),
    ],
)
def test_reads_a_number_as_it_is_written(text: str, value: str) -> None:
    assert read_decimal(text) == Decimal(value)


def test_keeps_the_digits_that_are_written() -> None:
    assert str(read_decimal("5 200,00")) == "5200.00"


@pytest.mark.parametrize(
    "text",
    "douze|1,2,3|1 23|12 34,5|1.23.456|1,234,56|NaN|inf|1e5|--1|€|12 12|0x10|1 234 56|٣".split("|"),
)
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(BadValue):
        read_decimal(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
    ),
    st.sampled_from([" ", "\u00a0", "\u202f", ".", ""]),
)
def test_reads_back_any_amount_written_the_french_way(amount: Decimal, blank: str) -> None:
    text = f"{amount:,.2f}".replace(".", ";").replace(",", blank).replace(";", ",")

    assert read_decimal(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-18",
        "2026-3-18",
        "2026-03-18T10:30:00Z",
        "2026-03-18 10:30:00",
        "20260318",
        "18/03/2026",
        "18/3/2026",
        "18-03-2026",
        "18.03.2026",
        "18/03/26",
        "18/03/2026 10:30",
        " 18/03/2026 ",
        "18 mars 2026",
    ],
)
def test_reads_a_date(text: str) -> None:
    assert read_date(text) == date(2026, 3, 18)


def test_reads_the_first_of_august_spelled() -> None:
    assert read_date("1er août 2026") == date(2026, 8, 1)
    assert read_date("1 juil. 2026") == date(2026, 7, 1)


@pytest.mark.parametrize(
    "text",
    "03/18/2026|2026-02-30|demain|31/04/2026|18/03-2026|0018-01-01|46099|18 ju 2026|1/1/1066".split(
        "|"
    ),
)
def test_refuses_what_is_no_date(text: str) -> None:
    with pytest.raises(BadValue):
        read_date(text)


def test_counts_days_as_spreadsheets_do() -> None:
    assert date_of_serial(Decimal("46099.75"), since_1904=False) == date(2026, 3, 18)
    assert date_of_serial(Decimal(44637), since_1904=True) == date(2026, 3, 18)
    with pytest.raises(BadValue):
        date_of_serial(Decimal(0), since_1904=False)


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (read_text, "  x ", "x"),
        (read_text, Decimal("4500002021.0"), "4500002021"),
        (read_text, Decimal("1.50"), "1.50"),
        (read_text, datetime(2026, 3, 18), "2026-03-18"),  # noqa: DTZ001 - a cell has no zone
        (read_text, True, "true"),
        (read_key, 42, "42"),
        (read_integer, "2 026", 2026),
        (read_integer, Decimal("30.0"), 30),
        (read_rate, "5,5", Decimal("5.5")),
        (read_list, "A|B | |C", ["A", "B", "C"]),
        (read_list, ["A", 2], ["A", "2"]),
        (read_list, "Dupont; Fils", ["Dupont; Fils"]),
        (read_codes, "FR76 1234, FR76 5678", ["FR761234", "FR765678"]),
        (read_kind, "Commune", "local"),
        (read_kind, "HEALTH", "health"),
        (read_kind, "Établissement public national", "state"),
        (read_status, "Soldée", "closed"),
        (read_status, "En cours", "open"),
        (read_status, "annulé", "cancelled"),
        (read_section, "Investissement", "I"),
        (read_section, "f", "F"),
        (read_date, datetime(2026, 3, 18, 9), date(2026, 3, 18)),  # noqa: DTZ001
    ],
)
def test_reads_cells_of_each_form(reader: Any, cell: Any, value: Any) -> None:
    assert reader(cell) == value


@pytest.mark.parametrize(
    "reader", [read_text, read_decimal, read_integer, read_date, read_list, read_codes, read_kind]
)
@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0"])
def test_an_empty_cell_is_no_value(reader: Any, cell: Any) -> None:
    assert reader(cell) is None


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (read_text, BrokenCell("#N/A")),
        (read_decimal, BrokenCell("#REF!")),
        (read_text, "a\x00b"),
        (read_text, "a\ud800b"),
        (read_text, {"a": 1}),
        (read_decimal, True),
        (read_date, 46099),
        (read_integer, "2,5"),
        (read_rate, "120"),
        (read_rate, "-1"),
        (read_status, "peut-être"),
        (read_kind, "royaume"),
        (read_section, "X"),
        (read_key, "x" * 256),
    ],
)
def test_refuses_cells_of_another_form(reader: Any, cell: Any) -> None:
    with pytest.raises(BadValue):
        reader(cell)


def test_quotes_a_value_on_one_short_line() -> None:
    assert shown("a\nb") == "a b"
    assert len(shown("x" * 500)) == 60
