"""Explanations for the accountant."""

from __future__ import annotations

import pytest

from ingest.validation import texts_english
from ingest.validation.artefacts import Sheet, path_of
from ingest.validation.texts import _FRENCH, _TEXTS, explanation

EN16931 = "".join(
    path_of(sheet).read_text(encoding="utf-8")
    for sheet in (
        Sheet.EN16931_UBL,
        Sheet.CTC_FR_CII,
        Sheet.FACTURX_EN16931,
        Sheet.FACTURX_BASIC,
    )
)
BR_FR = path_of(Sheet.BR_FR_CII).read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", sorted(set(_TEXTS) - {"XSD"}))
def test_every_explained_rule_exists(rule: str) -> None:
    assert f'name="id">{rule}<' in EN16931 or f"[{rule}]" in EN16931


@pytest.mark.parametrize("stem", sorted(_FRENCH))
def test_every_explained_french_rule_exists(stem: str) -> None:
    assert f'name="id">{stem}' in BR_FR


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("BR-CO-15", "TTC"),
        ("XSD", "structure"),
        ("BR-FR-05_BT-22_PMT", "mention légale"),
        ("BR-FR-DEC-01_BT-92_BT-99", "décimales"),
    ],
)
def test_explanation_is_in_plain_french(rule: str, words: str) -> None:
    assert words in (explanation(rule) or "")


def test_rule_without_explanation_has_none() -> None:
    assert explanation("UBL-CR-646") is None


def test_every_text_stands_in_both_languages() -> None:
    assert set(_TEXTS) == set(texts_english._TEXTS)
    assert set(_FRENCH) == set(texts_english._FRENCH)
