"""The certificate of a purge: what was destroyed and what was not, an event of the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from archive import repository as ledger
from archive.erasure import PURGED
from archive.manifest import instant
from archive.service import Archive, Happening
from db.engine import Database
from domain.records import Record
from ingest.elimination.case import CERTIFIED, Case
from ingest.elimination.tables import ELIMINATION_DOCUMENTS, ELIMINATIONS, LOST, subject
from ingest.elimination.tables import PURGED as STATE_PURGED

CERTIFICATE: Final = "meg-destruction/1"


def certify(database: Database, archive: Archive, case: Case, actor: str, now: datetime) -> Record:
    """Record a certificate of what no certificate names yet; else the last one stands."""
    named = {d["document_id"] for c in case.certificates for d in c["documents"]}
    with database.transaction() as connection:
        states = _states(connection, case.number)
        left = [_left(connection, d, states.get(d["document_id"], LOST)) for d in case.documents]
        remaining = [item for item in left if item is not None]
        done = [
            d
            for d, why in zip(case.documents, left, strict=True)
            if why is None and d["document_id"] not in named
        ]
        if not done and case.certificates:
            return case.certificates[-1]
        certificate: Record = {
            "schema": CERTIFICATE,
            "elimination": case.number,
            "certificate": len(case.certificates) + 1,
            "log": archive.signer.name,
            "made_at": instant(now),
            "made_by": actor,
            "regime": case.proposal["regime"],
            "basis": case.proposal["basis"],
            "proposal": case.proposed(),
            "visa": case.agreed(),
            "struck": list((case.visa or {}).get("struck", ())),
            "documents": [_destroyed(connection, archive, d) for d in done],
            "left": remaining,
        }
        if not done:
            return certificate  # nothing was destroyed: nothing to certify
        happening = Happening(CERTIFIED, now, actor, certificate)
        archive.record_about(connection, subject(case.number), [happening])
        if not remaining:
            query = update(ELIMINATIONS).where(ELIMINATIONS.c.number == case.number)
            connection.execute(query.values(state=STATE_PURGED))
    return certificate


def _destroyed(connection: Connection, archive: Archive, document: Record) -> Record:
    """A document as the certificate names it."""
    past = archive.history(connection, document["document_id"], PURGED)[-1]
    return {
        **document,
        "received_at": past.event.payload["received_at"],
        "destroyed_at": instant(past.event.at),
        "destroyed_by": past.event.actor,
        "position": past.position,
        "destroyed": past.event.payload["destroyed"],
        "shared": past.event.payload["shared"],
        "kept_for": past.event.payload["kept_for"],
    }


def _states(connection: Connection, number: int) -> dict[str, Mapping[Any, Any]]:
    rows = connection.execute(
        select(ELIMINATION_DOCUMENTS).where(ELIMINATION_DOCUMENTS.c.number == number)
    ).mappings()
    return {row["document_id"]: dict(row) for row in rows}


def _left(connection: Connection, document: Record, state: Mapping[Any, Any]) -> Record | None:
    """What is said of a document that is still there; None for one that its events call purged."""
    kinds = {event.type for event in ledger.events_of(connection, document["document_id"])}
    if state["state"] == STATE_PURGED and PURGED in kinds:
        return None
    told = {name: state[name] for name in ("state", "code", "reason")}
    return {"document_id": document["document_id"], **told}
