"""Identifiers that carry their own proof: IBAN, VAT number, SIRET, SIREN.

A check digit that holds is the strongest sign there is. A labelled identifier of the right form
whose check fails is still what the document says, so it is given, but believed less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stdnum import iban as iban_number
from stdnum import luhn
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from domain.evidence import PageBox
from domain.identifiers import compact
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.wording import alternatives

_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15,
    "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip
_IBAN_HEAD = re.compile(r"(?<![A-Z0-9])([A-Z]{2}) ?(\d{2})(?=[ \dA-Z])")
_VAT_FORMS = r"""
    FR ?[0-9A-Z]{2} ?\d{3} ?\d{3} ?\d{3}
    DE ?\d{3} ?\d{3} ?\d{3}
    BE ?[01]?\d{3}[ .]?\d{3}[ .]?\d{3}
    NL ?\d{9} ?B ?\d{2}
    AT ?U ?\d{8,9}
    LU ?\d{8}
    IT ?\d{11}
    ES ?[0-9A-Z]\d{7}[0-9A-Z]
    GB ?\d{3} ?\d{4} ?\d{2}
    CHE-?\d{3}\.?\d{3}\.?\d{3}
    PL ?\d{10}
    PT ?\d{9}
    DK ?\d{8}
    SE ?\d{12}
    FI ?\d{8}
    IE ?\d[0-9A-Z]\d{5}[A-Z]{1,2}
    CZ ?\d{8,10}
    [A-Z]{2}\d{8,12}
"""
_VAT = re.compile(rf"(?<![A-Z0-9])(?:{alternatives(_VAT_FORMS)})(?![0-9A-Z])")
_SIRET = re.compile(r"(?<![\dA-Z])\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?\d{5}(?!\d)")
_REGISTER_FOLLOWS = re.compile(r"[\d .]+(?:rcs|r\.c\.s)(?![a-z])")
_COMPANY_WORD = re.compile(
    r"(?:siren|siret|rcs|r\.c\.s\.?|legal (?:registration|information)[a-z ]*:?)[^\d]*$"
)
_SIREN = re.compile(r"(?<![\dA-Z])\d{3}[ .]?\d{3}[ .]?\d{3}(?! ?\d)")


_SHORTEST = 14


class IdKind(StrEnum):
    """Which identifier."""

    IBAN = "iban"
    VAT = "vat"
    SIRET = "siret"
    SIREN = "siren"
    TAX_NUMBER = "tax number"


@dataclass(frozen=True, slots=True)
class PrintedId:
    """An identifier on a page; `checked` when its check digits hold, `labelled` when named."""

    kind: IdKind
    value: str
    phrase: Phrase
    start: int
    box: PageBox
    checked: bool
    labelled: bool

    @property
    def confidence(self) -> float:
        """How sure it is that this identifier was read right."""
        if self.kind is IdKind.IBAN and len(self.value) != _LENGTHS.get(self.value[:2]):
            return 0.5
        if self.checked:
            return 0.98 if self.labelled else 0.9
        return 0.85 if self.labelled else 0.3


def find_ids(pages: Sequence[LabelledPage]) -> list[PrintedId]:
    """Every identifier of a document, page by page."""
    found: list[PrintedId] = []
    for page in pages:
        for phrase in page.phrases:
            found.extend(_ibans(page, phrase))
            found.extend(_vats(page, phrase))
            found.extend(_companies(page, phrase))
            found.extend(_tax_numbers(page, phrase))
    return found


def _is_named(page: LabelledPage, phrase: Phrase, start: int, concepts: set[Concept]) -> bool:
    """Whether a label of these concepts stands before the position, left of it, or above."""
    own = [x for x in page.labels_of(phrase) if x.end <= start]
    if own:
        return own[-1].concept in concepts
    if start > 2:  # noqa: PLR2004 (the identifier does not open the phrase)
        return False
    return any(
        spot.phrase is phrase
        for label in page.labels
        if label.concept in concepts
        for spot in page.spots(label)
    )


def _ibans(page: LabelledPage, phrase: Phrase) -> Iterator[PrintedId]:
    text = phrase.text
    for head in _IBAN_HEAD.finditer(text):
        length = _LENGTHS.get(head.group(1))
        if length is None:
            continue
        named = _is_named(page, phrase, head.start(), {Concept.IBAN})
        value = _take(text[head.start() :], length)
        if len(value) < length and named:
            value = _continued(page, phrase, value, length)
        if len(value) != length and not (named and len(value) >= _SHORTEST):
            continue
        checked = _holds_iban(value)
        if checked or named:
            end = _end_of(text, head.start(), length)
            box = phrase.box(head.start(), end)
            yield PrintedId(IdKind.IBAN, value, phrase, head.start(), box, checked, named)


def _take(text: str, length: int) -> str:
    """The first `length` letters and digits, as far as blocks of capitals and digits go."""
    out = ""
    for block in text.split(" "):
        part = block.strip(".,;:-\u2013")
        if not part.isalnum() or not part.isascii() or part != part.upper():
            break
        if len(out) + len(part) > length:
            break
        out += part
        if len(out) == length or part != block:
            break
    return out


def _end_of(text: str, start: int, length: int) -> int:
    left, position = length, start
    while position < len(text) and left:
        left -= text[position].isalnum()
        position += 1
    return position


def _continued(page: LabelledPage, phrase: Phrase, value: str, length: int) -> str:
    """An account number that goes on in the phrase below, as narrow columns make it."""
    below = page.below(phrase, phrase.left, phrase.right, 1.2)
    if below is None:
        return value
    rest = _take(below.text, length - len(value))
    return value + rest


def _holds_iban(value: str) -> bool:
    try:
        iban_number.validate(value, check_country=False)
    except ValidationError:
        return False
    return True


def _vats(page: LabelledPage, phrase: Phrase) -> Iterator[PrintedId]:
    upper = phrase.text.upper()
    for match in _VAT.finditer(upper):
        named = _is_named(page, phrase, match.start(), {Concept.VAT_ID, Concept.TAX_NUMBER})
        value = compact(match.group())
        checked = bool(eu_vat.is_valid(value))
        if _IBAN_HEAD.match(value) and len(value) > 14:  # noqa: PLR2004 (longest VAT number)
            continue
        if named or (checked and phrase.text[match.start()].isupper()):
            box = phrase.box(match.start(), match.end())
            yield PrintedId(IdKind.VAT, value, phrase, match.start(), box, checked, named)


def _companies(page: LabelledPage, phrase: Phrase) -> Iterator[PrintedId]:
    for kind, pattern, concepts in (
        (IdKind.SIRET, _SIRET, {Concept.SIRET, Concept.SIREN}),
        (IdKind.SIREN, _SIREN, {Concept.SIREN, Concept.SIRET}),
    ):
        for match in pattern.finditer(phrase.text):
            named = _is_company_named(page, phrase, match.start(), concepts)
            value = compact(match.group())
            checked = _holds_luhn(value)
            if named or (kind is IdKind.SIRET and checked and len(match.group()) == len(value)):
                if not named and not _mentions_company(page, phrase):
                    continue
                box = phrase.box(match.start(), match.end())
                yield PrintedId(kind, value, phrase, match.start(), box, checked, named)


def _is_company_named(
    page: LabelledPage, phrase: Phrase, start: int, concepts: set[Concept]
) -> bool:
    if _is_named(page, phrase, start, concepts):
        return True
    if _REGISTER_FOLLOWS.match(phrase.folded, start):
        return True
    before = phrase.folded[max(0, start - 40) : start]
    return _COMPANY_WORD.search(before) is not None


def _mentions_company(page: LabelledPage, phrase: Phrase) -> bool:
    return any(x.concept in (Concept.SIRET, Concept.SIREN) for x in page.labels_of(phrase))


def _holds_luhn(value: str) -> bool:
    return bool(luhn.is_valid(value)) or value.startswith("356000000")


def _tax_numbers(page: LabelledPage, phrase: Phrase) -> Iterator[PrintedId]:
    for label in page.labels_of(phrase):
        if label.concept is not Concept.TAX_NUMBER:
            continue
        for spot in page.spots(label):
            match = re.match(r"\d[\d/ ]{6,18}\d", spot.text)
            if match:
                box = spot.box(match.start(), match.end())
                value = match.group().strip()
                yield PrintedId(
                    IdKind.TAX_NUMBER,
                    value,
                    spot.phrase,
                    spot.start,
                    box,
                    checked=False,
                    labelled=True,
                )
                break
