"""Numbers as they are printed: 1 234,56; 1.234,56; 1,234.56; 1'234.56; (12,00); 12,00-.

Which mark parts the decimals is a habit of the whole document: it is voted by the numbers that
leave no doubt, and settles those that do (`1.234`, `2,500`). Digits are kept as printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

_CURRENCY = r"(?:€|Ä|\x80|\$|£|¥|eur(?:os?)?|usd|chf|gbp|fr\.|us\$)"
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<before>[-+]\s?)?(?P<symbol>{_CURRENCY}\s?)?(?P<sign>[-+]\s?)?"
    r"(?P<body>\d{1,3}(?:[ '.,]\d{3})+(?! ?\d)(?:\s?[.,]\d+)?|\d+(?:\s?[.,]\d+)?)"
    rf"(?P<after>-(?![\w]))?(?P<unit>\s?(?:%|{_CURRENCY}(?![a-z])))?(?P<close>\))?",
    re.IGNORECASE,
)
_GLUED_BEFORE = re.compile(r"[\w/.,°#:_-]")
_GLUED_AFTER = re.compile(r"[\w/_]|[-.,]\w|:\d|\.\d")
_SURE_DECIMALS = 2
_GROUP = 3
_MAX_DIGITS = 15


class Mark(Enum):
    """What parts the decimals."""

    COMMA = ","
    POINT = "."


@dataclass(frozen=True, slots=True)
class NumberSeen:
    """A number in a text, from character `start` to `end`."""

    value: Decimal
    start: int
    end: int
    has_currency: bool = False
    is_percentage: bool = False
    decimals: int = 0
    grouped: bool = False

    @property
    def looks_like_money(self) -> bool:
        """Whether two decimals or a currency say that this is an amount."""
        return not self.is_percentage and (self.has_currency or self.decimals >= _SURE_DECIMALS)


def vote_mark(texts: Iterable[str], default: Mark = Mark.COMMA) -> Mark:
    """The decimal mark of a document, by the numbers that show it beyond doubt."""
    votes: Counter[str] = Counter()
    for text in texts:
        for match in re.finditer(
            r"(?<![\d.,/-])\d{1,3}(?:[ '.,]?\d{3})*([.,])\d{2}(?![\d.,/])", text
        ):
            votes[match.group(1)] += 1
        for match in re.finditer(r"\d([.,])\d{3}([.,])\d", text):
            if match.group(1) != match.group(2):
                votes[match.group(2)] += 2
    if not votes:
        return default
    return Mark(votes.most_common(1)[0][0])


def find_numbers(text: str, mark: Mark) -> Iterator[NumberSeen]:
    """Every number in a text, by the document's habit; parts of words and codes are left out."""
    if not any(c.isdigit() for c in text):
        return
    position = 0
    while match := _NUMBER.search(text, position):
        position = match.end("body")
        start, end = match.start(), match.end()
        if start and _GLUED_BEFORE.match(text[start - 1]) and _is_glued(text, start):
            continue
        if _GLUED_AFTER.match(text, end) and not match.group("unit"):
            continue
        value = _value(match, mark)
        if value is None:
            continue
        unit = (match.group("unit") or "").strip()
        body = match.group("body")
        yield NumberSeen(
            value,
            start,
            end,
            has_currency=bool(match.group("symbol")) or (bool(unit) and unit != "%"),
            is_percentage=unit == "%",
            decimals=_decimals(value),
            grouped=len(re.split(r"[ '.,]", body)) > 1 + (_decimals(value) > 0),
        )
        position = max(end, position)


def _is_glued(text: str, start: int) -> bool:
    before = text[start - 1]
    if before in ":°#":
        return False
    return not (before in ",.-" and (start < _SURE_DECIMALS or text[start - 2] in " ."))


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _value(match: re.Match[str], mark: Mark) -> Decimal | None:
    body = re.sub(r"\s+(?=[.,])", "", match.group("body"))
    plain = plain_number(body, mark)
    if plain is None:
        return None
    signs = (match.group("before"), match.group("sign"))
    negative = (
        any((s or "").strip() == "-" for s in signs)
        or match.group("after") is not None
        or (match.group("open") is not None and match.group("close") is not None)
    )
    return -plain if negative else plain


def plain_number(body: str, mark: Mark) -> Decimal | None:
    """The value of digits with marks between them; None when they make no number."""
    if sum(c.isdigit() for c in body) > _MAX_DIGITS:
        return None
    marks = [c for c in body if c in ".,"]
    if not marks:
        return Decimal(re.sub(r"[ ']", "", body))
    whole, _, fraction = body.rpartition(marks[-1])
    if not fraction.isdecimal():
        return None
    mixed = len(set(marks)) > 1
    if mixed and marks[-1] in whole:
        return None
    if not mixed and _is_grouping(whole, fraction, marks, mark):
        return Decimal(re.sub(r"[ '.,]", "", body))
    return Decimal(re.sub(r"[ '.,]", "", whole) + "." + fraction)


def _is_grouping(whole: str, fraction: str, marks: list[str], mark: Mark) -> bool:
    """Whether marks of one kind part thousands: several of them, or one that parts no decimals."""
    if len(marks) > 1:
        return True
    return len(fraction) == _GROUP and marks[-1] != mark.value and _is_group_head(whole)


def _is_group_head(whole: str) -> bool:
    return whole.isdigit() and 1 <= len(whole) <= _GROUP and not whole.startswith("0")
