"""Why an order, an advice or a status message was not used as it stands, in French and English."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

_ENGLISH: Final = "en"


class ReasonCode(StrEnum):
    """Permanent codes of what keeps a document from being used."""

    NUMBER_MISSING = "DOCUMENT_NUMBER_MISSING"
    BUYER_UNKNOWN = "ORDER_BUYER_UNKNOWN"
    SELLER_UNKNOWN = "ORDER_SELLER_UNKNOWN"
    LINE_REPEATED = "ORDER_LINE_REPEATED"
    ORDER_UNKNOWN = "ORDER_UNKNOWN"
    OTHER_PARTIES = "ORDER_OTHER_PARTIES"
    BOOKS_DIFFER = "ORDER_BOOKS_DIFFER"
    ALREADY_KNOWN = "ORDER_ALREADY_KNOWN"
    LINE_UNKNOWN = "ORDER_LINE_UNKNOWN"
    QUANTITY_MISSING = "RECEIPT_QUANTITY_MISSING"
    UNIT_DIFFERS = "RECEIPT_UNIT_DIFFERS"
    RECEIPT_DIFFERS = "RECEIPT_BOOKS_DIFFER"
    RECEIPT_BEYOND = "RECEIPT_BEYOND_ORDER"
    NOT_READ = "DOCUMENT_NOT_READ"
    NOT_CONFIRMED = "DOCUMENT_NOT_CONFIRMED"


_TEXTS: Final[Mapping[ReasonCode, tuple[str, str]]] = {
    ReasonCode.NUMBER_MISSING: (
        "Le document n’a pas de numéro.",
        "The document has no number.",
    ),
    ReasonCode.BUYER_UNKNOWN: (
        "L’acheteur {found} n’est aucune de nos entités.",
        "The buyer {found} is none of our entities.",
    ),
    ReasonCode.SELLER_UNKNOWN: (
        "Le fournisseur {found} n’est pas dans le fichier des fournisseurs.",
        "The seller {found} is not in the supplier file.",
    ),
    ReasonCode.LINE_REPEATED: (
        "Deux lignes portent le numéro {found}.",
        "Two lines have the number {found}.",
    ),
    ReasonCode.ORDER_UNKNOWN: (
        "La commande {found} n’est pas connue.",
        "The order {found} is not known.",
    ),
    ReasonCode.OTHER_PARTIES: (
        "La commande est entre {expected} ; le document est entre {found}.",
        "The order is between {expected}; the document is between {found}.",
    ),
    ReasonCode.BOOKS_DIFFER: (
        "{place} : les données importées disent {expected}, le document {found}. Elles font foi.",
        "{place}: the imported data say {expected}, the document {found}. The data hold.",
    ),
    ReasonCode.ALREADY_KNOWN: (
        (
            "{place} : la commande déjà reçue dit {expected}, ce document {found}. "
            "Une modification doit se présenter comme telle."
        ),
        (
            "{place}: the order received before says {expected}, this document {found}. "
            "A change must say that it is one."
        ),
    ),
    ReasonCode.LINE_UNKNOWN: (
        "La ligne {place} ne désigne aucune ligne de la commande.",
        "Line {place} is no line of the order.",
    ),
    ReasonCode.QUANTITY_MISSING: (
        "La ligne {place} ne dit pas quelle quantité est reçue.",
        "Line {place} does not say which quantity was received.",
    ),
    ReasonCode.UNIT_DIFFERS: (
        "Ligne {place} : l’unité {found} ne se convertit pas en {expected}.",
        "Line {place}: the unit {found} does not convert to {expected}.",
    ),
    ReasonCode.RECEIPT_DIFFERS: (
        (
            "Ligne {place} : la réception importée dit {expected}, le document {found}. "
            "Les données importées font foi."
        ),
        (
            "Line {place}: the imported receipt says {expected}, the document {found}. "
            "The imported data hold."
        ),
    ),
    ReasonCode.RECEIPT_BEYOND: (
        (
            "Ligne {place} : avec les réceptions importées, {found} seraient reçus pour {expected} "
            "commandés ; la même livraison est peut-être déjà importée."
        ),
        (
            "Line {place}: with the imported receipts {found} would be received of {expected} "
            "ordered; the same delivery may have been imported already."
        ),
    ),
    ReasonCode.NOT_CONFIRMED: (
        "Arrivé dans un message ou une archive : une personne confirme qu’il est bien des nôtres.",
        "Came in a message or an archive: a person confirms that it is one of ours.",
    ),
    ReasonCode.NOT_READ: (
        "Ce format est reconnu, mais son contenu n’est pas lu.",
        "The format is recognised, but its content is not read.",
    ),
}


def sentence(reason: Mapping[str, Any], language: str = "fr") -> str:
    """A stored reason in the reader's language."""
    text = _TEXTS[ReasonCode(reason["code"])][language == _ENGLISH]
    names = ("place", "expected", "found")
    return text.format(**{name: reason.get(name) or "–" for name in names})
