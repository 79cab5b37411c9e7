"""Amounts, quantities and dates as French and English readers expect them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.formats import Formats

_FR = Formats("fr", ZoneInfo("Europe/Paris"))
_EN = Formats("en", ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        ("1234.56", "1\u202f234,56\u00a0€", "€1,234.56"),
        ("1234567.8", "1\u202f234\u202f567,80\u00a0€", "€1,234,567.80"),
        ("-208", "\u2212208,00\u00a0€", "\u2212€208.00"),
        ("0", "0,00\u00a0€", "€0.00"),
        ("0.049", "0,049\u00a0€", "€0.049"),
        ("5.2000", "5,20\u00a0€", "€5.20"),
        ("ERREUR", "ERREUR", "ERREUR"),
    ],
)
def test_money(value: str, french: str, english: str) -> None:
    assert _FR.money(value, "EUR") == french
    assert _EN.money(value, "EUR") == english


def test_money_in_a_currency_without_a_sign() -> None:
    assert _FR.money("10", "MAD") == "10,00\u00a0MAD"
    assert _EN.money("10", "MAD") == "10.00\u00a0MAD"
    assert _FR.money(None, "EUR") == "\u2013"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("200", "C62", "200\u00a0u"),
        ("200.000", "KGM", "200\u00a0kg"),
        ("0.5", "HUR", "0,5\u00a0h"),
        ("1200", None, "1\u202f200"),
        ("3", "<b>", "3\u00a0<b>"),
    ],
)
def test_quantities(value: str, unit: str | None, expected: str) -> None:
    assert _FR.quantity(value, unit) == expected


def test_dates() -> None:
    assert _FR.day("2026-03-12") == "12/03/2026"
    assert _EN.day("2026-03-12") == "12 Mar 2026"
    assert _FR.day("2026-02-30") == "2026-02-30"
    assert _FR.day(None) == "\u2013"


def test_instants_are_local() -> None:
    now = datetime(2026, 7, 1, 10, tzinfo=UTC)

    assert _FR.moment("2026-07-01T07:12:04+00:00") == "1\u00a0juil.\u00a02026, 09:12"
    assert _FR.lately("2026-07-01T07:12:04+00:00", now) == "09:12"
    assert _FR.lately("2026-06-30T21:59:00+00:00", now) == "30\u00a0juin"
    assert _FR.lately("2026-06-30T22:30:00+00:00", now) == "00:30"
    assert _FR.lately("2025-06-30T07:00:00+00:00", now) == "30\u00a0juin\u00a02025"


def test_ibans_and_rates_and_sizes() -> None:
    assert _FR.iban("FR7630006000011234567890189").split("\u00a0")[1] == "3000"
    assert _FR.percent("20.00") == "20\u00a0%"
    assert _FR.percent("5.5") == "5,5\u00a0%"
    assert _EN.percent("5.5") == "5.5%"
    assert _FR.size(6120) == "6,1\u00a0ko"
    assert _FR.size(12) == "12\u00a0o"
    assert _FR.size(45_300_000) == "45,3\u00a0Mo"


@given(st.text(max_size=60) | st.decimals(allow_nan=True).map(str) | st.integers().map(str))
def test_no_value_of_a_document_breaks_a_page(value: str) -> None:
    for formats in (_FR, _EN):
        for write in (formats.money, formats.quantity, formats.percent, formats.day, formats.iban):
            assert isinstance(write(value), str)
        assert isinstance(formats.moment(value), str)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_no_digit_is_rounded_away(value: Decimal) -> None:
    shown = _FR.money(str(value), None).replace("\u202f", "").replace(",", ".")

    assert Decimal(shown.replace("\u2212", "-")) == value


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("#PMT#En cas de retard", "En cas de retard"),
        ("#AAB# Pas d'escompte", "Pas d'escompte"),
        ("Réf. #12#A", "Réf. #12#A"),
        ("#REG#", "#REG#"),
    ],
)
def test_a_note_is_shown_without_the_code_of_its_subject(note: str, shown: str) -> None:
    assert Formats("fr", ZoneInfo("Europe/Paris")).note(note) == shown
