"""Amounts and dates of the query language: exact bounds, as integers that every engine sorts.

Amounts are counted in millionths, so that any stated amount and any bound stay exact; dates are
written as the number YYYYMMDD.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

_SCALE = Decimal(1_000_000)
_LARGEST = 9 * 10**18
_DOTS = ".."

_GROUPS = re.compile(r"[\s'\u2019]")
_GROUPED_COMMA = re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+")
_GROUPED_POINT = re.compile(r"-?\d{1,3}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})")
_PLAIN = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?")
_CURRENCY = re.compile(r"\s*(?:€|eur|euros?)$", re.IGNORECASE)
_DATES: Final = (
    re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?"),
    re.compile(r"(?:(?P<day>\d{1,2})[-/.])?(?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"),
)


class Misread(Exception):
    """A value cannot be understood: why, what to write instead, and which part of it."""

    def __init__(self, problem: str, advice: str, start: int, end: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice
        self.start = start
        self.end = end


def micros(amount: Decimal) -> int:
    """An amount in millionths, for the index; beyond reason it is cut to the largest."""
    return max(-_LARGEST, min(_LARGEST, int((amount * _SCALE).to_integral_value())))


def day_number(day: date) -> int:
    """A date as the number YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def amount_bounds(text: str) -> tuple[int | None, int | None]:
    """`1000..5000`, `..5000`, `1000..` or one amount, as bounds in millionths.

    Raises:
        Misread: it is no amount, or the bounds are the wrong way round.
    """
    low_text, high_text, high_at = _split(text, "amount:1000..5000")
    low = None if low_text is None else _amount(low_text, 0)
    high = None if high_text is None else _amount(high_text, high_at)
    if low is not None and high is not None and low > high:
        problem = f"{low_text} is more than {high_text}."
        raise Misread(problem, f"Write {high_text}..{low_text}.", 0, len(text))
    return (
        None if low is None else int((low * _SCALE).to_integral_value(ROUND_CEILING)),
        None if high is None else int((high * _SCALE).to_integral_value(ROUND_FLOOR)),
    )


def date_bounds(text: str) -> tuple[int | None, int | None]:
    """`2026-01..2026-06`, `..2026`, `15/01/2026..` or one year, month or day, as day numbers.

    Raises:
        Misread: it is no date, or the bounds are the wrong way round.
    """
    low_text, high_text, high_at = _split(text, "date:2026-01..2026-06")
    low = None if low_text is None else _span_of_days(low_text, 0)[0]
    high = None if high_text is None else _span_of_days(high_text, high_at)[1]
    if low is not None and high is not None and low > high:
        problem = f"{low_text} is after {high_text}."
        raise Misread(problem, f"Write {high_text}..{low_text}.", 0, len(text))
    return (
        None if low is None else day_number(low),
        None if high is None else day_number(high),
    )


def _split(text: str, example: str) -> tuple[str | None, str | None, int]:
    low, dots, high = text.partition(_DOTS)
    if not dots:
        return text, text, 0
    if not low.strip() and not high.strip():
        problem = "This range has no bounds."
        raise Misread(problem, f"Write at least one, as in {example}.", 0, len(text))
    return low if low.strip() else None, high if high.strip() else None, len(low) + len(dots)


def _amount(text: str, at: int) -> Decimal:
    bare = _GROUPS.sub("", _CURRENCY.sub("", text.strip()))
    if _GROUPED_COMMA.fullmatch(bare):
        bare = bare.replace(",", "")
    elif _GROUPED_POINT.fullmatch(bare):
        bare = bare.replace(".", "")
    if not _PLAIN.fullmatch(bare):
        advice = "Write it as 1234.56 or 1234,56; quote it if it holds blanks."
        raise Misread(f"«{text}» is no amount.", advice, at, at + len(text))
    return Decimal(bare.replace(",", "."))


def _span_of_days(text: str, at: int) -> tuple[date, date]:
    bare = text.strip()
    for form in _DATES:
        if found := form.fullmatch(bare):
            parts = {name: int(value) for name, value in found.groupdict().items() if value}
            try:
                return _first_and_last(**parts)
            except ValueError:
                break
    advice = "Write a year, month or day: 2026, 2026-03, 2026-03-15 or 15/03/2026."
    raise Misread(f"«{text}» is no date.", advice, at, at + len(text))


def _first_and_last(year: int, month: int = 0, day: int = 0) -> tuple[date, date]:
    if day:
        return date(year, month, day), date(year, month, day)
    if month:
        last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0  # noqa: PLR2004
        return date(year, month, 1), date(year, month, last)
    return date(year, 1, 1), date(year, 12, 31)
