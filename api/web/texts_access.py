"""The words of who read what, in French and English."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

ACCESS_TEXTS: dict[str, tuple[str, str]] = {
    "nav.accesses": ("Consultations", "Accesses"),
    "accesses.title": ("Consultations", "Accesses"),
    "accesses.of": ("Consultations de ce document", "Accesses to this document"),
    "accesses.all": ("Toutes ses consultations", "All accesses to it"),
    "accesses.none": ("Aucune consultation enregistrée.", "No access recorded."),
    "accesses.explained": (
        (
            "Qui a lu, téléchargé, recherché ou exporté quoi. Chaque consultation est scellée dans "
            "le journal signé ; regarder cette page en est une."
        ),
        (
            "Who read, downloaded, searched or exported what. Each access is sealed into the "
            "signed log; looking at this page is one."
        ),
    ),
    "accesses.filter": ("Filtrer", "Filter"),
    "accesses.document": ("Document", "Document"),
    "accesses.document_id": ("Identifiant du document", "Document id"),
    "accesses.who": ("Qui", "Who"),
    "accesses.what": ("Quoi", "What"),
    "accesses.any": ("tout", "anything"),
    "accesses.since": ("Du", "From"),
    "accesses.until": ("Au", "To"),
    "accesses.when": ("Quand", "When"),
    "accesses.from": ("Depuis", "By"),
    "accesses.detail": ("Précisions", "Details"),
    "accesses.sealed": ("scellée", "sealed"),
    "accesses.not_sealed": ("pas encore scellée", "not sealed yet"),
    "accesses.proof": ("Preuve", "Proof"),
    "accesses.older": ("Plus anciennes", "Older"),
    "accesses.hits": ("{count} trouvé(s)", "{count} found"),
    "accesses.lost": ("{count} consultation(s)", "{count} access(es)"),
    "accesses.left_out": (
        "Filtre ignoré, car il ne veut rien dire : {filters}. Les autres sont appliqués.",
        "A filter was left out, since it means nothing: {filters}. The others apply.",
    ),
    "accesses.left_out_hint": (
        "Une date s’écrit 2026-11-22 ; les sortes de consultation sont dans la liste.",
        "A date is written 2026-11-22; the kinds of access are in the list.",
    ),
    "accesses.list.documents": ("documents", "documents"),
    "accesses.list.accounts": ("comptes bancaires", "bank accounts"),
    "accesses.list.corrections": ("corrections", "corrections"),
    "accesses.list.eliminations": ("éliminations", "eliminations"),
    "accesses.list.elimination": ("une élimination", "one elimination"),
    "accesses.source.archive": ("archive", "archive"),
    "accesses.source.replica": ("réplique", "replica"),
    "accesses.source.keys": ("clés", "keys"),
    "accesses.by.status": ("état", "status"),
    "accesses.by.code": ("écart", "discrepancy"),
    "accesses.by.supplier": ("fournisseur", "supplier"),
    "accesses.by.supplier_name": ("fournisseur", "supplier"),
    "accesses.by.date_from": ("du", "from"),
    "accesses.by.date_to": ("au", "to"),
    "accesses.by.amount_min": ("montant dès", "amount from"),
    "accesses.by.amount_max": ("montant jusqu’à", "amount up to"),
    "access.opened": ("Document ouvert", "Document opened"),
    "access.pages": ("Pages vues", "Pages seen"),
    "access.downloaded": ("Fichier téléchargé", "File downloaded"),
    "access.searched": ("Recherche", "Search"),
    "access.listed": ("Liste consultée", "List seen"),
    "access.evidence": ("Dossier de preuve", "Evidence package"),
    "access.exported": ("Archive copiée", "Archive copied"),
    "access.replayed": ("Verdict rejoué", "Verdict replayed"),
    "access.verified": ("Vérification", "Verification"),
    "access.proved": ("Preuve demandée", "Proof asked for"),
    "access.accesses": ("Consultations consultées", "Accesses looked at"),
    "access.unrecorded": ("Non enregistré", "Not recorded"),
    "channel.cli": ("commande", "command"),
    "channel.web": ("page", "page"),
    "channel.api": ("interface JSON", "JSON interface"),
    "channel.program": ("programme", "program"),
}
