"""The pages of a PDF as a document's page shows them: sizes, and where values were read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.page_images import PageSize
from domain.match import Severity

Record = Mapping[str, Any]

_SAFE = re.compile(r"[^A-Za-z0-9]+")
_MOST_BOXES = 2000


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page where a value was read."""

    anchor: str
    label: str
    left: float
    top: float
    width: float
    height: float
    wrong: bool


@dataclass(frozen=True, slots=True)
class PageView:
    """One page with the places where values were read."""

    number: int
    width: float
    height: float
    boxes: Sequence[Box]


def anchor_of(path: str) -> str:
    """The HTML id of a value: `totals.payable` is found at `at-totals-payable`."""
    return "at-" + _SAFE.sub("-", path).strip("-")


def page_views(record: Record, sizes: Sequence[PageSize]) -> list[PageView]:
    """The pages of a PDF with the boxes of the values read on them."""
    boxes: dict[int, list[Box]] = {}
    wrong = tuple(_wrong_paths(record))
    for path, number, box in _boxes(record.get("evidence") or {}):
        left, top, right, bottom = (float(x) for x in box)
        is_wrong = path.startswith(wrong)
        shape = Box(anchor_of(path), path, left, top, right - left, bottom - top, is_wrong)
        boxes.setdefault(number, []).append(shape)
    return [
        PageView(number, size.width, size.height, boxes.get(number, ()))
        for number, size in enumerate(sizes, 1)
    ]


def _wrong_paths(record: Record) -> Iterator[str]:
    """Where the values stand that a serious discrepancy is about: a line, or a field."""
    invoice = record.get("invoice") or {"lines": ()}
    labels = [line["id"] or str(place) for place, line in enumerate(invoice["lines"], 1)]
    for item in record.get("discrepancies") or ():
        if item["severity"] == Severity.INFO:
            continue
        if item["invoice_line"] in labels:
            yield f"lines[{labels.index(item['invoice_line'])}]."
        elif item["field"] and item["invoice_line"] is None:
            yield item["field"]


def _boxes(evidence: Record) -> Iterator[tuple[str, int, Sequence[float]]]:
    for path, seen in list(evidence.items())[:_MOST_BOXES]:
        where = seen["where"]
        if isinstance(where, Mapping):
            yield path, where["page"], where["bbox"]
