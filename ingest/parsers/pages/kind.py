"""What sort of document the pages are: told by their title, then by what they ask for.

A document is an invoice only when it calls itself one and shows something an invoice has to show.
Offers, letters, delivery notes, statements and reports that merely speak of invoices are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.wording import alternatives, words


class Title(StrEnum):
    """What a title says."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit note"
    CORRECTED = "corrected invoice"
    DEPOSIT = "deposit invoice"
    ORDER = "order"
    OTHER = "other"


_TITLES: tuple[tuple[Title, str], ...] = (
    (
        Title.OTHER,
        r"""
        devis
        proposition commerciale
        offre de prix
        quotation
        quote
        estimate
        angebot
        kostenvoranschlag
        facture pro-? ?forma
        pro-? ?forma(?: invoice)?
        proforma-?rechnung
        bon de livraison
        bordereau de livraison
        delivery note
        packing (?:list|slip)
        lieferschein
        bon de reception
        releve (?:de compte|de factures|d'heures)
        statement(?: of account)?
        kontoauszug
        lettre de relance
        relance
        rappel
        mahnung
        zahlungserinnerung
        reminder
        accuse de reception
        confirmation de commande
        order confirmation
        auftragsbestatigung
        attestation(?: d'assurance)?
        certificat
        contrat
        rapport
        proces[- ]verbal
        note de service
        compte[- ]rendu
        ordre de service
        mandat
        bulletin de paie
        """,
    ),
    (
        Title.ORDER,
        r"""
        bon de commande
        purchase order(?: change)?
        order(?: response| change)?
        bestellung
        """,
    ),
    (
        Title.CREDIT_NOTE,
        r"""
        avoir
        facture d'avoir
        note de credit
        credit (?:note|memo)
        gutschrift
        rechnungskorrektur
        storno(?:rechnung)?
        creditnota
        credit
        """,
    ),
    (Title.CORRECTED, r"facture rectificative|corrected invoice|korrekturrechnung"),
    (
        Title.DEPOSIT,
        r"""
        facture d'acompte
        (?:deposit|prepayment) invoice
        (?:anzahlungs|abschlags)rechnung
        """,
    ),
    (
        Title.INVOICE,
        r"""
        (?:votre |auto-?)?facture
        (?:tax |commercial |sales |your |demo )?invoice
        [a-z]{0,16}rechnung
        (?:kopie )?factuur
        note d'honoraires
        fattura
        factura
        decompte
        bill
        """,
    ),
)
_OPENING = r"^(?:la |your |copie |duplicata |duplicate )?"
_COMPILED = tuple(
    (title, re.compile(rf"{_OPENING}(?:{alternatives(lines)})(?![a-z])"))
    for title, lines in _TITLES
)
_NUMBER_FOLLOWS = re.compile(r"\s*(?:n[°o]|nr|no\b|number|#|:)?\s*:?\s*\S*\d")
_GOES_ON = re.compile(r"(?:et|ou|a|au|aux|par|to|is|an|und)\b")
_MENTION = words(
    r"""
    factures?
    facturation
    invoice
    rechnung\w*
    avoir
    gutschrift
    factuur
    faktura
    """
)
_OFFER = words(
    r"""
    devis|offre|quotation|quote|estimate|angebot|kostenvoranschlag|pro-? ?forma
    confirmation de commande|order confirmation|auftragsbestatigung
    """
)
_SUBJECT = re.compile(r"(?:objet|betreff|subject)\s*:\s*")
_GREETING = words(
    r"""
    madame, monsieur|mesdames, messieurs|cher client|chere cliente
    veuillez agreer|salutations distinguees|cordialement
    sehr geehrte\w*|mit freundlichen grusen|freundliche gruse
    dear (?:sir|madam|mr|mrs|ms|customer)|yours (?:sincerely|faithfully)|respectfully yours
    """
)
_SHORT_REST = 5
_LONGEST_TITLE = 9
_TITLE_PART = 0.62


@dataclass(frozen=True, slots=True)
class SeenTitle:
    """A title with its weight: large and high up counts most; `like_field` when a colon follows."""

    title: Title
    phrase: Phrase
    weight: float
    like_field: bool = False


def find_titles(pages: Sequence[LabelledPage]) -> list[SeenTitle]:
    """What the first page calls itself, the strongest first."""
    if not pages:
        return []
    page = pages[0]
    seen = [t for p in page.phrases if (t := _title_of(page, p)) is not None]
    return sorted(seen, key=lambda t: -t.weight)


def _title_of(page: LabelledPage, phrase: Phrase) -> SeenTitle | None:
    if len(phrase.words) > _LONGEST_TITLE or phrase.middle > _TITLE_PART * page.page.height:
        return None
    subject = _SUBJECT.match(phrase.folded)
    for title, pattern in _COMPILED:
        match = pattern.match(phrase.folded[subject.end() :] if subject else phrase.folded)
        if match is None:
            continue
        rest = phrase.folded[match.end() :].strip()
        if _is_field(title, rest):
            continue
        short = len(rest.split()) <= _SHORT_REST and not _GOES_ON.match(rest)
        weight = phrase.size * (1.0 if short else 0.5)
        weight *= 1.15 - 0.3 * phrase.middle / page.page.height
        if phrase.text[: match.end()].isupper():
            weight *= 1.2
        if _NUMBER_FOLLOWS.match(phrase.folded[match.end() :]):
            weight *= 1.2
        return SeenTitle(title, phrase, weight, like_field=rest.startswith(":"))
    return None


def _is_field(title: Title, rest: str) -> bool:
    """`Lieferschein: 27010181` names another document; only an order may head its own number so."""
    if title is Title.OTHER:
        return ":" in rest
    return title is Title.ORDER and ":" in rest and not rest.startswith(":")


def main_title(pages: Sequence[LabelledPage]) -> SeenTitle | None:
    """The strongest title of the first page; an invoice names its order, not the other way."""
    titles = find_titles(pages)
    if not titles:
        return None
    if titles[0].title is Title.ORDER:
        bills = [t for t in titles if t.title in (Title.INVOICE, Title.CREDIT_NOTE)]
        if bills and bills[0].weight > 0.5 * titles[0].weight:
            return bills[0]
    return titles[0]


def greets(pages: Sequence[LabelledPage]) -> bool:
    """Whether the pages are written as a letter."""
    return any(_GREETING.search(p.folded) for page in pages for p in page.phrases)


def offers(pages: Sequence[LabelledPage]) -> bool:
    """Whether a short phrase of the first page begins by calling it an offer or an order."""
    if not pages:
        return False
    return any(_OFFER.match(p.folded) for p in pages[0].phrases if len(p.words) <= _SHORT_REST)


def mentions_invoice(pages: Sequence[LabelledPage]) -> bool:
    """Whether the first page speaks of an invoice in a label-like phrase."""
    if not pages:
        return False
    return any(
        _MENTION.search(p.folded) for p in pages[0].phrases if len(p.words) <= _LONGEST_TITLE
    )
