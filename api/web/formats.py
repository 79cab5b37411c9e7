"""Amounts, quantities, dates as a reader of French or English expects to see them.

Nothing is rounded on a screen that stands for evidence: an amount shows two decimals at least and
every further digit that was stated. A value that is not what it should be is shown as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from domain.money import parse_decimal

Language = Literal["fr", "en"]
Kind = Literal["money", "quantity", "percent", "date", "days", "iban", "unit", "text"]

DASH = "\N{EN DASH}"
_THIN = "\u202f"  # CLDR: thousands in French
_NBSP = "\u00a0"
_CENTS = 2
_SUBJECT = re.compile(r"^#[A-Z]{3}#\s*")
_EXACT = Context(prec=100)  # a hostile number of digits must not raise
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF"}
_MONTHS = {
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(),
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
}
_UNITS = {
    "fr": {
        "C62": "u", "H87": "pce", "EA": "u", "PCE": "pce", "XPP": "pce", "KGM": "kg", "GRM": "g",
        "TNE": "t", "LTR": "l", "MTR": "m", "KMT": "km", "MTK": "m²", "MTQ": "m³", "HUR": "h",
        "MIN": "min", "DAY": "j", "MON": "mois", "ANN": "an", "KWH": "kWh", "MWH": "MWh",
        "LS": "forfait", "E48": "prestation", "SET": "lot", "XBX": "boîte", "XCT": "carton",
        "P1": "%",
    },
    "en": {
        "C62": "u", "H87": "pc", "EA": "u", "PCE": "pc", "XPP": "pc", "KGM": "kg", "GRM": "g",
        "TNE": "t", "LTR": "l", "MTR": "m", "KMT": "km", "MTK": "m²", "MTQ": "m³", "HUR": "h",
        "MIN": "min", "DAY": "d", "MON": "months", "ANN": "years", "KWH": "kWh", "MWH": "MWh",
        "LS": "lump sum", "E48": "service", "SET": "set", "XBX": "box", "XCT": "carton",
        "P1": "%",
    },
}  # fmt: skip


class Formats:
    """Writes values for one language and time zone."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        self._zone = zone

    def number(self, value: str | None, decimals: int | None = None) -> str:
        """A number with its stated digits, at least `decimals` of them after the point."""
        number = parse_decimal(value) if value is not None else None
        if number is None:
            return value or DASH
        if decimals is not None:
            number = _at_least(number, decimals)
        text = f"{number:,f}"
        if self.language == "fr":
            text = text.replace(",", _THIN).replace(".", ",")
        return text.replace("-", "\N{MINUS SIGN}")

    def money(self, value: str | None, currency: str | None = "EUR") -> str:
        """An amount with its currency: `1 234,56 €`, `€1,234.56`."""
        if value is None or parse_decimal(value) is None:
            return value or DASH
        text = self.number(value, _CENTS)
        sign = _SIGNS.get(currency or "", currency or "")
        if self.language == "fr" or len(sign) != 1:
            return f"{text}{_NBSP}{sign}" if sign else text
        minus = "\N{MINUS SIGN}"
        return f"{minus}{sign}{text[1:]}" if text.startswith(minus) else f"{sign}{text}"

    def quantity(self, value: str | None, unit: str | None = None) -> str:
        """A quantity without trailing zeros, with its unit in a word where we know it."""
        number = parse_decimal(value) if value is not None else None
        if number is None:
            return value or DASH
        text = self.number(f"{_shortest(number):f}")
        return f"{text}{_NBSP}{self.unit(unit)}" if unit else text

    def unit(self, code: str | None) -> str:
        """A unit code (UN/ECE Rec 20) as people write it."""
        return _UNITS[self.language].get((code or "").upper(), code or "")

    def percent(self, value: str | None) -> str:
        """A rate: `20 %`, `20%`."""
        number = parse_decimal(value) if value is not None else None
        if number is None:
            return value or DASH
        text = self.number(f"{_shortest(number):f}")
        return f"{text}{_NBSP}%" if self.language == "fr" else f"{text}%"

    def day(self, value: str | None) -> str:
        """A date: `12/03/2026`, `12 Mar 2026`."""
        try:
            found = date.fromisoformat(value or "")
        except ValueError:
            return value or DASH
        if self.language == "fr":
            return f"{found.day:02}/{found.month:02}/{found.year}"
        return f"{found.day} {_MONTHS['en'][found.month - 1]} {found.year}"

    def moment(self, value: str | None, *, seconds: bool = False) -> str:
        """An instant in the local time of those who read it."""
        try:
            instant = datetime.fromisoformat(value or "").astimezone(self._zone)
        except ValueError:
            return value or DASH
        clock = f"{instant:%H:%M:%S}" if seconds else f"{instant:%H:%M}"
        month = _MONTHS[self.language][instant.month - 1]
        return f"{instant.day}{_NBSP}{month}{_NBSP}{instant.year}, {clock}"

    def lately(self, value: str | None, now: datetime) -> str:
        """An instant as briefly as can be: today's hour, this year's day, else the whole date."""
        try:
            instant = datetime.fromisoformat(value or "").astimezone(self._zone)
        except ValueError:
            return value or DASH
        local = now.astimezone(self._zone)
        if instant.date() == local.date():
            return f"{instant:%H:%M}"
        month = _MONTHS[self.language][instant.month - 1]
        day = f"{instant.day}{_NBSP}{month}"
        return day if instant.year == local.year else f"{day}{_NBSP}{instant.year}"

    def iban(self, value: str | None) -> str:
        """An account number in groups of four."""
        if not value:
            return DASH
        compact = "".join(value.split())
        return _NBSP.join(compact[i : i + 4] for i in range(0, len(compact), 4))

    def note(self, value: str) -> str:
        """A note without the code of its subject (BT-21), which CII writes before it: `#PMT#`."""
        return _SUBJECT.sub("", value) or value

    def size(self, value: int) -> str:
        """A size in bytes, kilobytes or megabytes."""
        units = ("o", "ko", "Mo") if self.language == "fr" else ("B", "kB", "MB")
        amount, unit = Decimal(value), units[0]
        for unit in units:
            if amount < 1000:  # noqa: PLR2004 - SI prefixes
                break
            if unit != units[-1]:
                amount /= 1000
        digits = 0 if unit == units[0] else 1
        return f"{self.number(str(round(amount, digits)))}{_NBSP}{unit}"

    def value(self, value: str | None, kind: Kind, currency: str | None = "EUR") -> str:
        """A value of a kind known only when it is shown."""
        if value is None:
            return DASH
        write: dict[Kind, Callable[[str], str]] = {
            "money": lambda text: self.money(text, currency),
            "quantity": self.quantity,
            "percent": self.percent,
            "days": lambda text: f"{self.quantity(text)}{_NBSP}{self.unit('DAY')}",
            "iban": lambda text: ", ".join(map(self.iban, text.split(","))),
            "unit": self.unit,
            "date": self.day,
            "text": self.day,
        }
        return write[kind](value)


def _at_least(number: Decimal, decimals: int) -> Decimal:
    """Add zeros up to so many decimals; drop only zeros beyond them."""
    shortest = _shortest(number)
    exponent = shortest.as_tuple().exponent
    missing = isinstance(exponent, int) and -exponent < decimals
    return shortest.quantize(Decimal(1).scaleb(-decimals), context=_EXACT) if missing else shortest


def _shortest(number: Decimal) -> Decimal:
    """The same number without trailing zeros after the point."""
    normal = number.normalize(_EXACT)
    exponent = normal.as_tuple().exponent
    whole = isinstance(exponent, int) and exponent > 0
    return normal.quantize(Decimal(1), context=_EXACT) if whole else normal
