"""The intake journal: every file ever received, what was read in it and what became of it.

`documents`: one row a file, written when it is acknowledged. `results`: what the last run made of
it, in CONTRACT's JSON form; `past_results`: what every earlier run made of it. `person_links`: what
people linked it to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from db.metadata import METADATA, Instant, Json
from db.outbox import OUTBOX
from db.sets import among, texts
from domain.errors import Error
from domain.records import Record
from ingest.received_tables import BOOKED

_ID = 36
_OF_NOTHING = hashlib.sha256().hexdigest()
OPEN = ("in_review", "blocked")
"""The statuses of a verdict that waits for somebody."""
UNSETTLED = (*OPEN, "on_hold", "disputed")
"""Those, and what a person put aside: judged in its turn, it stays where it is."""
NOT_INVOICE = "not_invoice"
GONE = ("purging", "purged")
"""The statuses of what is being eliminated and of what was."""

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("document_id", String(_ID), primary_key=True),
    Column("ledger_index", BigInteger, nullable=False, unique=True),
    Column("received_at", Instant, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("parent_id", String(_ID), index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("object_key", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("duplicate_of", String(_ID)),
    Column("kind", String(16)),
    Column("number", Text),
    Column("supplier", Text),
    Column("issue_date", String(10)),
    Column("gross", Text),
    Column("currency", String(8)),
    Column("outcome", String(8)),
    Column("codes", Json, nullable=False),
    Column("runs", Integer, nullable=False),
    Index("ix_documents_status_ledger_index", "status", "ledger_index"),
    Index("ix_documents_number", "number"),
)

RESULTS = Table(
    "results",
    METADATA,
    Column("document_id", String(_ID), primary_key=True),
    Column("judged_at", Instant, nullable=False),
    Column("reading", Json, nullable=False),
    Column("validation", Json),
    Column("verdict", Json),
    Column("text", Text, nullable=False),
)

PAST_RESULTS = Table(
    "past_results",
    METADATA,
    Column("document_id", String(_ID), nullable=False),
    Column("run", Integer, nullable=False),
    Column("judged_at", Instant, nullable=False),
    Column("reading", Json, nullable=False),
    Column("validation", Json),
    Column("verdict", Json),
    PrimaryKeyConstraint("document_id", "run"),
)

PERSON_LINKS = Table(
    "person_links",
    METADATA,
    Column("document_id", String(_ID), primary_key=True),
    Column("orders", Json, nullable=False),
    Column("contract_id", String(255)),
    Column("lot", String(255)),
    Column("commitment_id", String(255)),
)

TO_CHECK = "to_check"
"""Not a status: orders, advices and messages that could not be used as they stand."""
_TO_CHECK = select(BOOKED.c.document_id).where(BOOKED.c.outcome == "review")

_BY_ENGINE = (DOCUMENTS.c.status == "approved") & (DOCUMENTS.c.outcome == "approve")
"""Approved as it was judged; a person's approval of what was in doubt is another matter."""

SUMMARY = (
    "document_id",
    "ledger_index",
    "received_at",
    "file_name",
    "source",
    "parent_id",
    "sha256",
    "size",
    "status",
    "duplicate_of",
    "kind",
    "number",
    "supplier",
    "issue_date",
    "gross",
    "currency",
    "outcome",
    "codes",
)


class DocumentUnknown(Error):
    """No document has this id."""

    code = "ING-01"
    hint = "Find the id with `meg search`, or in the list of the web page."


@dataclass(frozen=True, slots=True)
class Journalled:
    """A document as it stands in the journal when it is acknowledged."""

    document_id: str
    ledger_index: int
    received_at: datetime
    file_name: str
    source: str
    parent_id: str | None
    sha256: str
    size: int
    object_key: str
    status: str
    duplicate_of: str | None


def add(connection: Connection, document: Journalled) -> None:
    """Write one newly received document."""
    connection.execute(
        insert(DOCUMENTS).values(
            document_id=document.document_id,
            ledger_index=document.ledger_index,
            received_at=document.received_at,
            file_name=document.file_name,
            source=document.source,
            parent_id=document.parent_id,
            sha256=document.sha256,
            size=document.size,
            object_key=document.object_key,
            status=document.status,
            duplicate_of=document.duplicate_of,
            codes=[],
            runs=1,
        )
    )


def known(connection: Connection, document_ids: Sequence[str]) -> set[str]:
    """Which of these documents are already in the journal."""
    rows = connection.execute(
        select(DOCUMENTS.c.document_id).where(DOCUMENTS.c.document_id.in_(document_ids))
    )
    return set(rows.scalars())


def first_with_digest(connection: Connection, sha256: str) -> str | None:
    """The first document received with these very bytes, of those that still have them.

    No bytes are nobody's: two empty files are two transfers that failed.
    """
    if sha256 == _OF_NOTHING:
        return None
    return connection.execute(
        select(DOCUMENTS.c.document_id)
        .where(DOCUMENTS.c.sha256 == sha256, DOCUMENTS.c.status.not_in(GONE))
        .order_by(DOCUMENTS.c.ledger_index)
        .limit(1)
    ).scalar()


def refuse_no_id(text: str) -> None:
    """Refuse what cannot even be asked of a database: ids are plain letters (raises as `load`)."""
    if not text.isascii():
        raise DocumentUnknown(f"no document {text!r}")


def load(
    connection: Connection, document_id: str, *, for_update: bool = False
) -> Mapping[str, Any]:
    """One document's row; `for_update` keeps other writers of it waiting until the commit.

    Raises:
        DocumentUnknown: there is none.
    """
    refuse_no_id(document_id)
    query = select(DOCUMENTS).where(DOCUMENTS.c.document_id == document_id)
    if for_update:
        query = query.with_for_update()
    found = connection.execute(query).mappings().first()
    if found is None:
        raise DocumentUnknown(f"no document {document_id!r}")
    return dict(found)


def results(connection: Connection, document_id: str) -> Mapping[str, Any] | None:
    """What the last run made of a document, None before the first."""
    found = (
        connection.execute(select(RESULTS).where(RESULTS.c.document_id == document_id))
        .mappings()
        .first()
    )
    return None if found is None else dict(found)


def past_results(connection: Connection, document_id: str) -> list[Mapping[str, Any]]:
    """What earlier runs made of a document, the first run first."""
    rows = connection.execute(
        select(PAST_RESULTS)
        .where(PAST_RESULTS.c.document_id == document_id)
        .order_by(PAST_RESULTS.c.run)
    )
    return [dict(row) for row in rows.mappings()]


def set_aside(connection: Connection, document_id: str) -> None:
    """Keep what the last run made of a document among its past results (all but the text)."""
    columns = [
        DOCUMENTS.c.runs - 1 if c.name == "run" else RESULTS.c[c.name] for c in PAST_RESULTS.c
    ]
    last = (
        select(*columns)
        .join(DOCUMENTS, DOCUMENTS.c.document_id == RESULTS.c.document_id)
        .where(RESULTS.c.document_id == document_id)
    )
    connection.execute(insert(PAST_RESULTS).from_select([c.name for c in PAST_RESULTS.c], last))


def save_run(
    connection: Connection, document_id: str, summary: Record, result: Mapping[str, Any]
) -> None:
    """Keep what a run made of a document, in place of what an earlier run made."""
    connection.execute(delete(RESULTS).where(RESULTS.c.document_id == document_id))
    connection.execute(insert(RESULTS).values(document_id=document_id, **result))
    connection.execute(
        update(DOCUMENTS)
        .where(DOCUMENTS.c.document_id == document_id)
        .values(**summary, runs=DOCUMENTS.c.runs + 1)
    )


@dataclass(frozen=True, slots=True)
class PersonLinks:
    """What people linked a document to; nothing where they did not."""

    orders: tuple[str, ...] = ()
    contract_id: str | None = None
    lot: str | None = None
    commitment_id: str | None = None


NO_LINKS = PersonLinks()


def links(connection: Connection, document_id: str) -> PersonLinks:
    """What people linked a document to."""
    found = connection.execute(
        select(PERSON_LINKS).where(PERSON_LINKS.c.document_id == document_id)
    ).first()
    if found is None:
        return NO_LINKS
    return PersonLinks(tuple(found.orders), found.contract_id, found.lot, found.commitment_id)


def set_links(connection: Connection, document_id: str, links: PersonLinks) -> None:
    """Link a document by a person's word, in place of what it was linked to so before."""
    connection.execute(delete(PERSON_LINKS).where(PERSON_LINKS.c.document_id == document_id))
    connection.execute(
        insert(PERSON_LINKS).values(
            document_id=document_id,
            orders=list(links.orders),
            contract_id=links.contract_id,
            lot=links.lot,
            commitment_id=links.commitment_id,
        )
    )


def open_documents(
    connection: Connection, *, after: int = -1, approved: Collection[str] = ()
) -> list[str]:
    """Documents that were judged and are neither approved nor refused, in order of arrival.

    With `approved`, those of these too that the engine approved.
    """
    wanted: list[ColumnElement[bool]] = [DOCUMENTS.c.status.in_(UNSETTLED)]
    if approved:
        wanted.append(_BY_ENGINE & among(DOCUMENTS.c.document_id, "approved"))
    rows = connection.execute(
        select(DOCUMENTS.c.document_id)
        .where(or_(*wanted), DOCUMENTS.c.ledger_index > after)
        .order_by(DOCUMENTS.c.ledger_index),
        {"approved": texts(approved)} if approved else {},
    )
    return list(rows.scalars())


def approved_by_engine(connection: Connection, document_ids: Collection[str]) -> list[str]:
    """Those of these that the engine approved, in order of arrival."""
    rows = connection.execute(
        select(DOCUMENTS.c.document_id)
        .where(_BY_ENGINE, among(DOCUMENTS.c.document_id, "wanted"))
        .order_by(DOCUMENTS.c.ledger_index),
        {"wanted": texts(document_ids)},
    )
    return list(rows.scalars())


def with_code(connection: Connection, code: str, statuses: Collection[str]) -> list[str]:
    """Documents at one of these statuses with a discrepancy of this code, in order of arrival."""
    rows = connection.execute(
        select(DOCUMENTS.c.document_id, DOCUMENTS.c.codes)
        .where(DOCUMENTS.c.status.in_(sorted(statuses)))
        .order_by(DOCUMENTS.c.ledger_index)
    )
    return [document_id for document_id, codes in rows if code in codes]


def status(connection: Connection, document_id: str) -> str | None:
    """Where a document stands now."""
    return connection.execute(
        select(DOCUMENTS.c.status).where(DOCUMENTS.c.document_id == document_id)
    ).scalar()


def with_number(connection: Connection, number: str, limit: int) -> list[str]:
    """Judged invoices with this very number, the earliest first."""
    rows = connection.execute(
        select(DOCUMENTS.c.document_id)
        .where(DOCUMENTS.c.number == number, DOCUMENTS.c.outcome.is_not(None))
        .order_by(DOCUMENTS.c.ledger_index)
        .limit(limit)
    )
    return list(rows.scalars())


def depth(connection: Connection, document_id: str) -> int:
    """How many containers a document was packed in."""
    packed = 0
    current: str | None = document_id
    while current is not None:
        current = connection.execute(
            select(DOCUMENTS.c.parent_id).where(DOCUMENTS.c.document_id == current)
        ).scalar()
        packed += current is not None
    return packed


def set_status(connection: Connection, document_id: str, status: str) -> None:
    """Change what became of a document."""
    connection.execute(
        update(DOCUMENTS).where(DOCUMENTS.c.document_id == document_id).values(status=status)
    )


def set_codes(connection: Connection, document_id: str, codes: Sequence[str]) -> None:
    """Keep why a document needs a look, for lists."""
    connection.execute(
        update(DOCUMENTS).where(DOCUMENTS.c.document_id == document_id).values(codes=list(codes))
    )


def children(connection: Connection, document_id: str) -> list[str]:
    """The documents that were taken out of this one (a zip or an e-mail)."""
    rows = connection.execute(
        select(DOCUMENTS.c.document_id)
        .where(DOCUMENTS.c.parent_id == document_id)
        .order_by(DOCUMENTS.c.ledger_index)
    )
    return list(rows.scalars())


def _is_no_container() -> ColumnElement[bool]:
    """A container that was opened is "not_invoice" and has documents taken out of it."""
    inside = DOCUMENTS.alias()
    taken_out = select(1).where(inside.c.parent_id == DOCUMENTS.c.document_id)
    return or_(DOCUMENTS.c.status != NOT_INVOICE, ~exists(taken_out))


def newest(
    connection: Connection,
    *,
    status: str | None,
    limit: int,
    before: int | None,
    containers: bool = True,
) -> list[Record]:
    """Documents as they came in, newest first, a page at a time.

    Without `containers`, archives and messages give way to the documents taken out of them.
    """
    used = select(BOOKED.c.outcome).where(BOOKED.c.document_id == DOCUMENTS.c.document_id)
    columns = (DOCUMENTS.c[name] for name in SUMMARY)
    query = select(*columns, used.scalar_subquery().label("booked"))
    if not containers:
        query = query.where(_is_no_container())
    if status == TO_CHECK:
        query = query.where(DOCUMENTS.c.document_id.in_(_TO_CHECK))
    elif status is not None:
        query = query.where(DOCUMENTS.c.status == status)
    if before is not None:
        query = query.where(DOCUMENTS.c.ledger_index < before)
    rows = connection.execute(query.order_by(DOCUMENTS.c.ledger_index.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def counts(connection: Connection, *, containers: bool = True) -> dict[str, int]:
    """How many documents stand at each status; see `newest`."""
    query = select(DOCUMENTS.c.status, func.count()).group_by(DOCUMENTS.c.status)
    if not containers:
        query = query.where(_is_no_container())
    counted = {status: int(count) for status, count in connection.execute(query)}
    to_check = connection.execute(select(func.count()).select_from(_TO_CHECK.subquery()))
    return counted | ({TO_CHECK: found} if (found := to_check.scalar_one()) else {})


def digests(connection: Connection, document_ids: Sequence[str]) -> dict[str, str]:
    """The SHA-256 that the journal has for these documents."""
    rows = connection.execute(
        select(DOCUMENTS.c.document_id, DOCUMENTS.c.sha256).where(
            DOCUMENTS.c.document_id.in_(document_ids)
        )
    )
    return {row.document_id: row.sha256 for row in rows}


def count_kept(connection: Connection) -> int:
    """How many documents there are whose content is kept."""
    there = select(func.count()).where(DOCUMENTS.c.status.not_in(GONE))
    return connection.execute(there).scalar_one()


def count_indexed(connection: Connection) -> int:
    """How many documents must be in the index: all but the purged and what is still to come."""
    documents = count_kept(connection)
    not_indexed = select(func.count(OUTBOX.c.key.distinct())).where(OUTBOX.c.task != "rejudge")
    waiting = connection.execute(not_indexed).scalar_one()
    return max(0, documents - waiting)


def object_keys(connection: Connection, after: int, limit: int) -> list[tuple[int, str]]:
    """A page of (ledger index, key of the received object), in order of arrival; none purged."""
    rows = connection.execute(
        select(DOCUMENTS.c.ledger_index, DOCUMENTS.c.object_key)
        .where(DOCUMENTS.c.ledger_index > after, DOCUMENTS.c.status.not_in(GONE))
        .order_by(DOCUMENTS.c.ledger_index)
        .limit(limit)
    )
    return [(int(index), key) for index, key in rows]


def all_ids(connection: Connection, after: int, limit: int) -> list[tuple[int, str]]:
    """A page of (ledger index, document id), in order of arrival; none purged."""
    rows = connection.execute(
        select(DOCUMENTS.c.ledger_index, DOCUMENTS.c.document_id)
        .where(DOCUMENTS.c.ledger_index > after, DOCUMENTS.c.status.not_in(GONE))
        .order_by(DOCUMENTS.c.ledger_index)
        .limit(limit)
    )
    return [(int(index), document_id) for index, document_id in rows]
