"""What a person decides about a document; the decision becomes an event of the ledger.

The engine's verdict is never overwritten: a decision stands beside it, with author and reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from archive import repository as ledger
from archive.service import Happening
from db import outbox
from db.engine import Database
from domain.errors import Error
from domain.invoice import DocumentKind
from domain.match import Code, Outcome, Severity
from domain.party import EntityKind
from domain.stored import reading_from
from ingest import repository
from ingest.accounts import unknown_account
from ingest.judging import ACTOR, INDEX, Judging
from ingest.judging_together import APPROVED_TOO, JUDGED_AGAIN, REJUDGE, JudgingTogether
from ingest.outcome import STATUS_OF_OUTCOME
from ingest.received_documents import use_message, waits_for_a_person
from ingest.rejudge import Occasion, judge_again
from ingest.told_apart import TELL_APART
from matching import accounts, interruptions
from matching.lateness import interrupts
from matching.service import approved_beside, entangled, judge_alone
from matching.service import set_status as set_billed_status

APPROVE = "approve"
HOLD = "hold"
REFUSED = "refused"
ACTIONS = {
    APPROVE: "approved",
    "refuse": REFUSED,
    "dispute": "disputed",
    HOLD: "on_hold",
}
RELEASE = "release"
_EXPORTED = "exported"
_DECIDED = "decided"
_DECIDABLE = frozenset({"approved", "in_review", "blocked", *ACTIONS.values()})


class ActionRefused(Error):
    """This cannot be decided about this document."""

    code = "ING-50"
    hint = "Only invoices that were judged can be approved, refused, disputed, held or released."


class AccountInQuarantine(ActionRefused):
    """An invoice is to be approved although nobody knows the account it asks to be paid to."""

    code = "ING-53"
    hint = "Two people vouch for the account first (`meg account vouch`); then it is judged again."


class SecondApproverNeeded(ActionRefused):
    """Who made the seller an unknown one cannot approve the invoice too: accounts need four eyes.

    Of an unknown seller no account is judged, so that a correction could lead around the
    quarantine.
    """

    code = "ING-55"
    hint = "Another person approves it, or the supplier is taken into the supplier file."


class TakenMeanwhile(ActionRefused):
    """A refused invoice is to be approved, but judged as things stand now it raises more."""

    code = "ING-54"
    hint = "Release it first: it is judged again, and shows what speaks against it now."


class DecidedMeanwhile(ActionRefused):
    """Something was decided, found or corrected since the person looked."""

    code = "ING-57"
    hint = "Look at it as it is now, then decide again if it is still needed."


class JudgedAsItsOwn(ActionRefused):
    """An invoice was said to be no duplicate; judged as one of its own, it raises something."""

    code = "ING-56"
    hint = "Look at what it has now; approve it again if it is to be paid all the same."


class ReasonMissing(ActionRefused):
    """A decision has no reason."""

    hint = "Say why in a sentence: it is kept with the decision."


class Resolutions:
    """Records what people decide."""

    def __init__(self, database: Database, judging: Judging) -> None:
        self._database = database
        self._judging = judging
        self._together = JudgingTogether(database, judging)

    def resolve(
        self, document_id: str, action: str, reason: str, actor: str, seen: int | None = None
    ) -> None:
        """Record a decision, its reason and its author.

        Args:
            document_id: the document.
            action: a key of `ACTIONS`, or `RELEASE`.
            reason: why, in the person's words.
            actor: who decides.
            seen: position in the log of the last event the person saw; None asks nothing.

        Raises:
            DecidedMeanwhile: more was decided or found than the person saw.
            DocumentUnknown: there is no such document.
            ActionRefused: the action is unknown, has no reason, or does not fit the document.
            TakenMeanwhile: a refused document is to be approved that would not be judged so now.
            JudgedAsItsOwn: a duplicate is to be approved; it is none now, but has other findings.
        """
        if not reason.strip():
            raise ReasonMissing("a decision needs a reason")
        if action != RELEASE and action not in ACTIONS:
            raise ActionRefused(f"{action!r} is no action; known: {', '.join((*ACTIONS, RELEASE))}")
        if action == APPROVE and self._confirmed(document_id, reason, actor):
            return
        with self._database.transaction() as connection:
            judge_alone(connection)
            _require_seen(connection, document_id, seen)
            row = repository.load(connection, document_id)
            if row["status"] not in _DECIDABLE or row["outcome"] is None:
                raise ActionRefused(f"document {document_id} is {row['status']}")
            found: tuple[str, ...] = ()
            if action == APPROVE and Code.DUPLICATE_INVOICE in row["codes"]:
                found = self._told_apart(connection, row, reason, actor)
                row = repository.load(connection, document_id)
            if not found:
                self._decide(connection, row, action, reason, actor)
        if found:
            raise JudgedAsItsOwn(f"document {document_id} now has {', '.join(found)}")

    def _decide(
        self,
        connection: Connection,
        row: Mapping[str, Any],
        action: str,
        reason: str,
        actor: str,
    ) -> None:
        document_id, before, now = row["document_id"], row["status"], self._judging.clock()
        if before == REFUSED and ACTIONS.get(action) != REFUSED:
            row = self._taken_back(connection, row, action)
        if action == APPROVE and _in_quarantine(connection, document_id):
            raise AccountInQuarantine(f"the account on document {document_id} is not validated")
        if action == APPROVE and _made_unknown_by(connection, document_id, actor):
            raise SecondApproverNeeded(f"{actor} corrected the seller of {document_id}")
        status = ACTIONS.get(action) or STATUS_OF_OUTCOME[Outcome(row["outcome"])]
        repository.set_status(connection, document_id, status)
        set_billed_status(connection, document_id, status)
        self._judging.follow_replacements(connection, document_id)
        if status == REFUSED != before:
            self._freed(connection, row, now)
        payload = {"action": action, "reason": reason, "before": before, "after": status}
        clock = self._clock_changed(connection, row, action, reason)
        if clock is not None:
            payload["payment_clock"] = clock
        self._judging.archive.record(
            connection, document_id, [Happening("resolved", now, actor, payload)]
        )
        outbox.ask(connection, INDEX, [document_id], now)

    def _freed(self, connection: Connection, row: Mapping[str, Any], now: datetime) -> None:
        """What a refused document took is free again; what a credit note freed is taken again.

        Of those that were approved after a credit note each may have leaned on it.
        """
        document_id = row["document_id"]
        cause = {"kind": "decision", "document_id": document_id, "number": row["number"]}
        concerned = sorted(entangled(connection, [document_id]) - {document_id})
        outbox.ask(connection, REJUDGE, concerned, now, cause)
        if row["kind"] == DocumentKind.CREDIT_NOTE:
            beside = approved_beside(connection, document_id)
            leaned = _approved_after(connection, beside, document_id)
            outbox.ask(connection, REJUDGE, leaned, now, {**cause, APPROVED_TOO: True})

    def _told_apart(
        self, connection: Connection, row: Mapping[str, Any], reason: str, actor: str
    ) -> tuple[str, ...]:
        """Judge a duplicate as an invoice of its own; gives back what speaks against it then."""
        document_id, status = row["document_id"], row["status"]
        payload = {"action": TELL_APART, "reason": reason, "before": status, "after": status}
        happening = Happening("resolved", self._judging.clock(), actor, payload)
        self._judging.archive.record(connection, document_id, [happening])
        cause = {"kind": "decision", "document_id": document_id, "number": row["number"]}
        occasion = Occasion(JUDGED_AGAIN, ACTOR, {"cause": cause})
        judge_again(connection, self._together, document_id, occasion)
        return _new_findings(row, repository.load(connection, document_id))

    def _taken_back(
        self, connection: Connection, row: Mapping[str, Any], action: str
    ) -> Mapping[str, Any]:
        """A refused document counts again: judged as things stand now, whatever came meanwhile."""
        document_id = row["document_id"]
        repository.set_status(connection, document_id, STATUS_OF_OUTCOME[Outcome(row["outcome"])])
        cause = {"kind": "decision", "document_id": document_id, "number": row["number"]}
        occasion = Occasion(JUDGED_AGAIN, ACTOR, {"cause": cause})
        judge_again(connection, self._together, document_id, occasion)
        again = repository.load(connection, document_id)
        more = _new_findings(row, again)
        if action == APPROVE and more:
            raise TakenMeanwhile(f"document {document_id} now has {', '.join(more)}")
        return again

    def _confirmed(self, document_id: str, reason: str, actor: str) -> bool:
        """Use an order or a receipt that waited for a person; False where none does."""
        with self._database.reading() as connection:
            if not waits_for_a_person(connection, document_id):
                return False
        now = self._judging.clock()
        with self._database.transaction() as connection:
            judge_alone(connection)
            if not waits_for_a_person(connection, document_id):
                return False
            status = repository.load(connection, document_id)["status"]
            result = repository.results(connection, document_id) or {}
            reading = reading_from(result["reading"], result["text"])
            payload = {"action": APPROVE, "reason": reason, "before": status, "after": status}
            happening = Happening("resolved", now, actor, payload)
            self._judging.archive.record(connection, document_id, [happening])
            used = use_message(connection, document_id, reading, now, confirmed=True)
            used.record(connection, self._judging.archive, document_id)
            outbox.ask(connection, INDEX, [document_id], now)
        return True

    def _clock_changed(
        self, connection: Connection, row: Mapping[str, Any], action: str, reason: str
    ) -> str | None:
        """Holding interrupts a public buyer's delay, once; any other decision completes it."""
        document_id, today = row["document_id"], self._judging.today()
        if action != HOLD:
            return "completed" if interruptions.complete(connection, document_id, today) else None
        result = repository.results(connection, document_id)
        payment = result["verdict"]["payment"] if result and result["verdict"] else {}
        kind = payment.get("buyer_kind")
        if not payment.get("deadline") or kind is None or not interrupts(EntityKind(kind)):
            return None
        done = interruptions.notify(connection, document_id, today, reason)
        return "interrupted" if done else "interrupted_before"


def _require_seen(connection: Connection, document_id: str, seen: int | None) -> None:
    """Refuse a decision on what looked otherwise; an export changes nothing of it."""
    if seen is None:
        return
    events = ledger.events_of(connection, document_id)
    if any(e.position > seen and e.type != _EXPORTED for e in events):
        raise DecidedMeanwhile(f"document {document_id} is no longer as it was shown")


def _approved_after(
    connection: Connection, document_ids: Collection[str], credit_note: str
) -> list[str]:
    """Those of these that the engine approved after it judged a credit note for the first time.

    By the log, not by arrival: what came before may have been approved later.
    """
    approved = repository.approved_by_engine(connection, document_ids)
    judged = ledger.positions_of(connection, _DECIDED, [*approved, credit_note])
    first, _ = judged[credit_note]
    return [document_id for document_id in approved if judged[document_id][1] > first]


def _new_findings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes that a document has now and had not before, but for mere information."""
    new = sorted({*after["codes"]} - {*before["codes"]})
    return tuple(c for c in new if Code(c).severity is not Severity.INFO)


def _in_quarantine(connection: Connection, document_id: str) -> bool:
    """Whether the account that a verdict did not know is still unknown.

    What a person holds or disputes is not judged again when its account becomes valid.
    """
    iban = unknown_account(repository.results(connection, document_id))
    if iban is None:
        return False
    supplier_id = accounts.supplier_of_document(connection, document_id)
    return supplier_id is None or not accounts.is_validated(connection, supplier_id, iban)


def _made_unknown_by(connection: Connection, document_id: str, actor: str) -> bool:
    """Whether the seller is in no file, and this person corrected the seller or the account."""
    result = repository.results(connection, document_id) or {}
    found = (result.get("verdict") or {}).get("discrepancies", ())
    if not any(item["code"] == Code.SUPPLIER_UNKNOWN for item in found):
        return False
    evidence: Mapping[str, Any] = result["reading"].get("evidence") or {}
    return any(
        (seen.get("corrected") or seen.get("learned") or {}).get("by") == actor
        for path, seen in evidence.items()
        if path.startswith("seller.") or path == "payee_iban"
    )
