"""Verification: the independent verifier, fed with what the database says.

Reads in short transactions, so that taking files in goes on meanwhile; what is received while it
runs is left for the next run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import Connection

from archive import access_table, repository
from archive.access import is_batch
from archive.access_check import AccessCheck
from archive.erasure import ELIMINATION
from archive.errors import DocumentUnknown
from archive.fsck import (
    CheckpointFact,
    DocumentFacts,
    DocumentReport,
    Documents,
    EventFact,
    Finding,
    Inclusion,
    LogCheck,
    LogReport,
    ManifestFact,
    Reader,
)
from archive.manifest import KEYS_DOCUMENT, instant
from db.engine import Database
from domain.records import Record

_NO_DOCUMENTS = (KEYS_DOCUMENT, ELIMINATION)
_ENTRIES_AT_ONCE = 1 << 14
_DOCUMENTS_AT_ONCE = 256
_THREADS = 4

DigestLookup = Callable[[Connection, Sequence[str]], dict[str, str]]


@dataclass(slots=True)
class Summary:
    """What a check of everything came to."""

    documents: int = 0
    documents_with_problems: int = 0
    log_size: int = 0
    log_root: bytes = b""
    checkpoints: int = 0
    timestamps: int = 0
    pending_events: int = 0
    access_batches: int = 0
    pending_accesses: int = 0
    problems: list[Finding] = field(default_factory=list)
    information: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.problems and not self.documents_with_problems


def report_record(report: DocumentReport) -> Record:
    """One document's checks and problems."""
    return {
        "document_id": report.document_id,
        "ok": report.ok,
        "checks": [{"check": name, "status": is_now} for name, is_now in report.checks.items()],
        "problems": [_finding_record(item) for item in report.problems],
    }


def summary_record(summary: Summary) -> Record:
    """What closes a check of everything."""
    return {
        "summary": True,
        "ok": summary.ok,
        "documents": summary.documents,
        "documents_with_problems": summary.documents_with_problems,
        "log": {
            "size": summary.log_size,
            "root": summary.log_root.hex(),
            "checkpoints": summary.checkpoints,
            "timestamps": summary.timestamps,
            "pending_events": summary.pending_events,
        },
        "accesses": {
            "batches": summary.access_batches,
            "not_sealed": summary.pending_accesses,
        },
        "problems": [_finding_record(item) for item in summary.problems],
        "information": [_finding_record(item) for item in summary.information],
    }


def _finding_record(finding: Finding) -> Record:
    return {"code": finding.code, "key": finding.key, "message": finding.message}


def _no_digests(_connection: Connection, _ids: Sequence[str]) -> dict[str, str]:
    return {}


class Verification:
    """Checks documents, or everything, against the files and the database."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        verifier_key: str,
        tenant: str = "main",
        digests: DigestLookup = _no_digests,
        roots: bytes = b"",
    ) -> None:
        """Check the archive behind `reader`.

        Args:
            database: whose facts are compared.
            reader: the store, or a copy of it.
            verifier_key: the log's public key.
            tenant: whose archive.
            roots: certificates from which timestamps are believed.
            digests: gives the SHA-256 that the journal of documents has for these ids.
        """
        self._database = database
        self._reader = reader
        self._key = verifier_key
        self._tenant = tenant
        self._folder = f"{tenant}/log"
        self._digests = digests
        self._roots = roots
        self._accesses = AccessCheck(database, reader, tenant)

    def records(self, document_ids: Sequence[str] | None) -> Iterator[Record]:
        """What `meg verify` prints: an object a document; for everything, a summary at the end."""
        found = self.everything() if document_ids is None else self.documents(document_ids)
        for report in found:
            yield summary_record(report) if isinstance(report, Summary) else report_record(report)

    def documents(self, document_ids: Sequence[str]) -> Iterator[DocumentReport]:
        """Check these documents: bytes, manifests, places in the signed log.

        Raises:
            DocumentUnknown: before anything is checked, when one of them is not known.
        """
        pages = range(0, len(document_ids), _DOCUMENTS_AT_ONCE)
        facts = [f for i in pages for f in self._facts(document_ids[i : i + _DOCUMENTS_AT_ONCE])]
        for found in facts:
            if not found.events and not found.manifests:
                raise DocumentUnknown(found.document_id)
        return self._check_documents(facts)

    def everything(self) -> Iterator[DocumentReport | Summary]:
        """Check the log, every document, then what no document explains; the summary comes last."""
        with ThreadPoolExecutor(_THREADS, "verify") as threads:
            yield from self._everything(Documents(self._reader, self._tenant, threads))

    def _everything(self, documents: Documents) -> Iterator[DocumentReport | Summary]:
        log = self._check_log()
        summary = Summary(
            log_size=log.size,
            log_root=log.root,
            checkpoints=log.checkpoints,
            timestamps=log.timestamps,
            problems=list(log.problems),
            information=list(log.information),
        )
        last = ""
        while page := self._page(last):
            last = page[-1]
            some = self._facts(page)
            documents.expect(some)
            for facts in some:
                report = documents.check(facts, log.size, _lookup(log))
                summary.pending_events += sum(e.position >= log.size for e in facts.events)
                if is_batch(facts.document_id):
                    summary.access_batches += 1
                    summary.problems += report.problems
                    summary.problems += self._accesses.batch(facts.document_id)
                    continue
                summary.documents += not facts.document_id.startswith(_NO_DOCUMENTS)
                summary.documents_with_problems += not report.ok
                yield report
        for finding, wrong in documents.leftovers(self._newest_versions):
            (summary.problems if wrong else summary.information).append(finding)
        summary.problems += self._accesses.unknown()
        with self._database.reading() as connection:
            summary.pending_accesses = access_table.waiting(connection).count
        yield summary

    def _check_documents(self, facts: Sequence[DocumentFacts]) -> Iterator[DocumentReport]:
        with self._database.reading() as connection:
            size = max((c.size for c in repository.checkpoints(connection) if c.written), default=0)
        documents = Documents(self._reader, self._tenant)
        head = Inclusion(self._reader, self._folder, self._key, size) if size else None
        log: LogReport | None = None
        if head is not None and head.problems:
            # Something is wrong at the top: only reading the whole log tells what exactly.
            log = self._check_log()
        for found in facts:
            lookup = _lookup(log) if log is not None or head is None else _inclusion(head)
            report = documents.check(found, size, lookup)
            documents.check_overlays(found, report)
            if is_batch(found.document_id):
                report.problems.extend(self._accesses.batch(found.document_id))
            if log is not None and log.problems:
                report.checks["checkpoint"] = "failed"
                report.problems.extend(log.problems)
            else:
                report.checks["checkpoint"] = "passed" if size else "pending"
            yield report

    def _check_log(self) -> LogReport:
        with self._database.reading() as connection:
            facts = [
                CheckpointFact(row.size, bytes.fromhex(row.root), row.note, row.written)
                for row in repository.checkpoints(connection)
            ]
            rotations = repository.rotations(connection)
        check = LogCheck(self._reader, self._folder, self._key, self._roots)
        report = check.run(self._entries(), facts)
        if rotations != report.rotations:
            text = "the database knows other rotations of the key than the archive"
            key = f"{self._tenant}/m/{KEYS_DOCUMENT}/"
            report.problems.append(Finding("DATABASE_DIFFERS", key, text))
        return report

    def _entries(self) -> Iterator[bytes]:
        start = 0
        while True:
            end = start + _ENTRIES_AT_ONCE
            with self._database.reading() as connection:
                rows = repository.entries_with_positions(connection, start, end)
            if not rows:
                return
            known = dict(rows)
            # A row that is gone leaves its place empty, so that the others keep theirs.
            for position in range(start, rows[-1][0] + 1):
                yield known.get(position, b"")
            start = rows[-1][0] + 1

    def _page(self, after: str) -> list[str]:
        with self._database.reading() as connection:
            return repository.documents_after(connection, after, _DOCUMENTS_AT_ONCE)

    def _newest_versions(self, document_ids: Collection[str]) -> dict[str, int]:
        with self._database.reading() as connection:
            return repository.last_versions(connection, document_ids)

    def _facts(self, document_ids: Sequence[str]) -> list[DocumentFacts]:
        manifests: defaultdict[str, list[ManifestFact]] = defaultdict(list)
        events: defaultdict[str, list[EventFact]] = defaultdict(list)
        with self._database.reading() as connection:
            digests = self._digests(connection, document_ids)
            for one in repository.manifests_of(connection, *document_ids):
                fact = ManifestFact(one.version, one.digest, one.written)
                manifests[one.document_id].append(fact)
            for row in repository.events_of(connection, *document_ids):
                at = instant(row.at)
                event = EventFact(row.position, row.version, row.type, at, row.entry)
                events[row.document_id].append(event)
        return [
            DocumentFacts(i, tuple(manifests[i]), tuple(events[i]), digests.get(i))
            for i in document_ids
        ]


def _inclusion(head: Inclusion) -> Callable[[EventFact], Finding | None]:
    return lambda event: head.find(event.position, event.entry)


def _lookup(log: LogReport | None) -> Callable[[EventFact], Finding | None]:
    def find(event: EventFact) -> Finding | None:
        if log is None or event.position not in log.differing:
            return None
        text = f"the log holds another entry at position {event.position}"
        return Finding("EVENT_NOT_IN_LOG", f"event {event.position}", text)

    return find
