"""`column IN (many values)` with one parameter, whatever the number of values.

SQLAlchemy renders an expanding IN anew for every call, one parameter a value, which costs more
than the look-up itself. Here the values travel as one JSON array, so the statement is compiled
once and SQLite's limit on parameters does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Among(FunctionElement[bool]):
    """Whether a column holds one of the texts of a JSON array.

    Not of the type Boolean: on SQLite that would become `… = 1`, which no index answers.
    """

    inherit_cache = True
    name = "among"


@compiles(_Among, "sqlite")
def _sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, array = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({array})))"  # noqa: S608 - a bound parameter


@compiles(_Among, "postgresql")
def _postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    # As rows (`IN (SELECT …)`) they would be taken for a hundred, and the whole table be read for
    # one; an array is taken for ten, and each is looked up in the index.
    column, array = (compiler.process(clause, **options) for clause in element.clauses)
    rows = f"SELECT jsonb_array_elements_text(CAST({array} AS jsonb))"
    return f"({column} = ANY (ARRAY({rows})))"


def among(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Whether a text column holds one of the values given as `parameter`, see `texts`."""
    return _Among(column, bindparam(parameter, type_=String))


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
