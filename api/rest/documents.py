"""Documents: list, take in, show, original, page images, decide."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Path, Query, Response, UploadFile
from fastapi.responses import JSONResponse

from api.errors import WrongParameters
from api.rest import examples
from api.rest.described import answers, binary, problems
from api.rest.schemas import (
    ChoicesList,
    DocumentShape,
    DocumentsPage,
    Ingested,
    Resolution,
    ShownShape,
    Status,
)
from api.services import Serving
from api.uploads import received
from ingest.repository import PersonLinks

router = APIRouter(prefix="/documents", tags=["documents"])

DocumentId = Annotated[
    str, Path(description="Document id (UUID version 7).", max_length=64, examples=[examples.ID])
]
Files = Annotated[list[UploadFile], File(description="One or more files, whatever is in them.")]

_DOCUMENT_IS_HOSTILE = "default-src 'none'; sandbox"
_ACTOR = "api"


@router.get(
    "",
    summary="List documents",
    responses=answers(DocumentsPage, "A page of documents.", examples.PAGE) | problems(422, 503),
)
def list_documents(
    serving: Serving,
    status: Annotated[Status | None, Query(description="Only documents of this status.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at the most.")] = 50,
    before: Annotated[
        str | None, Query(description="Only documents older than this one.", max_length=64)
    ] = None,
) -> JSONResponse:
    """The documents received, newest first, a page at a time, with the counts by status."""
    found = list(
        serving.application.documents(status=status, limit=limit + 1, before=before or None)
    )
    more = len(found) > limit
    page = found[:limit]
    return JSONResponse(
        {
            "documents": page,
            "next": page[-1]["document_id"] if more else None,
            "counts": dict(serving.application.counts()),
        }
    )


@router.post(
    "",
    status_code=201,
    summary="Take files in",
    responses=answers(
        Ingested, "Every file is durably stored.", {"documents": [examples.DOCUMENT]}, 201
    )
    | problems(403, 413, 422, 503),
)
def ingest(serving: Serving, files: Files) -> JSONResponse:
    """`meg ingest`: archive, read, validate, match and index each file.

    201 says that every file is durably stored, whatever was in it.
    """
    given = list(received(files))
    if not given:
        raise WrongParameters("files: no file was sent.")
    documents = list(serving.application.ingest(given, source=_ACTOR))
    headers = {}
    if len(documents) == 1:
        headers["Location"] = f"/api/v1/documents/{quote(documents[0]['document_id'])}"
    return JSONResponse({"documents": documents}, 201, headers)


@router.get(
    "/{document_id}",
    summary="Show a document",
    responses=answers(ShownShape, "All that is known of it.", examples.SHOWN) | problems(404, 503),
)
def show(serving: Serving, document_id: DocumentId) -> JSONResponse:
    """`meg show`: invoice, match, discrepancies, decision, history."""
    return JSONResponse(serving.application.show(document_id))


@router.get(
    "/{document_id}/original",
    summary="Download the original",
    response_class=Response,
    responses=binary(
        "The bytes that were received; their hash was checked on the way.",
        "application/pdf",
        "application/xml",
        "application/octet-stream",
    )
    | problems(404, 500, 503),
)
def original(serving: Serving, document_id: DocumentId) -> Response:
    """The file as it was received, to be saved, never shown in the page's own right."""
    return _download(*serving.application.original(document_id))


@router.get(
    "/{document_id}/attachments/{number}",
    summary="Download an attachment",
    response_class=Response,
    responses=binary(
        "The bytes of a file that came inside the document; their hash was checked on the way.",
        "application/pdf",
        "application/xml",
        "application/octet-stream",
    )
    | problems(404, 422, 500, 503),
)
def attachment(
    serving: Serving,
    document_id: DocumentId,
    number: Annotated[int, Path(ge=1, le=100_000, description="Its place in `attachments`.")],
) -> Response:
    """A file carried inside a PDF or an XML, to be saved, as `original` gives the whole."""
    return _download(*serving.application.attachment(document_id, number))


@router.get(
    "/{document_id}/searchable.pdf",
    summary="Download the searchable PDF of a scan",
    response_class=Response,
    responses=binary(
        "The scan with its recognised text lying invisibly over it.", "application/pdf"
    )
    | problems(404, 500, 503),
)
def searchable_pdf(serving: Serving, document_id: DocumentId) -> Response:
    """The PDF that was made of a scan; the original beside it is unaltered."""
    name, data = serving.application.searchable_pdf(document_id)
    return Response(
        data,
        media_type="application/pdf",
        headers={
            "content-disposition": _attachment(name),
            "content-security-policy": _DOCUMENT_IS_HOSTILE,
        },
    )


@router.get(
    "/{document_id}/signature-report",
    summary="Download the report on a document's electronic signatures",
    response_class=Response,
    responses=binary("The report as it was kept at intake.", "application/json")
    | problems(404, 500, 503),
)
def signature_report(serving: Serving, document_id: DocumentId) -> Response:
    """What checking the signatures came to when the document arrived (ETSI EN 319 102-1)."""
    name, data = serving.application.signature_report(document_id)
    headers = {"content-disposition": _attachment(name)}
    return Response(data, media_type="application/json", headers=headers)


@router.get(
    "/{document_id}/pages/{number}.png",
    summary="Image of a page",
    response_class=Response,
    responses=binary("The page as PNG, at most 144 dots an inch.", "image/png")
    | problems(404, 422, 503),
)
def page_image(
    serving: Serving,
    document_id: DocumentId,
    number: Annotated[int, Path(ge=1, le=500, description="Page number, from 1.")],
) -> Response:
    """A page of a PDF or a scan, drawn in a process of its own; XML documents have none."""
    digest, load = serving.application.drawable(document_id)
    image = serving.pages.image(digest, load, number)
    serving.application.saw_pages(document_id)
    # The bytes of a document never change, so neither does its page; private: it is an invoice.
    headers = {"cache-control": "private, max-age=3600, immutable"}
    return Response(image, media_type="image/png", headers=headers)


@router.post(
    "/{document_id}/resolve",
    summary="Decide about a document",
    responses=answers(DocumentShape, "The document after the decision.", examples.DOCUMENT)
    | problems(403, 404, 409, 422, 503),
)
def resolve(serving: Serving, document_id: DocumentId, decision: Resolution) -> JSONResponse:
    """`meg resolve`: approve, refuse, dispute, link, correct, hold or release, with a reason.

    `correct` takes `fields`; `link` takes `orders`, or `contract` and `lot`, or `commitment`. Both
    judge the document again at once; what was read at first is kept.
    """
    application = serving.application
    if decision.action == "correct":
        record = application.correct(document_id, decision.fields, decision.reason, _ACTOR)
    elif decision.action == "link":
        links = PersonLinks(
            tuple(decision.orders), decision.contract, decision.lot, decision.commitment
        )
        record = application.link(document_id, links, decision.reason, _ACTOR)
    else:
        record = application.resolve(
            document_id, decision.action, decision.reason, _ACTOR, decision.seen
        )
    return JSONResponse(record)


@router.get(
    "/{document_id}/choices",
    summary="Orders it may belong to",
    responses=answers(ChoicesList, "The likeliest first.", {"choices": [examples.CHOICE]})
    | problems(404, 503),
)
def link_choices(serving: Serving, document_id: DocumentId) -> JSONResponse:
    """Orders that a person may link the document to: those quoted, and the supplier's newest."""
    return JSONResponse({"choices": list(serving.application.choices(document_id))})


def _download(name: str, data: bytes) -> Response:
    return Response(
        data,
        media_type=_media_type(data),
        headers={
            "content-disposition": _attachment(name),
            "content-security-policy": _DOCUMENT_IS_HOSTILE,
        },
    )


def _media_type(data: bytes) -> str:
    head = data[:1024].lstrip(b"\xef\xbb\xbf\x00 \t\r\n")
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    return "application/xml" if head.startswith(b"<?xml") else "application/octet-stream"


def _attachment(name: str) -> str:
    """RFC 6266: a plain name for old programs, the whole name for the others."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
