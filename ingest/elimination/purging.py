"""The purge: destroys what a visa covers, and nothing else.

1. The elimination is read from its events, each found in the signed log. A document whose term
   is not over after all, that is held or open again, whose objects the store still locks, or
   that changed is kept, with the reason; the others go on. What nobody signed before counts for
   nothing.
2. One transaction for a document and all that came with it judges them (`judging`), records
   `purge_started` of each, which names all that will be destroyed, and takes the content out of
   the database: they go together or stay together.
3. The log is sealed: from here on what is missing is explained.
4. The objects are condemned. Those that a living document names as well (the same bytes, the same
   attachment), or that are a batch of accesses with time to go, are spared.
5. The documents leave the index; objects, manifests and kept rows are destroyed; `purged` is
   recorded.
6. A certificate of what was destroyed, and of what was not, is recorded and sealed.

Whatever dies in between, the next run goes on from the events. The certificate is an event like
any other; on paper it is signed with the key of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, update

from archive import repository as ledger
from archive.access_batches import live_batches
from archive.erasure import PURGE_STARTED, Erasure, read_erasure
from archive.errors import NeverDestroys, ObjectLocked
from archive.fsck import Inclusion
from archive.kept import state_key
from archive.manifest import DERIVED, instant, manifest_key, object_key
from archive.service import Happening
from archive.store import ErasingStore
from domain.identifiers import Digest
from domain.records import Record
from ingest import repository
from ingest.elimination.belongings import erasure_of, named_by_the_living, owners
from ingest.elimination.case import Case, Place, signed_log, visaed
from ingest.elimination.certifying import certify
from ingest.elimination.eligibility import FAMILY, Eligibility, Obstacle
from ingest.elimination.emptying import empty
from ingest.elimination.families import families, family_of
from ingest.elimination.judging import LOCKED, PURGING, Judge, Look
from ingest.elimination.tables import (
    APPROVED,
    ELIMINATION_DOCUMENTS,
    KEPT,
    PURGED,
    condemn,
    condemned,
    spare,
)

Step = Callable[[str], None]


class Index(Protocol):
    """What forgets documents."""

    def remove_documents(self, document_ids: Sequence[str]) -> None:
        """Take these out of the index; durable on return."""
        ...


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
        self._place = place
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
            log = signed_log(connection, self._place)
            case = visaed(connection, self._archive, log, number)
        self._archive.seal(self._database)
        # 2. The start of each.
        going = self._start_all(case, log, actor)
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
        if going:
            self._index.remove_documents([d["document_id"] for d in going])
        self._step("index")
        for document in going:
            try:
                self._destroy(case, document, erasures[document["document_id"]], actor)
            except ObjectLocked as locked:
                # Locked after it was looked at: it is half gone, and waits for the next run.
                why = Obstacle(LOCKED, locked.message)
                with self._database.transaction() as connection:
                    _set_state(connection, number, document["document_id"], KEPT, why)
        self._archive.seal(self._database)
        self._step("purged")
        # 6. The certificate.
        certificate = certify(self._database, self._archive, case, actor, self._clock())
        self._archive.seal(self._database)
        self._step("certified")
        return certificate

    def _start_all(self, case: Case, log: Inclusion, actor: str) -> list[Record]:
        """Record which documents go, and why others stay; gives those to be destroyed."""
        judge = Judge(self._place, self._eligibility, self._clock, log)
        listed = {d["document_id"]: d for d in case.documents}
        with self._database.reading() as connection:
            together = families(connection, listed)
        going = set()
        for family in together:
            started = None
            while started is None:
                looks = [judge.look(case.number, listed[document_id]) for document_id in family]
                self._step("looked")
                started = self._start(case, judge, looks, actor)
            going |= started
            self._step("start")
        return [document for document_id, document in listed.items() if document_id in going]

    def _start(
        self, case: Case, judge: Judge, looks: Sequence[Look], actor: str
    ) -> set[str] | None:
        """Start the purge of documents that came together, of all or of none; gives those that go.

        None when another run has come between: look again.
        """
        looks = [look for look in looks if look.status != PURGED]
        ids = {look.document_id for look in looks}
        with self._database.transaction() as connection:
            rows = {i: repository.load(connection, i, for_update=True) for i in sorted(ids)}
            if any(rows[look.document_id]["status"] != look.status for look in looks):
                return None
            # From here on nobody records anything: no hold, nothing else that came with them.
            ledger.hold_log(connection)
            against = {
                look.document_id: judge.obstacle(connection, rows[look.document_id], look)
                for look in looks
            }
            staying = {i for i, why in against.items() if why is not None}
            for document_id in ids:
                staying |= family_of(connection, document_id) - ids
            if staying:
                other = Obstacle(FAMILY, f"it came with document {min(staying)}, which stays")
                for document_id, why in against.items():
                    _set_state(connection, case.number, document_id, KEPT, why or other)
                return set()
            for look in looks:
                if look.status != PURGING:
                    self._record_start(connection, case, rows[look.document_id], look, actor)
        return ids

    def _record_start(
        self, connection: Connection, case: Case, row: Mapping[str, Any], look: Look, actor: str
    ) -> None:
        erasure = erasure_of(connection, look.document_id, look.past)
        payload = {"elimination": case.number, **erasure.record()}
        happening = Happening(PURGE_STARTED, self._clock(), actor, payload, vouched=True)
        self._archive.record(connection, look.document_id, [happening])
        empty(connection, row, PURGING)
        _set_state(connection, case.number, look.document_id, APPROVED, None)

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
            if repository.status(connection, document["document_id"]) != PURGED:
                return False
            events = ledger.events_of(connection, document["document_id"])
        return any(
            e.position < log.size and log.find(e.position, e.entry) is None
            for e in events
            if e.type == PURGE_STARTED
        )

    def _destroy(self, case: Case, document: Record, erasure: Erasure, actor: str) -> None:
        destroyed = self._erase_all(document, erasure)
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
            "kept_for": owners(connection, shared),
            "regime": case.proposal["regime"],
            "basis": case.proposal["basis"],
            "proposal": case.proposed(),
            "visa": case.agreed(),
        }
        self._archive.record(
            connection, document_id, [Happening(PURGED, self._clock(), actor, payload)]
        )
        repository.set_status(connection, document_id, PURGED)
        _set_state(connection, case.number, document_id, PURGED, None)


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
