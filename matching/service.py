"""Judges documents inside the caller's writing transaction: load, decide, remember.

One after the other: the transaction holds SQLite's write lock, or on PostgreSQL the rows of every
order and ceiling concerned, so that balances can never be overdrawn.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from domain.errors import Error
from domain.match import Outcome, Verdict
from domain.money import ZERO
from matching import affected, repository
from matching.affected import approved_beside, entangled, touched_by
from matching.billing import document_gross, document_net
from matching.case import REPLACED
from matching.case_record import case_from
from matching.engine import Judgement, decide, judge_case
from matching.loading import DocumentToMatch, load_case
from matching.locks import judge_alone, judge_beside_others
from matching.numbers import number_key
from matching.parties import accounts
from matching.repository import (
    BilledDocument,
    forget,
    is_replaced,
    replaced_by,
    set_status,
)
from matching.rules.duplicates import period_of
from matching.tolerances import Policy

__all__ = [
    "REPLACED",
    "DocumentToMatch",
    "NotJudged",
    "Replay",
    "approved_beside",
    "entangled",
    "forget",
    "is_replaced",
    "judge",
    "judge_alone",
    "judge_beside_others",
    "number_key",
    "replaced_by",
    "replay",
    "set_status",
    "touched_by",
]


class MatchingError(Error):
    """A document could not be judged."""

    code = "MAT-00"


class NotJudged(MatchingError):
    """No verdict of this document was kept."""

    code = "MAT-01"
    hint = "Only invoices are judged; see `meg show` for what became of the document."


@dataclass(frozen=True, slots=True)
class Replay:
    """A verdict made again from its kept inputs."""

    verdict: Verdict
    same_inputs: bool


def judge(
    connection: Connection, document: DocumentToMatch, policy: Policy, today: date
) -> Verdict:
    """Judge a document and remember what it takes; judging it again replaces what it took.

    `today` is the day the document was received: its payment clock starts then.
    """
    judge_beside_others(connection)
    repository.forget(connection, document.document_id)
    case, supplier_key = load_case(connection, document, policy, today)
    judgement = judge_case(case)
    invoice, verdict = case.invoice, judgement.verdict
    duplicate = judgement.is_duplicate
    billed = BilledDocument(
        document_id=document.document_id,
        supplier_key=supplier_key,
        number=invoice.number or "",
        number_key=number_key(invoice.number or ""),
        issue_date=invoice.issue_date,
        type_code=invoice.type_code,
        net=document_net(invoice),
        gross=document_gross(invoice),
        period=period_of(invoice),
        ibans=accounts(invoice),
        contract_id=judgement.links.contract_id,
        lot=judgement.links.lot,
        commitment_id=verdict.match.commitment if verdict.match else None,
        status=repository.DUPLICATE if duplicate else verdict.decision.outcome.value,
        counts=not duplicate,
    )
    if not duplicate:
        # First, so that the balances stand as the case saw them.
        repository.replace(connection, document.document_id, case.replaced)
    repository.save(connection, billed, judgement.consumed, case.balances)
    _save_credits(connection, document.document_id, judgement, billed)
    if verdict.decision.outcome is not Outcome.APPROVE:
        affected.remember_sought(connection, document.document_id, invoice)
    affected.remember_corrected(connection, document.document_id, invoice)
    repository.save_inputs(
        connection,
        document.document_id,
        verdict.inputs_digest,
        policy.version,
        today,
        judgement.inputs,
    )
    return verdict


def _save_credits(
    connection: Connection, document_id: str, judgement: Judgement, billed: BilledDocument
) -> None:
    """Share a credit note among the invoices it credits, each up to what is left of it."""
    rest, shares = billed.gross, []
    credited = judgement.links.credited
    for invoice in credited:
        last = invoice is credited[-1]
        part = rest if last else max(ZERO, min(rest, invoice.gross - invoice.credited))
        shares.append((invoice.document_id, part))
        rest -= part
    repository.save_credits(connection, document_id, shares)


def replay(connection: Connection, document_id: str, inputs_digest: str) -> Replay:
    """Make a verdict again from the inputs kept with it.

    Raises:
        NotJudged: nothing was kept under this document and digest.
    """
    inputs = repository.load_inputs(connection, document_id, inputs_digest)
    if inputs is None:
        raise NotJudged(f"no inputs {inputs_digest} are kept of document {document_id}")
    verdict = decide(case_from(json.loads(inputs)))
    return Replay(verdict, verdict.inputs_digest == inputs_digest)
