"""Units of quantity as they are printed; words of other languages become UN/ECE codes.

French words stay as they stand: whoever matches them with an order compares words with words.
"""

from __future__ import annotations

import re

from ingest.parsers.pages.folding import fold_printed

_CODES = {
    "stk": "C62", "stck": "C62", "stuck": "C62", "st": "C62", "pcs": "C62", "pc": "C62", "pieces": "C62",
    "piece": "C62", "ea": "C62", "each": "C62", "units": "C62", "unit": "C62", "meter": "MTR", "m": "MTR",
    "kilograms": "KGM", "kilogram": "KGM", "kg": "KGM", "stunden": "HUR", "std": "HUR", "hours": "HUR",
    "hour": "HUR", "hrs": "HUR", "days": "DAY", "tage": "DAY", "tag": "DAY", "square metres": "MTK",
    "pages": "C62", "liter": "LTR", "pauschal": "LS", "psch": "LS",
}  # fmt: skip
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
