"""Whether the tables of eliminations say what the events say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from archive.erasure import PURGE_STARTED
from archive.manifest import instant
from archive.service import Archive, PastEvent
from archive.vouching import is_vouched
from ingest.elimination.case import PROPOSAL, REFUSED, VISA, load_case
from ingest.elimination.tables import APPROVED, ELIMINATIONS, PROPOSED, PURGED, subject
from ingest.elimination.tables import REFUSED as STATE_REFUSED


def table_problems(connection: Connection, archive: Archive, number: int) -> Iterator[str]:
    """What the database says otherwise than the events of an elimination, a sentence each."""
    case = load_case(connection, archive, number)
    yield from unvouched(connection, archive, archive.history(connection, subject(number)))
    query = select(ELIMINATIONS).where(ELIMINATIONS.c.number == number)
    row = connection.execute(query).mappings().first()
    if row is None:
        yield f"the database does not know elimination {number}"
        return
    visa = case.visa or {}
    allowed = {PROPOSED}
    if case.visa is not None:
        allowed = {STATE_REFUSED} if visa["decision"] == REFUSED else {APPROVED, PURGED}
    if row["state"] not in allowed:
        yield f"the database says {row['state']}, the ledger {' or '.join(sorted(allowed))}"
    told = {
        "digest": case.digest,
        "proposed_by": case.proposal["proposed_by"],
        "visa_by": visa.get("by"),
        "visa_at": visa.get("at"),
        "visa_reference": visa.get("reference"),
        "visa_file": (visa.get("file") or {}).get("sha256"),
    }
    for name, value in told.items():
        found = row[name] and instant(row[name]) if name == "visa_at" else row[name]
        if found != value:
            yield f"{name} is {found!r} in the database, {value!r} in the ledger"


def unvouched(connection: Connection, archive: Archive, past: Iterable[PastEvent]) -> Iterator[str]:
    """The events among these that lead to destruction and that no command of MEG recorded."""
    decisive = [p for p in past if p.event.type in {PROPOSAL, VISA, PURGE_STARTED}]
    if not decisive:
        return
    keys = archive.key_history(connection)
    for item in decisive:
        if not is_vouched(item.event, item.position, keys):
            yield (
                f"event {item.position} ({item.event.type}) bears no signature of the log's key: "
                "no command of MEG recorded it"
            )
