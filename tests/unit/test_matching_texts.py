from __future__ import annotations

from decimal import Decimal

import pytest

from domain.match import Code, Discrepancy
from matching.texts import amount, message


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_has_a_sentence_even_without_values(code: Code, language: str) -> None:
    sentence = message(Discrepancy(code, ""), language)

    assert sentence.endswith((".", "none", "aucun"))
    assert "{" not in sentence


def test_names_are_not_written_as_numbers() -> None:
    unknown = Discrepancy(Code.ORDER_REFERENCE_UNKNOWN, "", found="4500002512")

    assert "4500002512" in message(unknown)


def test_amounts_are_written_as_the_language_does() -> None:
    assert amount(Decimal("1234567.50")) == "1\u202f234\u202f567,50"
    assert amount(Decimal("1234567.50"), "en") == "1,234,567.50"
