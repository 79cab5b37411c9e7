"""The journey of a document: receive, examine, judge, seal, index; each step repeatable.

1. `receive`: bytes and first manifest are durable in the archive, then one transaction writes the
   journal, the `received` events and the work still to be done. Only then is a file acknowledged.
2. `process`: a reader in a child process examines the bytes; one transaction judges the invoice
   against orders and budget, keeps the result, its events and the work that follows from it.
   Containers (zip, e-mail) are opened instead, and what is inside is received and processed.
3. `settle`: seals new events into the Merkle log and indexes new results, in batches.

A crash between any two steps leaves work in the outbox, which `process_pending` and `settle` take
up again. Receiving never depends on understanding.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection

from archive.errors import ManifestUnreadable, ObjectChanged, ObjectMissing
from archive.manifest import DERIVED, SEARCHABLE_PDF, writable
from archive.service import Archive, Happening, PastEvent, Received, Stored
from db import outbox
from db.engine import Database
from domain.errors import Error
from domain.identifiers import Digest, member_document_id, new_document_id
from domain.invoice import Attachment, DocumentKind, ReadFailure, Reading
from domain.lesson import NOTHING_ASKED, Asked
from domain.records import Record
from domain.signature import not_checked
from ingest import repository
from ingest.containers import Opened
from ingest.detect import CONTAINERS, file_type
from ingest.elimination.tables import spare
from ingest.enclosures import archived
from ingest.examine import Examination
from ingest.indexing import searchable
from ingest.judging import ACTOR, INDEX, PROCESS, RECOGNISE, Judging
from ingest.judging_together import JudgingTogether
from ingest.learning.lessons import PAGES, lessons_for
from ingest.member import Member
from ingest.notes import Aftermath
from ingest.outcome import RECEIVED, document_record, without_complaint
from ingest.received import load_booked
from ingest.received_documents import BOOKED_EVENT, CONCERNED, use
from ingest.recognition.options import Derived
from ingest.signatures.report import keep_report
from search.document import SearchDocument

_LOG = logging.getLogger(__name__)
_BATCH_FILES = 64
_BATCH_BYTES = 64 << 20
_IN_FLIGHT = 32
HELD_IN_MEMORY = 16 << 20
"""Files up to this size travel as bytes, larger ones as the path where they lie."""
_SETTLE_EVERY = 256
_INDEX_AT_ONCE = 512
_DEEPEST = 3
_LEASE = timedelta(seconds=60)
_INDEX_REST = timedelta(seconds=60)
_SCANS_REST = timedelta(seconds=5)

DUPLICATE = "duplicate"
FAILED = "failed"
UNFINISHED = frozenset({RECEIVED, FAILED})

_ASIC_SIGNATURES = (
    not_checked("ASiC", "", "The signatures of an ASiC container are left in it, not checked."),
)
_TOO_DEEP = ReadFailure(
    "ING-25",
    "archives or messages are packed into one another more than three deep",
    "Ask the sender for the files themselves.",
)


class Examiner(Protocol):
    """Reads and validates documents, away from this process and within limits."""

    def submit(
        self, data: bytes | Path, name: str, asked: Asked = NOTHING_ASKED
    ) -> Future[Examination]:
        """Start examining; the future never raises on account of the document."""
        ...


class Indexer(Protocol):
    """Makes documents findable."""

    def index_documents(self, documents: Sequence[SearchDocument]) -> None:
        """Index these, in place of what was indexed under their ids; durable on return."""
        ...


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """Bounds and place of the pipeline."""

    readable_bytes: int
    confirm_received: bool = False  # orders and receipts wait for a person, however they came
    can_recognise: Callable[[], bool] = lambda: False
    """Whether scans that wait can be read now."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in, under the id its document will have."""

    document_id: str
    name: str
    source: str
    content: bytes | Path
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Started:
    """A document whose examination was asked for; None where there is nothing to examine."""

    row: Mapping[str, Any]
    content: bytes | None
    examination: Future[Examination] | None


class Pipeline:
    """Takes files in and brings each to its outcome."""

    def __init__(
        self,
        database: Database,
        archive: Archive,
        examiner: Examiner,
        index: Indexer,
        judging: Judging,
        options: PipelineOptions,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._archive = archive
        self._examiner = examiner
        self._index = index
        self._judging = judging
        self._options = options
        self._clock = clock
        self._together = JudgingTogether(database, judging)
        self._settling = threading.Lock()
        self._index_rests_until = clock()
        self._scans_rest_until = clock()

    def new_id(self) -> str:
        """An id for a document about to be received."""
        return new_document_id(int(self._clock().timestamp() * 1000))

    def take_in(self, files: Iterable[Incoming]) -> Iterator[Record]:
        """Receive, process and settle these files; yields CONTRACT §5's object of each, in order.

        A file is acknowledged, durable, before its object is yielded. Containers yield their own
        object first, then one for each file inside.
        """
        ahead: deque[_Started] = deque()
        unsettled = 0
        for batch in _batches(files):
            ahead.extend(self.receive(batch))
            while len(ahead) > _IN_FLIGHT:
                yield from self._finish(ahead.popleft())
                unsettled += 1
            if unsettled >= _SETTLE_EVERY:
                self.settle()
                unsettled = 0
        while ahead:
            yield from self._finish(ahead.popleft())
        self.settle()

    def receive(self, batch: Sequence[Incoming]) -> list[_Started]:
        """Make these files durable and write them into the journal: they are acknowledged."""
        now = self._clock()
        files = [Received(i.document_id, i.content, i.name, i.source, now) for i in batch]
        stored = self._archive.store_received(files)
        with self._database.transaction() as connection:
            if back := spare(connection, {kept.digest.hex for kept in stored}):
                # The same bytes are being purged, or were a moment ago: they are put once more.
                pairs = zip(files, stored, strict=True)
                self._archive.store_received([f for f, kept in pairs if kept.digest.hex in back])
            known = repository.known(connection, [i.document_id for i in batch])
            new = [
                (incoming, kept)
                for incoming, kept in zip(batch, stored, strict=True)
                if incoming.document_id not in known
            ]
            positions = self._archive.record_received(connection, [kept for _, kept in new])
            for (incoming, kept), position in zip(new, positions, strict=True):
                self._journal(connection, incoming, kept, position)
            rows = [repository.load(connection, i.document_id) for i in batch]
        return [
            self._start(row, incoming.content) for row, incoming in zip(rows, batch, strict=True)
        ]

    def process_pending(self) -> bool:
        """Process and judge again what the outbox says; whether there was anything."""
        self._wake_scans()
        busy = self._together.do_pending() is not None
        with self._database.reading() as connection:
            tasks = outbox.pending(connection, PROCESS, self._clock(), _IN_FLIGHT)
            rows = [repository.load(connection, task.key) for task in tasks]
        started = deque(start for row in rows if (start := self._take_up(row)) is not None)
        while started:
            for record in self._finish(started.popleft()):
                _LOG.info("%s: %s (taken up again)", record["file"], record["status"])
        return busy or bool(tasks)

    def judge_again(self) -> int:
        """Judge again what the outbox asks for; how many documents came out otherwise."""
        changed = 0
        while (found := self._together.do_pending()) is not None:
            changed += found
        return changed

    def _wake_scans(self) -> None:
        """Let scans that wait for a program be processed as soon as it is there."""
        now = self._clock()
        if now < self._scans_rest_until:
            return
        self._scans_rest_until = now + _SCANS_REST
        with self._database.reading() as connection:
            waiting = outbox.pending(connection, RECOGNISE, now, _INDEX_AT_ONCE)
        if not waiting or not self._options.can_recognise():
            return
        with self._database.transaction() as connection:
            outbox.done(connection, waiting)
            outbox.ask(connection, PROCESS, [task.key for task in waiting], now)

    def _take_up(self, row: Mapping[str, Any]) -> _Started | None:
        try:
            return self._start(row, self._bytes_of(row))
        except (ObjectMissing, ObjectChanged) as damage:
            # One damaged object must not keep the documents behind it waiting.
            _LOG.error("%s: %s %s", row["document_id"], damage.code, damage.message)
            self._record_failure(row["document_id"], damage)
            return None

    def settle(self) -> None:
        """Seal what happened into the log and bring the index up to date."""
        with self._settling:
            self._archive.seal(self._database)
            if self._clock() < self._index_rests_until:
                return
            try:
                while self._index_some():
                    pass
            except Error as error:
                # A broken index stops neither intake nor evidence; the work stays in the outbox.
                self._index_rests_until = self._clock() + _INDEX_REST
                _LOG.error("index: %s %s %s", error.code, error.message, error.hint)

    def _journal(
        self, connection: Connection, incoming: Incoming, kept: Stored, position: int
    ) -> None:
        now = kept.manifest.events[0].at
        first = repository.first_with_digest(connection, kept.digest.hex)
        repository.add(
            connection,
            repository.Journalled(
                document_id=incoming.document_id,
                ledger_index=position,
                received_at=now,
                file_name=writable(incoming.name),
                source=writable(incoming.source),
                parent_id=incoming.parent_id,
                sha256=kept.digest.hex,
                size=kept.size,
                object_key=kept.key,
                status=RECEIVED if first is None else DUPLICATE,
                duplicate_of=first,
            ),
        )
        if first is None:
            # Whoever receives a document processes it; the sweeper steps in if that one died.
            outbox.ask(connection, PROCESS, [incoming.document_id], now + _LEASE)
        else:
            outbox.ask(connection, INDEX, [incoming.document_id], now)

    def _start(self, row: Mapping[str, Any], content: bytes | Path) -> _Started:
        if row["status"] not in UNFINISHED:
            return _Started(row, None, None)
        if row["size"] > self._options.readable_bytes:
            return _Started(row, None, _ready(_too_large(row["size"])))
        data = content if isinstance(content, bytes) else self._bytes_of(row)
        if file_type(data) in CONTAINERS:
            return _Started(row, data, None)
        return _Started(row, None, self._examiner.submit(data, row["file_name"]))

    def _bytes_of(self, row: Mapping[str, Any]) -> bytes:
        return self._archive.read(Digest(row["sha256"]))

    def _finish(self, started: _Started) -> Iterator[Record]:
        """Bring one document to its outcome; a container is followed by what is inside it."""
        document_id = started.row["document_id"]
        inside: list[_Started] = []
        if started.row["status"] in UNFINISHED:
            try:
                inside = self._conclude(started)
            except Error:
                raise
            except Exception as bug:  # noqa: BLE001 - the edge of a document, see below
                # Whatever a reader or a rule trips over is recorded with the document and tried
                # again later; the documents behind it go on.
                _LOG.exception("document %s could not be processed", document_id)
                self._record_failure(document_id, bug)
        yield self.record(document_id)
        for member in inside:
            yield from self._finish(member)

    def record(self, document_id: str) -> Record:
        """CONTRACT §5's object of one document."""
        with self._database.reading() as connection:
            row = repository.load(connection, document_id)
            result = repository.results(connection, document_id)
            booked = None if row["outcome"] else load_booked(connection, document_id)
            return document_record(row, result, booked)

    def aftermath(self, record: Record) -> Aftermath:
        """What a note says beside the record: members, the first of the same bytes, judged again.

        An archive that is damaged does not keep the note back: `verify` tells of it.
        """
        document_id = record["document_id"]
        with self._database.reading() as connection:
            members = [
                repository.load(connection, child)
                for child in repository.children(connection, document_id)
            ]
            first = record["duplicate_of"] and repository.load(connection, record["duplicate_of"])
            told: list[PastEvent] = []
            if record["booked"]:
                with suppress(ObjectMissing, ObjectChanged, ManifestUnreadable):
                    told = self._archive.history(connection, document_id, BOOKED_EVENT)
        concerned = sum(past.event.payload.get(CONCERNED, 0) for past in told)
        return Aftermath(concerned, tuple(members), first or None)

    def _conclude(self, started: _Started) -> list[_Started]:
        row = started.row
        examining = started.examination
        if started.content is not None:
            # Opened one at a time: what a container holds is a multiple of its own size.
            examining = self._examiner.submit(started.content, row["file_name"])
        if examining is None:
            raise TypeError(f"document {row['document_id']} was not started")
        examination = examining.result()
        if examination.container is not None:
            return self._open_container(row, examination.container)
        inside = self._receive_inside(row, examination.parts)
        self._judge(row, self._with_lessons(row, examination))
        return inside

    def _with_lessons(self, row: Mapping[str, Any], examination: Examination) -> Examination:
        """The same, read once more with what was learned of its supplier's layout."""
        if examination.reading.syntax not in PAGES:
            return examination  # the XML of an invoice is what its sender wrote
        with self._database.reading() as connection:
            lessons = lessons_for(connection, examination.reading)
        if not lessons:
            return examination
        data, asked = self._bytes_of(row), Asked(lessons=lessons)
        again = self._examiner.submit(data, row["file_name"], asked).result()
        return examination if again.reading.invoice is None else again

    def _judge(self, row: Mapping[str, Any], examination: Examination) -> None:
        """Match, decide and keep the result, its events and the work that follows: all or none."""
        reading, validation = archived(self._archive, examination), examination.validation
        enclosed = row["parent_id"] is not None
        if enclosed:
            reading = without_complaint(reading)
        derived = self._store_derived(examination.derived)
        beside = _digests(reading, derived)
        checks = reading.signatures
        derived += keep_report(self._archive, row, checks, ACTOR, self._clock())
        with self._database.transaction() as connection:
            if repository.status(connection, row["document_id"]) not in UNFINISHED:
                return  # another process was faster
            if spare(connection, beside):
                archived(self._archive, examination)
                self._store_derived(examination.derived)
            waits = enclosed or self._options.confirm_received
            used = use(connection, row["document_id"], reading, self._clock(), enclosed=waits)
            verdict = self._judging.judge(connection, row, reading, validation)
            self._judging.keep(connection, row, reading, validation, verdict, derived=derived)
            used.record(connection, self._archive, row["document_id"])
        if used.concerned:
            # Before the next document is judged: what waited has the first claim.
            self.judge_again()

    def _store_derived(self, derived: Derived | None) -> list[Happening]:
        """Store what was made from a document, ahead of the event that names it."""
        if derived is None:
            return []
        stored = self._archive.store_derived(derived.data)
        payload = {
            "object": asdict(stored),
            "role": SEARCHABLE_PDF,
            "media_type": "application/pdf",
            "made_by": derived.made_by,
        }
        return [Happening(DERIVED, self._clock(), ACTOR, payload)]

    def _receive_inside(self, row: Mapping[str, Any], members: Sequence[Member]) -> list[_Started]:
        """Receive what a document holds, each a document of its own; repeated, the same again."""
        document_id, source = row["document_id"], f"inside {row['file_name']}"
        incoming = [
            Incoming(
                member_document_id(document_id, position),
                member.name,
                source,
                member.data,
                document_id,
            )
            for position, member in enumerate(members)
        ]
        return [started for batch in _batches(incoming) for started in self.receive(batch)]

    def _open_container(self, row: Mapping[str, Any], found: Opened) -> list[_Started]:
        """Receive what is inside, then conclude the container; repeated after a crash, the same."""
        document_id = row["document_id"]
        opened = self._allowed(row, found)
        inside = self._receive_inside(row, opened.members)
        reading = Reading(
            DocumentKind.OTHER,
            error=opened.failure,
            attachments=tuple(
                Attachment(m.name, Digest.of(m.data).hex, len(m.data), archived=True)
                for m in opened.members
            ),
            text="\n".join((*(m.name for m in opened.members), *opened.left_inside)),
            signatures=_ASIC_SIGNATURES if opened.signed else (),
        )
        with self._database.transaction() as connection:
            if repository.status(connection, document_id) in UNFINISHED:
                self._judging.keep(connection, row, reading, None, None)
        return inside

    def _allowed(self, row: Mapping[str, Any], found: Opened) -> Opened:
        with self._database.reading() as connection:
            depth = repository.depth(connection, row["document_id"])
        return Opened(failure=_TOO_DEEP) if depth >= _DEEPEST else found

    def _record_failure(self, document_id: str, bug: Exception) -> None:
        now = self._clock()
        with self._database.transaction() as connection:
            repository.set_status(connection, document_id, FAILED)
            outbox.failed(connection, PROCESS, document_id, repr(bug), now)
            failure = Happening("failed", now, ACTOR, {"problem": repr(bug)})
            self._archive.record(connection, document_id, [failure])
            outbox.ask(connection, INDEX, [document_id], now)

    def _index_some(self) -> bool:
        """Index the oldest results that still have to be; whether there were any."""
        with self._database.reading() as connection:
            tasks = outbox.pending(connection, INDEX, self._clock(), _INDEX_AT_ONCE)
            documents = [searchable(connection, task.key, self._archive) for task in tasks]
        if not tasks:
            return False
        self._index.index_documents(documents)
        with self._database.transaction() as connection:
            outbox.done(connection, tasks)
        return True


def _batches(files: Iterable[Incoming]) -> Iterator[list[Incoming]]:
    batch: list[Incoming] = []
    size = 0
    for incoming in files:
        batch.append(incoming)
        content = incoming.content
        size += len(content) if isinstance(content, bytes) else content.stat().st_size
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _digests(reading: Reading, derived: Sequence[Happening]) -> set[str]:
    """Of the files that were stored beside a document."""
    made = {happening.payload["object"]["sha256"] for happening in derived}
    return {a.sha256 for a in reading.attachments if a.archived} | made


def _ready(reading: Reading) -> Future[Examination]:
    future: Future[Examination] = Future()
    future.set_result(Examination(reading, None))
    return future


def _too_large(size: int) -> Reading:
    failure = ReadFailure(
        "ING-24",
        f"the file has {size >> 20} MB, more than is read",
        "It is archived. Ask the sender for a smaller file, or raise limits.file_megabytes.",
    )
    return Reading(DocumentKind.OTHER, error=failure)
