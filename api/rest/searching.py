"""Search over everything visible in a document."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api.rest import examples
from api.rest.described import answers, problems
from api.rest.schemas import Found, Status
from api.services import Serving

_LARGEST = Decimal(10) ** 15

router = APIRouter(tags=["search"])

# `1e999999999` is a short text and a very long number.
Amount = Annotated[Decimal, Field(ge=-_LARGEST, le=_LARGEST)]


@router.get(
    "/search",
    summary="Search documents",
    responses=answers(Found, "What was found, best first.", examples.FOUND)
    | problems(400, 422, 503),
)
def search(
    serving: Serving,
    q: Annotated[
        str,
        Query(
            max_length=2000,
            description='Words, `"phrases"`, `pref*`, `fuzzy~`, `AND OR NOT ( )`, and fields such '
            "as `supplier:`, `order:`, `code:`, `amount:1000..5000`, `date:2026-01..2026-06`.",
            examples=['supplier:papeterie "papier A4" amount:1000..5000'],
        ),
    ],
    date_from: Annotated[date | None, Query(alias="from", description="Issued from.")] = None,
    date_to: Annotated[date | None, Query(alias="to", description="Issued until.")] = None,
    supplier: Annotated[str | None, Query(description="Supplier's name.")] = None,
    status: Annotated[Status | None, Query(description="Status.")] = None,
    amount_min: Annotated[Amount | None, Query(alias="min", description="Gross from.")] = None,
    amount_max: Annotated[Amount | None, Query(alias="max", description="Gross up to.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many hits at the most.")] = 20,
) -> JSONResponse:
    """`meg search`; a bad query is an error that shows the place, not an empty result."""
    filters: dict[str, Any] = {
        "date_from": date_from,
        "date_to": date_to,
        "supplier": supplier,
        "status": status,
        "amount_min": amount_min,
        "amount_max": amount_max,
    }
    given = {name: value for name, value in filters.items() if value is not None}
    return JSONResponse(serving.application.search(q, limit=limit, **given))
