"""Every word exists in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from api.web import texts as catalogue
from api.web.texts import Texts, preferred_language
from api.web.texts_access import ACCESS_TEXTS
from api.web.texts_correcting import CORRECTING_TEXTS
from api.web.texts_document import DOCUMENT_TEXTS
from api.web.value_wording import label_text, labels_of
from api.web.wording import advice_for, title_of
from domain.match import Code

_ALL = catalogue._TEXTS | DOCUMENT_TEXTS | CORRECTING_TEXTS | ACCESS_TEXTS


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", _ALL)
def test_both_languages_say_it_with_the_same_values(key: str) -> None:
    french, english = _ALL[key]

    assert french.strip()
    assert english.strip()
    assert _places(french) == _places(english)


def test_no_key_stands_in_two_catalogues() -> None:
    catalogues = (catalogue._TEXTS, DOCUMENT_TEXTS, CORRECTING_TEXTS, ACCESS_TEXTS)

    assert len(_ALL) == sum(map(len, catalogues))


@pytest.mark.parametrize("code", Code)
def test_every_discrepancy_is_told_in_words(code: Code) -> None:
    for language in catalogue.LANGUAGES:
        assert title_of(code.value, language) != code.value
        assert advice_for(code.value, language).endswith(".")
        labels = labels_of(code.value)
        assert all(label_text(label, language) for label in labels)


def test_french_is_written_with_its_own_apostrophe() -> None:
    french = [pair[0] for pair in _ALL.values()]
    french += [title_of(c.value, "fr") + advice_for(c.value, "fr") for c in Code]

    assert [text for text in french if re.search(r"\w'\w", text)] == []


def test_an_unknown_code_is_shown_by_its_name() -> None:
    assert title_of("NEW_CODE", "fr") == "NEW_CODE"
    assert advice_for("NEW_CODE", "fr") == ""


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        Texts("fr")("nowhere")


@pytest.mark.parametrize(
    ("cookie", "accepted", "expected"),
    [
        (None, None, "fr"),
        (None, "en-GB,en;q=0.9,fr;q=0.8", "en"),
        (None, "de, fr;q=0.5, en;q=0.4", "fr"),
        (None, "de", "fr"),
        (None, "en;q=0", "fr"),
        (None, "en;q=abc, ;;,", "fr"),
        ("en", "fr", "en"),
        ("xx", "en", "en"),
    ],
)
def test_the_reader_chooses_the_language(
    cookie: str | None, accepted: str | None, expected: str
) -> None:
    assert preferred_language(cookie, accepted) == expected
