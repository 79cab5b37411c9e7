"""Correcting what was read on a page, linking to another order, and what was learned.

Everything is a link or a form: words on the page image are links that fill the form in, so that
nothing needs a script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import PageNotDrawn, TooBusy, WrongParameters, answer, problem_details
from api.page_images import PageSize
from api.services import Services, Serving
from api.uploads import file_name
from api.web.inbox_view import document_href
from api.web.page import Pages
from api.web.texts import Texts
from api.web.texts_correcting import OFFERED
from domain.errors import Error
from domain.evidence import PageBox
from domain.lesson import COLUMN, Piece
from ingest.corrections import AccountWellRead, ChangedMeanwhile
from ingest.fields import COLUMNS, FieldUnknown, form_of
from ingest.fields import Form as FieldForm
from ingest.learning.correcting import HeadingUnknown
from ingest.linking import LinkUnknown
from ingest.repository import PersonLinks
from ingest.resolution import ReasonMissing
from ingest.typed_values import ValueRefused

_ACTOR = "web"
_MOST_PAGES = 12
_MOST_LINES = 60
_CELLS = ("name", "quantity", "unit", "net_price", "net_amount", "vat_rate", "seller_item_id")

# What a person can mend in the form; the rest is a page of its own.
_REFUSED = (
    FieldUnknown,
    ValueRefused,
    HeadingUnknown,
    ChangedMeanwhile,
    AccountWellRead,
    ReasonMissing,
    WrongParameters,
)

Reason = Annotated[str, Form(min_length=1, max_length=2000)]
FieldPath = Annotated[str, Form(max_length=64)]
Typed = Annotated[str, Form(max_length=2000)]


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that can be corrected, in words, with what was read."""

    path: str
    text: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Pick:
    """Words on a page that fill the form in when they are chosen."""

    href: str
    text: str
    left: float
    top: float
    width: float
    height: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class PickPage:
    """A page with the words to choose from."""

    number: int
    width: float
    height: float
    picks: Sequence[Pick]


class _Filled(NamedTuple):
    """What stands in the form of correction; without a value, the one that was read."""

    field: str
    value: str | None
    at: str
    reason: str


def correcting_router(pages: Pages) -> APIRouter:
    """The routes of correcting, linking and forgetting."""
    router = APIRouter(include_in_schema=False)

    @router.get("/documents/{document_id}/correct")
    def correct_form(
        request: Request,
        serving: Serving,
        document_id: str,
        field: Annotated[str, Query(max_length=64)] = "number",
        value: Annotated[str | None, Query(max_length=2000)] = None,
        at: Annotated[str, Query(max_length=100)] = "",
        reason: Annotated[str, Query(max_length=2000)] = "",
        choose: Annotated[str, Query(max_length=1)] = "",
    ) -> HTMLResponse:
        # Another field was chosen: what was filled in for the one before does not belong to it.
        filled = _Filled(field, None if choose else value, "" if choose else at, reason)
        return _correct_page(pages, request, serving, document_id, filled)

    @router.post("/documents/{document_id}/correct")
    def correct(
        request: Request,
        serving: Serving,
        document_id: str,
        field: FieldPath,
        reason: Reason,
        value: Typed = "",
        at: Annotated[str, Form(max_length=100)] = "",
        drawn: Annotated[str, Form(max_length=64)] = "",
        was: Typed = "",
    ) -> Response:
        if drawn not in {"", field} and value == was:
            # The value in the form is still that of the field before: nobody meant it for this one.
            filled = _Filled(field, value if at else None, at, reason)
            return _correct_page(pages, request, serving, document_id, filled)
        try:
            box = _box_of(at)
            boxes = {} if box is None else {field: box}
            serving.application.correct(document_id, {field: value}, reason, _ACTOR, boxes)
        except _REFUSED as refused:
            filled = _Filled(field, value, at, reason)
            return _correct_page(pages, request, serving, document_id, filled, refused)
        return RedirectResponse(document_href(document_id) + "?done=correct", 303)

    @router.get("/documents/{document_id}/link")
    def link_form(request: Request, serving: Serving, document_id: str) -> HTMLResponse:
        return _link_page(pages, request, serving, document_id)

    @router.post("/documents/{document_id}/link")
    def link(
        request: Request,
        serving: Serving,
        document_id: str,
        reason: Reason,
        order: Annotated[list[str], Form(max_length=50)] = [],  # noqa: B006 - the form's own default
        kind: Annotated[Literal["order", "contract", "commitment"], Form()] = "order",
        other: Annotated[str, Form(max_length=255)] = "",
    ) -> Response:
        try:
            serving.application.link(document_id, _links(order, kind, other), reason, _ACTOR)
        except (LinkUnknown, ReasonMissing) as refused:
            filled = {"linked": order, "chosen_kind": kind, "other": other, "reason": reason}
            return _link_page(pages, request, serving, document_id, filled, refused)
        return RedirectResponse(document_href(document_id) + "?done=link", 303)

    @router.get("/corrections")
    def learned(request: Request, serving: Serving) -> HTMLResponse:
        texts = pages.texts(request)
        rows = [
            (record, _field_text(texts, record["field"]), document_href(record["document_id"]))
            for record in serving.application.corrections(forgotten=True)
        ]
        return pages.render(request, "corrections.html", rows=rows)

    @router.post("/corrections/{correction_id}/forget")
    def forget(serving: Serving, correction_id: str) -> RedirectResponse:
        serving.application.forget(correction_id, "", _ACTOR)
        return RedirectResponse("/corrections", 303)

    return router


def _correct_page(
    pages: Pages,
    request: Request,
    serving: Services,
    document_id: str,
    filled: _Filled,
    refused: Error | None = None,
) -> HTMLResponse:
    """The form of correction, filled in; with what was wrong where it was refused."""
    record = serving.application.show(document_id)
    texts = pages.texts(request)
    choices = list(_choices(texts, record))
    chosen = next((c for c in choices if c.path == filled.field), choices[0])
    pieces = serving.application.pieces(document_id)
    problem = None
    if refused is not None:
        problem = problem_details(refused)
        problem["message"] = problem["message"].replace(filled.field, chosen.text, 1)
    return pages.render(
        request,
        "correct.html",
        status=200 if refused is None else answer(refused).status,
        **_headed(record),
        problem=problem,
        choices=choices,
        chosen=chosen,
        is_column=chosen.path.startswith(COLUMN),
        learning=texts(_learning(chosen.path)),
        value=chosen.value or "" if filled.value is None else filled.value,
        at=filled.at,
        reason=filled.reason,
        page_views=list(_pick_pages(serving, record, pieces, chosen.path, filled.at)),
        api="/api/v1" + document_href(document_id),
    )


def _learning(path: str) -> str:
    """The text that says what a correction of this field teaches, if anything."""
    if path.startswith(COLUMN):
        return "correct.learned_column"
    return "correct.learned_not" if path.startswith("lines[") else "correct.learned_field"


def _link_page(
    pages: Pages,
    request: Request,
    serving: Services,
    document_id: str,
    filled: Mapping[str, Any] | None = None,
    refused: Error | None = None,
) -> HTMLResponse:
    """The form of linking, with what is linked, or with what was filled in and refused."""
    record = serving.application.show(document_id)
    linked = (record.get("match") or {}).get("orders") or ()
    empty = {"linked": linked, "chosen_kind": "order", "other": "", "reason": ""}
    return pages.render(
        request,
        "link.html",
        status=200 if refused is None else answer(refused).status,
        **_headed(record),
        **(filled or empty),
        problem=None if refused is None else problem_details(refused),
        orders=serving.application.choices(document_id),
    )


def _headed(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a form stands under: the invoice's number and supplier, else the name of the file."""
    invoice, file = record.get("invoice") or {}, file_name(record["file"])
    return {
        "record": record,
        "file": file,
        "name": invoice.get("number") or file,
        "seller": (invoice.get("seller") or {}).get("name"),
        "href": document_href(record["document_id"]),
    }


def _links(orders: Sequence[str], kind: str, other: str) -> PersonLinks:
    typed = other.strip() or None
    if kind == "contract" and typed:
        return PersonLinks(tuple(orders), contract_id=typed)
    if kind == "commitment" and typed:
        return PersonLinks(tuple(orders), commitment_id=typed)
    return PersonLinks((*orders, typed) if typed else tuple(orders))


def _choices(texts: Texts, record: Mapping[str, Any]) -> Iterator[Choice]:
    """Every field, then the columns, then the cells of the lines."""
    invoice = record.get("invoice") or {}
    for path in OFFERED:
        value: Any = invoice
        for name in path.split("."):
            value = (value or {}).get(name)
        yield Choice(path, _field_text(texts, path), value)
    for name in COLUMNS:
        yield Choice(f"{COLUMN}{name}", _field_text(texts, f"{COLUMN}{name}"), None)
    for index, line in enumerate((invoice.get("lines") or ())[:_MOST_LINES]):
        for name in _CELLS:
            path = f"lines[{index}].{name}"
            yield Choice(path, _field_text(texts, path), line.get(name))


def _field_text(texts: Texts, path: str) -> str:
    """A field in an accountant's words."""
    if path.startswith(COLUMN):
        name = path.removeprefix(COLUMN)
        return texts("correct.column", name=texts.get(f"field.line.{name}", name))
    if path.startswith("lines["):
        index, _, name = path.removeprefix("lines[").partition("].")
        told = texts.get(f"field.line.{name}", name)
        return texts("correct.line", line=int(index) + 1, name=told)
    return texts.get(f"field.{path}", path)


def _pick_pages(
    serving: Services, record: Mapping[str, Any], pieces: Sequence[Piece], path: str, at: str
) -> Iterator[PickPage]:
    try:
        sizes: Sequence[PageSize] = serving.pages.sizes(
            *serving.application.drawable(record["document_id"])
        )
    except (PageNotDrawn, TooBusy):
        sizes = ()
    whole = not path.startswith(COLUMN) and form_of(path) is FieldForm.TEXT and "name" in path
    for number, size in enumerate(sizes[:_MOST_PAGES], 1):
        picks = [p for p in pieces if p.box.page == number]
        yield PickPage(
            number,
            size.width,
            size.height,
            list(_picks(document_href(record["document_id"]), picks, path, at, whole=whole)),
        )


def _picks(
    href: str, pieces: Sequence[Piece], path: str, at: str, *, whole: bool
) -> Iterator[Pick]:
    """Links over the words: whole stretches for names and headings, else words and amounts."""
    seen: set[PageBox] = set()
    for piece in pieces:
        whole_one = whole or path.startswith(COLUMN)
        text, box = (piece.phrase, piece.phrase_box) if whole_one else (piece.text, piece.box)
        if box in seen:
            continue
        seen.add(box)
        place = _written(box)
        query = urlencode({"field": path, "value": text, "at": place})
        yield Pick(
            f"{href}/correct?{query}#form",
            text,
            box.left,
            box.top,
            box.right - box.left,
            box.bottom - box.top,
            place == at,
        )


def _written(box: PageBox) -> str:
    return f"{box.page},{box.left},{box.top},{box.right},{box.bottom}"


def _box_of(at: str) -> PageBox | None:
    """The place in a form's hidden field; none where the value was typed."""
    if not at:
        return None
    try:
        page, *corners = at.split(",")
        left, top, right, bottom = (float(c) for c in corners)
        return PageBox(int(page), left, top, right, bottom)
    except ValueError:
        raise WrongParameters("at: not a place on a page.") from None
