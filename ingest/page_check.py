"""Whether the visible page of a hybrid invoice says what its XML says.

People approve what they see, machines pay what the XML says: a page and an XML that disagree are a
sign of fraud. A false alarm is a defect too, so a difference is only stated when both halves are
certain: the XML's value stands nowhere on the page, in no way of writing it, and the page states
another value in its place, read with confidence (accounts: by their check digits). A page that
simply does not show a value differs in nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from stdnum import iban as iban_numbers

from domain.identifiers import compact, fold
from domain.invoice import Invoice, PageDifference, Reading
from domain.money import plain

_FEWEST_LETTERS: Final = 40
_CONFIDENT: Final = 0.8
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[0-9A-Z]){11,30}")
_MONTHS: Final = (
    "janv|jan",
    "fevr|feb",
    "mars|mar",
    "avr|apr",
    "mai|may",
    "juin|jun",
    "juil|jul",
    "aout|aug",
    "sep",
    "oct|okt",
    "nov",
    "dec|dez",
)


def page_differences(
    invoice: Invoice, text: str, read_page: Callable[[], Reading]
) -> tuple[PageDifference, ...]:
    """What the page states otherwise than the XML.

    Args:
        invoice: the invoice of the XML.
        text: the words of the page.
        read_page: reads the page as if there were no XML; called only when a value is missing.
    """
    if not is_comparable(text):
        return ()
    return (*_accounts(invoice, text), *_fields(invoice, text, read_page))


def is_comparable(text: str) -> bool:
    """Whether the page shows words enough to be held against the XML (a picture does not)."""
    return sum(c.isalnum() for c in text) >= _FEWEST_LETTERS


def _accounts(invoice: Invoice, text: str) -> Iterator[PageDifference]:
    """Every account of the page is another than every account of the XML."""
    stated = {compact(number) for number in invoice.payee_ibans}
    stated = {number for number in stated if iban_numbers.is_valid(number)}
    if not stated or any(number in compact(text) for number in stated):
        return
    shown = [number for number in _valid_ibans(text) if number not in stated]
    if shown:
        yield PageDifference("payee_iban", shown[0], invoice.payee_iban or "")


def _valid_ibans(text: str) -> Iterator[str]:
    """Account numbers in the text; words that follow one are cut off by its check digits."""
    for match in _IBAN.finditer(text):
        number = compact(match[0])
        for length in range(len(number), 14, -1):
            if iban_numbers.is_valid(number[:length]):
                yield number[:length]
                break


def _fields(
    invoice: Invoice, text: str, read_page: Callable[[], Reading]
) -> Iterator[PageDifference]:
    digits = re.sub(r"\D", "", text)
    totals = invoice.totals
    amounts = {
        "totals.tax_exclusive": totals.tax_exclusive,
        "totals.tax": totals.tax,
        "totals.tax_inclusive": totals.tax_inclusive,
        "totals.payable": totals.payable,
    }
    hidden = {
        field: plain(value)
        for field, value in amounts.items()
        if value is not None and not _shows_amount(digits, value)
    }
    if invoice.number is not None and compact(invoice.number) not in compact(text):
        hidden["number"] = invoice.number
    if invoice.issue_date is not None and not _shows_date(text, digits, invoice.issue_date):
        hidden["issue_date"] = invoice.issue_date.isoformat()
    if not hidden:
        return
    page = read_page()
    for field, stated in hidden.items():
        shown = _confident_value(page, field)
        if shown is not None and not _same(field, shown, stated):
            yield PageDifference(field, shown, stated)


def _shows_amount(digits: str, value: Decimal) -> bool:
    """Whether the digits of an amount stand on the page, with or without its decimals."""
    size = abs(value)
    if size == 0:
        return True  # nobody prints every zero
    cents = f"{size:.2f}".replace(".", "")
    whole = re.sub(r"\D", "", plain(size.normalize()))
    return cents.lstrip("0") in digits or whole in digits


def _shows_date(text: str, digits: str, day: date) -> bool:
    """Whether a date stands on the page in figures or with the month's name."""
    year, short = f"{day:%Y}", f"{day:%y}"
    figures = {
        f"{d}{m}" for d in (f"{day.day}", f"{day:%d}") for m in (f"{day.month}", f"{day:%m}")
    }
    figures |= {
        f"{m}{d}" for d in (f"{day.day}", f"{day:%d}") for m in (f"{day.month}", f"{day:%m}")
    }
    if any(f + year in digits or year + f in digits or f + short in digits for f in figures):
        return True
    words = fold(text)
    month = rf"(?:{_MONTHS[day.month - 1]})[a-z]*\.?"
    before = rf"\b0?{day.day}(?:er|st|nd|rd|th|\.)?\s+(?:de\s+|of\s+)?{month}[\s,]+{year}"
    after = rf"\b{month}\s+0?{day.day}(?:st|nd|rd|th)?[\s,]+{year}"
    return re.search(f"{before}|{after}", words) is not None


def _confident_value(page: Reading, field: str) -> str | None:
    """What the page states for a field, when its reader is sure."""
    seen = page.evidence.get(field)
    if page.invoice is None or seen is None or seen.confidence < _CONFIDENT:
        return None
    group, _, name = field.rpartition(".")
    value = getattr(page.invoice.totals if group else page.invoice, name)
    if value is None:
        return None
    return plain(value) if isinstance(value, Decimal) else str(value)


def _same(field: str, shown: str, stated: str) -> bool:
    if field.startswith("totals."):
        return abs(Decimal(shown)) == abs(Decimal(stated))
    short, long = sorted((compact(shown), compact(stated)), key=len)
    return short in long  # a number printed without its series, or read with a word too many
