"""Answers errors as problem details (RFC 9457)."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.errors import (
    PROBLEM_MEDIA_TYPE,
    ApiError,
    NoSuchPage,
    WrongParameters,
    problem_details,
)
from api.guard import BodyOverflow
from domain.errors import Error

_LOG = logging.getLogger(__name__)
_NOT_FOUND = 404


def as_error(problem: Exception) -> Exception:
    """Put the framework's own errors into ours; leave the others as they are."""
    if isinstance(problem, RequestValidationError):
        return WrongParameters("; ".join(_told(p) for p in problem.errors()) or "Wrong parameters.")
    if isinstance(problem, BodyOverflow):
        return problem.error
    if isinstance(problem, HTTPException) and problem.status_code == _NOT_FOUND:
        return NoSuchPage("Nothing is found at this address.")
    if isinstance(problem, HTTPException):
        return ApiError(str(problem.detail))
    return problem


def _told(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"][1:])
    return f"{where}: {problem['msg']}"


def details_of(request: Request, problem: Exception) -> dict[str, Any]:
    """Problem details for whatever went wrong; what nobody foresaw is logged."""
    error = as_error(problem)
    if not isinstance(error, Error):
        _LOG.error("unexpected error at %s", request.url.path, exc_info=problem)
    details = problem_details(error, request.url.path)
    if isinstance(problem, HTTPException) and problem.status_code != details["status"]:
        # 405, 415 and the like: the framework's status is the better one.
        details["status"] = problem.status_code
        details["title"] = str(problem.detail)
    return details


def problem_response(request: Request, problem: Exception) -> JSONResponse:
    """Answer with problem details."""
    details = details_of(request, problem)
    headers = problem.headers if isinstance(problem, HTTPException) else None
    return JSONResponse(details, details["status"], headers, PROBLEM_MEDIA_TYPE)
