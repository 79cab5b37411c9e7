"""The OpenAPI description at `/api/v1/openapi.json`, made from the handlers themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.rest.described import problems
from api.rest.schemas import Problem, VerifiedAll

_DESCRIPTION = """\
MEG takes invoices in, validates them, matches them with orders, receipts, contracts and
commitments, and keeps the proof of every step. This interface mirrors the `meg` commands.

Amounts, quantities and rates are strings holding exact decimals as stated (`"5200.00"`). Dates are
ISO 8601. Absent is `null`. `net` is HT, `gross` is TTC. Objects may gain fields; none loses one.

Errors are RFC 9457 problem details with a permanent `code`, a `message` and a `hint`.
"""

_WRONG = "422"

_TAGS = [
    {"name": "documents", "description": "Take in, list, show, decide."},
    {"name": "corrections", "description": "What was learned from corrections."},
    {"name": "reading", "description": "Read and validate without storing."},
    {"name": "search", "description": "Full text and fields."},
    {"name": "proofs", "description": "Check what is stored."},
    {"name": "accesses", "description": "Who read, searched, exported what."},
    {"name": "operations", "description": "Changes, health, figures."},
]


def describe(app: FastAPI, version: str) -> dict[str, Any]:
    """Describe every documented route; validation errors are our problem details."""
    described = get_openapi(
        title="MEG",
        version=version,
        summary="Invoice control room",
        description=_DESCRIPTION,
        routes=app.routes,
        tags=_TAGS,
    )
    schemas = described["components"]["schemas"]
    for shape in (Problem, VerifiedAll):  # no route has them as its only answer
        schemas[shape.__name__] = shape.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for methods in described["paths"].values():
        for operation in methods.values():
            _replace_validation_error(operation["responses"])
    return described


def _replace_validation_error(responses: dict[str, Any]) -> None:
    """The framework documents its own form of error wherever there are parameters."""
    if "application/json" in responses.get(_WRONG, {}).get("content", ()):
        responses[_WRONG] = problems(int(_WRONG))[int(_WRONG)]
