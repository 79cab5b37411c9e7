"""Read and validate files without storing anything."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.errors import WrongParameters
from api.rest import examples
from api.rest.described import answers, problems
from api.rest.documents import Files
from api.rest.schemas import Readings, Validations
from api.services import Serving
from api.uploads import received

router = APIRouter(tags=["reading"])


@router.post(
    "/parse",
    summary="Read files",
    responses=answers(Readings, "One object a file.", {"results": [examples.READING]})
    | problems(403, 413, 422, 503),
)
def parse(serving: Serving, files: Files) -> JSONResponse:
    """`meg parse`: what each file says, and where; nothing is stored."""
    return JSONResponse({"results": [serving.reader.parse(*file) for file in _given(files)]})


@router.post(
    "/validate",
    summary="Validate files",
    responses=answers(Validations, "One object a file.", {"results": [examples.VALIDATED]})
    | problems(403, 413, 422, 503),
)
def validate(serving: Serving, files: Files) -> JSONResponse:
    """`meg validate`: what the official rule sets say; skipped is never valid."""
    return JSONResponse({"results": [serving.reader.validate(*file) for file in _given(files)]})


def _given(files: Files) -> list[tuple[str, bytes]]:
    given = list(received(files))
    if not given:
        raise WrongParameters("files: no file was sent.")
    return given
