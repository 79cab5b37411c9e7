"""Everything from the files alone: for a copy without its database, in an auditor's hands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archive.fsck.accesses import is_batch
from archive.fsck.documents import PENDING, DocumentReport, Documents
from archive.fsck.findings import Finding
from archive.fsck.log import LogCheck, LogReport
from archive.fsck.reader import Reader


def check_files(
    reader: Reader, tenant: str, verifier_key: str, kept: Mapping[str, bytes] | None = None
) -> Iterator[DocumentReport | LogReport]:
    """Check every document, then the log and what is left over; the log's report comes last.

    The log is compared with the checkpoints that were kept elsewhere, each with a name for it.

    A document whose events are not all in the log is `pending`: sealed later, or never
    acknowledged. When the log holds entries that no manifest explains, the two belong together: a
    manifest was changed or removed, and those that are pending are the ones to look at.
    """
    log = LogCheck(reader, f"{tenant}/log", verifier_key).run(kept=kept)
    documents = Documents(reader, tenant)
    versions = documents.manifest_keys()
    unexplained = set(log.places.values())
    pending: list[str] = []
    for document_id in sorted(versions):
        report, accounted = documents.check_without_facts(
            document_id, versions[document_id], log.places
        )
        unexplained -= accounted
        if report.checks["log"] == PENDING:
            pending.append(document_id)
        if is_batch(document_id):
            log.problems.extend(report.problems)
        else:
            yield report
    for position in sorted(unexplained):
        text = f"no manifest holds the event at position {position}"
        log.problems.append(Finding("ENTRY_WITHOUT_EVENT", f"event {position}", text))
    for document_id in pending:
        code = "EVENT_NOT_IN_LOG" if unexplained else "NOT_SEALED"
        finding = Finding(code, f"{tenant}/m/{document_id}/", "not all its events are in the log")
        (log.problems if unexplained else log.information).append(finding)
    newest = {document_id: max(found) for document_id, found in versions.items()}
    for finding, wrong in documents.leftovers(lambda _: newest):
        (log.problems if wrong else log.information).append(finding)
    yield log
