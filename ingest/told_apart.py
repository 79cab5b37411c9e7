"""Invoices under a number that was billed before, which a person said are no duplicates.

Who approves one says so: it is judged as an invoice of its own from then on, and takes from the
balances what it bills. The word is an event of its history, so it outlives every other judgement.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from archive.service import Archive
from domain.match import Code, Verdict

TELL_APART: Final = "tell_apart"
_RESOLVED: Final = "resolved"


def is_repetition(verdict: Verdict | None) -> bool:
    """Whether a verdict ended with the number that was billed before."""
    found = verdict.discrepancies if verdict else ()
    return any(discrepancy.code is Code.DUPLICATE_INVOICE for discrepancy in found)


def was_told_apart(connection: Connection, archive: Archive, document_id: str) -> bool:
    """Whether a person said of a document that it is no duplicate."""
    past = archive.history(connection, document_id, _RESOLVED)
    return any((p.event.payload or {}).get("action") == TELL_APART for p in past)
