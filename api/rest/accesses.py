"""Who read, downloaded, searched or exported what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.rest import examples
from api.rest.described import answers, problems
from api.rest.schemas import AccessesPage, AccessKind
from api.services import Serving
from archive.access_table import AccessFilter

router = APIRouter(tags=["accesses"])


@router.get(
    "/accesses",
    summary="List accesses",
    responses=answers(AccessesPage, "A page of accesses.", examples.ACCESSES)
    | problems(422, 500, 503),
)
def list_accesses(
    serving: Serving,
    document: Annotated[
        str | None, Query(description="Only accesses to this document.", max_length=64)
    ] = None,
    who: Annotated[str | None, Query(description="Only this person's.", max_length=64)] = None,
    what: Annotated[AccessKind | None, Query(description="Only of this kind.")] = None,
    since: Annotated[datetime | None, Query(description="From then on, with its zone.")] = None,
    until: Annotated[datetime | None, Query(description="Before then, with its zone.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at the most.")] = 50,
    before: Annotated[int | None, Query(ge=0, description="Older than this number.")] = None,
) -> JSONResponse:
    """`meg access list`: the newest first, a page at a time. Asking is an access itself."""
    wanted = AccessFilter(document, who, what, in_zone(since), in_zone(until))
    found = list(serving.application.accesses(wanted, limit + 1, before))
    page = found[:limit]
    following = page[-1]["number"] if len(found) > limit else None
    return JSONResponse({"accesses": page, "next": following})


def in_zone(at: datetime | None) -> datetime | None:
    """An instant; one without a zone is meant in this machine's."""
    return None if at is None else at.astimezone()
