"""Events in French words, for reports."""

from __future__ import annotations

from typing import Any

from archive.manifest import Event

_WORDS = {
    "received": "Reçu et archivé",
    "derived": "Fichier établi",
    "signature_checked": "Signature vérifiée",
    "parsed": "Lu",
    "validated": "Contrôlé (règles officielles)",
    "matched": "Rapproché",
    "decided": "Jugé",
    "judged_again": "Jugé de nouveau",
    "resolved": "Décision d'une personne",
    "corrected": "Lecture corrigée",
    "linked": "Lien vers une commande",
    "learned": "Correction apprise appliquée",
    "forgotten": "Correction oubliée",
    "account": "Compte bancaire",
    "replaced": "Remplacée",
    "restored": "Rétablie",
    "booked": "Utilisé",
    "status_told": "Statut reçu",
    "failed": "Échec du traitement",
    "exported": "Communiqué",
    "held": "Gelé",
    "released": "Gel levé",
    "purge_started": "Élimination commencée",
    "purged": "Éliminé",
}
_ACTIONS = {
    "approve": "approuvée",
    "refuse": "refusée",
    "dispute": "mise en litige",
    "hold": "mise en attente",
    "release": "rendue au contrôle",
    "correct": "lecture corrigée",
    "link": "liée à une commande",
    "tell_apart": "dite sans doublon",
}
_STATES = {
    "received": "reçue",
    "approved": "approuvée",
    "in_review": "à vérifier",
    "blocked": "bloquée",
    "refused": "refusée",
    "disputed": "en litige",
    "on_hold": "en attente",
    "replaced": "remplacée",
    "not_invoice": "pas une facture",
    "duplicate": "déjà reçue",
    "unreadable": "illisible",
    "failed": "en échec",
}
_SOURCES = {
    "drop folder": "le dossier surveillé",
    "web": "la page web",
    "api": "l'interface JSON",
    "cli": "la ligne de commande",
    "command line": "la ligne de commande",
}
_TELLING = ("action", "before", "after", "reason", "state", "status_code", "status", "problem")


def word(kind: str) -> str:
    """What kind of event this is."""
    return _WORDS.get(kind, kind)


def told(event: Event) -> str:
    """What an event says, in a line."""
    payload = event.payload
    if event.type == "exported":
        digest = payload.get("index_sha256") or payload.get("sha256") or ""
        what = {"evidence": "dossier de preuve"}.get(payload.get("kind", ""), "export")
        return f"{what}, empreinte {digest}"
    parts = [_said(name, payload[name]) for name in _TELLING if payload.get(name)]
    return " ; ".join(parts)


def came_by(source: str) -> str:
    """The way a document came in."""
    return _SOURCES.get(source, source)


def _said(name: str, value: Any) -> str:
    words = {"action": _ACTIONS, "before": _STATES, "after": _STATES}.get(name, {})
    if isinstance(value, str):
        value = words.get(value, value)
    names = {
        "action": "action",
        "before": "avant",
        "after": "après",
        "reason": "motif",
        "state": "état",
        "status_code": "code",
        "status": "statut",
        "problem": "problème",
    }
    return f"{names[name]} : {value if isinstance(value, str) else 'voir le manifeste'}"
