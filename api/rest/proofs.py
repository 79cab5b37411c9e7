"""Check what is stored against what was received."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, StreamingResponse

from api.rest import examples
from api.rest.described import JSON_LINES, answers, json_lines, problems
from api.rest.documents import DocumentId
from api.rest.schemas import Verified, VerifiedAll, VerifyAsked
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


def _lines(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    for record in records:
        yield json.dumps(record, ensure_ascii=False) + "\n"
