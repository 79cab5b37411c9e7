"""Excerpts: where they are cut, what is marked, and that long documents cost little."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analyser
from search.plan import plan
from search.query import parse
from search.snippets import EXCERPTS, WIDTH, SnippetMaker

FILLER = "lorem ipsum dolor sit amet consectetur adipiscing elit "


def snippets(query: str, text: str) -> list[str]:
    return SnippetMaker(plan(parse(query)).marks).snippets(analyser.clean(text))


def marked(query: str, text: str) -> list[str]:
    return re.findall("<mark>(.*?)</mark>", " ".join(snippets(query, text)))


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("chauffage", "Entretien du chauffage central", ["chauffage"]),
        ("interets", "Taux d\u2019Intérêt légal", ["Intérêt"]),
        (
            '"taux d\'interet legal"',
            "le Taux d\u2019intérêt légal ici",
            ["Taux d\u2019intérêt légal"],
        ),
        ('"taux legal"', "taux d'un légal", []),
        ("oeuvre", "Maîtrise d'Œuvre", ["Œuvre"]),
        ("strasse", "die Straße", ["Straße"]),
        ("désinf*", "produit Désinfectant", ["Désinfectant"]),
        ("dupont~", "Ets Dupond et fils", ["Dupond"]),
        ("BC2026-05158", "commande BC2026-05158.", ["BC2026-05158"]),
        ("BC202605158", "commande BC2026-05158.", ["BC2026-05158"]),
        ("1234.5", "Total 1 234,50 €", ["1 234,50"]),
        ("2026-03-12", "Paris, le 12 mars 2026", ["12 mars 2026"]),
        ("SAS", "S.A.S. Dupont", ["S.A.S"]),
        ("soustraitance", "La sous-traitance", ["sous-traitance"]),
        ("gaz NOT eau", "gaz et eau", ["gaz"]),
        ("gaz eau", "eau puis gaz", ["eau", "gaz"]),
        ("travaux", "Travail et Travaux", ["Travaux"]),
        ("supplier:gaz", "gaz", []),
        ("", "gaz", []),
    ],
)
def test_marks_are_on_what_was_searched(query: str, text: str, expected: list[str]) -> None:
    assert marked(query, text) == expected


def test_text_is_escaped_and_blanks_are_joined() -> None:
    assert snippets("gaz", 'a <script>"x"\n\n & <mark>gaz</mark>') == [
        'a &lt;script&gt;"x" &amp; &lt;mark&gt;<mark>gaz</mark>&lt;/mark&gt;'
    ]


def test_excerpt_is_cut_at_words_around_the_place() -> None:
    found = snippets("chauffage", FILLER * 20 + "le chauffage central " + FILLER * 20)

    assert len(found) == 1
    assert found[0].startswith("…")
    assert found[0].endswith("…")
    assert "le <mark>chauffage</mark> central" in found[0]
    bare = found[0].replace("<mark>", "").replace("</mark>", "").strip("…")
    assert len(bare) <= WIDTH
    assert set(bare.split()) <= {*FILLER.split(), "le", "chauffage", "central"}


def test_excerpt_stays_within_its_section() -> None:
    assert snippets("chauffage", "page une\fle chauffage central\fpage trois") == [
        "le <mark>chauffage</mark> central"
    ]
    assert snippets("gaz eau", "du gaz\fde l'eau")[0] == "du <mark>gaz</mark>"


def test_place_that_shows_most_words_comes_first() -> None:
    text = "gaz " + FILLER * 20 + "gaz eau bois " + FILLER * 20 + "eau"

    assert (
        "<mark>gaz</mark> <mark>eau</mark> <mark>bois</mark>" in snippets("gaz eau bois", text)[0]
    )


def test_words_far_apart_get_an_excerpt_each() -> None:
    text = "gaz " + FILLER * 20 + "eau " + FILLER * 20 + "bois " + FILLER * 20 + "sel"

    found = snippets("gaz eau bois sel", text)

    assert len(found) == EXCERPTS
    assert len({mark for snippet in found for mark in re.findall("<mark>(.*?)<", snippet)}) == 3


def test_rare_word_is_found_behind_many_common_ones() -> None:
    assert "chauffage" in marked("de chauffage", "de " * 5000 + "chauffage de")


def test_very_long_documents_share_one_budget() -> None:
    maker = SnippetMaker(plan(parse("chauffage")).marks, budget=1000)
    long = "x " * 400 + "chauffage"

    assert maker.snippets(long)
    assert maker.snippets(long) == []  # beyond the budget nothing is read any more


def test_text_without_blanks_is_no_obstacle() -> None:
    assert snippets("chauffage", "A" * 100_000 + " chauffage " + "B" * 100_000) != []
    assert len(snippets("aaa*", "a" * 100_000)[0]) < 1000


words = st.sampled_from(
    "gaz l'eau d\u2019intérêt légal <b> & 1 234,50 BC2026-05158 œuvre \n \u202f S.A.S. été".split(
        " "
    )
)


@given(
    st.lists(words, max_size=60),
    st.sampled_from(["gaz", "eau legal", "inter*", "bc2026*", "oeuvr~"]),
)
def test_excerpts_are_of_the_text_and_nothing_else(parts: list[str], query: str) -> None:
    text = analyser.clean(" ".join(parts))
    plain = re.sub(r"\s+", " ", text)

    for snippet in snippets(query, text):
        bare = re.sub("</?mark>", "", snippet)
        assert html.unescape(bare).strip("…").strip() in plain
        assert snippet.count("<mark>") == snippet.count("</mark>") >= 1
