"""Judging a document again: its reading was corrected, a person linked it, an order came in.

The document's own transaction: what the run before made of it is kept aside (`past_results`, and
in the archive's manifests), what it took is given back and taken anew, and the occasion is an
event of the ledger ahead of the new verdict. What a person decided stands, an approval excepted:
it was given on other facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from archive.service import Happening
from domain.errors import Error
from domain.invoice import Reading
from domain.match import Verdict
from domain.stored import reading_from, validation_from
from domain.validation import Validation
from ingest import repository
from ingest.judging import Again, Judging
from ingest.judging_together import JudgingTogether
from ingest.outcome import status_after, status_of
from matching.service import REPLACED, entangled, forget, replaced_by
from matching.service import set_status as set_billed_status


class NotJudgedAgain(Error):
    """There is no verdict of this document that could be made anew."""

    code = "ING-51"
    hint = "Only invoices that were judged can be judged again; see `meg show`."


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a document is judged again: an event of the ledger, with its author.

    The payload is completed with the status `before` and `after`.
    """

    type: str
    actor: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """The status of a document before and after it was judged again."""

    before: str
    after: str


def judge_again(
    connection: Connection,
    together: JudgingTogether,
    document_id: str,
    occasion: Occasion,
    reading: Reading | None = None,
) -> Change:
    """Judge a document as things stand now, inside the caller's writing transaction.

    Later open documents that hang together with it, as it was or as it is now, do not count while
    it is judged, and are judged again after it. Links that a person made hold
    (`repository.set_links`, called before, changes them).

    Args:
        connection: the caller's writing transaction, in which nobody else judges (`judge_alone`).
        together: what judges the documents that hang together with it.
        document_id: the document.
        occasion: why, and who.
        reading: a corrected reading; without, the kept one is judged again.

    Raises:
        DocumentUnknown: there is no such document.
        NotJudgedAgain: it is no invoice that was judged.
    """
    row = repository.load(connection, document_id, for_update=True)
    result = repository.results(connection, document_id)
    if result is None or result["verdict"] is None or row["outcome"] is None:
        raise NotJudgedAgain(f"document {document_id} is {row['status']}")
    if row["status"] == REPLACED:
        # Judged beside what took its place, it would come loose from it.
        raise NotJudgedAgain(f"document {document_id} was replaced by a corrected invoice")
    repository.set_aside(connection, document_id)
    before = reading_from(result["reading"], result["text"])
    # Signatures were checked when the document came; read once more, it is the same document.
    read = before if reading is None else replace(reading, signatures=before.signatures)
    kept = result["validation"]
    validation = None if kept is None else validation_from(kept)
    verdict, followers = _judge_before_others(connection, together.judging, row, read, validation)
    status = status_after(row["status"], status_of(read, verdict))
    change = Change(row["status"], status)
    payload = {**occasion.payload, "before": change.before, "after": change.after}
    because = Happening(occasion.type, together.judging.clock(), occasion.actor, payload)
    again = Again(because, change.after, reread=reading is not None)
    together.judging.keep(connection, row, read, validation, verdict, again)
    cause = {"kind": "follows", "documents": [document_id]}
    together.judge_again(connection, dict.fromkeys(followers, cause))
    for follower, replaced in followers.items():
        together.judging.follow_replacements(connection, follower, replaced)
    return change


def _judge_before_others(
    connection: Connection,
    judging: Judging,
    row: Mapping[str, Any],
    reading: Reading,
    validation: Validation | None,
) -> tuple[Verdict | None, dict[str, list[str]]]:
    """The verdict without the later open documents that hang together with this one.

    Also these documents, each with what it had replaced.
    """
    document_id = row["document_id"]
    later = set(repository.open_documents(connection, after=row["ledger_index"]))
    links = repository.links(connection, document_id)
    followers = entangled(connection, {document_id}) & later
    while True:
        replaced = {i: replaced_by(connection, i) for i in sorted(followers)}
        trial = connection.begin_nested()
        for follower in followers:
            forget(connection, follower)
        verdict = judging.judge(connection, row, reading, validation, links)
        status = status_after(row["status"], status_of(reading, verdict))
        set_billed_status(connection, document_id, status)
        judging.follow_replacements(connection, document_id)
        # As it is now it may hang together with more of them: again, without these.
        more = entangled(connection, {document_id}) & later - followers
        if not more:
            trial.commit()
            return verdict, replaced
        trial.rollback()
        followers |= more
