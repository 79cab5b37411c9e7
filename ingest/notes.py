"""The readable note left beside a file that was not approved, for the mailroom (French)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from domain.match import Code, Discrepancy
from domain.records import Record
from ingest.received_texts import sentence
from matching.texts import FRENCH, message

Told: TypeAlias = Callable[[str], str]
"""Gives the French of what a reader says in English; what it does not know stays as it is."""

_HEADINGS = {
    "in_review": "Reçu et archivé. Une personne doit vérifier cette facture.",
    "blocked": "Reçu et archivé. Cette facture est bloquée.",
    "duplicate": "Reçu. Ce fichier avait déjà été déposé à l'identique ; il n'y a rien à faire.",
    "unreadable": "Reçu et archivé, mais illisible.",
    "not_invoice": "Reçu et archivé. Ce document n'est pas une facture.",
    "received": "Reçu et archivé. Ce document attend d'être lu ; MEG le reprendra de lui-même.",
    "failed": "Reçu et archivé. Une erreur interne est survenue ; MEG réessaiera de lui-même.",
}
_OPENED_ONE = "Reçu, archivé et ouvert. Le fichier qu'il contient est traité à part :"
_OPENED = "Reçu, archivé et ouvert. Chacun des {count} fichiers qu'il contient est traité à part :"


def note_for(record: Record, told: Told = str) -> str | None:
    """What to tell the mailroom about a document; None when there is nothing to say.

    The record keeps its English sentences; codes are the same in both.
    """
    heading = _HEADINGS.get(record["status"])
    if heading is None:
        return None
    inside = _taken_out(record)
    if inside:
        heading = _OPENED if len(inside) > 1 else _OPENED_ONE
    lines = [record["file"], "", heading.format(count=len(inside)), *inside]
    if record["duplicate_of"]:
        lines.append(f"Premier dépôt : document {record['duplicate_of']}.")
    error = record["error"]
    if error:
        lines += ["", f"{error['code']} : {told(error['message'])}", told(error["hint"])]
    reasons = (record.get("booked") or {}).get("reasons", ())
    lines += [f"- {reason['code']} : {sentence(reason)}" for reason in reasons]
    lines += [_discrepancy(item) for item in record["discrepancies"]]
    lines += ["", f"Document {record['document_id']}", f"SHA-256 {record['sha256']}", ""]
    return "\n".join(lines)


def _taken_out(record: Record) -> list[str]:
    """The files that an e-mail or an archive brought, each a document of its own."""
    if record["status"] != "not_invoice" or record["source"] or record.get("booked"):
        return []
    return [f"- {member['name']}" for member in record["attachments"]]


def _discrepancy(item: Record) -> str:
    where = f" (ligne {item['invoice_line']})" if item["invoice_line"] else ""
    return f"- {item['code']}{where} : {_in_words(item)}"


def _in_words(item: Record) -> str:
    if item["code"] not in Code.__members__:
        return str(item["message"])
    names = ("invoice_line", "order_id", "order_line", "field", "expected", "found", "delta")
    values = {name: item.get(name) for name in names}
    return message(Discrepancy(Code(item["code"]), item["message"], **values), FRENCH)
