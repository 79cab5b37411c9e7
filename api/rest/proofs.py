"""Check what is stored against what was received."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, StreamingResponse

from api.errors import WrongParameters
from api.evidence_download import evidence_download
from api.rest import examples
from api.rest.described import JSON_LINES, answers, binary, json_lines, problems
from api.rest.documents import DocumentId
from api.rest.schemas import (
    CheckpointAsked,
    Compared,
    Consistency,
    EvidenceAsked,
    LogKeysList,
    ProofsList,
    SignedSize,
    Verified,
    VerifiedAll,
    VerifyAsked,
)
from api.services import Serving

router = APIRouter(tags=["proofs"])


@router.get(
    "/documents/{document_id}/verify",
    summary="Verify a document",
    responses=answers(Verified, "What was checked, and how it came out.", examples.VERIFIED)
    | problems(404, 500, 503),
)
def verify_one(serving: Serving, document_id: DocumentId) -> JSONResponse:
    """`meg verify ID`: hash the stored bytes again, check ledger and proofs."""
    return JSONResponse(next(iter(serving.application.verify([document_id]))))


@router.post(
    "/verify",
    summary="Verify many documents",
    response_class=StreamingResponse,
    responses=json_lines(
        "One object a line as soon as each is checked; of all, then a summary.",
        Verified,
        VerifiedAll,
    )
    | problems(403, 404, 422, 503),
)
def verify_many(serving: Serving, asked: VerifyAsked) -> StreamingResponse:
    """`meg verify ID… | --all`: the documents named, or all of them."""
    records = serving.application.verify(asked.ids)
    # The first one is checked before anything is sent: an unknown id is still a problem then.
    first = list(islice(records, 1))
    return StreamingResponse(_lines(chain(first, records)), media_type=JSON_LINES)


@router.get(
    "/documents/{document_id}/proofs",
    summary="Prove a document's events",
    responses=answers(ProofsList, "A proof for each event.", {"proofs": [examples.PROOF]})
    | problems(404, 409, 500, 503),
)
def prove(serving: Serving, document_id: DocumentId) -> JSONResponse:
    """`meg proof ID`: where each event stands in the signed log; 409 while one is not sealed."""
    return JSONResponse({"proofs": list(serving.application.proofs(document_id))})


@router.get(
    "/log/consistency",
    summary="Prove that the log only grew",
    responses=answers(Consistency, "Both checkpoints and the proof.", examples.CONSISTENCY)
    | problems(404, 422, 500, 503),
)
def consistency(
    serving: Serving,
    first: Annotated[int, Query(ge=1, description="A size the log was signed at.")],
    second: Annotated[int | None, Query(ge=1, description="A later one; the last if none.")] = None,
) -> JSONResponse:
    """`meg proof --from SIZE`: that the signed log extends what was signed at that size."""
    return JSONResponse(serving.application.consistency(first, second))


@router.get(
    "/log/checkpoint",
    summary="The last checkpoint",
    responses=answers(SignedSize, "To be kept elsewhere.", examples.CONSISTENCY["second"])
    | problems(409, 503),
)
def checkpoint(serving: Serving) -> JSONResponse:
    """`meg proof --checkpoint`: what is signed now, to be kept elsewhere."""
    return JSONResponse(serving.application.checkpoint())


@router.post(
    "/log/checkpoint",
    summary="Compare the log with a kept checkpoint",
    responses=answers(Compared, "Whether the log only grew since.", examples.COMPARED)
    | problems(403, 422, 500, 503),
)
def compare(serving: Serving, asked: CheckpointAsked) -> JSONResponse:
    """`meg verify --checkpoint FILE`: whether the log only grew since that was signed."""
    return JSONResponse(serving.application.compare(asked.checkpoint.encode()))


@router.get(
    "/log/keys",
    summary="The keys of the log",
    responses=answers(LogKeysList, "Oldest first.", {"keys": [examples.LOG_KEY]})
    | problems(500, 503),
)
def keys(serving: Serving) -> JSONResponse:
    """`meg keys list`: which key signs which sizes of the log, and what became of it."""
    return JSONResponse({"keys": list(serving.application.keys())})


@router.post(
    "/evidence",
    summary="Make an evidence package",
    response_class=StreamingResponse,
    responses=binary("The package, a zip that verifies itself offline.", "application/zip")
    | problems(403, 404, 409, 422, 500, 503),
)
def evidence(serving: Serving, asked: EvidenceAsked) -> StreamingResponse:
    """`meg evidence`: an auditor's package of these documents; that it was made is ledgered."""
    if bool(asked.ids) == (asked.query is not None or asked.year is not None):
        raise WrongParameters("say ids, or query and year.")
    ids = asked.ids or serving.application.chosen(asked.query, asked.year)
    return evidence_download(serving.application, ids, "api")


def _lines(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    for record in records:
        yield json.dumps(record, ensure_ascii=False) + "\n"
