"""What belongs to a document, and which of it others name as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, Text, cast, select

from archive import repository as ledger
from archive.erasure import ErasedEntry, ErasedManifest, ErasedObject, Erasure
from archive.manifest import DERIVED, RECEIVED
from archive.service import PastEvent
from ingest.elimination.tables import ELIMINATIONS
from ingest.repository import DOCUMENTS, GONE, PAST_RESULTS, RESULTS

_AT_ONCE: Final = 500


def erasure_of(connection: Connection, document_id: str, past: Sequence[PastEvent]) -> Erasure:
    """All that there is of a document, as the start of its purge names it."""
    objects = objects_of(connection, document_id, past)
    return Erasure(manifests_of(connection, document_id), tuple(objects))


def manifests_of(
    connection: Connection, document_id: str, before: int | None = None
) -> tuple[ErasedManifest, ...]:
    """The manifests of a document, each with its events; those before a version, or all."""
    events = ledger.events_of(connection, document_id)
    return tuple(
        ErasedManifest(
            m.version,
            m.digest,
            tuple(
                ErasedEntry(e.position, e.type, e.at, e.entry)
                for e in events
                if e.version == m.version
            ),
        )
        for m in ledger.manifests_of(connection, document_id)
        if before is None or m.version < before
    )


def objects_of(
    connection: Connection, document_id: str, past: Sequence[PastEvent]
) -> Iterable[ErasedObject]:
    """The bytes received, those made of them, the files inside; each once."""
    found: dict[str, ErasedObject] = {}
    for item in past:
        if item.event.type in {RECEIVED, DERIVED}:
            stored = item.event.payload["object"]
            role = item.event.type
            one = ErasedObject(role, stored["sha256"], stored["sha512"], stored["size"])
            found.setdefault(one.sha256, one)
    reading = select(RESULTS.c.reading).where(RESULTS.c.document_id == document_id)
    readings = [connection.execute(reading).scalar() or {}]
    readings += [p.event.payload for p in past if p.event.type == "parsed"]
    for carried in (a for r in readings for a in r.get("attachments") or ()):
        if carried.get("archived"):
            one = ErasedObject("attachment", carried["sha256"], None, carried.get("size"))
            found.setdefault(one.sha256, one)
    return found.values()


def named_by_the_living(connection: Connection, digests: set[str]) -> set[str]:
    """Which of these objects a document that stays, or the visa of an elimination, names."""
    wanted = sorted(digests)
    named: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        living = DOCUMENTS.c.status.not_in(GONE)
        received = select(DOCUMENTS.c.sha256).where(DOCUMENTS.c.sha256.in_(some), living)
        visas = select(ELIMINATIONS.c.visa_file).where(ELIMINATIONS.c.visa_file.in_(some))
        named |= {*connection.execute(received).scalars(), *connection.execute(visas).scalars()}
    # What was read in documents that go is out of these tables already.
    for table in (RESULTS, PAST_RESULTS):
        carrying = select(table.c.reading).where(
            cast(table.c.reading, Text).like('%"archived": true%')
        )
        for reading in connection.execute(carrying, execution_options={"yield_per": 100}).scalars():
            carried = reading.get("attachments") or ()
            named |= {a["sha256"] for a in carried if a.get("archived")} & digests
    return named


def owners(connection: Connection, digests: set[str]) -> dict[str, str]:
    """The first living document that was received as each of these bytes, where there is one."""
    living = DOCUMENTS.c.status.not_in(GONE)
    query = select(DOCUMENTS.c.sha256, DOCUMENTS.c.document_id).where(
        DOCUMENTS.c.sha256.in_(sorted(digests)), living
    )
    owners: dict[str, str] = {}
    for sha256, document_id in connection.execute(query.order_by(DOCUMENTS.c.ledger_index)):
        owners.setdefault(sha256, document_id)
    return owners
