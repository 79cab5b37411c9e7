"""Whole forms of references, amounts and dates, beside the parts they are split into.

A form here has no position: it answers a query that writes the same thing in another way
(`1 234,50` and `1234.5`; `FR76 1820 …` and `FR761820…`; `12/03/2026` and `2026-03-12`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

Span = tuple[str, int, int]
"""A form, and where it begins and ends."""

_LONGEST_FORM = 64
_MOST_SUFFIXES = 6
_TWO_DIGIT_YEARS = 100
_CENTURY = 2000
_SHORTEST_DATE = len("1/1/26")
_LONGEST_DATE = len("2026-01-01T00")
_DAY_DIGITS = len("YYYYMMDD")

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan",
            "fevrier fevr fev",
            "mars",
            "avril avr",
            "mai",
            "juin",
            "juillet juil",
            "aout",
            "septembre sept",
            "octobre oct",
            "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for name in names.split()
}

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=$|T)")
_DAY_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$")
_COMPACT_DATE = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})$")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)(?=$|[^\W\d])")
_GROUPED = re.compile(r"(\d{1,3}(?:([.,'\u2019])\d{3})(?:\2\d{3})*)(?:[.,](\d{1,6}))?(?=$|[^\W\d])")
_AMBIGUOUS = re.compile(r"\d{1,3}[.,]\d{3}")

_BLANK = "[ \u00a0\u2009\u202f]"
# Each pattern begins with a plain character class, which the regex engine skips to quickly; what
# must not stand before it is looked at afterwards.
_ACCOUNT = re.compile(
    rf"[A-Z](?<!\w.)[A-Z](?:"
    rf"(?P<account>\d{{2}}(?:{_BLANK}[A-Z0-9]{{4}}){{2,7}}(?:{_BLANK}[A-Z0-9]{{1,3}})?)"
    rf"|(?P<vat>{_BLANK}?\d{{2}}{_BLANK}\d{{3}}{_BLANK}\d{{3}}{_BLANK}\d{{3}})"
    rf")(?![^\W_])"
)
_DIGITS = re.compile(
    rf"\d(?<!\w.)(?:"
    rf"(?P<groups>\d{{0,2}}(?:{_BLANK}\d{{3}}){{1,4}})"
    rf"(?:[.,](?P<decimals>\d{{1,6}})|(?P<office>{_BLANK}\d{{5}}))?"
    rf"|(?P<pairs>\d(?:{_BLANK}\d{{2}}){{3,8}})"
    rf"|\d?(?:er)?\s+(?P<month>[^\W\d_]{{3,9}})\.?\s+(?P<year>\d{{4}})"
    rf")(?![^\W_])"
)
_HYPHENATED = re.compile(r"[-\u2010](?<=[^\W\d_].)\r?\n[ \t]*([^\W\d_]+)")
_LAST_LETTERS = re.compile(r"[^\W\d_]+$")
_BLANKS = re.compile(_BLANK)
_DAY = re.compile(r"\d+")


def within_word(word: str, parts: Sequence[Span]) -> Iterator[Span]:
    """The whole forms of one word, from its text and its folded parts."""
    if not parts:
        return
    start, end = parts[0][1], parts[-1][2]
    if len(parts) == 1 and end - start != _DAY_DIGITS:
        return
    if word[start].isdigit():
        day = _date_in(word[start:end])
        if day is not None:
            yield day, start, end
        numbers = list(_numbers_in(word[start:end]))
        if numbers:
            yield from ((number, start, end) for number in numbers)
            return
    if len(parts) > 1:
        yield from _joined(parts)


def across_words(text: str, fold: Callable[[str], str]) -> Iterator[Span]:
    """The whole forms that run over blanks: grouped digits, accounts, dates in words."""
    for found in _ACCOUNT.finditer(text):
        yield _BLANKS.sub("", found.group()).lower(), found.start(), found.end()
    for found in _DIGITS.finditer(text):
        yield from _digits(found, fold)
    for found in _HYPHENATED.finditer(text):
        hyphen = found.start()
        before = _LAST_LETTERS.search(text, max(0, hyphen - _LONGEST_FORM), hyphen)
        if before:
            yield fold(before.group() + found[1]), before.start(), found.end()


def _digits(found: re.Match[str], fold: Callable[[str], str]) -> Iterator[Span]:
    start, end = found.span()
    if found["month"]:
        month = _MONTHS.get(fold(found["month"]))
        day = _DAY.match(found.string, start)
        if month and day and (iso := _iso(int(found["year"]), month, int(day.group()))):
            yield iso, start, end
    elif found["pairs"]:
        yield _BLANKS.sub("", found.group()), start, end
    else:
        yield from _groups(found)


def _joined(parts: Sequence[Span]) -> Iterator[Span]:
    # Every tail of a reference is a form too, so that `2026-05*` finds BC2026-05158.
    forms = [form for form, _, _ in parts]
    end = parts[-1][2]
    has_digits = any(form[0].isdigit() for form in forms)
    tails = len(parts) - 1 if has_digits and len(parts) <= _MOST_SUFFIXES else 1
    for first in range(tails):
        form = "".join(forms[first:])
        if len(form) <= _LONGEST_FORM:
            yield form, parts[first][1], end


def _date_in(word: str) -> str | None:
    if not _SHORTEST_DATE <= len(word) <= _LONGEST_DATE:
        return None
    if found := _YEAR_FIRST.match(word):
        return _iso(int(found[1]), int(found[3]), int(found[4]))
    if found := _DAY_FIRST.match(word):
        year = int(found[4])
        year += _CENTURY if year < _TWO_DIGIT_YEARS else 0
        return _iso(year, int(found[3]), int(found[1]))
    if found := _COMPACT_DATE.match(word):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _numbers_in(word: str) -> Iterator[str]:
    if found := _GROUPED.match(word):
        yield canonical(re.sub(r"\D", "", found[1]), found[3])
        if not _AMBIGUOUS.fullmatch(word):
            return
    if found := _DECIMAL.match(word):
        yield canonical(found[1], found[2])


def canonical(whole: str, decimals: str | None) -> str:
    """The one form of a number, however it was grouped and padded."""
    whole = whole.lstrip("0") or "0"
    decimals = (decimals or "").rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def _groups(found: re.Match[str]) -> Iterator[Span]:
    # A quantity often stands right before a price (`2 500,00`): every tail is a number as well.
    start, end = found.start(), found.end("groups")
    groups = _BLANKS.split(found.string[start:end])
    if found["office"]:
        yield "".join(groups), start, end
        yield "".join(groups) + found["office"][1:], start, found.end()
        return
    for first in range(len(groups) - 1):
        digits = "".join(groups[first:])
        yield canonical(digits, found["decimals"]), start, found.end()
        if digits[0] == "0" and not found["decimals"]:
            yield digits, start, end
        start += len(groups[first]) + 1
