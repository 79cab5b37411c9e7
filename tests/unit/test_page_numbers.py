"""Numbers and dates in all national forms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parsers.pages.dates import DayOrder, find_dates, vote_order
from ingest.parsers.pages.numbers import Mark, find_numbers, vote_mark


def values(text: str, mark: Mark = Mark.COMMA) -> list[str]:
    return [str(n.value) for n in find_numbers(text, mark)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u202f234,56 €", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("(12,00)", "-12.00"),
        ("12,00-", "-12.00"),
        ("- 12,00 €", "-12.00"),
        ("27946 ,00", "27946.00"),
        ("3.441.812 Euros", "3441812"),
        ("100 000 000,00", "100000000.00"),
        ("€ 1.234,-", "1234"),
    ],
)
def test_an_amount_is_read_in_its_national_form(text: str, value: str) -> None:
    assert values(text.replace("\u202f", " ")) == [value]


def test_the_mark_of_the_document_settles_what_three_digits_mean() -> None:
    assert values("1.234", Mark.COMMA) == ["1234"]
    assert values("1.234", Mark.POINT) == ["1.234"]
    assert values("2,500", Mark.COMMA) == ["2.500"]
    assert values("2,500", Mark.POINT) == ["2500"]


def test_numbers_that_leave_no_doubt_vote_for_the_mark() -> None:
    assert vote_mark(["1.234,56", "12,00", "2.500"], Mark.POINT) is Mark.COMMA
    assert vote_mark(["1,234.56"], Mark.COMMA) is Mark.POINT
    assert vote_mark(["no number"], Mark.POINT) is Mark.POINT


@pytest.mark.parametrize("text", ["FA-2026-12", "12.03.2026", "INV-12", "n12a", "10/2026"])
def test_parts_of_codes_and_dates_are_no_numbers(text: str) -> None:
    assert values(text) == []


def test_a_percentage_is_told_from_an_amount() -> None:
    rate, base = find_numbers("TVA 20 % SUR 73,50", Mark.COMMA)

    assert rate.is_percentage
    assert not rate.looks_like_money
    assert base.looks_like_money


@given(st.integers(min_value=0, max_value=10**11))
def test_every_amount_reads_back_as_it_was_written_in_french(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    printed = f"{amount:,.2f}".replace(",", " ").replace(".", ",")

    assert values(printed) == [str(amount)]


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers_of_numbers_and_dates(text: str) -> None:
    for mark in Mark:
        assert all(n.value.is_finite() for n in find_numbers(text, mark))
    assert all(0 <= d.start < d.end <= len(text) for d in find_dates(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 mars 2026", date(2026, 3, 12)),
        ("1er avril 2026", date(2026, 4, 1)),
        ("12.03.2026", date(2026, 3, 12)),
        ("7. Mai 2014", date(2014, 5, 7)),
        ("March 3, 2026", date(2026, 3, 3)),
        ("24 Sep 2024", date(2024, 9, 24)),
        ("2026-03-12", date(2026, 3, 12)),
        ("20260815", date(2026, 8, 15)),
        ("31/12/26", date(2026, 12, 31)),
    ],
)
def test_a_date_is_read_in_its_national_form(text: str, value: date) -> None:
    assert [d.value for d in find_dates(text)] == [value]


def test_an_impossible_date_is_none() -> None:
    assert list(find_dates("31/02/2026 and 45/12/2026")) == []


def test_other_dates_of_the_document_settle_an_ambiguous_one() -> None:
    seen = next(find_dates("03/12/2026"))
    american = vote_order(["12/25/2026", "03/12/2026"], DayOrder.DAY_FIRST)
    french = vote_order(["25/12/2026", "03/12/2026"], DayOrder.MONTH_FIRST)

    assert seen.read(american) == date(2026, 3, 12)
    assert seen.read(french) == date(2026, 12, 3)
