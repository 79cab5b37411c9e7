"""A document's accesses for an evidence package: those alone, each with proof that it was sealed.

    documents/<id>/accesses/<batch>.json          the batch's event, the document's accesses in it,
                                                  and what leads from each to the root in the event
    documents/<id>/accesses/<batch>.tlog-proof    where that event stands in the log

Of the batch's other accesses it tells their number and hashes that salts protect, nothing more.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from archive import access_table, repository
from archive.access import Access, Batch, What
from archive.access_batches import read_batch
from archive.errors import ObjectMissing
from archive.evidence.story import Block, Grid, Heading, Paragraph, instant
from archive.manifest import Event, manifest_key, parse_manifest
from archive.repository import EventRow
from archive.store import ObjectStore
from domain.records import canonical

_SCHEMA = "meg-access-extract/1"
_WORDS = {
    What.OPENED: "Ouvert",
    What.PAGES: "Pages vues",
    What.DOWNLOADED: "Téléchargé",
    What.EVIDENCE: "Dossier de preuve",
    What.REPLAYED: "Verdict rejoué",
    What.VERIFIED: "Vérifié",
    What.PROVED: "Preuve demandée",
}


@dataclass(frozen=True, slots=True)
class Extract:
    """The accesses to a document in one sealed batch."""

    row: EventRow
    event: Event
    batch: Batch
    document_id: str

    def accesses(self) -> list[Access]:
        """The document's own."""
        return [self.batch.accesses[place] for place in self._places()]

    def to_bytes(self) -> bytes:
        """What goes into the package."""
        places = self._places()
        proved = zip(places, self.batch.paths(places), strict=True)
        return canonical(
            {
                "schema": _SCHEMA,
                "event": self.event.record(),
                "accesses": [
                    {
                        "place": place,
                        "path": [base64.b64encode(value).decode() for value in path],
                        "access": self.batch.accesses[place].record(),
                    }
                    for place, path in proved
                ],
            }
        )

    def _places(self) -> list[int]:
        accesses = enumerate(self.batch.accesses)
        return [n for n, access in accesses if access.document_id == self.document_id]


def extracts(
    connection: Connection, store: ObjectStore, tenant: str, document_id: str, size: int
) -> Iterator[Extract]:
    """The accesses to a document that stand under the first `size` entries of the log.

    Batches that have served their time are gone and left out.
    """
    batches = access_table.batches_of(connection, document_id)
    rows = {
        row.document_id: row for b in batches for row in repository.events_of(connection, b)[:1]
    }
    for row in sorted(rows.values(), key=lambda row: row.position):
        if row.position >= size:
            continue
        try:
            batch = read_batch(store, tenant, row.document_id)
        except ObjectMissing:
            continue
        manifest = parse_manifest(store.read(manifest_key(tenant, row.document_id, 1)))
        yield Extract(row, manifest.events[0], batch, document_id)


def access_blocks(found: list[Extract], zone: ZoneInfo) -> Iterator[Block]:
    """The report's section on who read the document."""
    yield Heading("6. Consultations")
    rows = tuple(
        (
            instant(access.at, zone),
            _WORDS.get(access.what, access.what.value),
            access.visitor.who,
            " ".join(filter(None, (access.visitor.channel, access.visitor.client))),
        )
        for extract in found
        for access in extract.accesses()
    )
    if not rows:
        yield Paragraph(
            "Aucune consultation n'est scellée, ou leur durée de conservation est échue."
        )
        return
    yield Paragraph(
        "Chacune est dans un lot inscrit au journal signé (accesses/). Un extrait ne peut montrer"
        " qu'il est complet sans révéler les consultations d'autres documents."
    )
    yield Grid(("Le", "Quoi", "Qui", "Par"), rows)
