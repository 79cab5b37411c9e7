"""Bordereau and certificate on paper: JSON with a signature, CSV for spreadsheets, pages to print.

What is kept (the event, its JSON) holds no name of a supplier and no number of an invoice. The
list that is printed for the archivist shows them beside it as long as the documents are there.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from archive.checkpoint import Signer
from archive.evidence.html_report import page
from archive.evidence.pdf_report import pdf
from archive.evidence.story import Block, Grid, Heading, Paragraph, day, instant
from domain.records import Record, canonical

KINDS: Final[dict[str | None, str]] = {
    "invoice": "Facture",
    "credit_note": "Avoir",
    "order": "Commande",
    "despatch_advice": "Avis d'expédition",
    "receipt_advice": "Avis de réception",
    "status_message": "Message de statut",
    "other": "Autre document",
    None: "Non lu",
}
STATES: Final = {
    "proposed": "proposé",
    "approved": "visé",
    "struck": "rayé",
    "kept": "conservé",
    "purged": "éliminé",
    "refused": "refusé",
}
_ABSENT: Final = "-"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS: Final = (
    "identifiant",
    "nature",
    "reçu le",
    "conservé jusqu'au",
    "octets",
    "sha256",
    "état",
    "motif",
    "fichier",
    "fournisseur",
    "numéro",
)


def bordereau_csv(elimination: Record) -> bytes:
    """The list of a proposal, semicolons between, as French spreadsheets open it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_COLUMNS)
    for row in elimination["documents"]:
        writer.writerow([_cell(value) for value in _listed(row)])
    return text.getvalue().encode("utf-8-sig")


def bordereau_page(elimination: Record, zone: ZoneInfo) -> bytes:
    """The proposal to print and to sign by hand."""
    title = f"Bordereau d'élimination n° {elimination['number']}"
    return page(title, _bordereau(elimination, zone)).encode()


def certificate_files(certificate: Record, signer: Signer, zone: ZoneInfo) -> dict[str, bytes]:
    """The certificate: canonical JSON, its signature with the log's key, pages to read."""
    data = canonical(certificate)
    digest = hashlib.sha256(data).hexdigest()
    note = signer.sign_text(f"{signer.name} destruction certificate\nsha256 {digest}\n")
    number, part = certificate["elimination"], certificate["certificate"]
    title = f"Certificat d'élimination n° {number}-{part}"
    blocks = list(_certificate(certificate, digest, zone))
    base = f"certificat-{number:06d}-{part}"
    return {
        f"{base}.json": data,
        f"{base}.json.note": note,
        f"{base}.html": page(title, blocks).encode(),
        f"{base}.pdf": pdf(title, blocks),
    }


def _bordereau(elimination: Record, zone: ZoneInfo) -> Iterator[Block]:
    kept, visa = elimination["bordereau"], elimination["visa"]
    proposed_at = datetime.fromisoformat(kept["proposed_at"])
    first, last = day(kept["first_received_on"]), day(kept["last_received_on"])
    yield Grid(
        ("", ""),
        (
            ("Proposé", f"{instant(proposed_at, zone)}, par {kept['proposed_by']}"),
            ("Fondement", " ; ".join(kept["basis"])),
            ("Documents", f"{kept['count']}, {kept['bytes']} octets"),
            ("Dates extrêmes de réception", f"{first} - {last}"),
            ("Empreinte SHA-256 du bordereau", elimination["sha256"]),
        ),
    )
    if visa is None:
        yield Paragraph(
            "Visa (une autre personne que celle qui propose ; archives publiques : archives"
            " départementales) - nom, qualité, date, référence, signature :"
        )
        yield Grid(("", ""), (("Accordé / refusé", ""), ("Référence", ""), ("Signature", "")))
    else:
        yield from _visa(visa, zone)
    yield Heading("Documents")
    yield Grid(tuple(_COLUMNS), tuple(_listed(row) for row in elimination["documents"]))
    yield Paragraph(
        "Fichier, fournisseur et numéro servent à contrôler cette liste ; ils ne font pas partie"
        " de ce qui est conservé après l'élimination."
    )


def _visa(visa: Record, zone: ZoneInfo) -> Iterator[Block]:
    granted = "accordé" if visa["decision"] == "granted" else "refusé"
    at = datetime.fromisoformat(visa["at"])
    file = (visa.get("file") or {}).get("sha256")
    yield Heading("Visa")
    yield Grid(
        ("", ""),
        (
            ("Visa", f"{granted} le {instant(at, zone)}, par {visa['by']}"),
            ("Référence", visa["reference"] or _ABSENT),
            ("Motif", visa["reason"] or _ABSENT),
            ("Pièce jointe (SHA-256)", file or _ABSENT),
        ),
    )


def _certificate(certificate: Record, digest: str, zone: ZoneInfo) -> Iterator[Block]:
    made_at = datetime.fromisoformat(certificate["made_at"])
    proposal, visa = certificate["proposal"], certificate["visa"]
    proposed_at = datetime.fromisoformat(proposal["at"])
    visa_at = datetime.fromisoformat(visa["at"])
    file = (visa["file"] or {}).get("sha256")
    yield Paragraph(
        "Les documents ci-dessous ont existé dans l'archive et ont été éliminés : octets reçus,"
        " fichiers joints ou établis, manifestes, données lues, index. Les octets qu'un autre"
        " document a aussi sont conservés pour lui ; la liste le dit. Chaque élimination est un"
        " événement du journal signé, au rang indiqué."
    )
    yield Grid(
        ("", ""),
        (
            ("Établi", f"{instant(made_at, zone)}, par {certificate['made_by']}"),
            ("Fondement", " ; ".join(certificate["basis"])),
            ("Proposition", f"{instant(proposed_at, zone)}, par {proposal['by']}"),
            ("Empreinte du bordereau", proposal["sha256"]),
            ("Visa", f"{instant(visa_at, zone)}, par {visa['by']}"),
            ("Référence du visa", visa["reference"] or _ABSENT),
            ("Pièce du visa (SHA-256)", file or _ABSENT),
            ("Journal", certificate["log"]),
            ("Empreinte SHA-256 de ce certificat (JSON)", digest),
        ),
    )
    yield Heading("Éliminés")
    yield Grid(
        ("Identifiant", "Nature", "Reçu le", "Éliminé", "Rang", "SHA-256", "Octets"),
        tuple(
            (
                d["document_id"],
                _kind(d["kind"]),
                day(d["received_on"]),
                instant(datetime.fromisoformat(d["destroyed_at"]), zone),
                str(d["position"]),
                d["sha256"],
                _fate(d),
            )
            for d in certificate["documents"]
        ),
    )
    shared = [
        (d["document_id"], s, d["kept_for"].get(s, _ABSENT))
        for d in certificate["documents"]
        for s in d["shared"]
    ]
    if shared:
        yield Paragraph("Octets conservés parce qu'un document vivant a les mêmes :")
        yield Grid(("Identifiant", "SHA-256", "Document vivant"), tuple(shared))
    if certificate["left"]:
        yield Heading("Non détruits")
        yield Grid(
            ("Identifiant", "Code", "Motif"),
            tuple(
                (d["document_id"], d["code"] or _ABSENT, d["reason"] or _ABSENT)
                for d in certificate["left"]
            ),
        )


def _listed(row: Record) -> tuple[str, ...]:
    return (
        row["document_id"],
        _kind(row["kind"]),
        day(row["received_on"]),
        day(row["keep_until"]),
        str(row["size"]),
        row["sha256"],
        STATES.get(row["state"], str(row["state"])),
        row["reason"] or "",
        row["file"] or "",
        row["supplier"] or "",
        row["invoice_number"] or "",
    )


def _fate(document: Record) -> str:
    """What became of the bytes received."""
    if document["sha256"] in document["destroyed"]:
        return "détruits"
    owner = document["kept_for"].get(document["sha256"])
    return f"conservés : document {owner}" if owner else "conservés"


def _kind(kind: str | None) -> str:
    return KINDS.get(kind) or str(kind)


def _cell(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
