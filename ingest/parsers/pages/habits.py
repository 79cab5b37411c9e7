"""How a document writes: its language, its decimal mark, the order of its dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.parsers.pages.dates import DayOrder, vote_order
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.numbers import Mark, vote_mark


@dataclass(frozen=True, slots=True)
class Habits:
    """How a document writes numbers and dates, and in which language."""

    mark: Mark
    order: DayOrder
    language: str


def find_habits(pages: Sequence[LabelledPage]) -> Habits:
    """Vote on language, decimal mark and order of dates."""
    texts = [p.text for page in pages for p in page.phrases]
    language = guess_language(" ".join(p.folded for page in pages for p in page.phrases))
    mark = vote_mark(texts, Mark.POINT if language == "en" else Mark.COMMA)
    dollars = any("$" in t or "USD" in t for t in texts)
    default = DayOrder.MONTH_FIRST if language == "en" and dollars else DayOrder.DAY_FIRST
    return Habits(mark, vote_order(texts, default), language)


_LANGUAGES = {
    "fr": (
        "facture le la les de du des tva montant date client echeance total paiement ht ttc et pour"
        " par"
    ),
    "en": (
        "invoice the of and date due to amount total payment bill tax vat description quantity for"
    ),
    "de": (
        "rechnung der die das und von betrag mwst ust datum menge bezeichnung zahlbar netto brutto"
    ),
}


def guess_language(folded: str) -> str:
    """French, English or German, by common words; French where nothing tells."""
    words = re.findall(r"[a-z]+", folded)
    counts = {
        name: sum(words.count(w) for w in set(vocabulary.split()))
        for name, vocabulary in _LANGUAGES.items()
    }
    return max(counts, key=lambda name: (counts[name], name == "fr"))
