"""The words of the pages on elimination, in French and English."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

ELIMINATION_TEXTS: dict[str, tuple[str, str]] = {
    "nav.eliminations": ("Éliminations", "Eliminations"),
    "elimination.title": ("Éliminations", "Eliminations"),
    "elimination.one": ("Bordereau d’élimination n° {number}", "Elimination no. {number}"),
    "elimination.none": (
        "Aucune élimination n’a été proposée.",
        "No elimination was proposed.",
    ),
    "elimination.how": (
        (
            "Proposer, viser et éliminer se font en ligne de commande : ce site ne connaît pas "
            "encore les personnes, et le visa est celui d’une autre personne que celle qui propose."
        ),
        (
            "Proposing, granting the visa and purging are done on the command line: this site does "
            "not know people yet, and the visa is another person’s than the proposer’s."
        ),
    ),
    "elimination.number": ("N°", "No."),
    "elimination.state": ("État", "State"),
    "elimination.documents": ("Documents", "Documents"),
    "elimination.proposed": ("Proposé", "Proposed"),
    "elimination.visa": ("Visa", "Visa"),
    "elimination.by": ("le {day}, par {who}", "on {day}, by {who}"),
    "elimination.no_visa": ("en attente", "awaited"),
    "elimination.reference": ("Référence du visa", "Reference of the visa"),
    "elimination.file": ("Pièce du visa (SHA-256)", "File of the visa (SHA-256)"),
    "elimination.reason": ("Motif du refus", "Reason of the refusal"),
    "elimination.basis": ("Fondement", "Legal basis"),
    "elimination.digest": ("Empreinte du bordereau", "Digest of the proposal"),
    "elimination.certificates": ("Certificats", "Certificates"),
    "elimination.certificate": (
        "n° {number}-{part}, le {day} : {count} documents éliminés",
        "no. {number}-{part}, on {day}: {count} documents eliminated",
    ),
    "elimination.next": ("Pour la suite", "What comes next"),
    "elimination.document": ("Document", "Document"),
    "elimination.kind": ("Nature", "Kind"),
    "elimination.received": ("Reçu le", "Received on"),
    "elimination.until": ("À conserver jusqu’au", "Kept until"),
    "elimination.why": ("Motif", "Reason"),
    "elimination.supplier": ("Fournisseur, numéro", "Supplier, number"),
    "elimination.state.proposed": ("proposé", "proposed"),
    "elimination.state.approved": ("visé", "approved"),
    "elimination.state.refused": ("refusé", "refused"),
    "elimination.state.purged": ("éliminé", "purged"),
    "elimination.state.struck": ("rayé", "struck off"),
    "elimination.state.kept": ("conservé", "kept"),
    "status.purging": ("Élimination en cours", "Being purged"),
    "status.purged": ("Éliminé", "Purged"),
    "became.purging": (
        "L’élimination de ce document est commencée.",
        "This document is being destroyed.",
    ),
    "became.purged": (
        (
            "Ce document a existé et a été régulièrement éliminé. Le dossier de preuve en "
            "contient le certificat."
        ),
        (
            "This document existed and was lawfully destroyed. The evidence package holds the "
            "certificate."
        ),
    ),
    "history.purge_started": ("Élimination commencée", "Purge started"),
    "history.purged": ("Éliminé", "Purged"),
    "history.held": ("Gelé", "Held"),
    "history.released": ("Gel levé", "Released"),
}
