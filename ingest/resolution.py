"""What a person decides about a document; the decision becomes an event of the ledger.

The engine's verdict is never overwritten: a decision stands beside it, with author and reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from archive.service import Archive, Happening
from db import outbox
from db.engine import Database
from domain.errors import Error
from domain.match import Outcome
from ingest import repository
from ingest.judging import INDEX
from ingest.outcome import STATUS_OF_OUTCOME
from matching.service import judge_beside_others
from matching.service import set_status as set_billed_status

ACTIONS = {
    "approve": "approved",
    "refuse": "refused",
    "dispute": "disputed",
    "hold": "on_hold",
}
RELEASE = "release"
_DECIDABLE = frozenset({"approved", "in_review", "blocked", *ACTIONS.values()})


class ActionRefused(Error):
    """This cannot be decided about this document."""

    code = "ING-50"
    hint = "Only invoices that were judged can be approved, refused, disputed, held or released."


class ReasonMissing(ActionRefused):
    """A decision has no reason."""

    hint = "Say why in a sentence: it is kept with the decision."


class Resolutions:
    """Records what people decide."""

    def __init__(self, database: Database, archive: Archive, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._archive = archive
        self._clock = clock

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
        now = self._clock()
        with self._database.transaction() as connection:
            judge_beside_others(connection)
            row = repository.load(connection, document_id)
            if row["status"] not in _DECIDABLE or row["outcome"] is None:
                raise ActionRefused(f"document {document_id} is {row['status']}")
            status = ACTIONS.get(action) or STATUS_OF_OUTCOME[Outcome(row["outcome"])]
            repository.set_status(connection, document_id, status)
            set_billed_status(connection, document_id, status)
            payload = {"action": action, "reason": reason, "before": row["status"], "after": status}
            self._archive.record(
                connection, document_id, [Happening("resolved", now, actor, payload)]
            )
            outbox.ask(connection, INDEX, [document_id], now)
