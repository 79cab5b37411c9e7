"""Words of a page: drawing tricks undone, rows and phrases told apart."""

from __future__ import annotations

from ingest.parsers.pages.lines import group_rows, lay_out, split_at_gaps
from ingest.parsers.pages.words import (
    PageWords,
    Word,
    drop_overprints,
    join_spaced_letters,
    join_touching,
)
from tests.page_maker import set_page, words_at


def texts(words: list[Word]) -> list[str]:
    return [w.text for w in words]


def test_a_word_drawn_twice_for_boldness_is_read_once() -> None:
    word = Word("Total", 100, 50, 125, 60)
    shadow = Word("Total", 100.4, 50.3, 125.4, 60.3)
    elsewhere = Word("Total", 100, 90, 125, 100)

    assert drop_overprints([word, shadow, elsewhere]) == [word, elsewhere]


def test_pieces_of_a_word_drawn_apart_are_joined() -> None:
    row = [Word("Fac", 10, 0, 25, 10), Word("ture", 25.1, 0, 45, 10), Word("12", 50, 0, 60, 10)]

    assert texts(join_touching(row)) == ["Facture", "12"]


def test_spaced_letters_spell_their_words() -> None:
    letters = [Word(c, 10 + 9 * i, 0, 15 + 9 * i, 10) for i, c in enumerate("FACTURE")]
    further = [Word(c, 100 + 9 * i, 0, 105 + 9 * i, 10) for i, c in enumerate("NET")]

    assert texts(join_spaced_letters([*letters, *further])) == ["FACTURE", "NET"]


def test_two_single_letters_stay_two_words() -> None:
    row = words_at(10, 0, "Lot A B 12")

    assert texts(join_spaced_letters(row)) == ["Lot", "A", "B", "12"]


def test_words_drawn_from_right_to_left_are_read_from_left_to_right() -> None:
    words = words_at(40, 30, "Net à payer 12,00")

    assert [texts(r) for r in group_rows(reversed(words))] == [["Net", "à", "payer", "12,00"]]


def test_columns_whose_baselines_differ_stay_apart() -> None:
    left, right_side = words_at(40, 100, "Numéro :"), words_at(300, 105, "Client")

    assert [texts(r) for r in group_rows([*left, *right_side])] == [["Numéro", ":"], ["Client"]]


def test_a_wide_gap_parts_phrases() -> None:
    row = [*words_at(40, 10, "Total HT"), *words_at(400, 10, "1 440,00")]

    assert [texts(p) for p in split_at_gaps(row)] == [["Total", "HT"], ["1", "440,00"]]


def test_a_phrase_knows_where_each_character_stands() -> None:
    phrase = set_page([[(40, "IBAN FR14 2004")]]).rows[0].phrases[0]

    box = phrase.box(5, 14)

    assert (box.page, box.left, box.right) == (1, 65, 110)


def test_an_empty_page_has_no_rows() -> None:
    assert lay_out(PageWords(1, 595, 842, ())).rows == ()
