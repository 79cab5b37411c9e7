"""The deadline in words: what is certain is said, whatever else is not known."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from api.web.formats import Formats
from api.web.money_view import deadline
from api.web.texts import Texts
from api.web.texts_document import DOCUMENT_TEXTS


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        (None, "40,00 € d'indemnité dus, et intérêts : taux du semestre"),
        ("52.50", "52,50 € dus pour retard, dont 40,00 € d'indemnité"),
    ],
)
def test_the_indemnity_is_said_even_where_the_rate_is_not_known(
    owed: str | None, expected: str
) -> None:
    today = {
        "deadline": "2026-08-01",
        "days_left": -5,
        "indemnity": "40.00",
        "owed_for_lateness": owed,
    }
    record = {"status": "approved", "payment_today": today, "invoice": {"currency": "EUR"}}

    shown = deadline(Texts("fr", DOCUMENT_TEXTS), Formats("fr", ZoneInfo("Europe/Paris")), record)

    assert shown is not None
    assert shown.owed is not None
    told = shown.owed.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    told = told.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    assert told.startswith(expected)
