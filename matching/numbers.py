"""Invoice numbers as duplicates are looked for: case, spaces, punctuation and leading zeros away.

Unlike order references an invoice number keeps its letters: `FA-12` and `FC-12` are two invoices.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from domain.identifiers import fold

_LEADING_WORDS: Final = re.compile(
    r"^(?:(?:facture|invoice|rechnung|avoir|numero|nr|no|n)(?![a-z0-9])[^a-z0-9]*)+(?=\d)"
)
_RUN: Final = re.compile(r"\d+|[a-z]+")


@lru_cache(maxsize=8192)
def number_key(number: str) -> str:
    """`FAC-0005850`, `fac 0005850` and `FAC0005850` give one key."""
    text = _LEADING_WORDS.sub("", fold(number).strip())
    joined = "".join(_RUN.findall(text))
    return re.sub(r"(?<!\d)0+(?=\d)", "", joined)
