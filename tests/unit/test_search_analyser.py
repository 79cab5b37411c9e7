"""The one analyser: what counts as the same word, reference, amount or date."""

from __future__ import annotations

import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analyser
from search.analyser import SEPARATOR, clean, fold, terms, tokens, wholes

RIGHT_QUOTE = "\u2019"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("INTÉRÊTS", "interet"),
        ("œuvre", "OEUVRES"),
        ("prestations", "prestation"),
        ("livrées", "livrée"),
        ("payé", "payée"),
        ("Straße", "strasse"),
        ("l'électricité", "electricite"),
        (f"qu{RIGHT_QUOTE}électricité", "électricité"),
        (f"jusqu{RIGHT_QUOTE}d'électricité", "électricité"),
        ("d' électricité", "électricité"),
        ("e\u0301lectricite\u0301", "électricité"),
        ("fac\u00adture", "facture"),
        ("\ufb01nance", "finance"),
    ],
)
def test_spellings_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert terms(one).stems == terms(other).stems
    assert len(terms(one).stems) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("local", "locataire"), ("journal", "jour"), ("sas", "sasse d"), ("12", "21")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert terms(one).stems != terms(other).stems


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("1 234,50", "1234.5"),
        ("1\u202f234,50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1,234.50", "1234.5"),
        ("1234.50€", "1234.5"),
        ("1 234,00", "1234"),
        ("12,5kg", "12.5"),
        ("0,50", "0.5"),
        ("2 500,00", "500"),  # a quantity of 2 beside a price of 500,00
        ("12/03/2026", "2026-03-12"),
        ("12.03.26", "2026-03-12"),
        ("20260312", "2026-03-12"),
        ("2026-03-12T10:00:00", "2026-03-12"),
        ("12 mars 2026", "2026-03-12"),
        ("1er août 2026", "2026-08-01"),
        ("3 décembre 2026", "2026-12-03"),
        ("BC2026-05158", "bc202605158"),
        ("BC2026-05158", "202605158"),
        ("FAC/2026/001", "fac2026001"),
        ("FR76 1820 6000 1234 5678 9012 345", "fr7618206000123456789012345"),
        ("552 100 554", "552100554"),
        ("552 100 554 00012", "55210055400012"),
        ("FR 12 552 100 554", "fr12552100554"),
        ("01 23 45 67 89", "0123456789"),
        ("S.A.S.", "sas"),
        ("sous-traitance", "soustraitance"),
        ("factu-\nration", "facturation"),
    ],
)
def test_references_amounts_and_dates_are_also_kept_whole(written: str, form: str) -> None:
    found = terms(f"Total : {written} fin")

    assert form in found.forms | found.wholes


@pytest.mark.parametrize("written", ["31/02/2026", "2026-13-01", "99999999", "45 mars 2026"])
def test_what_is_no_date_is_not_taken_for_one(written: str) -> None:
    assert not [form for form in terms(written).wholes if form.count("-") == 2]


def test_reference_is_split_into_parts_with_positions() -> None:
    found = [(t.form, t.position, t.start, t.end) for t in tokens("n\u00b0 BC2026-05158.")]

    assert found == [("n", 0, 0, 1), ("bc", 1, 3, 5), ("2026", 2, 5, 9), ("05158", 3, 10, 15)]


def test_elided_article_takes_no_position() -> None:
    assert terms(f"taux d{RIGHT_QUOTE}intérêt légal").stems == terms("taux intérêt légal").stems


def test_what_is_not_elided_keeps_its_parts() -> None:
    assert terms("aujourd'hui").stems == ["aujourd", "hui"]
    assert "prudhommes" in terms("prud'hommes").wholes


def test_very_long_words_are_cut_alike() -> None:
    assert terms("x" * 5000).stems == terms("x" * 6000).stems


def test_data_without_blanks_is_not_taken_for_text() -> None:
    assert len(terms("a1b2/" * 100_000).stems) < 2000
    assert terms("a1b2/" * 100_000 + " suite").stems[-1] == "suit"


def test_lone_surrogates_of_file_names_are_dropped() -> None:
    assert clean("fac\udce9ture") == "facture"


def test_no_term_holds_a_blank_or_the_separator() -> None:
    found = terms(f"a {SEPARATOR} b\u00a0c\td_e ¶f \u2028 g\x1ch")

    assert all(t.isalnum() for t in found.stems)
    assert found.stems == ["a", "b", "c", "d", "e", "f", "g", "h"]


texts = st.text(
    st.one_of(
        st.sampled_from(string.ascii_letters + string.digits + " -/.,'\n"),
        st.sampled_from(
            "éèêàçœæßÉ\u2019\u202f\u00a0\u00ad\u0301€²½ºªʼ\ufb01İ\u0131Σ\u041a中\U0001f600"
        ),
        st.characters(),
    ),
    max_size=80,
)


@given(texts)
def test_quick_terms_are_those_with_places(text: str) -> None:
    cleaned = clean(text)
    placed = list(tokens(cleaned))
    quick = terms(text)

    assert [t.stem for t in placed] == quick.stems
    assert {t.form for t in placed} == quick.forms
    assert {w.form for w in wholes(cleaned)} == quick.wholes


@given(texts)
def test_places_are_in_order_and_within_the_text(text: str) -> None:
    cleaned = clean(text)
    placed = list(tokens(cleaned))

    assert [t.position for t in placed] == list(range(len(placed)))
    assert all(one.end <= two.start for one, two in pairwise(placed))
    assert all(0 <= t.start < t.end <= len(cleaned) for t in placed)
    assert all(0 <= w.start < w.end <= len(cleaned) for w in wholes(cleaned))


@given(texts)
def test_every_term_survives_being_joined_by_blanks(text: str) -> None:
    found = terms(text)

    assert " ".join(found.stems).split() == found.stems
    assert set(" ".join(found.forms).split()) == found.forms
    assert set(" ".join(found.wholes).split()) == found.wholes


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_cleaning_composes_and_drops_what_nobody_sees() -> None:
    assert clean("e\u0301te\u0301\u200b \u00adx") == "été x"
    assert analyser.clean("plain") == "plain"
