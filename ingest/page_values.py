"""Values as pages print them: every amount, date and number of a text, and where it stands.

A page is gone through once. Amounts are known by their value whatever their separators, dates in
figures or with their month's name, numbers and names by their letters and digits alone; none is
found inside a longer one. Text is folded one character for one, so that places stay true.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from domain.evidence import PageBox
from domain.identifiers import compact
from domain.invoice import Invoice, Reading
from domain.money import plain
from ingest.parsers.seen import SeenPage

_AMOUNT: Final = re.compile(
    r"(?<!\d)(?<!\d[.,' ])"
    r"(?:(\d{1,3}([.,' ])\d{3}(?:\2\d{3})*)(?!\2?\d)|(\d+))"
    r"(?:\s?[.,]\s?(\d{1,4})(?!\d)|[.,]--?)?"
)
_GROUPED: Final = re.compile(r"\D")
_THREE: Final = 3
_FIGURES: Final = re.compile(
    r"(?<!\d)(?=((\d{1,2})\s?[-./ ]\s?(\d{1,2})\s?[-./ ]\s?(\d{4}|\d\d)(?!\d)))"
)
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)")
_RUN: Final = re.compile(r"(?<!\d)(\d{8}|\d{6})(?!\d)")
_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(\d{1,2})(?:er|st|nd|rd|th|\.)?[\s-]*(?:de |of )?([a-z]{3,9})\.?[\s,-]*(?:de |del )?"
    r"(\d{4}|\d\d)(?!\d)"
)
_MONTH_FIRST: Final = re.compile(
    r"(?<![a-z])([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?[\s,]+(\d{4})(?!\d)"
)
_MONTHS: Final = (
    "janv jan ene gen",
    "fevr feb",
    "mars mar mrz maer",
    "avr apr abr",
    "mai may mag mei",
    "juin jun giu",
    "juil jul lug",
    "aout aug ago",
    "sep set",
    "oct okt ott",
    "nov",
    "dec dez dic",
)
_MONTH_OF: Final = {
    name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()
}
_FEWEST: Final = 3
_MOST_LINES: Final = 200
_WIDEST_GAP: Final = 4
_SIGNS: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


class Spot(NamedTuple):
    """Where a value stands: the page by its place in the list, and the piece of its text."""

    page: int
    start: int
    end: int


class _Folds(dict[int, int]):
    """Small letters without accents, one character for one, remembered."""

    def __missing__(self, code: int) -> int:
        sign = chr(code)
        if sign.isspace() and sign not in "\r\n":
            found = ord(" ")
        else:
            found = ord((unicodedata.normalize("NFKD", sign)[:1] or sign).lower()[:1])
        self[code] = found
        return found


_FOLDS: Final = _Folds()


def folded(text: str) -> str:
    """Small letters without accents, one character for each of the text."""
    return text.translate(_FOLDS)


class PageIndex:
    """What the pages print, by value."""

    def __init__(self, pages: Sequence[SeenPage]) -> None:
        self._pages = pages
        self.texts = [folded(page.text) for page in pages]

    def box(self, spot: Spot) -> PageBox | None:
        """The box around a spot."""
        return self._pages[spot.page].box(spot.start, spot.end)

    def before(self, spot: Spot, length: int) -> str:
        """What stands before a spot on its line."""
        text = self.texts[spot.page][max(0, spot.start - length) : spot.start]
        return text.replace("\r", "\n").rpartition("\n")[2]

    def amount(self, value: Decimal) -> list[Spot]:
        """Where an amount is printed, with or without its sign."""
        return self._amounts.get(abs(value), [])

    def day(self, value: date, *, month_first: bool = True) -> list[Spot]:
        """Where a date is printed; `month_first` also in the American way."""
        found = self._days.get(value, [])
        return sorted(found + self._american.get(value, [])) if month_first else found

    def code(self, value: str) -> list[Spot]:
        """Where a number, an identifier or a name is printed, separators apart."""
        wanted = "".join(c for c in folded(value) if c in _SIGNS)
        return list(self._codes(wanted)) if wanted else []

    @property
    def writes_month_first(self) -> bool:
        """Whether some date on the pages can only be read with its month first."""
        day_first = {spot for _, spot, american in self._dated if not american}
        return any(american and spot not in day_first for _, spot, american in self._dated)

    @cached_property
    def _amounts(self) -> dict[Decimal, list[Spot]]:
        found: dict[Decimal, list[Spot]] = {}
        for page, text in enumerate(self.texts):
            for match in _AMOUNT.finditer(text):
                for value in _values(match):
                    found.setdefault(value, []).append(Spot(page, *match.span()))
        return found

    @cached_property
    def _dated(self) -> list[tuple[date, Spot, bool]]:
        return [
            (day, Spot(page, start, end), american)
            for page, text in enumerate(self.texts)
            for day, start, end, american in _dates(text)
        ]

    @cached_property
    def _days(self) -> dict[date, list[Spot]]:
        return _by_day((day, spot) for day, spot, american in self._dated if not american)

    @cached_property
    def _american(self) -> dict[date, list[Spot]]:
        return _by_day((day, spot) for day, spot, american in self._dated if american)

    @cached_property
    def _bare(self) -> list[tuple[str, list[int]]]:
        """The letters and digits of each page, and where each of them stands."""
        found = []
        for text in self.texts:
            at = [i for i, c in enumerate(text) if c in _SIGNS]
            found.append(("".join([text[i] for i in at]), at))
        return found

    def _codes(self, wanted: str) -> Iterator[Spot]:
        for page, (bare, at) in enumerate(self._bare):
            text, start = self.texts[page], bare.find(wanted)
            while start >= 0:
                first, last = at[start], at[start + len(wanted) - 1]
                inside = at[start : start + len(wanted)]
                alone = (first == 0 or text[first - 1] not in _SIGNS) and (
                    last + 1 == len(text) or text[last + 1] not in _SIGNS
                )
                if alone and all(b - a <= _WIDEST_GAP for a, b in pairwise(inside)):
                    yield Spot(page, first, last + 1)
                start = bare.find(wanted, start + 1)


def _by_day(found: Iterator[tuple[date, Spot]]) -> dict[date, list[Spot]]:
    days: dict[date, list[Spot]] = {}
    for day, spot in found:
        days.setdefault(day, []).append(spot)
    return days


def _values(match: re.Match[str]) -> Iterator[Decimal]:
    """The amounts a printed number may mean: "1.224" is 1224, or a quantity of 1.224."""
    grouped, separator, run, cents = match.groups()
    whole = _GROUPED.sub("", grouped) if grouped else run
    yield Decimal(f"{whole}.{cents or 0}")
    if grouped and cents is None and separator in ".," and len(whole) <= 2 * _THREE:
        yield Decimal(grouped.replace(",", "."))
    if run and cents and len(cents) == _THREE:
        yield Decimal(f"{run}{cents}")


def _dates(text: str) -> Iterator[tuple[date, int, int, bool]]:
    """Dates with their places; the last says whether the month comes first in figures."""
    for m in _FIGURES.finditer(text):
        a, b, year = int(m[2]), int(m[3]), _year(m[4])
        yield from _dated(year, b, a, m.span(1), american=False)
        yield from _dated(year, a, b, m.span(1), american=True)
    for m in _ISO.finditer(text):
        yield from _dated(int(m[1]), int(m[2]), int(m[3]), m.span(), american=False)
    for m in _RUN.finditer(text):
        run = m[1]
        yield from _dated(_year(run[4:]), int(run[2:4]), int(run[:2]), m.span(), american=False)
        if len(run) > 2 * _THREE:
            yield from _dated(int(run[:4]), int(run[4:6]), int(run[6:]), m.span(), american=False)
    for m in _DAY_FIRST.finditer(text):
        yield from _dated(_year(m[3]), _month(m[2]), int(m[1]), m.span(), american=False)
    for m in _MONTH_FIRST.finditer(text):
        yield from _dated(int(m[3]), _month(m[1]), int(m[2]), m.span(), american=False)


def _dated(
    year: int, month: int, day: int, span: tuple[int, int], *, american: bool
) -> Iterator[tuple[date, int, int, bool]]:
    try:
        yield date(year, month, day), *span, american
    except ValueError:
        return  # no such day


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else 2000 + int(text)  # noqa: PLR2004 - two figures


def _month(name: str) -> int:
    return _MONTH_OF.get(name[:4]) or _MONTH_OF.get(name[:3]) or 0


def places(invoice: Invoice, pages: PageIndex) -> Iterator[tuple[str, PageBox]]:
    """Where the values of the XML stand on the pages, for those that do."""
    for field, found, is_last in _printed(invoice, pages):
        if found:
            box = pages.box(found[-1 if is_last else 0])
            if box is not None:
                yield field, box


def _printed(invoice: Invoice, pages: PageIndex) -> Iterator[tuple[str, list[Spot], bool]]:
    """Fields with their spots: sums stand at the end, names and numbers at the beginning."""
    seller, buyer = invoice.seller, invoice.buyer
    texts = (
        ("number", invoice.number),
        ("order_reference", invoice.order_reference),
        ("contract_reference", invoice.contract_reference),
        ("buyer_reference", invoice.buyer_reference),
        ("payee_iban", invoice.payee_iban),
        ("seller.name", seller.name),
        ("seller.vat_id", seller.vat_id),
        ("seller.legal_id", seller.legal_id),
        ("buyer.name", buyer.name),
        ("buyer.vat_id", buyer.vat_id),
        ("buyer.legal_id", buyer.legal_id),
    )
    for field, text in texts:
        if text is not None and len(compact(text)) >= _FEWEST:
            yield field, pages.code(text), False
    if invoice.issue_date is not None:
        yield "issue_date", pages.day(invoice.issue_date), False
    if invoice.due_date is not None:
        yield "due_date", pages.day(invoice.due_date), True
    for name in ("lines", "tax_exclusive", "tax", "tax_inclusive", "prepaid", "payable"):
        amount: Decimal | None = getattr(invoice.totals, name)
        if amount:
            yield f"totals.{name}", pages.amount(amount), True
    yield from _lines(invoice, pages)


def _lines(invoice: Invoice, pages: PageIndex) -> Iterator[tuple[str, list[Spot], bool]]:
    """The items of the lines, each after the one before, and the amounts that follow them."""
    reached = Spot(0, -1, -1)
    for place, line in enumerate(invoice.lines[:_MOST_LINES]):
        if line.name is None or len(compact(line.name)) < _FEWEST:
            continue
        named = [spot for spot in pages.code(line.name) if spot > reached]
        if not named:
            continue
        reached = named[0]
        yield f"lines[{place}].name", named, False
        if line.net_amount:
            amounts = [s for s in pages.amount(line.net_amount) if s > reached]
            yield f"lines[{place}].net_amount", amounts, False


def confident_value(page: Reading, field: str, confidence: float) -> str | None:
    """What a page states for a field, when its reader is that sure."""
    seen = page.evidence.get(field)
    if page.invoice is None or seen is None or seen.confidence < confidence:
        return None
    group, _, name = field.rpartition(".")
    value = getattr(getattr(page.invoice, group) if group else page.invoice, name)
    if value is None:
        return None
    return plain(value) if isinstance(value, Decimal) else str(value)
