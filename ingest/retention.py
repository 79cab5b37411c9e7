"""How long documents are kept, and legal holds that keep them longer.

A voucher is kept to the end of the tenth full year after the one in which it was received
(C. com. L123-22, and the public rule of ten years); the settings can say otherwise. A legal hold,
set by a person with a reason, keeps a document whatever its age until it is released; setting and
releasing are events of the log. On a store that locks, a hold also lies on the objects themselves.

Nothing is eliminated here: what has served its time is listed; `ingest.elimination` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from archive.manifest import DERIVED, RECEIVED, object_key
from archive.service import Archive, Happening
from archive.store import LockingStore, ObjectStore
from db.engine import Database
from domain.errors import Error
from domain.identifiers import Digest
from domain.records import Record
from ingest import repository
from ingest.legal_holds import HELD, LEGAL_HOLDS, RELEASED
from ingest.repository import DOCUMENTS, RESULTS

_VOUCHERS: Final = frozenset(
    {"invoice", "credit_note", "order", "despatch_advice", "receipt_advice", "status_message"}
)
LEGAL_YEARS: Final = 10
_AT_ONCE: Final = 500


class HoldRefused(Error):
    """This hold cannot be set or released."""

    code = "ING-91"
    hint = "`meg retention list --held` shows what is held, by whom and why."


@dataclass(frozen=True, slots=True)
class Terms:
    """Full years that documents are kept after the one in which they were received."""

    voucher_years: int = 10
    other_years: int = 10

    @property
    def too_short(self) -> bool:
        """Whether vouchers are kept shorter than the law wants (Code de commerce, L123-22)."""
        return self.voucher_years < LEGAL_YEARS

    def keep_until(self, kind: str | None, received: date) -> date:
        """The last day on which a document of this kind has to be kept.

        What could not be read may well be a voucher.
        """
        is_voucher = kind is None or kind in _VOUCHERS
        years = self.voucher_years if is_voucher else self.other_years
        return date(received.year + years, 12, 31)


class Retention:
    """Says how long documents are kept, and records legal holds."""

    def __init__(
        self,
        database: Database,
        archive: Archive,
        store: ObjectStore,
        tenant: str,
        terms: Terms,
        timezone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._archive = archive
        self._store = store
        self._tenant = tenant
        self._terms = terms
        self._timezone = timezone
        self._clock = clock

    def hold(self, document_id: str, reason: str, actor: str) -> Record:
        """Keep a document, whatever its age, until it is released.

        Raises:
            DocumentUnknown: there is no such document.
            HoldRefused: it is held already, or there is no reason.
        """
        _require(reason)
        now = self._clock()
        with self._database.transaction() as connection:
            row = repository.load(connection, document_id, for_update=True)
            if _hold_on(connection, document_id) is not None:
                raise HoldRefused(f"document {document_id} is held already")
            if row["status"] in repository.GONE:
                raise HoldRefused(f"document {document_id} is {row['status']}: it was eliminated")
            if isinstance(self._store, LockingStore):
                for key in self._keys(connection, document_id):
                    self._store.hold(key)
            row = {"document_id": document_id, "set_at": now, "set_by": actor, "reason": reason}
            connection.execute(insert(LEGAL_HOLDS), row)
            payload = {"reason": reason}
            self._archive.record(connection, document_id, [Happening(HELD, now, actor, payload)])
        self._archive.seal(self._database)
        return self.of(document_id)

    def release(self, document_id: str, reason: str, actor: str) -> Record:
        """Lift a legal hold.

        Raises:
            DocumentUnknown: there is no such document.
            HoldRefused: it is not held, or there is no reason.
        """
        _require(reason)
        now = self._clock()
        with self._database.transaction() as connection:
            repository.load(connection, document_id, for_update=True)
            held = _hold_on(connection, document_id)
            if held is None:
                raise HoldRefused(f"document {document_id} is not held")
            connection.execute(delete(LEGAL_HOLDS).where(LEGAL_HOLDS.c.document_id == document_id))
            payload = {"reason": reason, "set_by": held["set_by"], "set_for": held["reason"]}
            happening = Happening(RELEASED, now, actor, payload, vouched=True)
            self._archive.record(connection, document_id, [happening])
            free = self._keys(connection, document_id)
            for other in connection.execute(select(LEGAL_HOLDS.c.document_id)).scalars():
                free -= self._keys(connection, other)
        self._archive.seal(self._database)
        if isinstance(self._store, LockingStore):
            # Last: after a crash in between an object is held too long, never too short.
            for key in free:
                self._store.release(key)
        return self.of(document_id)

    def of(self, document_id: str) -> Record:
        """How long one document is kept; raises DocumentUnknown."""
        with self._database.reading() as connection:
            row = repository.load(connection, document_id)
            return self._record(row, _hold_on(connection, document_id))

    def listed(self, *, held: bool = False, due: date | None = None) -> Iterator[Record]:
        """Documents in the order of arrival with the day until which they are kept.

        Args:
            held: only those under a legal hold.
            due: only those that had served their time before this day, and are not held.
        """
        after = -1
        while True:
            with self._database.reading() as connection:
                page = connection.execute(
                    select(DOCUMENTS, LEGAL_HOLDS.c.set_at, LEGAL_HOLDS.c.set_by)
                    .add_columns(LEGAL_HOLDS.c.reason)
                    .outerjoin(LEGAL_HOLDS, LEGAL_HOLDS.c.document_id == DOCUMENTS.c.document_id)
                    .where(
                        DOCUMENTS.c.ledger_index > after,
                        DOCUMENTS.c.status.not_in(repository.GONE),
                    )
                    .order_by(DOCUMENTS.c.ledger_index)
                    .limit(_AT_ONCE)
                ).mappings()
                rows = [dict(row) for row in page]
            if not rows:
                return
            after = rows[-1]["ledger_index"]
            for row in rows:
                record = self._record(row, row if row["set_at"] is not None else None)
                if held and record["hold"] is None:
                    continue
                if due is None or (record["hold"] is None and record["keep_until"] < str(due)):
                    yield record

    def today(self) -> date:
        """The day it is where days are counted."""
        return self._clock().astimezone(self._timezone).date()

    def _record(self, row: Mapping[str, Any], held: Mapping[str, Any] | None) -> Record:
        received = row["received_at"].astimezone(self._timezone).date()
        return {
            "document_id": row["document_id"],
            "file": row["file_name"],
            "kind": row["kind"],
            "received_on": received.isoformat(),
            "keep_until": self._terms.keep_until(row["kind"], received).isoformat(),
            "hold": held
            and {
                "set_by": held["set_by"],
                "set_at": held["set_at"].isoformat(),
                "reason": held["reason"],
            },
        }

    def _keys(self, connection: Connection, document_id: str) -> set[str]:
        """The keys of a document's bytes, of what was made of it and of the files inside it."""
        past = self._archive.history(connection, document_id)
        named = [p.event.payload["object"] for p in past if p.event.type in {RECEIVED, DERIVED}]
        query = select(RESULTS.c.reading).where(RESULTS.c.document_id == document_id)
        reading = connection.execute(query).scalar() or {}
        inside = [a["sha256"] for a in reading.get("attachments", ()) if a.get("archived")]
        return {o["key"] for o in named} | {object_key(self._tenant, Digest(d)) for d in inside}


def _hold_on(connection: Connection, document_id: str) -> Mapping[str, Any] | None:
    query = select(LEGAL_HOLDS).where(LEGAL_HOLDS.c.document_id == document_id)
    found = connection.execute(query).mappings().first()
    return None if found is None else dict(found)


def _require(reason: str) -> None:
    if not reason.strip():
        raise HoldRefused("a legal hold needs a reason: which case, since when")
