"""Judging documents again when what they were judged with has changed.

The rule (docs/matching.md, "Judged again"): the documents concerned are taken out of the balances
together and judged again in their order of arrival, with every later open document that hangs
together with them (same supplier, same orders or ceilings). So each comes out as if all had been
judged one after the other with the new data. What was approved or refused is not touched, but for
what the engine approved after a credit note that is refused; what is held or disputed is judged in
its turn and stays where a person put it. All of it is one transaction; where nothing comes out
otherwise, nothing is written.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from archive.service import Happening
from db import outbox
from db.engine import Database
from domain.errors import Error
from domain.invoice import Reading
from domain.match import Verdict
from domain.records import Record, verdict_record
from domain.stored import reading_from, validation_from
from domain.validation import Validation
from ingest import repository
from ingest.judging import ACTOR, Again, Judging
from ingest.outcome import STANDING, status_after, status_of
from matching.service import entangled, forget, judge_alone, replaced_by
from matching.service import set_status as set_billed_status

_LOG = logging.getLogger(__name__)
REJUDGE: Final = "rejudge"
JUDGED_AGAIN: Final = "judged_again"
APPROVED_TOO: Final = "approved_too"
"""In a cause: the document is judged again although the engine approved it."""
_AT_ONCE: Final = 1_000
_MOST_ROUNDS: Final = 8  # then every later open document is judged again: the last round

Cause = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A judged document as it stands in the journal."""

    row: Mapping[str, Any]
    verdict: Record
    reading: Reading
    validation: Validation | None


class JudgingTogether:
    """Judges open documents again, all that hang together at once."""

    def __init__(self, database: Database, judging: Judging) -> None:
        self._database = database
        self.judging = judging

    def do_pending(self) -> int | None:
        """Judge again what the outbox asks for.

        Returns how many documents came out otherwise; None where nothing was asked for.
        """
        with self._database.reading() as connection:
            tasks = outbox.pending(connection, REJUDGE, self.judging.clock(), _AT_ONCE)
        if not tasks:
            return None
        try:
            return self._do(tasks)
        except Error:
            raise
        except Exception:  # noqa: BLE001 - below, each document is tried alone
            _LOG.exception("%d documents could not be judged again together", len(tasks))
        # One document that cannot be judged must not keep the others from it.
        return sum(self._do_alone(task) for task in tasks)

    def _do(self, tasks: Sequence[outbox.Task]) -> int:
        with self._database.transaction() as connection:
            judge_alone(connection)
            changed = self.judge_again(connection, {t.key: t.cause or {} for t in tasks})
            outbox.done(connection, tasks)
        return len(changed)

    def _do_alone(self, task: outbox.Task) -> int:
        try:
            return self._do([task])
        except Error:
            raise
        except Exception as bug:  # noqa: BLE001 - recorded with the task and tried again later
            with self._database.transaction() as connection:
                outbox.failed(connection, REJUDGE, task.key, repr(bug), self.judging.clock())
            return 0

    def judge_again(self, connection: Connection, causes: Mapping[str, Cause]) -> list[str]:
        """Judge these documents again, inside the caller's writing transaction.

        Those that are open no more are left as they are, but for those that the engine approved
        and whose cause says `APPROVED_TOO`. Returns the documents whose verdict
        changed, in order of arrival; each has new `matched` and `decided` events after one that
        says why. The caller has called `judge_alone` first.
        """
        approved = [i for i, cause in causes.items() if cause.get(APPROVED_TOO)]
        open_now = repository.open_documents(connection, approved=approved)
        asked = [i for i in open_now if i in causes]
        if not asked:
            return []
        later = open_now[open_now.index(asked[0]) :]
        chosen = self._with_followers(connection, asked, later)
        for round_number in range(_MOST_ROUNDS + 1):
            if round_number == _MOST_ROUNDS:
                chosen = later
            trial = connection.begin_nested()
            kept = [_kept(connection, document_id) for document_id in chosen]
            verdicts = self._judge_in_order(connection, kept)
            grown = self._with_followers(connection, chosen, later)
            if len(grown) == len(chosen):
                trial.commit()
                break
            # They now hang together with more documents: again, with these.
            trial.rollback()
            chosen = grown
        return [
            each.row["document_id"]
            for each, verdict in zip(kept, verdicts, strict=True)
            if self._keep(connection, each, verdict, causes)
        ]

    def _with_followers(
        self, connection: Connection, chosen: Sequence[str], later: Sequence[str]
    ) -> list[str]:
        """These and all later open documents that hang together with them, in order of arrival."""
        known: AbstractSet[str] = set(chosen)
        while True:
            more = entangled(connection, known).intersection(later)
            if more <= known:
                return [i for i in later if i in known]
            known = more | known

    def _judge_in_order(self, connection: Connection, kept: Sequence[_Kept]) -> list[Verdict]:
        ids = [each.row["document_id"] for each in kept]
        replaced = {i: replaced_by(connection, i) for i in ids}
        for document_id in ids:
            forget(connection, document_id)
        verdicts = [self._verdict(connection, each) for each in kept]
        for document_id in ids:  # what one of them no longer replaces is back in the journal too
            self.judging.follow_replacements(connection, document_id, replaced[document_id])
        return verdicts

    def _verdict(self, connection: Connection, kept: _Kept) -> Verdict:
        document_id = kept.row["document_id"]
        links = repository.links(connection, document_id)
        verdict = self.judging.judge(connection, kept.row, kept.reading, kept.validation, links)
        if verdict is None:
            raise TypeError(f"document {document_id} has a verdict and is no invoice")
        if kept.row["status"] in STANDING:
            set_billed_status(connection, document_id, kept.row["status"])
        return verdict

    def _keep(
        self, connection: Connection, kept: _Kept, verdict: Verdict, causes: Mapping[str, Cause]
    ) -> bool:
        """Keep a verdict that came out otherwise, its events and the work that follows."""
        if _says(verdict_record(verdict)) == _says(kept.verdict):
            return False
        document_id = kept.row["document_id"]
        status = status_after(kept.row["status"], status_of(kept.reading, verdict))
        cause = causes.get(document_id) or _of_others(causes)
        told = {"cause": cause, "before": kept.row["status"], "after": status}
        because = Happening(JUDGED_AGAIN, self.judging.clock(), ACTOR, told)
        repository.set_aside(connection, document_id)
        self.judging.keep(
            connection,
            kept.row,
            kept.reading,
            kept.validation,
            verdict,
            Again(because, status, reread=False),
        )
        _LOG.info("%s: %s, judged again", kept.row["file_name"], status)
        return True


def _kept(connection: Connection, document_id: str) -> _Kept:
    row = repository.load(connection, document_id, for_update=True)
    result = repository.results(connection, document_id)
    if result is None or result["verdict"] is None:
        raise ValueError(f"document {document_id} was judged, but no verdict is kept")
    validation = result["validation"]
    return _Kept(
        row,
        result["verdict"],
        reading_from(result["reading"], result["text"]),
        None if validation is None else validation_from(validation),
    )


def _says(verdict: Record) -> Record:
    """What a verdict concludes; other inputs alone make no other verdict."""
    return {key: value for key, value in verdict.items() if key != "inputs_digest"}


def _of_others(causes: Mapping[str, Cause]) -> Record:
    """The cause for a document that hangs together with those that were asked for."""
    return {"kind": "follows", "documents": sorted(causes)[:20]}
