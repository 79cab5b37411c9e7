"""Units of quantity as they are printed; words of other languages become UN/ECE codes.

French words stay as they stand: whoever matches them with an order compares words with words.
"""

from __future__ import annotations

import re

from ingest.parsers.pages.folding import fold_printed

_WORDS = {
    "C62": "stk stck stuck st pcs pc pieces piece ea each units unit pages",
    "MTR": "meter m",
    "KGM": "kilograms kilogram kg",
    "HUR": "stunden std hours hour hrs",
    "DAY": "days tage tag",
    "LTR": "liter",
    "LS": "pauschal psch",
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()} | {
    "square metres": "MTK"
}
_WORD = re.compile(r"(?P<unit>[^\W\d_](?:[\w²³/.'-]|(?<=[a-z]) (?=[a-zé]))*|%)")
_LONGEST = 20


def read_unit(text: str) -> str | None:
    """The unit in a cell that may hold the quantity too."""
    match = _WORD.search(text)
    if match is None:
        return None
    unit = match.group("unit").rstrip(".")
    if len(unit) > _LONGEST or unit.casefold() in ("eur", "euro", "euros", "x"):
        return None
    return _CODES.get(fold_printed(unit), unit)
