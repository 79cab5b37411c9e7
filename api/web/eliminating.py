"""Eliminations for the archivist and the auditor: what was proposed, agreed to and destroyed.

The pages only show. No login exists, so nobody here is a second person: proposing, the visa and the
purge are commands, run under two accounts of the system, and the page says which.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.services import Serving
from api.web.inbox_view import document_href
from api.web.page import Pages
from domain.records import Record

_NEXT = {
    "proposed": 'meg retention visa {number} --reference "…"',
    "approved": "meg retention purge {number} -o certificats",
    "purged": "meg retention certificate {number} -o certificats",
}


def elimination_router(pages: Pages) -> APIRouter:
    """The routes of the pages on elimination."""
    router = APIRouter(include_in_schema=False)

    @router.get("/eliminations")
    def listed(request: Request, serving: Serving) -> HTMLResponse:
        return pages.render(request, "eliminations.html", rows=serving.application.eliminations())

    @router.get("/eliminations/{number}")
    def one(
        request: Request, serving: Serving, number: Annotated[int, Path(ge=1, lt=1 << 31)]
    ) -> HTMLResponse:
        record = serving.application.elimination(number)
        return pages.render(
            request,
            "elimination.html",
            record=record,
            rows=[(item, _href(item)) for item in record["documents"]],
            command=_NEXT.get(record["state"], "").format(number=number),
        )

    return router


def _href(item: Record) -> str:
    return document_href(item["document_id"])
