"""The list of documents as its page shows it: the verdict of each in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from api.uploads import file_name
from api.web.formats import Formats
from api.web.texts import Texts
from api.web.wording import title_of
from domain.match import Code, Severity

Record = Mapping[str, Any]

# What needs somebody comes first.
STATUSES = (
    "blocked",
    "in_review",
    "on_hold",
    "disputed",
    "to_check",
    "failed",
    "received",
    "approved",
    "refused",
    "replaced",
    "duplicate",
    "unreadable",
    "not_invoice",
)
_INSIDE = "inside "  # how `ingest.pipeline` names where a member came from
_ALWAYS_SHOWN = frozenset({"blocked", "in_review", "approved"})
_PLAIN_KINDS = frozenset({None, "invoice", "other"})
_ORDER = {Severity.BLOCK: 0, Severity.REVIEW: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One document in the list."""

    id: str
    href: str
    status: str
    status_text: str
    title: str
    numbered: bool
    kind: str | None
    supplier: str | None
    day: str
    amount: str
    reason: str
    more: int
    received: str
    received_in_full: str
    parent_href: str | None
    parent: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter with the number of documents behind it."""

    status: str
    text: str
    count: int
    href: str
    chosen: bool


def document_href(document_id: str) -> str:
    """The address of a document's page."""
    return f"/documents/{quote(document_id, safe='')}"


def inbox_href(status: str | None = None, before: str | None = None) -> str:
    """The address of a page of the list."""
    query = {k: v for k, v in (("status", status), ("before", before)) if v}
    return "/?" + urlencode(query) if query else "/"


def status_text(texts: Texts, status: str) -> str:
    """A status in a word."""
    return texts.get(f"status.{status}", status)


def _severity(code: str) -> int:
    return _ORDER[Code(code).severity] if code in Code.__members__ else _ORDER[Severity.REVIEW]


def verdict_in_words(texts: Texts, record: Record) -> tuple[str, int]:
    """The weightiest reason, and how many more there are."""
    codes = sorted(dict.fromkeys(record["codes"]), key=_severity)
    serious = [code for code in codes if _severity(code) < _ORDER[Severity.INFO]]
    status = record["status"]
    if record.get("booked") and not codes:
        return texts(f"booked.{record['booked']}"), 0
    if serious:
        return title_of(serious[0], texts.language), len(serious) - 1
    if status == "approved":
        credit = record.get("kind") == "credit_note"
        clean = texts("inbox.clean_credit" if credit else "inbox.clean")
        return (f"{clean} · {title_of(codes[0], texts.language)}" if codes else clean), 0
    return texts.get(f"became.{status}", ""), 0


def _row(texts: Texts, formats: Formats, record: Record, now: datetime) -> Row:
    reason, more = verdict_in_words(texts, record)
    kind = record["kind"]
    return Row(
        id=record["document_id"],
        href=document_href(record["document_id"]),
        status=record["status"],
        status_text=status_text(texts, record["status"]),
        title=record["number"] or file_name(record["file_name"]),
        numbered=record["number"] is not None,
        kind=None if kind in _PLAIN_KINDS else texts.get(f"kind.{kind}", kind),
        supplier=record["supplier"],
        day=formats.day(record["issue_date"]),
        amount=formats.money(record["gross"], record["currency"]),
        reason=reason,
        more=more,
        received=formats.lately(record["received_at"], now),
        received_in_full=formats.moment(record["received_at"]),
        parent_href=document_href(record["parent_id"]) if record.get("parent_id") else None,
        parent=file_name((record["source"] or "").removeprefix(_INSIDE))
        if record.get("parent_id")
        else "",
    )


def rows(texts: Texts, formats: Formats, records: Iterable[Record], now: datetime) -> list[Row]:
    """The documents of one page."""
    return [_row(texts, formats, record, now) for record in records]


def chips(texts: Texts, counts: Mapping[str, int], chosen: str | None) -> Sequence[Chip]:
    """A filter for everything, and one for each status that somebody may look for."""
    every = sum(count for status, count in counts.items() if status != "to_check")
    total = Chip("all", texts("inbox.all"), every, "/", chosen is None)
    others = [
        Chip(
            status,
            status_text(texts, status),
            counts.get(status, 0),
            inbox_href(status),
            chosen == status,
        )
        for status in dict.fromkeys((*STATUSES, *counts))
        if counts.get(status) or status in _ALWAYS_SHOWN or status == chosen
    ]
    return [total, *others]
