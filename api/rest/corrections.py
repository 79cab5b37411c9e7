"""What was learned from corrections, and forgetting it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from api.rest import examples
from api.rest.described import answers, problems
from api.rest.schemas import CorrectionShape, CorrectionsList, Forgetting
from api.services import Serving

router = APIRouter(prefix="/corrections", tags=["corrections"])

_ACTOR = "api"


@router.get(
    "",
    summary="List what was learned",
    responses=answers(CorrectionsList, "What was learned.", {"corrections": [examples.CORRECTION]})
    | problems(422, 503),
)
def list_corrections(
    serving: Serving,
    *,
    forgotten: Annotated[bool, Query(description="Also what was forgotten.")] = False,
) -> JSONResponse:
    """`meg corrections list`: the newest first, with how many documents each was applied to."""
    return JSONResponse({"corrections": serving.application.corrections(forgotten=forgotten)})


@router.post(
    "/{correction_id}/forget",
    summary="Forget what was learned",
    responses=answers(CorrectionShape, "The correction, forgotten.", examples.FORGOTTEN)
    | problems(403, 404, 422, 503),
)
def forget(
    serving: Serving,
    correction_id: Annotated[
        str,
        Path(description="Id of the correction.", max_length=64, examples=[examples.CORRECTION_ID]),
    ],
    why: Forgetting,
) -> JSONResponse:
    """`meg corrections forget`: documents read from now on are read without it."""
    return JSONResponse(serving.application.forget(correction_id, why.reason, _ACTOR))
