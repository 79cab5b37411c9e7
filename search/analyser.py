"""Text to search tokens: one analyser for every engine, for indexing and for querying alike.

What it upholds:

1. Case, accents, ligatures (œ, æ, ß, ﬁ) and French elisions (l', d', qu', jusqu'…, with any
   apostrophe) do not count. Words are reduced by the French Snowball stemmer *after* folding, so
   that a word typed without its accents has the same stem.
2. Positions are consecutive and never shared. Engines may therefore be fed the tokens joined by
   blanks and still find phrases; nothing depends on one engine's own chain of filters.
3. References, numbers and dates are split into parts (`BC2026-05158`: bc, 2026, 05158), which
   carry positions, and also kept as *wholes* without position (`bc202605158`). Amounts become
   one canonical whole (`1 234,50`, `1.234,50` and `1234.5`: `1234.5`), dates their ISO form.

A *form* is a folded part, not stemmed: what prefixes and fuzzy words are compared with.
Offsets count the characters of `clean(text)`; callers that need them store the cleaned text.
Hyphenation across lines is undone in the wholes only. Stop words are kept: phrases need them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

import Stemmer  # type: ignore[import-not-found]

from search import whole_forms

ANALYSER_VERSION: Final = 1
"""Raised whenever the same text would give other tokens: an older index must be rebuilt."""

SEPARATOR: Final = "¶"
"""Stands between two texts of one field; no query can produce it, so no phrase crosses it."""

LONGEST_TERM: Final = 64
"""Longer terms are cut, in texts and in queries alike."""

_LONGEST_WORD = 256  # what has no blank for longer is data, not text
_LONGEST_CACHED = 32
_LONGEST_NUMBER_CACHED = 4  # longer ones hardly ever come again
_MOST_CACHED = 50_000

# º, ª and the letter apostrophe are letters to Unicode, punctuation on an invoice.
_LETTER = r"[^\W_\xba\xaa\u02bc]"
_APOSTROPHE = r"'\u2019\u02bc\u2018\u2032`\xb4"
_HYPHEN = r"\-\u2010\u2011\u2013\u2212"
_JOINT = rf"(?:[{_HYPHEN}/._@&+{_APOSTROPHE}]|(?<=\d),(?=\d))"
_WORD = re.compile(rf"{_LETTER}+(?:{_JOINT}{_LETTER}+)*[{_APOSTROPHE}]?")
_PRICE = re.compile(r"([0-9]{1,9})[.,]([0-9]{1,2})")
_DIGIT = re.compile(r"\d")
_PART = re.compile(r"\d+|[^\W\d_\xba\xaa\u02bc]+")
_ELISION = re.compile(
    rf"(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu)[{_APOSTROPHE}]", re.IGNORECASE
)
# Lone surrogates come from file names that are no UTF-8; nothing can store them.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\ud800-\udfff]")
_UNDECOMPOSED = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "\u0131": "i"}
)
_FEMININE_PARTICIPLE = re.compile(r"ees?$")
_SHORTEST_PARTICIPLE = 5

_stem_word = Stemmer.Stemmer("french", 0).stemWord


class Token(NamedTuple):
    """One part of a word: its stem and form, its position, and where it stands in the text."""

    stem: str
    form: str
    position: int
    start: int
    end: int


class Whole(NamedTuple):
    """A form that spans several parts, or other than the parts: a reference, amount or date."""

    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What an engine is fed: stems in order, and the sets of forms of parts and of wholes."""

    stems: list[str]
    forms: set[str]
    wholes: set[str]


class _Word(NamedTuple):
    """The analysis of one word, offsets counted from its own beginning."""

    parts: tuple[tuple[str, str, int, int], ...]  # stem, form, start, end
    wholes: tuple[whole_forms.Span, ...]


class _Run(NamedTuple):
    """The analysis of what stands between two blanks."""

    stems: tuple[str, ...]
    forms: tuple[str, ...]
    wholes: tuple[str, ...]


def clean(text: str) -> str:
    """Compose accents; drop soft hyphens, zero-width characters and lone surrogates."""
    if text.isascii():
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def fold(word: str) -> str:
    """Lower-case letters and digits without accents or ligatures."""
    if word.isascii():
        lowered = word.lower()
        if lowered.isalnum():
            return lowered[:LONGEST_TERM]
    else:
        lowered = unicodedata.normalize("NFKD", word).casefold().translate(_UNDECOMPOSED)
        lowered = unicodedata.normalize("NFKD", lowered)
    return "".join(filter(str.isalnum, lowered))[:LONGEST_TERM]


def stem(form: str) -> str:
    """The French stem of a folded word; numbers are left alone."""
    if len(form) >= _SHORTEST_PARTICIPLE and form.endswith(("ee", "ees")):
        # Without its accent «payée» would keep a letter more than «payé» after stemming.
        form = _FEMININE_PARTICIPLE.sub("e", form)
    return _stem_word(form) or form


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a cleaned text, in order."""
    position = 0
    for found in _WORD.finditer(text):
        offset = found.start()
        for stemmed, form, start, end in _analysed(found.group()).parts:
            yield Token(stemmed, form, position, offset + start, offset + end)
            position += 1


def wholes(text: str) -> Iterator[Whole]:
    """The forms that span several parts of a cleaned text."""
    for found in _WORD.finditer(text):
        offset = found.start()
        for form, start, end in _analysed(found.group()).wholes:
            yield Whole(form, offset + start, offset + end)
    yield from wholes_across_words(text)


def wholes_across_words(text: str) -> Iterator[Whole]:
    """Those of them that hold a blank or a line's end."""
    for form, start, end in whole_forms.across_words(text, fold):
        yield Whole(form, start, end)


def tokens_and_wholes(text: str) -> tuple[list[Token], list[Whole]]:
    """The tokens of a cleaned text, and the wholes that hold no blank, in one go."""
    found_tokens: list[Token] = []
    found_wholes: list[Whole] = []
    position = 0
    for found in _WORD.finditer(text):
        offset = found.start()
        parts, spans = _analysed(found.group())
        for stemmed, form, start, end in parts:
            found_tokens.append(Token(stemmed, form, position, offset + start, offset + end))
            position += 1
        for form, start, end in spans:
            found_wholes.append(Whole(form, offset + start, offset + end))
    return found_tokens, found_wholes


def terms(text: str) -> Terms:
    """The same tokens without their places: what is indexed, made quickly."""
    text = clean(text)
    runs = text.split()
    known = {run: _RUNS.get(run) or _analyse_run(run) for run in set(runs)}
    stems = list(chain.from_iterable([known[run].stems for run in runs]))
    forms: set[str] = set().union(*[found.forms for found in known.values()])
    joined: set[str] = set().union(*[found.wholes for found in known.values()])
    joined.update(form for form, _, _ in whole_forms.across_words(text, fold))
    return Terms(stems, forms, joined)


# Invoices repeat themselves: what was analysed is kept, up to a bound. A race between threads
# costs a second analysis, never a wrong one.
_WORDS: dict[str, _Word] = {}
_RUNS: dict[str, _Run] = {}


def _analyse_run(run: str) -> _Run:
    stems: list[str] = []
    forms: list[str] = []
    joined: list[str] = []
    for word in _WORD.findall(run):
        parts, spans = _analysed(word)
        for stemmed, form, _, _ in parts:
            stems.append(stemmed)
            forms.append(form)
        joined += [form for form, _, _ in spans]
    known = _Run(tuple(stems), tuple(forms), tuple(joined))
    if _may_come_again(run):
        if len(_RUNS) >= _MOST_CACHED:
            _RUNS.clear()
        _RUNS[run] = known
    return known


def _analysed(word: str) -> _Word:
    known = _WORDS.get(word)
    if known is None:
        known = _analyse(word)
        if _may_come_again(word):
            if len(_WORDS) >= _MOST_CACHED:
                _WORDS.clear()
            _WORDS[word] = known
    return known


def _may_come_again(word: str) -> bool:
    length = len(word)
    return length <= _LONGEST_CACHED and (
        length <= _LONGEST_NUMBER_CACHED or not _DIGIT.search(word)
    )


def _analyse(word: str) -> _Word:
    length = len(word)
    if length <= LONGEST_TERM and word.isalpha():
        form = fold(word)  # most words: nothing elided, nothing joined
        return _Word(((stem(form), form, 0, length),) if form else (), ())
    if (price := _PRICE.fullmatch(word)) is not None:
        whole, decimals = price.groups()
        parts_of_it = (whole, whole, 0, len(whole)), (decimals, decimals, len(whole) + 1, length)
        return _Word(parts_of_it, ((whole_forms.canonical(whole, decimals), 0, length),))
    start = 0
    while elided := _ELISION.match(word, start):
        start = elided.end()
    parts: list[tuple[str, str, int, int]] = []
    for found in _PART.finditer(word, start, _LONGEST_WORD):
        part = found.group()
        form = fold(part)
        if form:
            stemmed = form if part.isdecimal() else stem(form)
            parts.append((stemmed, form, found.start(), found.end()))
    spans = whole_forms.within_word(word, [(f, s, e) for _, f, s, e in parts])
    return _Word(tuple(parts), tuple(spans))
