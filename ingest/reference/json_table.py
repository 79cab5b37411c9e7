"""JSON: a list of objects, or an object of such lists by table name.

Numbers keep every digit they are written with. Rows count from 1; the keys of the objects are the
header.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from ingest.reference.raw import BrokenRow, NotATable, RawTable, Row

_MOST_BYTES = 256 << 20


def open_json(file: IO[bytes]) -> list[RawTable]:
    """Read a JSON file: one table, or one a list.

    Raises:
        NotATable: it is no JSON, of another shape, or too large to be read at once.
    """
    data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise NotATable("the JSON file is larger than 256 MB; save it as CSV")
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except json.JSONDecodeError as problem:
        raise NotATable(
            f"the JSON is broken at line {problem.lineno}, column {problem.colno}: {problem.msg}"
        ) from problem
    except (UnicodeDecodeError, RecursionError, ValueError) as problem:
        raise NotATable(f"the JSON cannot be read: {problem}") from problem
    if isinstance(content, list):
        return [_table(content, None)]
    if isinstance(content, dict) and content and all(isinstance(v, list) for v in content.values()):
        return [_table(items, name) for name, items in content.items()]
    raise NotATable("expected a list of objects, or an object of such lists by table name")


def _table(items: list[Any], name: str | None) -> RawTable:
    if items and not any(isinstance(item, dict) for item in items):
        raise NotATable('expected a list of objects, such as [{"order_id": …}]')
    names = list(dict.fromkeys(key for item in items if isinstance(item, dict) for key in item))
    return RawTable(_rows(items, names), name)


def _rows(items: list[Any], names: list[str]) -> Iterator[Row]:
    if items:
        yield 0, list(names)
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield number, [item.get(name) for name in names]
        else:
            yield number, BrokenRow('expected an object, such as {"order_id": …}')
