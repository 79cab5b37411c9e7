"""The readable note left beside a file that was not approved, for the mailroom (French)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from domain.records import Record
from ingest.received_texts import sentence
from matching.texts import message_of

Told: TypeAlias = Callable[[str], str]
"""Gives the French of what a reader says in English; what it does not know stays as it is."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is known beside a document's record once everything in it was seen to."""

    judged_again: int = 0  # open invoices, because of this order or receipt
    members: tuple[Mapping[str, Any], ...] = ()  # rows of the documents taken out of it
    first: Mapping[str, Any] | None = None  # row of the first document of the same bytes


_NOTHING = Aftermath()

_HEADINGS = {
    "in_review": "Reçu et archivé. Une personne doit vérifier cette facture.",
    "blocked": "Reçu et archivé. Cette facture est bloquée.",
    "duplicate": "Reçu. Ce fichier avait déjà été déposé à l'identique ; il n'y a rien à faire.",
    "unreadable": "Reçu et archivé, mais illisible.",
    "not_invoice": "Reçu et archivé. Ce document n'est pas une facture.",
    "received": "Reçu et archivé. Ce document attend d'être lu ; MEG le reprendra de lui-même.",
    "failed": "Reçu et archivé. Une erreur interne est survenue ; MEG réessaiera de lui-même.",
}
_STATES = {
    "approved": "approuvé",
    "in_review": "à vérifier",
    "blocked": "bloqué",
    "duplicate": "déjà reçu",
    "unreadable": "illisible",
    "not_invoice": "archivé, n'est pas une facture",
    "received": "attend d'être lu",
    "failed": "erreur interne, sera repris",
    "refused": "refusé",
    "disputed": "en litige",
    "on_hold": "en attente",
    "replaced": "remplacé par une facture rectificative",
}
_NAMES = {  # and whether feminine
    "order": ("Commande", True),
    "change": ("Modification de commande", True),
    "cancellation": ("Annulation de commande", True),
    "response": ("Réponse à une commande", True),
    "receipt": ("Avis de réception", False),
    "receipt_advice": ("Avis de réception", False),
    "announcement": ("Avis d'expédition", False),
    "despatch_advice": ("Avis d'expédition", False),
}
_USED = {
    "booked": "pris{e} en compte",
    "unchanged": "déjà connu{e}, rien n'a changé",
    "kept": "conservé{e} comme message",
    "review": "en attente, une personne doit vérifier ce document",
}
_UNREADABLE_AGAIN = (
    "Reçu. Ce même fichier avait déjà été déposé, et n'a pas pu être lu : "
    "il en faut un autre du fournisseur."
)
_OPENED_ONE = "Reçu, archivé et ouvert. Le fichier qu'il contient est traité à part :"
_OPENED = "Reçu, archivé et ouvert. Chacun des {count} fichiers qu'il contient est traité à part :"


def note_for(record: Record, told: Told = str, aftermath: Aftermath = _NOTHING) -> str | None:
    """What to tell the mailroom about a document; None when there is nothing to say.

    The record keeps its English sentences; codes are the same in both.
    """
    heading = _HEADINGS.get(record["status"])
    if heading is None:
        return None
    inside = _taken_out(record, aftermath)
    if inside:
        heading = _OPENED if len(inside) > 1 else _OPENED_ONE
    elif record.get("booked"):
        heading = _used(record, aftermath.judged_again)
    elif record["duplicate_of"] and (aftermath.first or {}).get("status") == "unreadable":
        heading = _UNREADABLE_AGAIN
    lines = [record["file"], "", heading.format(count=len(inside)), *inside]
    lines += _first(record, aftermath.first)
    error = record["error"]
    if error:
        lines += ["", f"{error['code']} : {told(error['message'])}", told(error["hint"])]
    reasons = (record.get("booked") or {}).get("reasons", ())
    lines += [f"- {reason['code']} : {sentence(reason)}" for reason in reasons]
    lines += [_discrepancy(item) for item in record["discrepancies"]]
    lines += ["", f"Document {record['document_id']}", f"SHA-256 {record['sha256']}", ""]
    return "\n".join(lines)


def _used(record: Record, judged_again: int) -> str:
    """How an order, an advice or a status message was used."""
    booked = record["booked"]
    name, feminine = _NAMES.get(booked["act"], ("Message", False))
    said = record.get("order") or record.get("delivery") or record.get("status_message") or {}
    number, order_id = booked["number"] or said.get("number"), booked["order_id"]
    title = f"{name} {number}" if number else name
    if order_id and order_id != number:
        title += f" (commande {order_id})"
    used = _USED[booked["outcome"]].format(e="e" if feminine else "")
    plural = "s" if judged_again > 1 else ""
    again = f" ; {judged_again} facture{plural} rejugée{plural}" if judged_again else ""
    # The caller formats: braces that a number holds stay what they are.
    return f"{title} {used}{again}.".replace("{", "{{").replace("}", "}}")


def _first(record: Record, first: Mapping[str, Any] | None) -> Iterator[str]:
    """The document that brought the same bytes before, and where it stands."""
    if first is not None:
        named = first["number"] or first["file_name"]
        yield f"Premier dépôt : {named}, {_state(first)} (document {first['document_id']})."
    elif record["duplicate_of"]:
        yield f"Premier dépôt : document {record['duplicate_of']}."


def _state(row: Mapping[str, Any]) -> str:
    name, feminine = _NAMES.get(row["kind"] or "", ("", False))
    if name and row["status"] == "not_invoice":
        # An order or an advice that waits for somebody has its reasons as codes.
        used = _USED["review"] if row["codes"] else f"conservé{'e' if feminine else ''}"
        return f"{name.lower()} {used}"
    return _STATES[row["status"]]


def _taken_out(record: Record, aftermath: Aftermath) -> list[str]:
    """The files that an e-mail or an archive brought, each a document of its own."""
    if record["status"] != "not_invoice" or record["source"] or record.get("booked"):
        return []
    if aftermath.members:
        return [_member(row) for row in aftermath.members]
    return [f"- {member['name']}" for member in record["attachments"]]


def _member(row: Mapping[str, Any]) -> str:
    number = f" ({row['number']})" if row["number"] else ""
    return f"- {row['file_name']}{number} : {_state(row)}"


def _discrepancy(item: Record) -> str:
    where = f" (ligne {item['invoice_line']})" if item["invoice_line"] else ""
    return f"- {item['code']}{where} : {message_of(item)}"
