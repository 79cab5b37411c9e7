"""Who read what: the auditors' page, and the section on a document's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.services import Serving
from api.web.formats import Formats
from api.web.inbox_view import document_href, status_text
from api.web.page import Pages
from api.web.texts import Texts
from archive.access import What
from archive.access_table import AccessFilter

_AT_ONCE = 100
FILTER_LEFT_OUT = "WEB-20"
"""A filter of the page means nothing; the others were applied."""

Words = Annotated[str, Query(max_length=64)]
Day = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True, slots=True)
class Consultation:
    """One access, in words."""

    when: str
    what: str
    who: str
    by: str
    href: str | None
    detail: str
    sealed: bool


def consultations_router(pages: Pages) -> APIRouter:
    """The route of the auditors' page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/accesses")
    def accesses(
        request: Request,
        serving: Serving,
        document: Words = "",
        who: Words = "",
        what: Words = "",
        since: Day = "",
        until: Day = "",
        before: Annotated[int | None, Query(ge=0)] = None,
    ) -> HTMLResponse:
        texts = pages.texts(request)
        asked = {"document": document, "who": who, "what": what, "since": since, "until": until}
        start, end = _start(since, pages), _start(until, pages, after=timedelta(days=1))
        understood = {
            "what": what in ("", *What),
            "since": start is not None or not since,
            "until": end is not None or not until,
        }
        wanted = AccessFilter(
            document.strip() or None,
            who.strip() or None,
            what if what in list(What) else None,
            start,
            end,
        )
        found = list(serving.application.accesses(wanted, _AT_ONCE + 1, before))
        older = None
        if len(found) > _AT_ONCE:
            following = {**asked, "before": found[_AT_ONCE - 1]["number"]}
            older = "/accesses?" + urlencode({k: v for k, v in following.items() if v})
        return pages.render(
            request,
            "accesses.html",
            rows=told(texts, pages.formats(texts), found[:_AT_ONCE]),
            asked=asked,
            kinds=[(kind.value, texts(f"access.{kind.value}")) for kind in What],
            older=older,
            problem=_problem(texts, asked, [n for n, good in understood.items() if not good]),
        )

    return router


def told(
    texts: Texts, formats: Formats, records: Sequence[Mapping[str, Any]]
) -> list[Consultation]:
    """Accesses in words."""
    return [
        Consultation(
            formats.moment(record["at"], seconds=True),
            texts.get(f"access.{record['what']}", record["what"]),
            record["who"],
            _by(texts, record),
            document_href(record["document_id"]) if record["document_id"] else None,
            _detail(texts, record["what"], record["detail"]),
            record["batch"] is not None,
        )
        for record in records
    ]


def _by(texts: Texts, record: Mapping[str, Any]) -> str:
    channel = texts.get(f"channel.{record['channel']}", record["channel"])
    return f"{channel}, {record['client']}" if record["client"] else channel


def _detail(texts: Texts, what: str, detail: Mapping[str, Any]) -> str:
    parts = [str(detail[name]) for name in ("query", "file") if name in detail]
    parts += [
        texts.get(f"accesses.{name}.{detail[name]}", str(detail[name]))
        for name in ("list", "source")
        if name in detail
    ]
    for name, value in (detail.get("filters") or {}).items():
        said = status_text(texts, str(value)) if name == "status" else value
        parts.append(f"{texts.get(f'accesses.by.{name}', name)} : {said}")
    if "hits" in detail:
        parts.append(texts("accesses.hits", count=detail["hits"]))
    if what == What.UNRECORDED:
        parts.append(texts("accesses.lost", count=detail.get("count", 0)))
    return " · ".join(parts)


def _problem(
    texts: Texts, asked: Mapping[str, str], wrong: Sequence[str]
) -> Mapping[str, str] | None:
    """What is said of filters that mean nothing; None where all mean something."""
    if not wrong:
        return None
    told = ", ".join(f"{texts(f'accesses.{name}')} : {asked[name]}" for name in wrong)
    return {
        "code": FILTER_LEFT_OUT,
        "message": texts("accesses.left_out", filters=told),
        "hint": texts("accesses.left_out_hint"),
    }


def _start(day: str, pages: Pages, after: timedelta = timedelta()) -> datetime | None:
    """The first instant of a day, or of the day so much later; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), pages.zone) + after
    except (ValueError, OverflowError):
        return None
