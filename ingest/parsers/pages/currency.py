"""The currency of a document: stated, or shown by the signs beside its amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.votes import Candidate, Found, elect

_CODES = ("eur", "usd", "gbp", "chf", "dkk", "sek", "nok", "pln", "xpf")
_SIGNS = {"€": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "£": "GBP", "pounds": "GBP"} | {
    code: code.upper() for code in _CODES
}
_ALL_CODES = "|".join(_CODES)
_SIGN = re.compile(rf"€|\$|£|(?<![a-z])(?:euros?|pounds|{_ALL_CODES})(?![a-z])")
_AT_AMOUNT = re.compile(
    rf"(?:€|\$|£|(?<![a-z])(?:{_ALL_CODES})) ?-?\d"
    rf"|\d ?(?:€|\$|£|(?:euros?|{_ALL_CODES})(?![a-z]))"
)


def find_currency(pages: Sequence[LabelledPage]) -> Found[str] | None:
    """ISO 4217 code of the invoice currency (BT-5)."""
    candidates = [*_stated(pages), *_shown(pages)]
    counts: dict[str, int] = {}
    for c in candidates:
        counts[c.value] = counts.get(c.value, 0) + 1
    usual = max(counts.values(), default=0)
    return elect([c for c in candidates if c.score > 0.8 or counts[c.value] == usual])  # noqa: PLR2004


def _stated(pages: Sequence[LabelledPage]) -> list[Candidate[str]]:
    out: list[Candidate[str]] = []
    for page in pages:
        for label in page.labels:
            if label.concept is not Concept.CURRENCY:
                continue
            for spot in page.spots(label):
                match = _SIGN.search(spot.text.casefold())
                if match:
                    box = spot.box(match.start(), match.end())
                    out.append(Candidate(_SIGNS[match.group()], box, 0.97))
                    break
    return out


def _shown(pages: Sequence[LabelledPage]) -> list[Candidate[str]]:
    out: list[Candidate[str]] = []
    for page in pages:
        for phrase in page.phrases:
            match = _SIGN.search(phrase.folded)
            if match is None:
                continue
            strong = _AT_AMOUNT.search(phrase.folded) is not None
            box = phrase.box(match.start(), match.end())
            out.append(Candidate(_SIGNS[match.group()], box, 0.75 if strong else 0.6))
    return out
