"""Whether the database says of a document what its ledgered events say.

The database is what people look at; the events in the manifests are what the log commits to. A row
changed behind MEG's back (a status, an amount, a verdict) differs from the events and is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.erasure import PURGE_STARTED, PURGED
from archive.manifest import writable_values
from domain.match import Outcome
from domain.records import Record
from ingest.outcome import STANDING, STATUS_OF_OUTCOME, status_after, status_unread

CODE = "ING-60"

_DECIDED = frozenset({"resolved", "replaced", "restored"})
_CONTENT = ("number", "supplier", "issue_date", "gross", "outcome")
_FROM_INVOICE = ("number", "issue_date", "currency")


@dataclass(frozen=True, slots=True)
class PastStep:
    """One ledgered event: what kind, and what it said."""

    type: str
    payload: Mapping[str, Any]


def journal_problems(
    row: Mapping[str, Any], result: Mapping[str, Any] | None, steps: Sequence[PastStep]
) -> Iterator[str]:
    """What the database says otherwise than the events, a sentence each.

    Args:
        row: the document's row of the journal.
        result: what the last run made of it, None before the first.
        steps: its events, oldest first.
    """
    last = {step.type: step.payload for step in steps}
    if PURGE_STARTED in last:
        yield from _purge_problems(row, result, done=PURGED in last)
        return
    stated = _stated(result)
    for kind, said in stated.items():
        if kind in last and writable_values(said) != last[kind]:
            yield f"the {kind} result in the database is not the one that was ledgered"
    for kind in ("parsed", "validated", "matched", "decided"):
        if (kind in last) != (kind in stated):
            yield f"the {kind} result stands in only one of database and ledger"
    expected = _status(row, steps)
    if row["status"] != expected:
        yield f"the database says {row['status']}, the ledger {expected}"
    yield from _summary_problems(row, last)


def _purge_problems(
    row: Mapping[str, Any], result: Mapping[str, Any] | None, *, done: bool
) -> Iterator[str]:
    expected = PURGED if done else "purging"
    if row["status"] != expected:
        yield f"the database says {row['status']}, the ledger {expected}"
    if result is not None or any(row[name] is not None for name in _CONTENT):
        yield "the database still tells what the ledger says was purged"


def _stated(result: Mapping[str, Any] | None) -> Record:
    if result is None:
        return {}
    stated: Record = {"parsed": {k: v for k, v in result["reading"].items() if k != "evidence"}}
    if result["validation"] is not None:
        stated["validated"] = result["validation"]
    verdict = result["verdict"]
    if verdict is not None:
        stated["matched"] = {k: verdict[k] for k in ("match", "discrepancies", "inputs_digest")}
        stated["decided"] = {k: verdict[k] for k in ("decision", "payment")}
    return stated


def _status(row: Mapping[str, Any], steps: Sequence[PastStep]) -> str:
    status = "received" if row["duplicate_of"] is None else "duplicate"
    for step in steps:
        if step.type == "parsed" and status not in STANDING:
            error = step.payload["error"]
            status = "not_invoice" if error is None else status_unread(error["code"])
        elif step.type == "decided":
            outcome = Outcome(step.payload["decision"]["outcome"])
            status = status_after(status, STATUS_OF_OUTCOME[outcome])
        elif step.type == "failed":
            status = "failed"
        elif step.type in _DECIDED:
            status = step.payload["after"]
    return status


def _summary_problems(row: Mapping[str, Any], last: Mapping[str, Any]) -> Iterator[str]:
    invoice = (last.get("parsed") or {}).get("invoice")
    if invoice is None:
        return
    ledgered = {name: invoice[name] for name in _FROM_INVOICE}
    ledgered["gross"] = invoice["totals"]["tax_inclusive"]
    ledgered["supplier"] = invoice["seller"]["name"]
    if "decided" in last:
        ledgered["outcome"] = last["decided"]["decision"]["outcome"]
        ledgered["codes"] = [d["code"] for d in last["matched"]["discrepancies"]]
    for name, value in ledgered.items():
        if writable_values(row[name]) != value:
            yield f"{name} is {row[name]!r} in the database, {value!r} in the ledger"
