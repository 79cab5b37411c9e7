"""What a person decides about a document; the decision becomes an event of the ledger.

The engine's verdict is never overwritten: a decision stands beside it, with author and reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from archive.service import Happening
from db import outbox
from db.engine import Database
from domain.errors import Error
from domain.match import Outcome
from domain.party import EntityKind
from domain.stored import reading_from
from ingest import repository
from ingest.accounts import unknown_account
from ingest.judging import INDEX, Judging
from ingest.judging_together import REJUDGE
from ingest.outcome import STATUS_OF_OUTCOME
from ingest.received_documents import use_message, waits_for_a_person
from matching import accounts, interruptions
from matching.lateness import interrupts
from matching.service import entangled, judge_alone, judge_beside_others
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
_DECIDABLE = frozenset({"approved", "in_review", "blocked", *ACTIONS.values()})


class ActionRefused(Error):
    """This cannot be decided about this document."""

    code = "ING-50"
    hint = "Only invoices that were judged can be approved, refused, disputed, held or released."


class AccountInQuarantine(ActionRefused):
    """An invoice is to be approved although nobody knows the account it asks to be paid to."""

    code = "ING-53"
    hint = "Two people vouch for the account first (`meg account vouch`); then it is judged again."


class ReasonMissing(ActionRefused):
    """A decision has no reason."""

    hint = "Say why in a sentence: it is kept with the decision."


class Resolutions:
    """Records what people decide."""

    def __init__(self, database: Database, judging: Judging) -> None:
        self._database = database
        self._judging = judging

    def resolve(self, document_id: str, action: str, reason: str, actor: str) -> None:
        """Record a decision, its reason and its author.

        Raises:
            DocumentUnknown: there is no such document.
            ActionRefused: the action is unknown, has no reason, or does not fit the document.
        """
        if not reason.strip():
            raise ReasonMissing("a decision needs a reason")
        if action != RELEASE and action not in ACTIONS:
            raise ActionRefused(f"{action!r} is no action; known: {', '.join((*ACTIONS, RELEASE))}")
        if action == APPROVE and self._confirmed(document_id, reason, actor):
            return
        now = self._judging.clock()
        with self._database.transaction() as connection:
            judge_beside_others(connection)
            row = repository.load(connection, document_id)
            if row["status"] not in _DECIDABLE or row["outcome"] is None:
                raise ActionRefused(f"document {document_id} is {row['status']}")
            if action == APPROVE and _in_quarantine(connection, document_id):
                raise AccountInQuarantine(f"the account on document {document_id} is not validated")
            status = ACTIONS.get(action) or STATUS_OF_OUTCOME[Outcome(row["outcome"])]
            repository.set_status(connection, document_id, status)
            set_billed_status(connection, document_id, status)
            self._judging.follow_replacements(connection, document_id)
            if REFUSED in {status, row["status"]}:
                # What it took is free again, or taken again.
                cause = {"kind": "decision", "document_id": document_id, "number": row["number"]}
                concerned = sorted(entangled(connection, [document_id]) - {document_id})
                outbox.ask(connection, REJUDGE, concerned, now, cause)
            payload = {"action": action, "reason": reason, "before": row["status"], "after": status}
            clock = self._clock_changed(connection, row, action, reason)
            if clock is not None:
                payload["payment_clock"] = clock
            self._judging.archive.record(
                connection, document_id, [Happening("resolved", now, actor, payload)]
            )
            outbox.ask(connection, INDEX, [document_id], now)

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


def _in_quarantine(connection: Connection, document_id: str) -> bool:
    """Whether the account that a verdict did not know is still unknown.

    What a person holds or disputes is not judged again when its account becomes valid.
    """
    iban = unknown_account(repository.results(connection, document_id))
    if iban is None:
        return False
    supplier_id = accounts.supplier_of_document(connection, document_id)
    return supplier_id is None or not accounts.is_validated(connection, supplier_id, iban)
