"""The search page: query, hits with snippets, facets, and the place of a mistake."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.errors import answer
from api.services import Services, Serving
from api.web.formats import Formats
from api.web.inbox_view import document_href, status_text
from api.web.page import Pages
from api.web.texts import Texts
from api.web.wording import title_of
from domain.errors import Error

_HITS = 50
_LONGEST_QUERY = 4000
_BAD_REQUEST = 400
_MARK = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)
_EITHER = re.compile(r"\b(?:OR|OU)\b")
_FACETS = {"supplier": "supplier", "status": "status", "year": "date", "code": "code"}
_MOST_VALUES = 8

Asked = Annotated[str, Query(max_length=_LONGEST_QUERY)]


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found."""

    href: str
    status: str
    status_text: str
    title: str
    supplier: str | None
    day: str
    amount: str
    snippets: Sequence[Sequence[tuple[bool, str]]]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One way to narrow the search down."""

    text: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a query, and where."""

    message: str
    hint: str
    before: str
    wrong: str
    after: str
    place: int | None


def search_router(pages: Pages) -> APIRouter:
    """The route of the search page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/search")
    def search(request: Request, serving: Serving, q: Asked = "") -> HTMLResponse:
        values = _values(pages, request, serving, q.strip()) if q.strip() else {}
        status = _BAD_REQUEST if values.get("mistake") else 200
        empty = {"found": None, "mistake": None}
        return pages.render(request, "search.html", status=status, q=q, **(empty | values))

    return router


def _values(pages: Pages, request: Request, serving: Services, query: str) -> dict[str, Any]:
    texts = pages.texts(request)
    try:
        found = serving.application.search(query, limit=_HITS)
    except Error as error:
        if answer(error).status != _BAD_REQUEST:
            raise
        return {"mistake": mistake(query, error)}
    formats = pages.formats(texts)
    return {
        "found": found,
        "hits": [_hit(texts, formats, hit) for hit in found["hits"]],
        "facets": _facets(texts, query, found["facets"]),
    }


def mistake(query: str, error: Error) -> Mistake:
    """Cut the query where the error says it goes wrong."""
    start = getattr(error, "position", None)
    if not isinstance(start, int):
        return Mistake(error.message, error.hint, query, "", "", None)
    end = getattr(error, "end", start + 1)
    return Mistake(
        error.message, error.hint, query[:start], query[start:end], query[end:], start + 1
    )


def pieces(snippet: str) -> list[tuple[bool, str]]:
    """Cut a snippet at its marks; the rest is a document's words, escaped again when shown."""
    parts = (html.unescape(part) for part in _MARK.split(snippet))
    return [(index % 2 == 1, part) for index, part in enumerate(parts) if part]


def _hit(texts: Texts, formats: Formats, hit: Mapping[str, Any]) -> Hit:
    status = hit["status"] or ""
    return Hit(
        document_href(hit["document_id"]),
        status,
        status_text(texts, status),
        hit["number"] or hit.get("file") or hit["document_id"],
        hit["supplier"],
        formats.day(hit["issue_date"]),
        formats.money(hit["gross"], hit.get("currency", "EUR")),
        [pieces(snippet) for snippet in hit["snippets"]],
    )


def _facets(
    texts: Texts, query: str, facets: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[tuple[str, list[FacetValue]]]:
    found = []
    for name, field in _FACETS.items():
        values = [
            FacetValue(
                _facet_text(texts, name, value["value"]),
                value["count"],
                _narrowed(query, field, value),
            )
            for value in facets.get(name, ())[:_MOST_VALUES]
        ]
        if values:
            found.append((texts(f"search.facet.{name}"), values))
    return found


def _facet_text(texts: Texts, name: str, value: str) -> str:
    if name == "status":
        return status_text(texts, value)
    return title_of(value, texts.language) if name == "code" else value


def _narrowed(query: str, field: str, value: Mapping[str, Any]) -> str:
    text = str(value["value"]).replace('"', " ")
    quoted = text if re.fullmatch(r"\w+", text) else f'"{text}"'
    # AND binds tighter than OR: what is there already stays together.
    whole = f"({query})" if _EITHER.search(query) else query
    return "/search?" + urlencode({"q": f"{whole} {field}:{quoted}"})
