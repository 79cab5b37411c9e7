"""The report of a document that was destroyed: that it existed, and that this was in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from archive.erasure import purged
from archive.evidence.event_words import word
from archive.evidence.story import Block, Facts, Grid, Heading, Overview, Paragraph, day, instant
from domain.records import Record

_ABSENT = "-"


def purge_story(facts: Facts, zone: ZoneInfo) -> tuple[list[Block], Overview]:
    """The report of a purged document, and its row in the overview."""
    gone = purged(facts.events)
    title = f"Document éliminé {facts.document_id}"
    state = "éliminé" if gone else "élimination en cours"
    overview = Overview(facts.document_id, title, _ABSENT, _ABSENT, _ABSENT, state)
    return list(_blocks(facts, gone, zone)), overview


def _blocks(facts: Facts, gone: Record | None, zone: ZoneInfo) -> Iterator[Block]:
    yield Paragraph(
        f"Dossier établi le {instant(facts.at, zone)} par {facts.actor}. Les manifestes de ce"
        " document et tout ce qui y fut lu ont été détruits, et ses octets, sauf ceux qu'un autre"
        " document a aussi ; restent les empreintes, les dates et le rang de chaque événement dans"
        " le journal signé."
    )
    if gone is None:
        yield Paragraph("L'élimination est commencée et n'est pas encore achevée.")
    else:
        yield from _certificate(gone, zone)
    yield Heading("Journal")
    yield Grid(
        ("Rang", "Le", "Événement", "Empreinte"),
        tuple(
            (
                str(item.position),
                instant(item.event.at, zone),
                word(item.event.type),
                item.event.entry().hex(),
            )
            for item in facts.events
        ),
    )


def _certificate(gone: Record, zone: ZoneInfo) -> Iterator[Block]:
    proposal, visa = gone["proposal"], gone["visa"]
    file = (visa["file"] or {}).get("sha256")
    rows = [
        ("Reçu", _moment(gone["received_at"], zone)),
        ("SHA-256", gone["sha256"]),
        ("À conserver jusqu'au", day(gone["keep_until"])),
        ("Fondement", " ; ".join(gone["basis"])),
        ("Proposition", f"n° {gone['elimination']}, {_moment(proposal['at'], zone)}"),
        ("Proposé par", proposal["by"]),
        ("Empreinte du bordereau", proposal["sha256"]),
        ("Visa", f"{_moment(visa['at'], zone)}, par {visa['by']}"),
        ("Référence du visa", visa["reference"] or _ABSENT),
        ("Pièce du visa (SHA-256)", file or _ABSENT),
        ("Éliminé", f"{_moment(gone['at'], zone)}, par {gone['by']}"),
        ("Rang dans le journal", str(gone["position"])),
    ]
    yield Heading("Certificat d'élimination")
    yield Grid(("", ""), tuple(rows))
    if gone["destroyed"]:
        yield Paragraph("Octets détruits (SHA-256) :")
        yield Grid(("",), tuple((digest,) for digest in gone["destroyed"]))
    if gone["sha256"] not in gone["destroyed"]:
        owner = gone["kept_for"].get(gone["sha256"])
        whose = f"au document {owner}" if owner else "à un autre document"
        yield Paragraph(f"Les octets reçus sont conservés : ils appartiennent aussi {whose}.")
    if gone["shared"]:
        yield Paragraph("Octets conservés parce qu'un document vivant a les mêmes (SHA-256) :")
        yield Grid(("",), tuple((digest,) for digest in gone["shared"]))


def _moment(text: str, zone: ZoneInfo) -> str:
    return instant(datetime.fromisoformat(text), zone)
