"""The upload form: files go the same way as those of the drop folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.services import Serving
from api.uploads import of_form
from api.web.inbox_view import document_href, status_text, verdict_in_words
from api.web.page import Pages
from api.web.texts import Texts

_SOURCE = "web"
_WRONG = 422


def upload_router(pages: Pages) -> APIRouter:
    """The routes of the upload form."""
    router = APIRouter(include_in_schema=False)

    @router.get("/upload")
    def form(request: Request) -> HTMLResponse:
        return pages.render(request, "upload.html", nothing=False, done=())

    @router.post("/upload")
    def upload(
        request: Request,
        serving: Serving,
        given: Annotated[list[tuple[str, bytes]], Depends(of_form)],
    ) -> Response:
        if not given:
            return pages.render(request, "upload.html", status=_WRONG, nothing=True, done=())
        records = list(serving.application.ingest(given, source=_SOURCE))
        if len(records) == 1:
            return RedirectResponse(document_href(records[0]["document_id"]), 303)
        texts = pages.texts(request)
        done: list[dict[str, Any]] = [
            {
                "file": record["file"],
                "href": document_href(record["document_id"]),
                "status": record["status"],
                "text": status_text(texts, record["status"]),
                "reason": _reason(texts, record),
            }
            for record in records
        ]
        return pages.render(request, "upload.html", nothing=False, done=done)

    return router


def _reason(texts: Texts, record: Mapping[str, Any]) -> str:
    """Why it became what it became, in a line."""
    if record.get("error"):
        return texts.told(record["error"]["message"])
    codes = [item["code"] for item in record.get("discrepancies") or ()]
    booked = (record.get("booked") or {}).get("outcome")
    reason, more = verdict_in_words(texts, {**record, "codes": codes, "booked": booked})
    return f"{reason} ({texts('inbox.more', count=more)})" if more else reason
