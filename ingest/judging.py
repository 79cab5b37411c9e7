"""Brings a reading to its verdict and keeps both, with the events and the work that follow.

Everything happens inside the caller's writing transaction: all of it is kept, or none. What an
earlier run made of the document is moved aside, never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from archive.service import Archive, Happening
from db import outbox
from domain.invoice import Reading
from domain.match import Verdict
from domain.records import Record, reading_record, validation_record, verdict_record
from domain.validation import Validation
from ingest import repository
from ingest.learning import repository as learned
from ingest.learning.lessons import used
from ingest.outcome import INVOICE_KINDS, RECEIVED, status_of, summary_of
from ingest.replacement import follow_replacements
from ingest.repository import NO_LINKS, PersonLinks
from ingest.told_apart import is_repetition, was_told_apart
from matching.service import DocumentToMatch, judge, replaced_by
from matching.tolerances import Policy

ACTOR = "meg"
PROCESS = "process"
INDEX = "index"
RECOGNISE = "recognise"
"""Asked for a scan that waits until characters can be recognised; `PROCESS` then takes it up."""

_READ = frozenset({"parsed", "learned", "validated"})


@dataclass(frozen=True, slots=True)
class Again:
    """What is different when a document was judged before."""

    because: Happening  # recorded ahead of the run's own events
    status: str  # where the document stands now: what a person decided may stand
    reread: bool  # whether the reading is another than before


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges readings and keeps what came of it."""

    archive: Archive
    policy: Policy
    timezone: ZoneInfo
    clock: Callable[[], datetime]

    def judge(
        self,
        connection: Connection,
        row: Mapping[str, Any],
        reading: Reading,
        validation: Validation | None,
        linked: PersonLinks = NO_LINKS,
    ) -> Verdict | None:
        """The verdict on a document of the journal; None for what is no invoice."""
        if not reading.readable or reading.kind not in INVOICE_KINDS or reading.invoice is None:
            return None
        document_id = row["document_id"]
        document = DocumentToMatch(
            document_id,
            reading,
            validation,
            linked_orders=linked.orders,
            linked_contract=linked.contract_id,
            linked_lot=linked.lot,
            linked_commitment=linked.commitment_id,
        )
        today = row["received_at"].astimezone(self.timezone).date()
        before = replaced_by(connection, document_id)
        verdict = judge(connection, document, self.policy, today)
        if is_repetition(verdict) and was_told_apart(connection, self.archive, document_id):
            verdict = judge(connection, replace(document, told_apart=True), self.policy, today)
        self.follow_replacements(connection, document_id, before)
        return verdict

    def today(self) -> date:
        """The day it is where days are counted."""
        return self.clock().astimezone(self.timezone).date()

    def follow_replacements(
        self, connection: Connection, document_id: str, before: Iterable[str] = ()
    ) -> None:
        """Let the journal follow what a corrected invoice replaces now, and replaced before."""
        concerned = {*before, *replaced_by(connection, document_id)}
        if concerned:
            occasion = (self.clock(), ACTOR)
            changed = follow_replacements(
                connection, self.archive, document_id, concerned, occasion
            )
            outbox.ask(connection, INDEX, changed, occasion[0])

    def keep(
        self,
        connection: Connection,
        row: Mapping[str, Any],
        reading: Reading,
        validation: Validation | None,
        verdict: Verdict | None,
        again: Again | None = None,
        derived: Sequence[Happening] = (),
    ) -> None:
        """Keep a run's result, its events and the work that follows.

        What was derived from the document on the way is recorded ahead of what was read in it.
        """
        document_id, now = row["document_id"], self.clock()
        result = {
            "judged_at": now,
            "reading": reading_record(reading),
            "validation": None if validation is None else validation_record(validation),
            "verdict": None if verdict is None else verdict_record(verdict),
            "text": reading.text,
        }
        happenings, taught = happenings_of(result, now), used(reading)
        if taught:
            happenings.insert(1, Happening("learned", now, ACTOR, {"fields": taught}))
        happenings = [*derived, *happenings]
        status = status_of(reading, verdict)
        if again is not None:
            status = again.status
            steps = happenings if again.reread else [h for h in happenings if h.type not in _READ]
            happenings = [again.because, *steps]
        repository.save_run(connection, document_id, summary_of(reading, verdict, status), result)
        self.archive.record(connection, document_id, happenings)
        if taught or again is not None:
            learned.record_uses(connection, document_id, taught.values(), now)
        outbox.strike(connection, PROCESS, document_id)
        if status == RECEIVED:
            outbox.ask(connection, RECOGNISE, [document_id], now)
        outbox.ask(connection, INDEX, [document_id], now)


def happenings_of(result: Record, now: datetime) -> list[Happening]:
    """The events of one run, in the order of the steps; evidence can be read again and stays out.

    Each carries what it concluded, so that the archive alone tells the whole history.
    """
    reading = {k: v for k, v in result["reading"].items() if k != "evidence"}
    happenings = [Happening("parsed", now, ACTOR, reading)]
    if result["validation"] is not None:
        happenings.append(Happening("validated", now, ACTOR, result["validation"]))
    verdict = result["verdict"]
    if verdict is not None:
        matched = {k: verdict[k] for k in ("match", "discrepancies", "inputs_digest")}
        decided = {k: verdict[k] for k in ("decision", "payment")}
        happenings.append(Happening("matched", now, ACTOR, matched))
        happenings.append(Happening("decided", now, ACTOR, decided))
    return happenings
