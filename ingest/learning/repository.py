"""Corrections as they are kept: what was corrected, what was learned from it, where it was used.

A correction stays for ever, with its author and reason; forgetting one only ends its being applied.
It is found again by any number, account or name of the seller, read or corrected.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from archive.manifest import instant
from db.metadata import METADATA, Instant, Json
from domain.errors import Error
from domain.evidence import CorrectionMark
from domain.invoice import Invoice
from domain.lesson import Anchor, Lesson, Stands
from domain.records import Record
from matching.parties import supplier_keys

_ID: Final = 36
_KEY: Final = 255
_NAMELESS: Final = "?"

CORRECTIONS = Table(
    "corrections",
    METADATA,
    Column("correction_id", String(_ID), primary_key=True),
    Column("document_id", String(_ID), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("field", String(64), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("supplier", Text),
    Column("layout", Json, nullable=False),
    Column("lesson", Json(none_as_null=True)),  # null where nothing could be learned
    Column("forgotten_at", Instant),
    Column("forgotten_by", Text),
)

CORRECTION_KEYS = Table(
    "correction_keys",
    METADATA,
    Column("key", String(_KEY), nullable=False),
    Column("correction_id", String(_ID), nullable=False),
    PrimaryKeyConstraint("key", "correction_id"),
    sqlite_with_rowid=False,
)
"""The numbers, accounts and names of the seller that a correction is found by."""

CORRECTION_USES = Table(
    "correction_uses",
    METADATA,
    Column("correction_id", String(_ID), nullable=False),
    Column("document_id", String(_ID), nullable=False),
    Column("used_at", Instant, nullable=False),
    PrimaryKeyConstraint("correction_id", "document_id"),
    sqlite_with_rowid=False,
)
"""The documents in which a value was read because of a correction."""


class CorrectionUnknown(Error):
    """No correction has this id."""

    code = "ING-75"
    hint = "`meg corrections list` shows what was learned."


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of one field, with what it teaches."""

    mark: CorrectionMark
    document_id: str
    made_at: datetime
    reason: str
    field: str
    before: str | None
    after: str | None
    supplier: str | None
    layout: tuple[str, ...]
    lesson: Lesson | None


def seller_keys(*invoices: Invoice) -> frozenset[str]:
    """The keys of the seller of these readings; one for those who name none."""
    keys = {k.replace("\x00", "")[:_KEY] for i in invoices for k in supplier_keys(i)}
    return frozenset(keys | ({_NAMELESS} if any(not supplier_keys(i) for i in invoices) else set()))


def add(connection: Connection, correction: Correction, keys: Collection[str]) -> None:
    """Keep a correction under the keys of its seller."""
    lesson = correction.lesson
    connection.execute(
        insert(CORRECTIONS).values(
            correction_id=correction.mark.correction_id,
            document_id=correction.document_id,
            made_at=correction.made_at,
            made_by=correction.mark.by,
            reason=correction.reason,
            field=correction.field,
            before=correction.before,
            after=correction.after,
            supplier=correction.supplier,
            layout=list(correction.layout),
            lesson=None if lesson is None else _lesson_record(lesson),
        )
    )
    if lesson is not None:
        rows = [{"key": k, "correction_id": correction.mark.correction_id} for k in sorted(keys)]
        connection.execute(insert(CORRECTION_KEYS), rows)


def find(connection: Connection, keys: Collection[str]) -> list[tuple[tuple[str, ...], Lesson]]:
    """The lessons in force for a seller, each with its layout, the oldest first."""
    query = (
        select(CORRECTIONS)
        .where(
            CORRECTIONS.c.correction_id.in_(
                select(CORRECTION_KEYS.c.correction_id).where(CORRECTION_KEYS.c.key.in_(keys))
            ),
            CORRECTIONS.c.forgotten_at.is_(None),
        )
        .order_by(CORRECTIONS.c.made_at, CORRECTIONS.c.correction_id)
    )
    rows = connection.execute(query).mappings()
    return [(tuple(row["layout"]), _lesson(row)) for row in rows]


def lessons(connection: Connection, correction_ids: Collection[str]) -> tuple[Lesson, ...]:
    """The lessons of these corrections."""
    if not correction_ids:
        return ()
    query = select(CORRECTIONS).where(
        CORRECTIONS.c.correction_id.in_(set(correction_ids)), CORRECTIONS.c.lesson.isnot(None)
    )
    rows = connection.execute(query.order_by(CORRECTIONS.c.correction_id)).mappings()
    return tuple(_lesson(row) for row in rows)


def load(connection: Connection, correction_id: str) -> Record:
    """One correction; raises CorrectionUnknown."""
    found = _records(connection, _LISTED.where(CORRECTIONS.c.correction_id == correction_id))
    if not found:
        raise CorrectionUnknown(f"no correction {correction_id!r}")
    return found[0]


def listed(connection: Connection, *, forgotten: bool) -> list[Record]:
    """What was learned, the newest first; with `forgotten`, also what no longer holds."""
    query = _LISTED.where(CORRECTIONS.c.lesson.isnot(None)).order_by(
        CORRECTIONS.c.made_at.desc(), CORRECTIONS.c.correction_id
    )
    if not forgotten:
        query = query.where(CORRECTIONS.c.forgotten_at.is_(None))
    return _records(connection, query)


def forget(connection: Connection, correction_id: str, actor: str, at: datetime) -> None:
    """Apply a correction no longer."""
    connection.execute(
        update(CORRECTIONS)
        .where(CORRECTIONS.c.correction_id == correction_id)
        .values(forgotten_at=at, forgotten_by=actor)
    )


def record_uses(
    connection: Connection, document_id: str, correction_ids: Iterable[str], at: datetime
) -> None:
    """Remember that a document was read with these corrections, in place of what was before."""
    connection.execute(CORRECTION_USES.delete().where(CORRECTION_USES.c.document_id == document_id))
    rows = [
        {"correction_id": used, "document_id": document_id, "used_at": at}
        for used in sorted(set(correction_ids))
    ]
    if rows:
        connection.execute(insert(CORRECTION_USES), rows)


_LISTED: Final[Select[Any]] = select(
    CORRECTIONS,
    select(func.count())
    .select_from(CORRECTION_USES)
    .where(CORRECTION_USES.c.correction_id == CORRECTIONS.c.correction_id)
    .scalar_subquery()
    .label("applied_to"),
)


def _records(connection: Connection, query: Select[Any]) -> list[Record]:
    return [_record(row) for row in connection.execute(query).mappings()]


def _record(row: Mapping[Any, Any]) -> Record:
    lesson = row["lesson"] or {}
    forgotten = row["forgotten_at"]
    return {
        "correction_id": row["correction_id"],
        "document_id": row["document_id"],
        "supplier": row["supplier"],
        "field": row["field"],
        "before": row["before"],
        "after": row["after"],
        "at": row["made_at"].isoformat(),
        "by": row["made_by"],
        "reason": row["reason"],
        "label": _label(lesson),
        "learned": row["lesson"] is not None,
        "applied_to": row["applied_to"],
        "forgotten_at": None if forgotten is None else forgotten.isoformat(),
        "forgotten_by": row["forgotten_by"],
    }


def _label(lesson: Record) -> str | None:
    """The words that a value is found by."""
    labels: Sequence[str] = [a["label"] for a in lesson.get("anchors", ()) if a["label"]]
    return lesson.get("heading") or next(iter(labels), None)


def _lesson_record(lesson: Lesson) -> Record:
    return {
        "anchors": [{**asdict(a), "stands": a.stands.value} for a in lesson.anchors],
        "heading": lesson.heading,
        "shape": lesson.shape,
    }


def _lesson(row: Mapping[Any, Any]) -> Lesson:
    kept = row["lesson"]
    mark = CorrectionMark(row["correction_id"], instant(row["made_at"]), row["made_by"])
    anchors = tuple(Anchor(**{**a, "stands": Stands(a["stands"])}) for a in kept["anchors"])
    return Lesson(mark, row["field"], anchors, kept["heading"], kept["shape"])
