"""The words for electronic signatures on the document page, in French and English."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

SIGNATURE_TEXTS: dict[str, tuple[str, str]] = {
    "signature.title": ("Signature électronique", "Electronic signature"),
    "signature.many": ("Signatures électroniques ({count})", "Electronic signatures ({count})"),
    "signature.good": ("Valide", "Valid"),
    "signature.bad": ("À ne pas accepter en l’état", "Not to be taken as it stands"),
    "signature.open": ("Pas entièrement vérifiée", "Not wholly verified"),
    "signature.what": ("Objet", "What"),
    "signature.signature": ("Signature", "Signature"),
    "signature.timestamp": ("Horodatage", "Timestamp"),
    "signature.signer": ("Signataire", "Signer"),
    "signature.trusted": ("vérifié, autorité : {anchor}", "verified, authority: {anchor}"),
    "signature.not_trusted": ("non vérifié", "not verified"),
    "signature.certificate": ("Certificat", "Certificate"),
    "signature.issued": (
        "émis par {issuer}, du {start} au {end}",
        "issued by {issuer}, {start} to {end}",
    ),
    "signature.revocation": ("Révocation", "Revocation"),
    "signature.revocation.good": ("non révoqué", "not revoked"),
    "signature.revocation.revoked": ("révoqué", "revoked"),
    "signature.revocation.unknown": ("non vérifiée", "not checked"),
    "signature.revocation.not_declared": (
        "le certificat n’indique pas où la vérifier",
        "the certificate does not say where to ask",
    ),
    "signature.coverage": ("Porte sur", "Covers"),
    "signature.coverage.whole": ("tout le document", "the whole document"),
    "signature.coverage.revision": (
        "tout le document tel qu’il était à la signature",
        "the whole document as it was when signed",
    ),
    "signature.coverage.part": ("une partie seulement", "a part only"),
    "signature.coverage.unknown": ("non établi", "not established"),
    "signature.changes": ("Ajouté depuis", "Added since"),
    "signature.changes.none": ("rien", "nothing"),
    "signature.changes.signatures": (
        "d’autres signatures ou horodatages seulement",
        "further signatures or timestamps only",
    ),
    "signature.changes.form_filling": ("des champs de formulaire remplis", "form fields filled in"),
    "signature.changes.annotations": ("des annotations", "annotations"),
    "signature.changes.refused": (
        "des modifications que la signature n’autorise pas",
        "changes that the signature does not allow",
    ),
    "signature.changes.unknown": ("non établi", "not established"),
    "signature.claimed": ("Date déclarée", "Claimed time"),
    "signature.stamped": ("Date horodatée", "Timestamped"),
    "signature.stamp_trusted": ("autorité de confiance", "trusted authority"),
    "signature.stamp_not": ("autorité non vérifiée", "authority not verified"),
    "signature.algorithm": ("Algorithme", "Algorithm"),
    "signature.norm": ("Selon ETSI EN 319 102-1 :", "By ETSI EN 319 102-1:"),
    "signature.detail": ("Détail technique", "Technical detail"),
    "history.signature_checked": ("Signature vérifiée", "Signature checked"),
    "archive.report": ("Rapport de signature", "Signature report"),
}
