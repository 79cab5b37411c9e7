"""The pages of a PDF as a document's page shows them: sizes, and where values were read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.page_images import PageSize
from api.web.findings_view import anchor_of_finding
from domain.match import Severity
from domain.validation import FindingSeverity

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
        shape = _box(anchor_of(path), path, box, wrong=path.startswith(wrong))
        boxes.setdefault(number, []).append(shape)
    for number, shape in (*_contradictions(record), *_breaches(record)):
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


def _contradictions(record: Record) -> Iterator[tuple[int, Box]]:
    """Where the page states another value than the XML."""
    for item in record.get("page_differences") or ():
        if item.get("where"):
            anchor = anchor_of(item["field"])
            label = f"{item['field']}: {item['page']} ≠ XML {item['xml']}"
            yield item["where"]["page"], _box(anchor, label, item["where"]["bbox"])


def _breaches(record: Record) -> Iterator[tuple[int, Box]]:
    """Where the values stand that a mandatory rule is about."""
    findings = (record.get("validation") or {}).get("findings") or ()
    for place, item in enumerate(findings):
        if item.get("bbox") and item["severity"] != FindingSeverity.INFORMATION:
            wrong = item["severity"] == FindingSeverity.FATAL
            anchor = anchor_of_finding(place)
            yield item["page"], _box(anchor, item["rule"], item["bbox"], wrong=wrong)


def _box(anchor: str, label: str, bbox: Sequence[float], *, wrong: bool = True) -> Box:
    left, top, right, bottom = (float(x) for x in bbox)
    return Box(anchor, label, left, top, right - left, bottom - top, wrong)


def _boxes(evidence: Record) -> Iterator[tuple[str, int, Sequence[float]]]:
    for path, seen in list(evidence.items())[:_MOST_BOXES]:
        where = seen["where"]
        if isinstance(where, Mapping):
            yield path, where["page"], where["bbox"]
        elif seen.get("bbox"):
            yield path, seen["page"], seen["bbox"]
