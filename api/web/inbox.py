"""The home page: what came in, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.services import Services, Serving
from api.web.inbox_view import chips, inbox_href, rows
from api.web.page import Pages

_PAGE = 50
Status = Annotated[str | None, Query(max_length=32)]
Before = Annotated[str | None, Query(max_length=64)]


def inbox_router(pages: Pages) -> APIRouter:
    """The routes of the home page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def inbox(
        request: Request, serving: Serving, status: Status = None, before: Before = None
    ) -> HTMLResponse:
        values = _values(pages, request, serving, status, before)
        return pages.render(request, "inbox.html", **values)

    @router.get("/fragments/inbox")
    def fragment(
        request: Request, serving: Serving, status: Status = None, before: Before = None
    ) -> HTMLResponse:
        values = _values(pages, request, serving, status, before)
        return pages.render(request, "_inbox_list.html", **values)

    return router


def _values(
    pages: Pages, request: Request, serving: Services, status: str | None, before: str | None
) -> dict[str, Any]:
    status, before = status or None, before or None
    # The token is taken before the list: a change in between is then announced, not missed.
    token = serving.application.change_token()
    found = list(
        serving.application.documents(
            status=status, limit=_PAGE + 1, before=before, containers=False
        )
    )
    shown = found[:_PAGE]
    texts = pages.texts(request)
    older = inbox_href(status, shown[-1]["document_id"]) if len(found) > _PAGE else None
    return {
        "token": token,
        "rows": rows(texts, pages.formats(texts), shown, datetime.now(UTC)),
        "chips": chips(texts, serving.application.counts(containers=False), status),
        "older": older,
        "newest": inbox_href(status) if before else None,
        "fragment": "/fragments/inbox" + inbox_href(status, before)[1:],
        "filtered": status is not None,
    }
