"""Descriptions of answers that the handlers share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.errors import PROBLEM_MEDIA_TYPE

JSON_LINES = "application/x-ndjson"

Responses = dict[int | str, dict[str, Any]]

_WHEN = {
    400: "The query cannot be understood; `position` says where.",
    403: "The request came from a page of another site.",
    404: "No document has this id.",
    409: "The document is in a state that does not allow this.",
    413: "The request is too large.",
    422: "A parameter is missing or not allowed.",
    500: "What is stored is damaged; the message says what.",
    503: "A service that is needed is down, or busy; try again.",
}


def answers(
    shape: type[BaseModel], description: str, example: dict[str, Any], status: int = 200
) -> Responses:
    """The answer when all goes well."""
    content = {"application/json": {"example": example}}
    return {status: {"model": shape, "description": description, "content": content}}


def binary(description: str, *media_types: str) -> Responses:
    """The answer when all goes well and is bytes."""
    schema = {"type": "string", "format": "binary"}
    content = {media_type: {"schema": schema} for media_type in media_types}
    return {200: {"description": description, "content": content}}


def json_lines(description: str, *shapes: type[BaseModel]) -> Responses:
    """The answer when all goes well and is one JSON object a line, of one of these shapes."""
    schema = {"anyOf": [{"$ref": f"#/components/schemas/{shape.__name__}"} for shape in shapes]}
    return {200: {"description": description, "content": {JSON_LINES: {"schema": schema}}}}


def problems(*statuses: int) -> Responses:
    """The answers when something is wrong: problem details, all of one shape."""
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {PROBLEM_MEDIA_TYPE: {"schema": schema}}
    return {status: {"description": _WHEN[status], "content": content} for status in statuses}
