"""What stands against destroying a document now, whatever the database says of it.

A document is looked at first: its manifests, the signed log, the locks of the store. The rules are
applied inside the transaction that records the start of its purge, so that nothing comes between.

A document that is being purged already, by the database, is judged again as far as what is left
tells: its purge must have been started for this very elimination by whoever holds the log's key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from archive import repository as ledger
from archive.erasure import PURGE_STARTED, ErasedManifest, read_erasure
from archive.errors import ObjectMissing
from archive.fsck import Inclusion
from archive.key_history import KeyHistory
from archive.manifest import DERIVED, RECEIVED, manifest_key, object_key
from archive.service import PastEvent
from archive.store import LockingStore
from archive.vouching import is_vouched
from domain.identifiers import Digest
from domain.records import Record
from ingest import repository
from ingest.elimination.belongings import manifests_of, objects_of
from ingest.elimination.case import Place
from ingest.elimination.eligibility import HELD, TERM, Eligibility, Obstacle
from ingest.legal_holds import RELEASED, hold_in, why_held
from ingest.repository import GONE

PURGING: Final = GONE[0]
LOCKED, CHANGED, NOT_SEALED = "LOCKED", "CHANGED", "NOT_SEALED"


@dataclass(frozen=True, slots=True)
class Look:
    """A document as it was found before the transaction that decides about it."""

    document: Record
    """As it was proposed."""
    status: str
    past: Sequence[PastEvent] = ()
    """What happened to it before its purge."""
    version: int = 0
    """Its last manifest then."""
    signed: bool = False
    """Whether the start of its purge stood in the signed log before this run."""
    why: Obstacle | None = None
    """What store or log have against it."""

    @property
    def document_id(self) -> str:
        """Its id."""
        return str(self.document["document_id"])


class Judge:
    """Says what stands against destroying documents of one elimination."""

    def __init__(
        self, place: Place, eligibility: Eligibility, clock: Callable[[], datetime], log: Inclusion
    ) -> None:
        """Judge by this log, signed before anything of this run was."""
        self._database, self._archive = place.database, place.archive
        self._store, self._tenant = place.store, place.tenant
        self._eligibility, self._clock, self._log = eligibility, clock, log
        with place.database.reading() as connection:
            self._keys: KeyHistory = place.archive.key_history(connection)

    def look(self, number: int, document: Record) -> Look:
        """See what manifests, log and store say of a document; what was purged is not looked at."""
        document_id = document["document_id"]
        with self._database.reading() as connection:
            status = repository.load(connection, document_id)["status"]
            if status == PURGING:
                return self._look_again(connection, number, document)
            if status in GONE:
                return Look(document, status)
            past = self._archive.history(connection, document_id)
        why = self._locked(document_id, past) or self._doubt(document_id, past)
        return Look(document, status, past, past[-1].version, why=why)

    def obstacle(
        self, connection: Connection, row: Mapping[str, Any], look: Look
    ) -> Obstacle | None:
        """The rules, by the events: the database alone could say anything.

        Call it in the transaction that acts, while nobody else can record events.
        """
        return next(self._obstacles(connection, row, look), None)

    def _obstacles(
        self, connection: Connection, row: Mapping[str, Any], look: Look
    ) -> Iterator[Obstacle]:
        document_id = look.document_id
        if look.why is not None:
            yield look.why
        if look.version != ledger.last_version(connection, document_id):
            yield Obstacle(CHANGED, "something happened to it this very moment")
        if row["sha256"] != look.document["sha256"]:
            yield Obstacle(CHANGED, "its bytes are not those that were proposed")
        yield from self._by_events(look)
        if any(not m.written for m in ledger.manifests_of(connection, document_id)):
            yield Obstacle(NOT_SEALED, "something that happened to it is not sealed yet")
        if not look.signed:
            why = self._eligibility.obstacle(connection, row, self._today())
            if why is not None:
                yield why
        elif (held := why_held(connection, document_id)) is not None:
            # What came to its order since does not bring back what is half gone; a hold stops it.
            yield Obstacle(HELD, held)

    def _by_events(self, look: Look) -> Iterator[Obstacle]:
        """Whether these are the bytes, the term is over and no hold lies on it."""
        received = look.past[0].event
        stored = received.payload.get("object", look.document)  # destroyed: the purge names them
        if stored["sha256"] != look.document["sha256"]:
            yield Obstacle(CHANGED, "its bytes are not those that were proposed")
        told = [p.event.payload for p in look.past if p.event.type == "parsed"]
        kinds = [payload.get("kind", look.document["kind"]) for payload in told]
        dated = {"received_at": received.at, "kind": kinds[-1] if kinds else None}
        if (until := self._eligibility.keep_until(dated)) >= self._today():
            yield Obstacle(TERM, f"by its events it has to be kept until {until}")
        for item in look.past:
            lifts = item.event.type == RELEASED and item.event.payload
            if lifts and not is_vouched(item.event, item.position, self._keys):
                text = f"the release of its hold (event {item.position}) bears no signature"
                yield Obstacle(HELD, f"{text}: hold it and release it again")
        if (hold := hold_in(p.event for p in look.past)) is not None:
            reason = hold.payload.get("reason", "")
            yield Obstacle(HELD, f"by its events a legal hold lies on it: {reason}")

    def _look_again(self, connection: Connection, number: int, document: Record) -> Look:
        """See what is left of a document whose purge has begun, as the database says."""
        document_id = document["document_id"]
        past, whole = self._archive.last_words(connection, document_id)
        starts = [item for item in past if item.event.type == PURGE_STARTED]
        if len(starts) != 1:
            why = Obstacle(CHANGED, "the database says that its purge has begun, its events do not")
            return Look(document, PURGING, why=why)
        (start,) = starts
        before = [item for item in past if item.version < start.version]
        signed = start.position < self._log.size
        there = manifests_of(connection, document_id, start.version) if whole else None
        doubts = self._doubts(start, number, signed=signed, whole=whole)
        text = next(doubts, None) or next(_foreign(start, document, before, there), None)
        if text is not None or len(before) + 1 != len(past):
            text = text or "something happened to it after its purge had begun"
            return Look(document, PURGING, why=Obstacle(CHANGED, text))
        unknown = self._out_of_log([*before, start] if signed else before)
        return Look(document, PURGING, before, past[-1].version, signed, unknown)

    def _doubts(self, start: PastEvent, number: int, *, signed: bool, whole: bool) -> Iterator[str]:
        """What is wrong with the start of a purge."""
        if not is_vouched(start.event, start.position, self._keys):
            yield f"the start of its purge (event {start.position}) bears no signature"
        if start.event.payload.get("elimination") != number:
            yield "its purge was begun by another elimination"
        if not whole and not signed:
            yield "manifests of it are gone, and nobody had signed the start of its purge"

    def _doubt(self, document_id: str, past: Sequence[PastEvent]) -> Obstacle | None:
        """Events that the database alone tells, or does not tell any more: such as of a hold."""
        folder = f"{self._tenant}/m/{document_id}/v"
        kept = {key.removeprefix(folder) for key in self._store.keys(folder)}
        if kept - {f"{item.version}.json" for item in past}:
            return Obstacle(CHANGED, "the archive holds events of it that the database lacks")
        return self._out_of_log(past)

    def _out_of_log(self, past: Sequence[PastEvent]) -> Obstacle | None:
        for item in past:
            if item.position >= self._log.size:
                return Obstacle(NOT_SEALED, f"its event {item.position} was signed only now")
            if self._log.find(item.position, item.event.entry()) is not None:
                return Obstacle(CHANGED, f"event {item.position} of it is not in the log")
        return None

    def _locked(self, document_id: str, past: Sequence[PastEvent]) -> Obstacle | None:
        """What the store still locks of a document."""
        if not isinstance(self._store, LockingStore):
            return None
        with self._database.reading() as connection:
            objects = list(objects_of(connection, document_id, past))
        versions = {item.version for item in past}
        keys = [object_key(self._tenant, Digest(o.sha256)) for o in objects]
        keys += [manifest_key(self._tenant, document_id, version) for version in versions]
        keys += list(self._store.keys(f"{self._tenant}/s/d/{document_id}/v"))
        for key in keys:
            try:
                until = self._store.locked_until(key)
                if self._store.is_held(key):
                    return Obstacle(LOCKED, f"{key}: a legal hold lies on it in the store")
            except ObjectMissing:
                continue  # damage, which does not stand against destroying the rest
            if until is not None and until > self._clock():
                return Obstacle(LOCKED, f"{key}: the store locks it until {until.date()}")
        return None

    def _today(self) -> Any:
        return self._clock().astimezone(self._eligibility.timezone).date()


def _foreign(
    start: PastEvent,
    document: Record,
    before: Sequence[PastEvent],
    there: tuple[ErasedManifest, ...] | None,
) -> Iterator[str]:
    """What a purge names that is not the document's own, as far as it is still there.

    Attachments of others are spared in any case: `named_by_the_living`.
    """
    erasure = read_erasure(start.event.payload)
    if [o.sha256 for o in erasure.objects if o.role == RECEIVED] != [document["sha256"]]:
        yield "the start of its purge names other bytes than were proposed"
    if there is None:
        return
    derived = {o.sha256 for o in erasure.objects if o.role == DERIVED}
    made = {p.event.payload["object"]["sha256"] for p in before if p.event.type == DERIVED}
    if erasure.manifests != there or not derived <= made:
        yield "the start of its purge names what is not its own"
