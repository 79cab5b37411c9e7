"""The database derived again from the archive alone: journal, results, balances, reference data.

1. The archive's own tables: events, manifests, checkpoints (`archive.rebuild`).
2. The reference data, change by change, as imports and documents made them.
3. Every document in the order of arrival: its rows as they were kept with the newest manifest. One
   that was received and not processed yet stands at "received" again, and so does one that an
   earlier release took in, of which no rows were kept: both are processed anew.
4. Balances, as the sums of what counts; documents taken out of containers find these again;
   eliminations as their events tell them. What was purged comes back as purged.
5. Work to be done: what is unfinished is processed, open invoices are judged again (which changes
   nothing where nothing was waiting), scans wait for their program.

What a crash interrupted in the database alone (a change of the reference data that was not sealed
yet) cannot come from the archive. Each step is committed in pages; the log's head comes first, so
that a half-built database is refused by a second rebuild unless it is told to start anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from archive import kept
from archive import repository as ledger
from archive.manifest import Event
from archive.rebuild import Rebuilding, RestoredLog, received
from archive.repository import EventRow
from db import outbox
from db.engine import Database
from db.metadata import METADATA
from domain.errors import Error
from domain.identifiers import member_document_id
from domain.money import ZERO
from ingest import repository
from ingest.elimination.restoring import restore
from ingest.judging import PROCESS, RECOGNISE
from ingest.judging_together import REJUDGE
from ingest.kept import put_back
from ingest.outcome import RECEIVED
from ingest.pipeline import DUPLICATE, FAILED
from ingest.reference.kept_changes import make_again
from ingest.repository import DOCUMENTS, RESULTS
from matching.ledger_tables import BALANCES, BILLED_DOCUMENTS, CONSUMPTION

_AT_ONCE: Final = 256
_REFUSED_IF_ANY: Final = ("documents", "events", "orders", "suppliers", "entities")

Tick = Callable[[str, int], None]


class DatabaseNotEmpty(Error):
    """The database holds something: a rebuild would throw it away."""

    code = "ING-90"
    hint = (
        "Keep a copy of the database aside, then say --replace. What is in it and not in the "
        "archive yet is lost: a moment of `meg run` brings the archive up to date first."
    )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to."""

    log: RestoredLog
    documents: int
    anew: int
    """Documents without kept rows: they are processed anew."""
    changes: int
    """Changes of the reference data that were made again."""


def refuse_or_empty(database: Database, *, replace: bool) -> None:
    """Refuse a database with something in it, or empty it when told to."""
    with database.transaction() as connection:
        for name in _REFUSED_IF_ANY:
            if not replace and connection.execute(select(METADATA.tables[name]).limit(1)).first():
                raise DatabaseNotEmpty(f"the table {name} is not empty")
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))


def rebuild(
    database: Database, rebuilding: Rebuilding, now: datetime, tick: Tick = lambda *_: None
) -> Rebuilt:
    """Fill an empty database from the archive; see the module for the steps.

    Raises:
        ArchiveError: the archive is not whole; the database is to be emptied again.
    """
    # 1. The log.
    log = rebuilding.restore_log(database, lambda count: tick("manifests", count))
    # 2. The reference data.
    changes = 0
    for number, body in rebuilding.changes():
        with database.transaction() as connection:
            make_again(connection, json.loads(body))
            kept.add_written(connection, number)
        changes += 1
        tick("changes", 1)
    # 3. The documents.
    documents = anew = 0
    for page in _pages(database):
        anew += _restore(database, rebuilding, page)
        documents += len(page)
        tick("documents", len(page))
    # 4. What follows from them.
    with database.transaction() as connection:
        _add_up(connection)
        restore(connection, rebuilding.events_of)
    for page in _pages(database):
        with database.transaction() as connection:
            for row in page:
                _find_members(connection, row.document_id)
    # 5. The work.
    with database.transaction() as connection:
        _ask(connection, now)
    return Rebuilt(log, documents, anew, changes)


def _pages(database: Database) -> Iterator[Sequence[EventRow]]:
    after = -1
    while True:
        with database.reading() as connection:
            page = received(connection, after, _AT_ONCE)
        if not page:
            return
        yield page
        after = page[-1].position


def _restore(database: Database, rebuilding: Rebuilding, page: Sequence[EventRow]) -> int:
    """Put the documents of a page back; how many are to be processed anew."""
    anew = 0
    with database.transaction() as connection:
        versions = ledger.last_versions(connection, [row.document_id for row in page])
        for row in page:
            version = versions[row.document_id]
            state = rebuilding.state(row.document_id, version) if version > 1 else None
            if state is not None:
                put_back(connection, json.loads(state))
                continue
            status = _journal(connection, row, rebuilding.first_event(row.document_id))
            anew += status == RECEIVED and version > 1
    return anew


def _journal(connection: Connection, row: EventRow, event: Event) -> str:
    """Write the row of a document as it stood when it was received."""
    stored = event.payload["object"]
    first = repository.first_with_digest(connection, stored["sha256"])
    status = RECEIVED if first is None else DUPLICATE
    repository.add(
        connection,
        repository.Journalled(
            document_id=row.document_id,
            ledger_index=row.position,
            received_at=event.at,
            file_name=event.payload["name"],
            source=event.payload["source"],
            parent_id=None,
            sha256=stored["sha256"],
            size=stored["size"],
            object_key=stored["key"],
            status=status,
            duplicate_of=first,
        ),
    )
    return status


def _add_up(connection: Connection) -> None:
    """The balances, one after the other in the order of their keys."""
    c = CONSUMPTION.c
    query = (
        select(c.kind, c.id, c.part, c.quantity, c.net, c.gross)
        .join(BILLED_DOCUMENTS, BILLED_DOCUMENTS.c.document_id == c.document_id)
        .where(BILLED_DOCUMENTS.c.counts)
        .order_by(c.kind, c.id, c.part, c.document_id)
    )
    key: tuple[str, str, str] | None = None
    sums = [ZERO, ZERO, ZERO]
    for kind, one, part, *added in connection.execute(query, execution_options={"yield_per": 5000}):
        if (kind, one, part) != key:
            _save_balance(connection, key, sums)
            key, sums = (kind, one, part), [ZERO, ZERO, ZERO]
        sums = [total + more for total, more in zip(sums, added, strict=True)]
    _save_balance(connection, key, sums)


def _save_balance(
    connection: Connection, key: tuple[str, str, str] | None, sums: list[Decimal]
) -> None:
    if key is not None:
        names = ("kind", "id", "part", "quantity", "net", "gross")
        connection.execute(insert(BALANCES), dict(zip(names, (*key, *sums), strict=True)))


def _find_members(connection: Connection, document_id: str) -> None:
    """Tie documents that were taken out of this one to it, where their rows do not say so."""
    reading = connection.execute(
        select(RESULTS.c.reading)
        .join(DOCUMENTS, DOCUMENTS.c.document_id == RESULTS.c.document_id)
        .where(DOCUMENTS.c.document_id == document_id, DOCUMENTS.c.kind == "other")
    ).scalar()
    inside = len((reading or {}).get("attachments", ()))
    members = [member_document_id(document_id, position) for position in range(inside)]
    for start in range(0, inside, _AT_ONCE):
        connection.execute(
            update(DOCUMENTS)
            .where(
                DOCUMENTS.c.document_id.in_(members[start : start + _AT_ONCE]),
                DOCUMENTS.c.parent_id.is_(None),
            )
            .values(parent_id=document_id)
        )


def _ask(connection: Connection, now: datetime) -> None:
    has_result = select(RESULTS.c.document_id)
    waits = select(DOCUMENTS.c.document_id).where(DOCUMENTS.c.status == RECEIVED)
    scans = waits.where(DOCUMENTS.c.document_id.in_(has_result))
    outbox.ask(connection, RECOGNISE, list(connection.execute(scans).scalars()), now)
    new = waits.where(DOCUMENTS.c.document_id.not_in(has_result))
    failed = select(DOCUMENTS.c.document_id).where(DOCUMENTS.c.status == FAILED)
    for query in (new, failed):
        outbox.ask(connection, PROCESS, list(connection.execute(query).scalars()), now)
    cause = {"kind": "rebuild"}
    outbox.ask(connection, REJUDGE, repository.open_documents(connection), now, cause)
