"""Values as accountants write them: sums, quantities, dates and units, in French or English."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from matching.units import canonical_unit

FRENCH: Final = "fr"
_CENTS: Final = 2
_PLURAL_FROM: Final = 2
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS: Final = {
    code: names
    for code, *names in (
        ("C62", "unité", "piece"),
        ("KGM", "kilogramme", "kilogram"),
        ("GRM", "gramme", "gram"),
        ("TNE", "tonne", "tonne"),
        ("MTR", "mètre", "metre"),
        ("KMT", "kilomètre", "kilometre"),
        ("MTK", "mètre carré", "square metre"),
        ("MTQ", "mètre cube", "cubic metre"),
        ("LTR", "litre", "litre"),
        ("HUR", "heure", "hour"),
        ("MIN", "minute", "minute"),
        ("DAY", "jour", "day"),
        ("MON", "mois", "month"),
        ("ANN", "an", "year"),
        ("KWH", "kilowattheure", "kilowatt hour"),
        ("BX", "boîte", "box"),
        ("PK", "paquet", "pack"),
        ("CT", "carton", "carton"),
        ("PX", "palette", "pallet"),
        ("SET", "lot", "set"),
        ("LS", "forfait", "lump sum"),
    )
}


def amount(value: Decimal, language: str = FRENCH) -> str:
    """A number as the language writes it: `1 234,5` or `1,234.5`."""
    return _marked(f"{value:,f}", language)


def _marked(text: str, language: str) -> str:
    if language != FRENCH:
        return text
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")


@lru_cache(maxsize=4096)
def money(value: Decimal, language: str = FRENCH) -> str:
    """A sum, with its cents: `900,00`; a price keeps what decimals it has beyond."""
    return _with_decimals(value, _CENTS, language)


def quantity(value: Decimal, language: str = FRENCH) -> str:
    """A quantity or a rate, without idle zeros: `5,5`."""
    return _with_decimals(value, 0, language)


def _with_decimals(value: Decimal, least: int, language: str) -> str:
    """With at least so many decimals; nothing is rounded, however many digits there are."""
    whole, _, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return _marked(f"{whole}.{decimals}" if decimals else whole, language)


def day(value: date, language: str = FRENCH) -> str:
    """A date as the language writes it."""
    return value.strftime("%d/%m/%Y") if language == FRENCH else value.isoformat()


def unit(code: str | None, language: str = FRENCH) -> str | None:
    """A unit in words with its code: `kilogramme (KGM)`."""
    names = _UNITS.get(canonical_unit(code) or "")
    return f"{names[0 if language == FRENCH else 1]} ({code})" if names else code


def number_in(value: str | None) -> Decimal | None:
    """The number that a stored value is, if it is one."""
    return Decimal(value) if value is not None and _NUMBER.fullmatch(value) else None


def shown(value: str | None, language: str, *, is_money: bool) -> str | None:
    """A stored value as it is read: sums and quantities, dates, or words as they stand."""
    number = number_in(value)
    if number is not None:
        return money(number, language) if is_money else quantity(number, language)
    if value is not None and _DATE.fullmatch(value):
        # A name or number of a thing may look like a date that no calendar has.
        with suppress(ValueError):
            return day(date.fromisoformat(value), language)
    return value


def plural(value: str | None) -> str:
    """The `s` that a number asks for; French counts from two, and so does English but for 1.5."""
    number = number_in(value)
    return "s" if number is None or abs(number) >= _PLURAL_FROM else ""
