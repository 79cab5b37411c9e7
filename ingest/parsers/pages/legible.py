"""Whether the text that a PDF gives for a page can be what a person reads there.

A page without text, with less of it than its picture shows, with characters that stand for
nothing (fonts without a table of characters), or with text that is not drawn at all (somebody's
recognition under a picture) is a candidate for recognition.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ingest.parsers.pages.words import PageWords

_FEW_LETTERS: Final = 250
"""A page with fewer is looked at: a stamp of the scanner or a few words beside a picture."""

_FEWEST_LETTERS: Final = 20
_MOST_STRANGE: Final = 0.1
_FEWEST_PLAIN: Final = 0.5
_FEWEST_SPOKEN: Final = 0.4
_SAMPLE: Final = 4000
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_VOWELS: Final = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]", re.IGNORECASE)
_STRANGE: Final = frozenset({"Cc", "Cn", "Co", "Cs"})


def is_doubtful(page: PageWords) -> bool:
    """Whether a page may show more than its text says."""
    return page.hidden or letters(page) < _FEW_LETTERS or is_garbled(page)


def is_empty(page: PageWords) -> bool:
    """Whether a page has next to no text."""
    return letters(page) < _FEWEST_LETTERS


def letters(page: PageWords) -> int:
    """How many letters and digits a page has."""
    return sum(c.isalnum() for w in (*page.words, *page.sideways) for c in w.text)


def is_garbled(page: PageWords) -> bool:
    """Whether the text is no writing: codes of a font without a table, or a bad recognition."""
    text = " ".join(w.text for w in (*page.words, *page.sideways))[:_SAMPLE]
    printed = [c for c in text if not c.isspace()]
    if len(printed) < _FEWEST_LETTERS:
        return False
    strange = sum(c == "\ufffd" or unicodedata.category(c) in _STRANGE for c in printed)
    plain = sum(c.isalnum() for c in printed)
    if strange > _MOST_STRANGE * len(printed) or plain < _FEWEST_PLAIN * len(printed):
        return True
    words = [
        w for w in _LONG_WORD.findall(text) if w.isascii() or "LATIN" in unicodedata.name(w[0])
    ]
    spoken = sum(_VOWELS.search(w) is not None for w in words)
    return len(words) >= _FEWEST_LETTERS and spoken < _FEWEST_SPOKEN * len(words)
