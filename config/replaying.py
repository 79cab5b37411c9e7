"""Verdicts made again from what was kept with them, and compared."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.records import Record, verdict_record
from ingest import repository
from matching.comparison import differences
from matching.service import NotJudged, replay


def replay_record(connection: Connection, document_id: str) -> Record:
    """Every verdict of a document made again, in CONTRACT's form.

    Raises:
        DocumentUnknown, NotJudged: there is no verdict to make again.
    """
    repository.load(connection, document_id)
    result = repository.results(connection, document_id) or {}
    kept = result.get("verdict")
    if kept is None:
        raise NotJudged(f"document {document_id} has no verdict")
    verdict, told = _made_again(connection, document_id, kept)
    past = [
        {
            "judged_at": run["judged_at"].isoformat(),
            **_made_again(connection, document_id, run["verdict"])[1],
            "inputs_digest": run["verdict"]["inputs_digest"],
            "outcome": run["verdict"]["decision"]["outcome"],
        }
        for run in repository.past_results(connection, document_id)
        if run["verdict"] is not None
    ]
    return {
        "document_id": document_id,
        **told,
        "same": told["same"] and all(run["same"] for run in past),
        "inputs_digest": kept["inputs_digest"],
        "policy_version": kept["decision"]["policy_version"],
        "verdict": verdict,
        "past": past,
    }


def _made_again(connection: Connection, document_id: str, kept: Record) -> tuple[Record, Record]:
    """A verdict made again from its kept inputs, and whether it is the one that was kept."""
    again = replay(connection, document_id, kept["inputs_digest"])
    verdict = verdict_record(again.verdict)
    differing = differences(kept, verdict)
    return verdict, {
        "same": again.same_inputs and not differing,
        "identical": again.same_inputs and verdict == kept,
        "differences": differing,
    }
