"""The purge: destroys what a visa covers, and nothing else.

1. The elimination is read from its events, each found in the signed log. A document whose term
   is not over after all, that is held or open again, whose objects the store still locks, or
   that changed is kept, with the reason; the others go on. What nobody signed before counts for
   nothing.
2. One transaction a document records `purge_started`, which names all that will be destroyed,
   takes the content out of the database and condemns the objects.
3. The log is sealed: from here on what is missing is explained.
4. Objects that a living document names as well (the same bytes, the same attachment), or that
   are a batch of accesses with time to go, are spared.
5. Objects, manifests and kept rows are destroyed; the document leaves the index; `purged` is
   recorded.
6. A certificate of what was destroyed, and of what was not, is recorded and sealed.

Whatever dies in between, the next run goes on from the events. The certificate is an event like
any other; on paper it is signed with the key of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Text, cast, select, update

from archive import repository as ledger
from archive.access_batches import live_batches
from archive.erasure import (
    PURGE_STARTED,
    PURGED,
    ErasedEntry,
    ErasedManifest,
    ErasedObject,
    Erasure,
    read_erasure,
)
from archive.errors import NeverDestroys, ObjectLocked, ObjectMissing
from archive.fsck import Inclusion
from archive.kept import state_key
from archive.manifest import DERIVED, RECEIVED, instant, manifest_key, object_key
from archive.service import Archive, Happening, PastEvent
from archive.store import ErasingStore, LockingStore, ObjectStore
from db.engine import Database
from domain.identifiers import Digest
from domain.records import Record
from ingest import repository
from ingest.elimination.case import CERTIFIED, Case, signed_log, visaed
from ingest.elimination.eligibility import FAMILY, HELD, TERM, Eligibility, Obstacle
from ingest.elimination.emptying import empty
from ingest.elimination.families import family_of, torn
from ingest.elimination.tables import (
    APPROVED,
    ELIMINATION_DOCUMENTS,
    ELIMINATIONS,
    KEPT,
    condemn,
    condemned,
    spare,
    subject,
)
from ingest.elimination.tables import PURGED as STATE_PURGED
from ingest.legal_holds import hold_in
from ingest.repository import DOCUMENTS, GONE, PAST_RESULTS, RESULTS

CERTIFICATE: Final = "meg-destruction/1"
PURGING = GONE[0]
LOCKED, CHANGED, NOT_SEALED = "LOCKED", "CHANGED", "NOT_SEALED"
_AT_ONCE: Final = 500

Step = Callable[[str], None]


class Index(Protocol):
    """What forgets documents."""

    def remove_documents(self, document_ids: Sequence[str]) -> None:
        """Take these out of the index; durable on return."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Whose archive is purged, and where."""

    database: Database
    archive: Archive
    store: ObjectStore
    tenant: str


class Purging:
    """Purges eliminations."""

    def __init__(
        self,
        place: Place,
        index: Index,
        eligibility: Eligibility,
        clock: Callable[[], datetime],
        step: Step = lambda _: None,
    ) -> None:
        """Purge this archive.

        Args:
            place: the archive.
            index: forgets what is purged.
            eligibility: judges each document once more.
            clock: the time of day.
            step: told after each step, for tests that pull the plug there.
        """
        self._database, self._archive = place.database, place.archive
        self._store, self._tenant = place.store, place.tenant
        self._index = index
        self._eligibility = eligibility
        self._clock = clock
        self._step = step

    def run(self, number: int, actor: str) -> Record:
        """Destroy what the visa of this elimination covers; gives its last certificate.

        Raises:
            EliminationUnknown, EliminationRefused, VisaNotSealed, VisaDoubted: nothing was
                destroyed.
            NeverDestroys: this store cannot.
            StoreFailed, IndexUnusable: it stopped midway; run it again.
        """
        if not isinstance(self._store, ErasingStore):
            raise NeverDestroys(type(self._store).__name__)
        # 1. What the visa covers. Nothing is signed before: that would make any row an event.
        with self._database.reading() as connection:
            log = signed_log(connection, self._archive, self._store, self._tenant)
            case = visaed(connection, self._archive, log, number)
        self._archive.seal(self._database)
        # 2. The start of each.
        going = []
        alone = self._alone(case, log)
        for document in case.documents:
            if (other := alone.get(document["document_id"])) is not None:
                why = Obstacle(FAMILY, f"it came with document {other}, which stays")
                self._keep(number, document["document_id"], why)
            elif self._start(case, log, document, actor):
                going.append(document)
        self._step("started")
        # 3. Sealed before anything is destroyed.
        self._archive.seal(self._database)
        self._step("sealed")
        # 4. What others need.
        gone = [d for d in case.documents if d not in going and self._is_gone(d, log)]
        erasures = {d["document_id"]: self._erasure(d["document_id"]) for d in (*going, *gone)}
        self._spare_shared(number, erasures.values())
        self._step("spared")
        # 5. Destroyed; of what went before, whatever came back from an old copy.
        for document in gone:
            self._erase_all(document, erasures[document["document_id"]])
        for document in going:
            try:
                self._destroy(case, document, erasures[document["document_id"]], actor)
            except ObjectLocked as locked:
                # Locked after it was looked at: it is half gone, and waits for the next run.
                self._keep(number, document["document_id"], Obstacle(LOCKED, locked.message))
        self._archive.seal(self._database)
        self._step("purged")
        # 6. The certificate.
        certificate = self._certify(case, actor)
        self._archive.seal(self._database)
        self._step("certified")
        return certificate

    def _alone(self, case: Case, log: Inclusion) -> dict[str, str]:
        """Documents that stay because one that they came with does, with that one."""
        chosen = {d["document_id"] for d in case.documents}
        with self._database.reading() as connection:
            families = {i: family_of(connection, i) for i in chosen}
        related = [d for d in case.documents if len(families[d["document_id"]]) > 1]
        for document in related:
            if self._why_not(document, log) is not None:
                chosen.remove(document["document_id"])
        with self._database.reading() as connection:
            return torn(connection, chosen & {d["document_id"] for d in related})

    def _why_not(self, document: Record, log: Inclusion) -> Obstacle | None:
        """What stands against destroying a document, before anything is recorded of it."""
        document_id = document["document_id"]
        with self._database.reading() as connection:
            row = repository.load(connection, document_id)
            if row["status"] in GONE:
                return None
            past = self._archive.history(connection, document_id)
        if why := self._locked(document_id, past) or self._doubt(document_id, past, log):
            return why
        with self._database.reading() as connection:
            return self._obstacle(connection, row, document, past)

    def _start(self, case: Case, log: Inclusion, document: Record, actor: str) -> bool:
        """Record that a document goes, or why it stays; whether there is something to destroy."""
        document_id = document["document_id"]
        with self._database.reading() as connection:
            status = repository.load(connection, document_id)["status"]
            past = [] if status in GONE else self._archive.history(connection, document_id)
        if status in GONE:
            return bool(status == PURGING)
        locked = self._locked(document_id, past) or self._doubt(document_id, past, log)
        with self._database.transaction() as connection:
            row = repository.load(connection, document_id, for_update=True)
            if row["status"] in GONE:
                return True
            why = locked or self._obstacle(connection, row, document, past)
            if why is not None:
                _set_state(connection, case.number, document_id, KEPT, why)
                return False
            self._record_start(connection, case, row, past, actor)
        self._step("start")
        return True

    def _obstacle(
        self,
        connection: Connection,
        row: Mapping[str, Any],
        document: Record,
        past: Sequence[PastEvent],
    ) -> Obstacle | None:
        """The rules once more, and by the events: the database alone could say anything."""
        received = past[0].event
        if {received.payload["object"]["sha256"], row["sha256"]} != {document["sha256"]}:
            return Obstacle(CHANGED, "its bytes are not those that were proposed")
        if past[-1].version != ledger.last_version(connection, row["document_id"]):
            return Obstacle(CHANGED, "something happened to it this very moment")
        kinds = [p.event.payload.get("kind") for p in past if p.event.type == "parsed"]
        told = {"received_at": received.at, "kind": kinds[-1] if kinds else None}
        today = self._today()
        if (until := self._eligibility.keep_until(told)) >= today:
            return Obstacle(TERM, f"by its events it has to be kept until {until}")
        if (hold := hold_in(p.event for p in past)) is not None:
            reason = hold.payload["reason"]
            return Obstacle(HELD, f"by its events a legal hold lies on it: {reason}")
        if any(not m.written for m in ledger.manifests_of(connection, row["document_id"])):
            return Obstacle(NOT_SEALED, "something that happened to it is not sealed yet")
        return self._eligibility.obstacle(connection, row, today)

    def _record_start(
        self,
        connection: Connection,
        case: Case,
        row: Mapping[str, Any],
        past: Sequence[PastEvent],
        actor: str,
    ) -> None:
        document_id = row["document_id"]
        ledger.hold_log(connection)
        erasure = Erasure(
            _manifests(connection, document_id), tuple(_objects(connection, document_id, past))
        )
        payload = {"elimination": case.number, **erasure.record()}
        happening = Happening(PURGE_STARTED, self._clock(), actor, payload)
        self._archive.record(connection, document_id, [happening])
        empty(connection, row, PURGING)
        _set_state(connection, case.number, document_id, APPROVED, None)

    def _doubt(
        self, document_id: str, past: Sequence[PastEvent], log: Inclusion
    ) -> Obstacle | None:
        """Events that the database alone tells, or does not tell any more: such as of a hold."""
        folder = f"{self._tenant}/m/{document_id}/v"
        kept = {key.removeprefix(folder) for key in self._store.keys(folder)}
        if kept - {f"{item.version}.json" for item in past}:
            return Obstacle(CHANGED, "the archive holds events of it that the database lacks")
        for item in past:
            if item.position >= log.size:
                return Obstacle(NOT_SEALED, f"its event {item.position} was signed only now")
            if log.find(item.position, item.event.entry()) is not None:
                return Obstacle(CHANGED, f"event {item.position} of it is not in the log")
        return None

    def _locked(self, document_id: str, past: Sequence[PastEvent]) -> Obstacle | None:
        """What the store still locks of a document."""
        if not isinstance(self._store, LockingStore):
            return None
        with self._database.reading() as connection:
            objects = list(_objects(connection, document_id, past))
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

    def _erasure(self, document_id: str) -> Erasure:
        with self._database.reading() as connection:
            past = self._archive.history(connection, document_id, PURGE_STARTED)
        return read_erasure(past[-1].event.payload)

    def _spare_shared(self, number: int, erasures: Iterable[Erasure]) -> None:
        """Condemn the objects, then strike off those that living documents name.

        In this order: who names one from now on finds it condemned and stores it again.
        """
        digests = {o.sha256 for erasure in erasures for o in erasure.objects}
        with self._database.transaction() as connection:
            condemn(connection, digests, number)
        with self._database.reading() as connection:
            shared = named_by_the_living(connection, digests)
            shared |= digests & set(live_batches(connection))
        with self._database.transaction() as connection:
            spare(connection, shared)

    def _is_gone(self, document: Record, log: Inclusion) -> bool:
        """Whether a purge of this document was signed before this run."""
        with self._database.reading() as connection:
            if repository.status(connection, document["document_id"]) != STATE_PURGED:
                return False
            events = ledger.events_of(connection, document["document_id"])
        return any(
            e.position < log.size and log.find(e.position, e.entry) is None
            for e in events
            if e.type == PURGE_STARTED
        )

    def _destroy(self, case: Case, document: Record, erasure: Erasure, actor: str) -> None:
        document_id = document["document_id"]
        destroyed = self._erase_all(document, erasure)
        self._index.remove_documents([document_id])
        self._step("index")
        spared = {o.sha256 for o in erasure.objects} - destroyed
        with self._database.transaction() as connection:
            self._record_end(connection, case, document, (sorted(destroyed), spared), actor)
        self._step("end")

    def _erase_all(self, document: Record, erasure: Erasure) -> set[str]:
        """Destroy objects that nobody else names, manifests, kept rows; the digests destroyed."""
        digests = {o.sha256 for o in erasure.objects}
        derived = {o.sha256 for o in erasure.objects if o.role == DERIVED}
        with self._database.transaction() as connection:
            mine = condemned(connection, digests)
            if document["sha256"] not in mine:
                mine -= derived  # of the same bytes the same may have been made
            for digest in sorted(mine):
                self._erase(object_key(self._tenant, Digest(digest)))
                self._step("object")
        for manifest in erasure.manifests:
            self._erase(state_key(self._tenant, document["document_id"], manifest.version))
            self._erase(manifest_key(self._tenant, document["document_id"], manifest.version))
            self._step("manifest")
        return mine

    def _keep(self, number: int, document_id: str, why: Obstacle) -> None:
        with self._database.transaction() as connection:
            _set_state(connection, number, document_id, KEPT, why)

    def _erase(self, key: str) -> None:
        if isinstance(self._store, ErasingStore):
            self._store.destroy(key)

    def _record_end(
        self,
        connection: Connection,
        case: Case,
        document: Record,
        fate: tuple[Sequence[str], Iterable[str]],
        actor: str,
    ) -> None:
        document_id = document["document_id"]
        row = repository.load(connection, document_id, for_update=True)
        if row["status"] != PURGING:
            return  # another run was faster
        destroyed, shared = fate[0], set(fate[1])
        payload = {
            "elimination": case.number,
            "received_at": instant(row["received_at"]),
            **{name: document[name] for name in ("kind", "keep_until", "sha256")},
            "destroyed": list(destroyed),
            "shared": sorted(shared),
            "kept_for": _owners(connection, shared),
            "regime": case.proposal["regime"],
            "basis": case.proposal["basis"],
            "proposal": case.proposed(),
            "visa": case.agreed(),
        }
        self._archive.record(
            connection, document_id, [Happening(PURGED, self._clock(), actor, payload)]
        )
        repository.set_status(connection, document_id, STATE_PURGED)
        _set_state(connection, case.number, document_id, STATE_PURGED, None)

    def _certify(self, case: Case, actor: str) -> Record:
        """Record a certificate of what no certificate names yet; else the last one stands."""
        now = self._clock()
        named = {d["document_id"] for c in case.certificates for d in c["documents"]}
        with self._database.transaction() as connection:
            states = _states(connection, case.number)
            done = [
                d
                for d in case.documents
                if states[d["document_id"]]["state"] == STATE_PURGED
                and d["document_id"] not in named
            ]
            left = [_left(d, states[d["document_id"]]) for d in case.documents]
            left = [item for item in left if item is not None]
            if not done and case.certificates:
                return case.certificates[-1]
            certificate: Record = {
                "schema": CERTIFICATE,
                "elimination": case.number,
                "certificate": len(case.certificates) + 1,
                "log": self._archive.signer.name,
                "made_at": instant(now),
                "made_by": actor,
                "regime": case.proposal["regime"],
                "basis": case.proposal["basis"],
                "proposal": case.proposed(),
                "visa": case.agreed(),
                "struck": list((case.visa or {}).get("struck", ())),
                "documents": [self._destroyed(connection, d) for d in done],
                "left": left,
            }
            if not done:
                return certificate  # nothing was destroyed: nothing to certify
            self._archive.record_about(
                connection, subject(case.number), [Happening(CERTIFIED, now, actor, certificate)]
            )
            if not left:
                connection.execute(
                    update(ELIMINATIONS)
                    .where(ELIMINATIONS.c.number == case.number)
                    .values(state=STATE_PURGED)
                )
        return certificate

    def _destroyed(self, connection: Connection, document: Record) -> Record:
        """A document as the certificate names it."""
        (past,) = self._archive.history(connection, document["document_id"], PURGED)
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

    def _today(self) -> date:
        return self._clock().astimezone(self._eligibility.timezone).date()


def _manifests(connection: Connection, document_id: str) -> tuple[ErasedManifest, ...]:
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
    )


def _objects(
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


def _owners(connection: Connection, digests: set[str]) -> dict[str, str]:
    """The first living document that was received as each of these bytes, where there is one."""
    living = DOCUMENTS.c.status.not_in(GONE)
    query = select(DOCUMENTS.c.sha256, DOCUMENTS.c.document_id).where(
        DOCUMENTS.c.sha256.in_(sorted(digests)), living
    )
    owners: dict[str, str] = {}
    for sha256, document_id in connection.execute(query.order_by(DOCUMENTS.c.ledger_index)):
        owners.setdefault(sha256, document_id)
    return owners


def _set_state(
    connection: Connection, number: int, document_id: str, state: str, why: Obstacle | None
) -> None:
    connection.execute(
        update(ELIMINATION_DOCUMENTS)
        .where(
            ELIMINATION_DOCUMENTS.c.number == number,
            ELIMINATION_DOCUMENTS.c.document_id == document_id,
        )
        .values(
            state=state,
            code=None if why is None else why.code,
            reason=None if why is None else why.reason,
        )
    )


def _states(connection: Connection, number: int) -> dict[str, Mapping[Any, Any]]:
    rows = connection.execute(
        select(ELIMINATION_DOCUMENTS).where(ELIMINATION_DOCUMENTS.c.number == number)
    ).mappings()
    return {row["document_id"]: dict(row) for row in rows}


def _left(document: Record, state: Mapping[Any, Any]) -> Record | None:
    if state["state"] == STATE_PURGED:
        return None
    told = {name: state[name] for name in ("state", "code", "reason")}
    return {"document_id": document["document_id"], **told}
