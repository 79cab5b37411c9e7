"""What became of a document: its status, its summary for lists, its record (CONTRACT §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.invoice import DocumentKind, Reading
from domain.match import Outcome, Verdict
from domain.money import plain
from domain.records import Record
from ingest.recognition.waiting import WAITING
from ingest.repository import NOT_INVOICE

RECEIVED = "received"
PLAIN_TEXT = "ING-FILE-07"
INVOICE_KINDS = frozenset({DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE})

STATUS_OF_OUTCOME = {
    Outcome.APPROVE: "approved",
    Outcome.REVIEW: "in_review",
    Outcome.BLOCK: "blocked",
}

STANDING = frozenset({"refused", "disputed", "on_hold", "replaced"})
"""What a person decided, or a corrected invoice did, that holds when it is judged again."""


def status_of(reading: Reading, verdict: Verdict | None) -> str:
    """The status of a document once it was looked at."""
    if verdict is not None:
        return STATUS_OF_OUTCOME[verdict.decision.outcome]
    if reading.error is not None:
        return status_unread(reading.error.code)
    return NOT_INVOICE


def status_unread(code: str) -> str:
    """The status of a document that could not be read: a scan waits for its program, unjudged."""
    return RECEIVED if code in WAITING else "unreadable"


def without_complaint(reading: Reading) -> Reading:
    """The reading of an enclosed file: a plain text beside invoices is no invoice to ask for."""
    if reading.error is not None and reading.error.code == PLAIN_TEXT:
        return replace(reading, error=None)
    return reading


def status_after(before: str, judged: str) -> str:
    """Where a document stands once it was judged again: a person's refusal or hold stands.

    An approval does not: it was given on other facts.
    """
    return before if before in STANDING else judged


def summary_of(reading: Reading, verdict: Verdict | None, status: str) -> Record:
    """The columns of the journal that lists show."""
    invoice = reading.invoice
    summary: Record = {
        "status": status,
        "kind": reading.kind.value,
        "outcome": None if verdict is None else verdict.decision.outcome.value,
        "codes": [] if verdict is None else [d.code.value for d in verdict.discrepancies],
    }
    if invoice is not None:
        gross = invoice.totals.tax_inclusive
        summary |= {
            "number": invoice.number,
            "supplier": invoice.seller.name,
            "issue_date": invoice.issue_date.isoformat() if invoice.issue_date else None,
            "gross": None if gross is None else plain(gross),
            "currency": invoice.currency,
        }
    return summary | _message_summary(reading)


def _message_summary(reading: Reading) -> Record:
    """Number, sender and date of an order, an advice or a status message."""
    if reading.status_message is not None:
        message = reading.status_message
        number, sender, issued = message.number, message.issuer.name, message.issue_date
    else:
        trade = reading.order or reading.delivery
        if trade is None:
            return {}
        number, sender, issued = trade.number, trade.seller.name, trade.issue_date
    return {
        "number": number,
        "supplier": sender,
        "issue_date": issued.isoformat() if issued else None,
    }


def document_record(
    row: Mapping[str, Any],
    result: Mapping[str, Any] | None,
    booked: Mapping[str, Any] | None = None,
) -> Record:
    """CONTRACT §5's object, from a document's row and the result of its last run.

    `booked` says how an order, an advice or a status message was used.
    """
    reading: Mapping[str, Any] = (result or {}).get("reading") or {}
    verdict: Mapping[str, Any] = (result or {}).get("verdict") or {}
    return {
        "file": row["file_name"],
        "sha256": row["sha256"],
        "document_id": row["document_id"],
        "status": row["status"],
        "duplicate_of": row["duplicate_of"],
        "kind": row["kind"],
        "error": reading.get("error"),
        "source": reading.get("source"),
        "invoice": reading.get("invoice"),
        "order": reading.get("order"),
        "delivery": reading.get("delivery"),
        "status_message": reading.get("status_message"),
        "booked": booked,
        "evidence": reading.get("evidence"),
        "page_differences": reading.get("page_differences", []),
        "attachments": reading.get("attachments", []),
        "remarks": reading.get("remarks", []),
        "signatures": reading.get("signatures", []),
        "validation": (result or {}).get("validation"),
        "match": verdict.get("match"),
        "discrepancies": verdict.get("discrepancies", []),
        "decision": verdict.get("decision"),
        "payment": verdict.get("payment"),
        "archive": {
            "key": row["object_key"],
            "size": row["size"],
            "ledger_index": row["ledger_index"],
        },
        "received_at": row["received_at"].isoformat(),
        "received_from": row["source"],
        "parent_id": row["parent_id"],
    }
