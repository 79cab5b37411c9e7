"""Sentences of a page that say something of their own: notes with references, payment terms."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.votes import Found
from ingest.parsers.pages.wording import words

_FEWEST_WORDS = 5
_LONGEST_TERMS = 200
_TERMS = words(
    r"""
    (?:paiement|reglement|payable|a regler|virement) (?:a|sous|dans(?: les)?) \d+ jours
    conditions? de (?:paiement|reglement)
    delai de (?:paiement|reglement)
    payment terms?|net \d+ days|payable within \d+ days
    zahlbar (?:innerhalb|bis|ohne|sofort)|zahlungs(?:bedingungen|ziel)|\d+ tage netto
    """
)


def find_notes(pages: Sequence[LabelledPage]) -> tuple[str, ...]:
    """Sentences that carry references of their own (BT-22): orders and contracts in plain text."""
    return tuple(
        phrase.text
        for page in pages
        for phrase in page.phrases
        if len(phrase.words) >= _FEWEST_WORDS
        and any(c.isdigit() for c in phrase.text)
        and ":" not in phrase.text
        and any(x.concept in (Concept.ORDER, Concept.CONTRACT) for x in page.labels_of(phrase))
    )


def find_payment_terms(pages: Sequence[LabelledPage]) -> Found[str] | None:
    """The sentence that says when and how to pay (BT-20), with what stands beside its label."""
    for page in pages:
        for phrase in page.phrases:
            if len(phrase.text) > _LONGEST_TERMS or not _TERMS.search(phrase.folded):
                continue
            text = phrase.text
            right = page.right_of(phrase)
            if any(c.isdigit() for c in text):
                return Found(text, phrase.box(), 0.8)
            if right is not None and any(c.isdigit() for c in right.text):
                return Found(f"{text.rstrip(' :')} : {right.text}", right.box(), 0.75)
    return None
