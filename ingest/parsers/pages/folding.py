"""Folding of printed text, character by character, so that positions stay where they were.

`domain.identifiers.fold` may change the length of a text; labels are searched in folded text and
their boxes looked up in the printed one, so here one character always gives one character.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_LIGATURES = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "№": "N°",
}
_SAME = {
    "º": "°",
    "˚": "°",
    "ᵒ": "°",
    "\u2019": "'",
    "\u2018": "'",
    "`": "'",
    "\u00b4": "'",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "ß": "s",
    "œ": "e",
    "æ": "e",
    "ø": "o",
    "\u0131": "i",
}


@cache
def _fold_character(character: str) -> str:
    lower = character.lower()
    if lower in _SAME:
        return _SAME[lower]
    base = unicodedata.normalize("NFKD", lower)[:1]
    return base if base and len(base) == 1 else character


def fold_printed(text: str) -> str:
    """Lower-case without accents, typographic variants made one, length unchanged."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


def expand_ligatures(text: str) -> str:
    """Write typographic ligatures as the letters a reader sees."""
    if text.isascii():
        return text
    for ligature, letters in _LIGATURES.items():
        if ligature in text:
            text = text.replace(ligature, letters)
    return text
