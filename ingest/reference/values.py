"""The forms a cell's value may take, in French and English spreadsheets, and what it means.

A reader takes a cell as the file gives it (text from CSV; numbers, dates and truth values from
XLSX and JSON) and returns the value, or None for an empty cell. A cell that cannot be understood
raises BadValue, which says what was expected; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from domain.identifiers import compact, fold
from domain.money import parse_decimal, plain
from domain.order import OrderStatus
from domain.party import EntityKind
from ingest.reference.columns import Form

Cell = Any
"""What a table reader hands over: str, int, Decimal, date, datetime, bool, list or None."""

_EARLIEST, _LATEST = 1900, 2199
_CENTURY = 2000
_TWO_DIGITS = 100
_MOST_TEXT = 100_000
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_LONGEST_KEY = 255
_WHOLE_RATE = 100
_REMEMBERED = 1 << 16  # the same prices, dates and rates come over and over

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", re.ASCII)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:( )\d{3})+(?:[.,]\d+)?", re.ASCII)
_GROUPED_BY_SIGN = re.compile(
    r"[-+]?\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII
)
_MONEY = re.compile(r"\s*(?:€|eur(?:os?)?|%)\s*$|^\s*(?:€|eur)\s*", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]\d.*)?", re.ASCII)
_SPELLED = re.compile(r"(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})", re.ASCII)
_MONTHS: Final = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
)
_SHORTEST_MONTH = 3

_KINDS: Final = {
    EntityKind.LOCAL: "collectivite commune ville mairie departement region epci syndicat "
    "intercommunalite collectiviteterritoriale locale",
    EntityKind.STATE: "etat ministere etablissementpublicnational",
    EntityKind.HEALTH: "sante hopital hospitalier ehpad etablissementdesante",
    EntityKind.COMPANY: "entreprise societe prive privee",
}
_STATUSES: Final = {
    OrderStatus.OPEN: "ouvert ouverte encours validee notifiee emise envoyee",
    OrderStatus.CLOSED: "clos close cloture cloturee solde soldee termine terminee fermee",
    OrderStatus.CANCELLED: "canceled annule annulee abandonnee supprimee",
}
_SECTIONS: Final = {"F": "fonctionnement exploitation", "I": "investissement"}


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell that its own spreadsheet shows as an error (`#N/A`); no reader accepts it."""

    text: str

    def __str__(self) -> str:
        return self.text


class BadValue(ValueError):
    """A cell holds something else than its column asks for; the text says what is expected."""


def read_text(cell: Cell) -> str | None:
    """Any value as text, without blanks around it."""
    if isinstance(cell, str):
        text = cell.strip()
        if _UNSTORABLE.search(text) or len(text) > _MOST_TEXT:
            raise BadValue("text without control characters, of at most 100,000 characters")
        return text or None
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return plain(cell.quantize(Decimal(1)) if cell == cell.to_integral_value() else cell)
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == datetime.min.time() else cell).isoformat()
    if isinstance(cell, (int, date)):
        return str(cell)
    raise BadValue("a single value, and no error")


def read_key(cell: Cell) -> str | None:
    """An identifier."""
    text = read_text(cell)
    if text is not None and len(text) > _LONGEST_KEY:
        raise BadValue("an identifier of at most 255 characters")
    return text


def read_decimal(cell: Cell) -> Decimal | None:
    """A number with decimal point or comma, thousands apart by blanks, points or commas."""
    if cell is None or isinstance(cell, Decimal):
        return cell
    if isinstance(cell, str):
        return _decimal_of(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return Decimal(cell)
    raise BadValue("a number, such as 1234.56 or 1 234,56")


@lru_cache(maxsize=_REMEMBERED)
def _decimal_of(text: str) -> Decimal | None:
    plain_text = _MONEY.sub(
        "", " ".join(text.replace("\u2212", "-").replace("\u2019", "'").split())
    )
    if not plain_text:
        if text.strip():
            raise BadValue("a number, such as 1234.56 or 1 234,56")
        return None
    if not _NUMBER.fullmatch(plain_text):
        plain_text = _ungrouped(plain_text)
    value = parse_decimal(plain_text.replace(",", "."))
    if value is None:
        raise BadValue("a number of at most 40 digits")
    return value


def _ungrouped(text: str) -> str:
    """Take thousands separators out: `1 234,56`, `1.234,56`, `1,234.56`, `1.234.567`."""
    sign = text[0] if text[0] in "+-" else ""
    number = text[len(sign) :].strip()
    if _NUMBER.fullmatch(number):
        return sign + number
    for pattern in (_GROUPED, _GROUPED_BY_SIGN):
        if found := pattern.fullmatch(number):
            return sign + number.replace(found[1], "")
    raise BadValue("a number, such as 1234.56 or 1 234,56")


def read_rate(cell: Cell) -> Decimal | None:
    """A percentage from 0 to 100."""
    value = read_decimal(cell)
    if value is not None and not 0 <= value <= _WHOLE_RATE:
        raise BadValue("a percentage from 0 to 100, such as 20 or 5,5")
    return value


def read_integer(cell: Cell) -> int | None:
    """A whole number."""
    value = read_decimal(cell)
    if value is None:
        return None
    if value != value.to_integral_value() or abs(value) >= 2**31:
        raise BadValue("a whole number, such as 30 or 2026")
    return int(value)


def read_date(cell: Cell) -> date | None:
    """An ISO date, a French one (day first), or a spreadsheet's own date; a time is dropped."""
    if cell is None:
        return None
    if isinstance(cell, str):
        return _date_of(cell)
    if isinstance(cell, datetime):
        return _in_range(cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _in_range(cell.year, cell.month, cell.day)
    raise BadValue("a date, such as 2026-03-18 or 18/03/2026")


@lru_cache(maxsize=_REMEMBERED)
def _date_of(text: str) -> date | None:
    words = " ".join(text.split())
    if not words:
        return None
    if found := _ISO.fullmatch(words) or _BASIC.fullmatch(words):
        return _in_range(int(found[1]), int(found[2]), int(found[3]))
    if found := _FRENCH.fullmatch(words):
        year = int(found[4])
        return _in_range(
            year + _CENTURY if year < _TWO_DIGITS else year, int(found[3]), int(found[1])
        )
    if found := _SPELLED.fullmatch(fold(words)):
        months = [m for m in _MONTHS if m.startswith(found[2])]
        if len(months) == 1 and len(found[2]) >= _SHORTEST_MONTH:
            return _in_range(int(found[3]), _MONTHS.index(months[0]) + 1, int(found[1]))
    raise BadValue("a date, such as 2026-03-18 or 18/03/2026")


def _in_range(year: int, month: int, day: int) -> date:
    try:
        value = date(year, month, day)
    except ValueError as problem:
        raise BadValue("a day that exists, written 2026-03-18 or 18/03/2026") from problem
    if not _EARLIEST <= year <= _LATEST:
        raise BadValue(f"a date between {_EARLIEST} and {_LATEST}")
    return value


def date_of_serial(serial: Decimal, *, since_1904: bool) -> date:
    """The day that a spreadsheet counts as this number (ECMA-376 Part 1 §18.17.4.1)."""
    days = int(serial)
    if not 0 < days < 2**17:
        raise BadValue("a date, such as 2026-03-18 or 18/03/2026")
    # 1899-12-30 makes up for the 29th of February 1900 that the 1900 system believes in.
    return (date(1904, 1, 1) if since_1904 else date(1899, 12, 30)) + timedelta(days=days)


def read_list(cell: Cell) -> list[str] | None:
    """Values apart by `|` or line breaks; a JSON list as it is."""
    if isinstance(cell, list):
        parts = [read_text(part) for part in cell]
    else:
        text = read_text(cell)
        parts = [part.strip() for part in re.split(r"[|\n]", text)] if text else []
    return [part for part in parts if part] or None


def read_code(cell: Cell) -> str | None:
    """A SIREN, SIRET, VAT number or account, without blanks and punctuation."""
    text = read_text(cell)
    return (compact(text) or None) if text else None


def read_codes(cell: Cell) -> list[str] | None:
    """Several codes; commas and semicolons part them too, for no account number holds one."""
    parts = read_list(re.sub("[,;]", "|", cell) if isinstance(cell, str) else cell)
    return ([code for part in parts if (code := compact(part))] or None) if parts else None


def _chosen(cell: Cell, spelled: Mapping[Any, str], expected: str) -> str | None:
    text = read_text(cell)
    if text is None:
        return None
    word = "".join(c for c in fold(text) if c.isalnum())
    for value, words in spelled.items():
        if word == fold(value) or word in words.split():
            return str(value)
    raise BadValue(expected)


def read_kind(cell: Cell) -> str | None:
    """What sort of buyer: local, state, health, company, or the French word."""
    return _chosen(cell, _KINDS, "one of local, state, health, company")


def read_status(cell: Cell) -> str | None:
    """Whether an order is open, closed or cancelled, or the French word."""
    return _chosen(cell, _STATUSES, "one of open, closed, cancelled")


def read_section(cell: Cell) -> str | None:
    """The budget section, F or I, or the French word."""
    return _chosen(cell, _SECTIONS, "F (fonctionnement) or I (investissement)")


READERS: Final[dict[Form, Callable[[Cell], Any]]] = {
    Form.TEXT: read_text,
    Form.DECIMAL: read_decimal,
    Form.RATE: read_rate,
    Form.INTEGER: read_integer,
    Form.DATE: read_date,
    Form.CODE: read_code,
    Form.LIST: read_list,
    Form.CODES: read_codes,
    Form.KIND: read_kind,
    Form.SECTION: read_section,
    Form.STATUS: read_status,
}


def shown(cell: Cell) -> str:
    """A cell's value as it is quoted in a report: one short line."""
    text = "".join(
        c if unicodedata.category(c)[0] != "C" else " " for c in str("" if cell is None else cell)
    )
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 - a line's worth
