"""Two readings of one page make one; rules and shading leave the image."""

from __future__ import annotations

from PIL import Image, ImageDraw

from ingest.recognition.agreement import agreed
from ingest.recognition.hocr import SeenWord
from ingest.recognition.rules import without_rules

TOTAL = SeenWord("Total", 10, 10, 60, 22, 0.9)


def test_what_only_the_second_reading_has_is_added_where_it_is_sure() -> None:
    lone, dirt = SeenWord("3", 90, 10, 96, 22, 0.8), SeenWord("'", 120, 10, 122, 22, 0.2)

    assert agreed([TOTAL], [TOTAL, lone, dirt]) == (TOTAL, lone)


def test_a_word_that_both_read_alike_is_as_sure_as_the_surer() -> None:
    (word,) = agreed([SeenWord("Total", 10, 10, 60, 22, 0.6)], [TOTAL])

    assert word == TOTAL


def test_a_word_read_in_two_ways_is_doubted() -> None:
    (word,) = agreed([SeenWord("Tota1", 10, 10, 60, 22, 0.6)], [TOTAL])

    assert (word.text, word.confidence) == ("Total", 0.5)


def test_two_words_that_the_second_reading_made_one_stay_two() -> None:
    parts = [SeenWord("To", 10, 10, 30, 22, 0.9), SeenWord("tal", 34, 10, 60, 22, 0.9)]

    assert agreed(parts, [TOTAL]) == tuple(parts)


def test_rules_and_shading_are_taken_off_and_letters_stay() -> None:
    image = Image.new("L", (400, 200), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 399, 99), fill=180)
    draw.line((20, 150, 380, 150), fill=0, width=2)
    draw.line((200, 20, 200, 190), fill=0, width=2)
    draw.rectangle((40, 120, 50, 140), fill=0)

    bare = without_rules(image, 100)

    assert [bare.getpixel(at) for at in ((20, 20), (100, 150), (200, 120))] == [255, 255, 255]
    assert bare.getpixel((45, 130)) == 0
