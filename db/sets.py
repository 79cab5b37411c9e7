"""`column IN (many values)` with one parameter, whatever the number of values.

SQLAlchemy renders an expanding IN anew for every call, one parameter a value, which costs more
than the look-up itself. Here the values travel as one JSON array, so the statement is compiled
once and SQLite's limit on parameters does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Elements(FunctionElement[str]):
    """The texts of a JSON array, as rows."""

    inherit_cache = True
    name = "json_texts"


@compiles(_Elements, "sqlite")
def _sqlite(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    array = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({array}))"  # noqa: S608 - a bound parameter


@compiles(_Elements, "postgresql")
def _postgresql(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    array = compiler.process(element.clauses, **options)
    return f"(SELECT jsonb_array_elements_text(CAST({array} AS jsonb)))"


def among(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Whether a text column holds one of the values given as `parameter`, see `texts`."""
    values = _Elements(bindparam(parameter, type_=String))
    return column.op("IN", return_type=Boolean())(values)


def texts(values: Iterable[str]) -> str:
    """Values as the parameter of `among`; what no database can hold is found in none."""
    listed = list(values)
    if not _is_text("".join(listed)):
        listed = [value for value in listed if _is_text(value)]
    return json.dumps(listed)


def _is_text(value: str) -> bool:
    """Whether it is Unicode text without NUL: PostgreSQL refuses halves of characters and NUL."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value
