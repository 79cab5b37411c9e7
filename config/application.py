"""The application: what every face of MEG (web, JSON, command line) can ask for.

Records are in CONTRACT's JSON form. Reads never wait for writers.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from archive import access_table
from archive import repository as ledger
from archive.access import Visitor, What, is_batch
from archive.access_table import AccessFilter
from archive.comparison import comparison_record
from archive.erasure import purged
from archive.errors import NotSealed
from archive.manifest import DERIVED, KEYS_DOCUMENT, instant
from archive.proof_records import consistency_record, proof_records
from archive.rotation import key_records
from archive.service import Archive
from config.accesses import Accesses
from config.contents import Content, Contents
from config.evidence import EvidenceExport, chosen_documents
from config.folder import tended
from config.replaying import replay_record
from config.settings import Settings
from config.timestamps import TimestampKeeper
from config.verified import remembered
from db.engine import Database
from domain.errors import Error
from domain.evidence import PageBox
from domain.identifiers import Digest
from domain.lesson import Piece
from domain.records import Record, invoice_from, reading_record, validation_record
from domain.validation import Validation
from ingest import repository
from ingest.accounts import Accounts, standing
from ingest.corrections import Corrections
from ingest.dropfolder import DropFolder, DropOptions
from ingest.elimination.checking import table_problems, unvouched
from ingest.elimination.proposing import Proposing
from ingest.elimination.tables import number_of
from ingest.journal_check import CODE as JOURNAL_DIFFERS
from ingest.journal_check import PastStep, journal_problems
from ingest.legal_holds import hold_problems
from ingest.naming import meant
from ingest.notes import Told
from ingest.outcome import document_record
from ingest.payment import PaymentDelays
from ingest.pipeline import Examiner, Incoming, Pipeline
from ingest.received import load_booked
from ingest.received_statuses import told_of
from ingest.reference.report import ImportReport
from ingest.reference.service import import_paths
from ingest.repository import PersonLinks
from ingest.resolution import Resolutions
from ingest.worker import DropFolderWatch, OutboxWorker
from matching.choices import choices
from matching.reference import load_entities
from search.service import SearchService

_LOG = logging.getLogger(__name__)
_PAGING = frozenset({"limit", "offset", "sort"})


class Application:
    """One assembled MEG on one data folder."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        archive: Archive,
        pipeline: Pipeline,
        examiner: Examiner,
        search: SearchService,
        resolutions: Resolutions,
        accounts: Accounts,
        delays: PaymentDelays,
        corrections: Corrections,
        verify: Callable[[Sequence[str] | None], Iterator[Record]],
        evidence: EvidenceExport,
        timestamps: TimestampKeeper,
        proposing: Proposing,
        accesses: Accesses,
    ) -> None:
        self.settings = settings
        self.database = database
        self.search_service = search
        self._archive = archive
        self._contents = Contents(database, archive, pipeline)
        self._pipeline = pipeline
        self._examiner = examiner
        self._resolutions = resolutions
        self._accounts = accounts
        self._delays = delays
        self._corrections = corrections
        self._verify = verify
        self._evidence = evidence
        self.timestamps = timestamps
        self._proposing = proposing
        self.access_record = accesses
        self._visitor = Visitor("meg", "program")

    def seen_by(self, visitor: Visitor) -> Application:
        """The same application, with what is read through it recorded as this visitor's."""
        seen = copy.copy(self)
        seen._visitor = visitor  # noqa: SLF001 - a copy of our own
        return seen

    def _did(self, what: What, document_id: str | None = None, **detail: object) -> None:
        """Record an access; raises AccessNotRecorded for what is not given without a record."""
        self.access_record.journal.note(self._visitor, what, document_id, **detail)

    def documents(
        self, *, status: str | None, limit: int, before: str | None, containers: bool = True
    ) -> list[Record]:
        """List documents, newest first, older than the document `before` where one is given.

        Without `containers`, archives and messages give way to what was taken out of them.
        """
        with self.database.reading() as connection:
            older_than = None
            if before is not None:
                older_than = repository.load(connection, before)["ledger_index"]
            rows = repository.newest(
                connection, status=status, limit=limit, before=older_than, containers=containers
            )
        self._did(What.LISTED, list="documents", status=status)
        return [row | {"received_at": row["received_at"].isoformat()} for row in rows]

    def counts(self, *, containers: bool = True) -> dict[str, int]:
        """How many documents stand at each status; see `documents`."""
        with self.database.reading() as connection:
            return repository.counts(connection, containers=containers)

    def is_empty(self) -> bool:
        """Whether neither a document nor an entity is known yet."""
        with self.database.reading() as connection:
            return not repository.counts(connection) and not load_entities(connection)

    def meant(self, text: str) -> str:
        """The id of the document that a person names; raises DocumentAmbiguous, see `meant`."""
        with self.database.reading() as connection:
            return meant(connection, text)

    def show(self, document_id: str) -> Record:
        """All that is known of a document, with its history.

        Raises:
            DocumentUnknown: no document has this id.
        """
        with self.database.reading() as connection:
            row = repository.load(connection, document_id)
            result = repository.results(connection, document_id)
            record = document_record(row, result, load_booked(connection, document_id))
            record["statuses"] = told_of(connection, document_id)
            past = self._archive.history(connection, document_id)
            record["contains"] = repository.children(connection, document_id)
            record["account"] = standing(connection, document_id, result)
            record["payment_today"] = self._delays.standing_of(connection, record)
        record["history"] = [
            p.event.record() | {"position": p.position, "version": p.version} for p in past
        ]
        self._did(What.OPENED, document_id)
        record["derived"] = [
            {**p.event.payload, "at": instant(p.event.at)}
            for p in past
            if p.event.type == DERIVED and p.event.payload
        ]
        record["purged"] = purged(past)
        return record

    def original(self, document_id: str) -> tuple[str, bytes]:
        """The name and the very bytes that were received; see `Contents` for what is raised."""
        return self._downloaded(document_id, self._contents.original(document_id))

    def attachment(self, document_id: str, position: int) -> tuple[str, bytes]:
        """Name and bytes of an archived attachment, counted from 1."""
        return self._downloaded(document_id, self._contents.attachment(document_id, position))

    def searchable_pdf(self, document_id: str) -> tuple[str, bytes]:
        """The PDF with recognised text that was made of a scan, and a name for it."""
        return self._downloaded(document_id, self._contents.searchable_pdf(document_id))

    def signature_report(self, document_id: str) -> tuple[str, bytes]:
        """The report on a document's signatures, and a name for it."""
        return self._downloaded(document_id, self._contents.signature_report(document_id))

    def _downloaded(self, document_id: str, content: Content) -> tuple[str, bytes]:
        self._did(What.DOWNLOADED, document_id, file=content.name, sha256=content.digest.hex)
        return content.name, content.data

    def saw_pages(self, document_id: str) -> None:
        """Record that the visitor saw images of a document's pages."""
        self._did(What.PAGES, document_id)

    def drawable(self, document_id: str) -> tuple[str, Callable[[], bytes]]:
        """The digest and the bytes that a document's pages are drawn from."""
        return self._contents.drawable(document_id)

    def search(self, query: str, **filters: Any) -> Record:
        """Search (CONTRACT §6); a bad query raises an error that shows the place."""
        found = self.search_service.search(query, **filters)
        narrowed = {name: value for name, value in filters.items() if name not in _PAGING}
        self._did(What.SEARCHED, query=query, hits=found["total"], filters=narrowed or None)
        return found

    def ingest(self, files: Iterable[tuple[str, bytes | Path]], source: str) -> Iterator[Record]:
        """Take files in now; yields CONTRACT §5's object of each.

        What an earlier call received and did not live to process is taken up first.
        """
        while self._pipeline.process_pending():
            pass
        incoming = (Incoming(self._pipeline.new_id(), n, source, c) for n, c in files)
        yield from self._pipeline.take_in(incoming)

    def parse(self, name: str, data: bytes) -> Record:
        """What is read in a file, nothing stored (CONTRACT §3)."""
        reading = self._examiner.submit(data, name).result().reading
        return {"file": name, "sha256": Digest.of(data).hex, **reading_record(reading)}

    def validate(self, name: str, data: bytes) -> Record:
        """What the official rule sets say of a file, nothing stored (CONTRACT §4)."""
        validation = self._examiner.submit(data, name).result().validation or Validation(None)
        return {"file": name, "sha256": Digest.of(data).hex, **validation_record(validation)}

    def import_reference(self, paths: Sequence[Path], *, partial: bool) -> ImportReport:
        """Bring in reference data (CONTRACT §1); open invoices concerned are judged again."""
        report = import_paths(paths, self.database, partial=partial)
        if report.concerns_invoices:
            self.judge_again()
        self._pipeline.settle()
        return report

    def judge_again(self) -> int:
        """Judge again the open invoices that the outbox names; how many came out otherwise."""
        changed = self._pipeline.judge_again()
        self._pipeline.settle()
        return changed

    def resolve(
        self, document_id: str, action: str, reason: str, actor: str, seen: int | None = None
    ) -> Record:
        """Record a person's decision about a document, if all that is known of it was `seen`."""
        self._resolutions.resolve(document_id, action, reason, actor, seen)
        self.judge_again()
        return self._pipeline.record(document_id)

    def say_of_account(self, document_id: str, action: str, reason: str, actor: str) -> Record:
        """Vouch for the account of a document (`vouch`) or reject it (`reject`)."""
        record = self._accounts.say(document_id, action, reason, actor)
        self.judge_again()
        return record

    def accounts(self) -> list[Record]:
        """Accounts that wait for an opinion, and those vouched for or rejected."""
        self._did(What.LISTED, list="accounts")
        return self._accounts.listed()

    def correct(
        self,
        document_id: str,
        fields: Mapping[str, str],
        reason: str,
        actor: str,
        boxes: Mapping[str, PageBox] | None = None,
    ) -> Record:
        """Correct what was read on the pages of a document, which is judged again at once."""
        self._corrections.correct(document_id, fields, reason, actor, boxes)
        self._pipeline.settle()
        return self._pipeline.record(document_id)

    def link(self, document_id: str, links: PersonLinks, reason: str, actor: str) -> Record:
        """Link a document to orders, a contract or a commitment; it is judged again at once."""
        self._corrections.link(document_id, links, reason, actor)
        self._pipeline.settle()
        return self._pipeline.record(document_id)

    def choices(self, document_id: str) -> list[Record]:
        """Orders that a document may be linked to, the likeliest first."""
        with self.database.reading() as connection:
            repository.load(connection, document_id)
            self._did(What.OPENED, document_id)
            kept = (repository.results(connection, document_id) or {}).get("reading") or {}
            if not kept.get("invoice"):
                return []
            found = choices(connection, document_id, invoice_from(kept["invoice"]))
        return [
            {**asdict(c), "order_date": c.order_date.isoformat() if c.order_date else None}
            for c in found
        ]

    def pieces(self, document_id: str) -> Sequence[Piece]:
        """What a person can point at on the pages of a document, to correct what was read."""
        found = self._corrections.pieces(document_id)
        self._did(What.OPENED, document_id)
        return found

    def corrections(self, *, forgotten: bool = False) -> list[Record]:
        """What was learned from corrections, the newest first."""
        self._did(What.LISTED, list="corrections")
        return self._corrections.listed(forgotten=forgotten)

    def forget(self, correction_id: str, reason: str, actor: str) -> Record:
        """Apply a correction no longer to documents read from now on."""
        record = self._corrections.forget(correction_id, reason, actor)
        self._pipeline.settle()
        return record

    def replay(self, document_id: str) -> Record:
        """Make every verdict of a document again from the inputs kept with it, and compare.

        Raises:
            DocumentUnknown, NotJudged: there is no verdict to make again.
        """
        with self.database.reading() as connection:
            record = replay_record(connection, document_id)
        self._did(What.REPLAYED, document_id)
        return record

    def verify(self, ids: Sequence[str] | None) -> Iterator[Record]:
        """Check these documents, or all of them and the whole log.

        To what the archive's verifier finds comes whether the journal says what the events say. The
        outcome is kept for `meg doctor`.
        """
        everything = ids is None
        return remembered(self.settings.data, self._verified(ids), everything=everything)

    def _verified(self, ids: Sequence[str] | None) -> Iterator[Record]:
        differing = 0
        if ids is None:
            self._did(What.VERIFIED)
        for record in self._verify(ids):
            if ids is not None:
                self._did(What.VERIFIED, record["document_id"])
            if "summary" in record:
                record["documents_with_problems"] += differing
                record["ok"] = record["ok"] and not differing
                yield record
                continue
            fine = record["ok"]
            about = record["document_id"]
            known = about != KEYS_DOCUMENT and not is_batch(about)
            problems = self._journal_problems(about) if fine and known else []
            record["problems"] += problems
            record["ok"] = fine and not problems
            status = "failed" if problems else "passed" if fine else "skipped"
            record["checks"].append({"check": "journal", "status": status})
            differing += bool(problems)
            yield record

    def write_evidence(self, document_ids: Sequence[str], file: BinaryIO, actor: str) -> Record:
        """Write an evidence package of these documents and ledger that it was made.

        Raises:
            DocumentUnknown, NothingToProve, PackageTooLarge: nothing was ledgered.
            ObjectMissing, ObjectChanged: the archive is damaged; nothing was ledgered.
            AccessNotRecorded: who asks could not be recorded.
        """
        with self.database.reading() as connection:
            known = [i for i in document_ids if ledger.last_version(connection, i)]
        self.access_record.journal.note_each(self._visitor, What.EVIDENCE, known)
        # The package tells of its own making too.
        self.access_record.batches.seal_all()
        self._pipeline.settle()
        record = self._evidence.write(document_ids, file, actor)
        self._pipeline.settle()
        return record

    def proofs(self, document_id: str) -> list[Record]:
        """Where each event of a document stands in the signed log, with proof.

        Raises:
            DocumentUnknown, NotSealed: there is none, or not yet.
        """
        with self.database.reading() as connection:
            records = proof_records(self._archive, connection, document_id)
        self._did(What.PROVED, document_id)
        return records

    def consistency(self, first: int, second: int | None) -> Record:
        """What shows that the signed log extends the one of size `first`.

        Raises:
            NoSuchSize: the log was never signed at this size.
        """
        with self.database.reading() as connection:
            return consistency_record(self._archive, connection, first, second)

    def compare(self, note: bytes) -> Record:
        """Whether the log only grew since a checkpoint that somebody kept elsewhere."""
        with self.database.reading() as connection:
            return comparison_record(self._archive, connection, note)

    def checkpoint(self) -> Record:
        """The last signed checkpoint, to be kept elsewhere; raises NotSealed."""
        with self.database.reading() as connection:
            last = ledger.last_checkpoint(connection)
            if last is None:
                raise NotSealed(0, 0)
            return {"size": last.size, "checkpoint": last.note}

    def keys(self) -> list[Record]:
        """The keys of the log, oldest first."""
        with self.database.reading() as connection:
            history = self._archive.key_history(connection)
            past = self._archive.history(connection, KEYS_DOCUMENT) if len(history.keys) > 1 else []
        return key_records(history, [p.event for p in past])

    def chosen(self, query: str | None, year: int | None) -> list[str]:
        """The ids of the documents that a query finds, or of a year, in order of arrival."""
        return chosen_documents(self, query, year)

    def _journal_problems(self, document_id: str) -> list[Record]:
        with self.database.reading() as connection:
            if (number := number_of(document_id)) is not None:
                found = list(table_problems(connection, self._archive, number))
            else:
                row = repository.load(connection, document_id)
                result = repository.results(connection, document_id)
                past = self._archive.history(connection, document_id)
                steps = [PastStep(p.event.type, p.event.payload) for p in past]
                found = list(journal_problems(row, result, steps))
                found += hold_problems(connection, document_id, (p.event for p in past))
                found += unvouched(connection, self._archive, past)
        return [
            {"code": JOURNAL_DIFFERS, "key": f"documents/{document_id}", "message": problem}
            for problem in found
        ]

    def accesses(self, wanted: AccessFilter, limit: int, before: int | None = None) -> list[Record]:
        """Who read, searched or exported what, the newest first; asking is an access itself."""
        about = {"of": wanted.document_id, "by": wanted.who, "kind": wanted.what}
        self._did(What.ACCESSES, **about)
        return self.access_record.listed(wanted, limit, before)

    def accesses_to(self, document_id: str, limit: int) -> list[Record]:
        """The last accesses to a document, for its page; those of the last seconds may lack."""
        with self.database.reading() as connection:
            wanted = AccessFilter(document_id=document_id)
            return list(access_table.listed(connection, wanted, limit))

    def eliminations(self) -> list[Record]:
        """Every elimination, the newest first, with how many documents stand where."""
        records = self._proposing.listed()
        self._did(What.LISTED, list="eliminations")
        return records

    def elimination(self, number: int) -> Record:
        """One elimination with its proposal, visa, documents and certificates.

        Raises:
            EliminationUnknown: there is none.
        """
        record = self._proposing.load(number)
        self._did(What.LISTED, list="elimination", number=number)
        return record

    def change_token(self) -> str:
        """A text that changes whenever anything happened to any document."""
        with self.database.reading() as connection:
            return str(ledger.last_change(connection))

    def indexed(self) -> int:
        """How many documents the index holds."""
        return self.search_service.count()

    def log_sizes(self) -> tuple[int, int]:
        """How many events were recorded, and how many stand under a signed checkpoint."""
        with self.database.reading() as connection:
            last = ledger.last_checkpoint(connection)
            return ledger.log_size(connection), 0 if last is None else last.size

    def tending(self) -> AbstractContextManager[None]:
        """Be the one process that tends this data folder; raises AlreadyRunning."""
        return tended(self.settings.data)

    def watch(self, stop: threading.Event, told: Told = str) -> None:
        """Tend the drop folder and the outbox until told to stop.

        Args:
            stop: ends it.
            told: gives the French of the readers' sentences, for the mailroom's notes.
        """
        drop = self.settings.drop
        folder = DropFolder(
            self.settings.drop_folder, DropOptions(drop.settle_seconds, drop.patience_seconds)
        )
        folder.open()
        worker = OutboxWorker(self._pipeline, drop.poll_seconds)
        threads = [
            threading.Thread(target=worker.run, args=(stop,), name="outbox"),
            threading.Thread(target=self.timestamps.run, args=(stop,), name="timestamps"),
            threading.Thread(target=self.access_record.run, args=(stop,), name="accesses"),
        ]
        for thread in threads:
            thread.start()
        try:
            DropFolderWatch(folder, self._pipeline, drop.poll_seconds, told).run(stop)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            self._seal_accesses()

    def _seal_accesses(self) -> None:
        """Leave no access unsealed behind; what cannot be sealed now is at the next start."""
        try:
            if self.access_record.batches.seal_all():
                self._pipeline.settle()
        except Error as error:
            _LOG.error("accesses: %s %s %s", error.code, error.message, error.hint)
