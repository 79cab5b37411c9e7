"""The page of one document, and the decision taken on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from api.errors import PageNotDrawn, TooBusy, answer, problem_details
from api.evidence_download import evidence_download
from api.page_images import PageSize
from api.services import Services, Serving
from api.uploads import file_name
from api.web import document_view as view
from api.web import money_view
from api.web.account_view import quarantine, quarantined
from api.web.consultations import told as consulted
from api.web.findings_view import rules_view
from api.web.formats import Formats
from api.web.inbox_view import document_href, status_text
from api.web.message_view import message
from api.web.page import Pages
from api.web.page_view import page_views
from api.web.signature_view import signature_views
from api.web.texts import Texts
from archive.errors import WasPurged
from archive.manifest import SEARCHABLE_PDF
from domain.money import parse_decimal
from ingest.received_texts import ReasonCode
from ingest.resolution import ActionRefused
from ingest.signatures.report import SIGNATURE_REPORT

Verify = Annotated[bool, Query(description="Check what is stored, and show the result.")]

_ACTOR = "web"
_ACTIONS = ("approve", "refuse", "dispute", "hold")
# What changes nothing at each status.
_DONE = {"approved": "approve", "refused": "refuse", "disputed": "dispute", "on_hold": "hold"}
_RELEASABLE = frozenset({"refused", "disputed", "on_hold"})
_MOST_PAGES = 40
_LAST_ACCESSES = 10
_REASON_LENGTH = 2000


def document_router(pages: Pages) -> APIRouter:
    """The routes of a document's page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/documents/{document_id}")
    def document(
        request: Request,
        serving: Serving,
        document_id: str,
        *,
        verify: Verify = False,
        done: Annotated[str, Query(max_length=20)] = "",
    ) -> HTMLResponse:
        record = serving.application.show(document_id)
        values = _values(pages, request, serving, record)
        values["done"] = _done(pages.texts(request), record, done)
        if verify:
            values["proof"] = next(iter(serving.application.verify([document_id])))
        return pages.render(request, "document.html", **values)

    @router.post("/documents/{document_id}/evidence")
    def evidence(serving: Serving, document_id: str) -> StreamingResponse:
        return evidence_download(serving.application, [document_id], _ACTOR)

    @router.post("/documents/{document_id}/resolve")
    def resolve(
        request: Request,
        serving: Serving,
        document_id: str,
        action: Annotated[str, Form(max_length=20)],
        reason: Annotated[str, Form(min_length=1, max_length=_REASON_LENGTH)],
        seen: Annotated[int | None, Form(ge=0)] = None,
    ) -> Response:
        try:
            serving.application.resolve(document_id, action, reason, _ACTOR, seen)
        except ActionRefused as refused:
            record = serving.application.show(document_id)
            values = _values(pages, request, serving, record)
            values |= {"problem": problem_details(refused), "reason": reason}
            return pages.render(request, "document.html", status=answer(refused).status, **values)
        return RedirectResponse(document_href(document_id), 303)

    return router


def _values(
    pages: Pages, request: Request, serving: Services, record: dict[str, Any]
) -> dict[str, Any]:
    texts = pages.texts(request)
    formats = pages.formats(texts)
    told = view.differences(texts, formats, record)
    sizes = _page_sizes(serving, record)
    figures = money_view.figures(record)
    status = record["status"]
    waits = status == "received" and record.get("error") is not None
    return {
        "record": record,
        "proof": None,
        "problem": None,
        "reason": "",
        "done": None,
        "file": file_name(record["file"]),
        "invoice": record.get("invoice"),
        "currency": (record.get("invoice") or {}).get("currency"),
        "kind_text": texts(f"kind.{record.get('kind') or 'other'}"),
        "status_text": texts("status.waiting") if waits else status_text(texts, status),
        "became": texts("became.waiting") if waits else texts.get(f"became.{status}", ""),
        "differences": told,
        "lines": view.lines(formats, record, told, serving.orders(_orders(record))),
        "message": message(texts, formats, record),
        "brought": _brought(serving, record),
        "values": view.read_values(texts, formats, record),
        "rules": rules_view(texts, record),
        "page_views": page_views(record, sizes[:_MOST_PAGES]),
        "deadline": money_view.deadline(texts, formats, record),
        "waterfall": money_view.waterfall(texts, formats, record),
        "given_back": money_view.gives_back(record),
        "chain": money_view.chain(texts, formats, record),
        "history": view.history(texts, formats, record),
        "seen": view.last_position(record),
        "accesses": consulted(texts, formats, _accesses(serving, record)),
        "taken": view.taken(texts, formats, record),
        "figures": figures,
        "payable_zero": figures is None or not parse_decimal(figures.payable),
        "held_zero": figures is None or not parse_decimal(figures.held),
        "parent_href": document_href(record["parent_id"]) if record.get("parent_id") else None,
        "contained": _contained(texts, record),
        "attached": _attached(formats, record),
        "api": "/api/v1" + document_href(record["document_id"]),
        "href": document_href(record["document_id"]),
        "duplicate_href": document_href(record["duplicate_of"]) if record["duplicate_of"] else None,
        "actions": [(action, _action_text(texts, record, action)) for action in _actions(record)],
        "quarantine": quarantine(texts, formats, record),
        "signatures": signature_views(texts, formats, record),
        "derived": _derived(record, SEARCHABLE_PDF),
        "reports": _derived(record, SIGNATURE_REPORT),
        "token": serving.application.change_token() if record["status"] == "received" else None,
    }


def _accesses(serving: Services, record: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return serving.application.accesses_to(record["document_id"], _LAST_ACCESSES)


def _derived(record: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [made for made in record.get("derived") or () if made["role"] == role]


def _done(texts: Texts, record: dict[str, Any], action: str) -> str | None:
    """What the form before this page did, if the history says so too."""
    payloads = [e.get("payload") or {} for e in record.get("history") or ()]
    done = [p for p in payloads if p.get("action") == action and action in {"correct", "link"}]
    if not done:
        return None
    learned = any(field.get("learned") for field in done[-1].get("fields") or ())
    return texts("done.learned" if learned else f"done.{action}")


def _contained(texts: Texts, record: dict[str, Any]) -> list[tuple[str, str]]:
    """The address and the name of each document taken out of this one."""
    children = record.get("contains") or ()
    names = [file_name(member["name"]) for member in record.get("attachments") or ()]
    if len(names) != len(children):
        names = [texts("archive.contained", number=n + 1) for n in range(len(children))]
    return [(document_href(child), name) for child, name in zip(children, names, strict=True)]


def _attached(formats: Formats, record: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    """Address, name and size of each file carried inside; no address where it was not kept."""
    if record.get("contains"):
        return []
    base = f"/api/v1{document_href(record['document_id'])}/attachments"
    return [
        (
            f"{base}/{number}" if carried.get("archived") else None,
            file_name(carried["name"]),
            formats.size(carried["size"]),
        )
        for number, carried in enumerate(record.get("attachments") or (), start=1)
    ]


def _brought(serving: Services, record: dict[str, Any]) -> list[tuple[str, str]]:
    """Order and address of the document that brought it, for orders that came as documents."""
    lines = serving.orders(_orders(record))
    found = {line["order_id"]: line.get("brought_by") for line in lines}
    return [(order_id, document_href(origin)) for order_id, origin in found.items() if origin]


def _orders(record: dict[str, Any]) -> list[str]:
    return list((record.get("match") or {}).get("orders", ()))


def _actions(record: dict[str, Any]) -> tuple[str, ...]:
    """The decisions that would change something, and that would be taken."""
    if record.get("decision") is None:
        waits = (record.get("booked") or {}).get("reasons") or ()
        return ("approve",) if [r["code"] for r in waits] == [ReasonCode.NOT_CONFIRMED] else ()
    senseless = _DONE.get(record["status"])
    offered = (*_ACTIONS, "release") if record["status"] in _RELEASABLE else _ACTIONS
    return tuple(
        action
        for action in offered
        if action != senseless and not (action == "approve" and quarantined(record))
    )


def _action_text(texts: Texts, record: dict[str, Any], action: str) -> str:
    """What a button says; what is released depends on what was decided before."""
    if action == "release":
        return texts(f"decide.release.{record['status']}")
    return texts(f"decide.{action}")


def _page_sizes(serving: Services, record: dict[str, Any]) -> tuple[PageSize, ...]:
    """The pages to show; none for XML and for what cannot be drawn."""
    try:
        return serving.pages.sizes(*serving.application.drawable(record["document_id"]))
    except (PageNotDrawn, TooBusy, WasPurged):
        return ()
