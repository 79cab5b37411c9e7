from __future__ import annotations

import pytest

from matching.wording import WordingIndex, is_freight, likeness, rarity, same_word, words_of

SURE = 0.85


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Compteur d'eau volumétrique DN60", "COMPTEUR EAU VOLUMETRIQUE DN60"),
        ("Cart. toner noir 4520", "Cartouche de toner noir 4520"),
        ("Joint EPDM bride DN100", "Joints EPDM brides DN100"),
        ("Papier A4 80 g", "Papier blanc A4 80 g, ramette de 500 feuilles"),
    ],
)
def test_the_same_article_in_other_words(one: str, other: str) -> None:
    assert likeness(words_of(one), words_of(other)) >= 0.65


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blouse blanche taille S", "Blouse blanche taille M"),
        ("Service A", "Service B"),
        ("Vanne DN80", "Vanne DN100"),
        ("Groupe exemple 1", "Groupe exemple 2"),
    ],
)
def test_what_differs_in_one_mark_is_not_surely_the_same(one: str, other: str) -> None:
    assert likeness(words_of(one), words_of(other)) < SURE


def test_rare_words_weigh_more() -> None:
    lines = [words_of(f"Blouse blanche taille {size}") for size in ("S", "M", "L", "XL")]
    weights = rarity(lines)

    assert likeness(lines[0], lines[1], weights) < likeness(lines[0], lines[1])


def test_the_very_word_is_nearer_than_its_beginning() -> None:
    seminar = words_of("Seminar")

    assert likeness(seminar, words_of("Seminar")) > likeness(seminar, words_of("Seminarunterlagen"))


def test_numbers_are_never_nearly_the_same() -> None:
    assert not same_word("100", "1000")
    assert words_of("2,50 m") == words_of("2.5 m")


def test_an_index_tells_the_likeness_of_every_wording() -> None:
    known = [
        words_of(text)
        for text in (
            "Vanne opercule fonte DN60",
            "Vanne opercule laiton DN80 PN16",
            "Joint plat 2,50 mm",
            "Fauteuil de bureau pivotant",
            "",
            "Vannes à opercule",
        )
    ]
    asked = [
        *known,
        words_of("vann. opercul DN60 PN10"),
        words_of("bureaux pivotants"),
        words_of("Rien de commun"),
    ]
    index, weights = WordingIndex(known), rarity(known)

    for words in asked:
        every = {place: likeness(words, other, weights) for place, other in enumerate(known)}
        assert index.alike(words) == {place: alike for place, alike in every.items() if alike}


@pytest.mark.parametrize(
    "other", ["Frais de livraison", "Port et emballage", "Participation aux frais de transport"]
)
def test_freight_is_freight_by_any_name(other: str) -> None:
    assert is_freight(words_of(other))


@pytest.mark.parametrize(
    "other", ["Transport scolaire", "Transport express", "Frais de dossier", "Forfait", "Charge"]
)
def test_what_says_more_or_less_is_no_freight(other: str) -> None:
    assert not is_freight(words_of(other))
