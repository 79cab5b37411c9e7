"""Eliminations, to read: what was proposed, agreed to and destroyed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

from api.rest import examples
from api.rest.described import answers, problems
from api.rest.schemas import EliminationShape, EliminationsList
from api.services import Serving

router = APIRouter(prefix="/eliminations", tags=["eliminations"])


@router.get(
    "",
    summary="List eliminations",
    responses=answers(
        EliminationsList, "The newest first.", {"eliminations": [examples.ELIMINATION_LISTED]}
    )
    | problems(503),
)
def list_eliminations(serving: Serving) -> JSONResponse:
    """`meg retention proposals`: where each stands, with how many documents."""
    return JSONResponse({"eliminations": list(serving.application.eliminations())})


@router.get(
    "/{number}",
    summary="Show an elimination",
    responses=answers(EliminationShape, "One elimination.", examples.ELIMINATION)
    | problems(404, 422, 500, 503),
)
def show_elimination(
    serving: Serving,
    number: Annotated[int, Path(ge=1, lt=1 << 31, description="Its number.", examples=[1])],
) -> JSONResponse:
    """`meg retention proposals N`: proposal, visa, documents and certificates.

    Proposing, the visa and the purge are commands: they need two persons, whom nothing here knows.
    """
    return JSONResponse(serving.application.elimination(number))
