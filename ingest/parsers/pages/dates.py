"""Dates as they are printed: 12.03.2026, 12/03/26, 2026-03-12, 12 mars 2026, March 12, 2026.

A date that can be read two ways (03/12/2026) keeps both readings; the order is settled by the
other dates of the document, then by its language and currency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from ingest.parsers.pages.folding import fold_printed

_MONTH_NAMES = (
    ("janvier", "janv", "january", "jan", "januar", "janner", "januari", "enero", "gennaio"),
    ("fevrier", "fevr", "fev", "february", "feb", "februar", "februari", "febrero", "febbraio"),
    ("mars", "march", "mar", "marz", "maerz", "mrz", "maart", "marzo"),
    ("avril", "avr", "april", "apr", "abril", "aprile"),
    ("mai", "may", "mei", "mayo", "maggio"),
    ("juin", "june", "jun", "juni", "junio", "giugno"),
    ("juillet", "juil", "july", "jul", "juli", "julio", "luglio"),
    ("aout", "august", "aug", "augustus", "agosto"),
    ("septembre", "sept", "september", "sep", "septiembre", "settembre"),
    ("octobre", "oct", "october", "oktober", "okt", "octubre", "ottobre"),
    ("novembre", "nov", "november", "noviembre"),
    ("decembre", "dec", "december", "dezember", "dez", "diciembre", "dicembre"),
)
_MONTHS = {name: i for i, names in enumerate(_MONTH_NAMES, 1) for name in names}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WORDED = re.compile(
    rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.)?[\s-]{{0,2}}(?:de\s|of\s)?(?P<month>{_MONTH})"
    r"[.,]?[\s-]{0,2}(?:de\s)?(?P<year>\d{4}|\d{2})(?!\d)",
)
_MONTH_FIRST = re.compile(
    rf"(?<![a-z])(?P<month>{_MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})(?!\d)",
)
_ISO = re.compile(
    r"(?<![\d-])(?P<year>(?:19|20)\d\d)(?P<s>[-/.])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})(?!\d)"
)
_NUMERIC = re.compile(
    r"(?<![\d/.,-])(?P<a>\d{1,2})\s?(?P<s>[-/.])\s?(?P<b>\d{1,2})\s?(?P=s)\s?(?P<year>\d{4}|\d{2})(?![\d/])",
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)")
_CENTURY = 2000
_YEARS = range(1990, 2100)
_MONTHS_IN_YEAR = 12


class DayOrder(Enum):
    """Which comes first in a numeric date."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True, slots=True)
class DateSeen:
    """A date in a text; `other` is the second reading of an ambiguous one."""

    value: date
    start: int
    end: int
    other: date | None = None
    compact: bool = False

    def read(self, order: DayOrder) -> date:
        """The reading that the document's habit asks for."""
        if self.other is not None and order is DayOrder.MONTH_FIRST:
            return self.other
        return self.value


def _date(year: str, month: int, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:  # noqa: PLR2004 (two-digit years)
        number += _CENTURY
    if number not in _YEARS:
        return None
    try:
        return date(number, month, int(day))
    except ValueError:
        return None


def find_dates(text: str) -> Iterator[DateSeen]:
    """Every date in a text, from left to right."""
    folded = fold_printed(text)
    found = [
        *_worded(folded),
        *_iso(folded),
        *_numeric(folded),
    ]
    taken: list[DateSeen] = []
    for seen in sorted(found, key=lambda d: (d.start, -d.end)):
        if not taken or seen.start >= taken[-1].end:
            taken.append(seen)
    yield from taken


def _worded(text: str) -> Iterator[DateSeen]:
    for pattern in (_WORDED, _MONTH_FIRST):
        for m in pattern.finditer(text):
            value = _date(m["year"], _MONTHS[m["month"]], m["day"])
            if value is not None:
                yield DateSeen(value, m.start(), m.end())


def _iso(text: str) -> Iterator[DateSeen]:
    for pattern, compact in ((_ISO, False), (_COMPACT, True)):
        for m in pattern.finditer(text):
            month = int(m["month"])
            value = _date(m["year"], month, m["day"]) if 1 <= month <= _MONTHS_IN_YEAR else None
            if value is not None:
                yield DateSeen(value, m.start(), m.end(), compact=compact)


def _numeric(text: str) -> Iterator[DateSeen]:
    for m in _NUMERIC.finditer(text):
        a, b = int(m["a"]), int(m["b"])
        by_day = _date(m["year"], b, m["a"]) if 1 <= b <= _MONTHS_IN_YEAR else None
        by_month = _date(m["year"], a, m["b"]) if 1 <= a <= _MONTHS_IN_YEAR else None
        if m["s"] == "." and by_day is not None:
            by_month = None
        value = by_day or by_month
        if value is None:
            continue
        other = by_month if by_day is not None and by_month != by_day else None
        yield DateSeen(value, m.start(), m.end(), other)


def vote_order(texts: Iterable[str], default: DayOrder) -> DayOrder:
    """How the document writes numeric dates, by those that can be read one way only."""
    votes: Counter[DayOrder] = Counter()
    for text in texts:
        for m in _NUMERIC.finditer(text):
            if int(m["a"]) > _MONTHS_IN_YEAR:
                votes[DayOrder.DAY_FIRST] += 1
            elif int(m["b"]) > _MONTHS_IN_YEAR:
                votes[DayOrder.MONTH_FIRST] += 1
    return votes.most_common(1)[0][0] if votes else default
