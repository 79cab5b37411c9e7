"""Searching as people and programs see it: text and filters in, CONTRACT §6's object out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.money import plain
from search import fields, ranges, words
from search.conditions import Between, Condition, Term, all_of
from search.document import SearchDocument, entry_of
from search.errors import BadQuery, Place
from search.index import FACETS, Found, Hit, Request, SearchIndex, Sort
from search.plan import Plan, plan
from search.query import parse
from search.snippets import SnippetMaker

FACET_VALUES = 20
MOST_HITS = 1000
DEEPEST_HIT = 100_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search down besides its text; dates and amounts may also be as typed.

    `supplier` is words of a supplier's name or alias; `supplier_name` is the exact name, as the
    facet of suppliers gives it.
    """

    date_from: date | str | None = None
    date_to: date | str | None = None
    supplier: str | None = None
    supplier_name: str | None = None
    status: str | None = None
    code: str | None = None
    amount_min: Decimal | str | None = None
    amount_max: Decimal | str | None = None


class SearchService:
    """Finds documents, and keeps the index up with them."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def search(
        self,
        text: str,
        filters: Filters | None = None,
        *,
        sort: Sort = Sort.RELEVANCE,
        limit: int = 20,
        offset: int = 0,
        facet_values: int = FACET_VALUES,
        **narrowed: Any,
    ) -> dict[str, Any]:
        """Search, and answer in CONTRACT §6's form.

        Args:
            text: in the auditors' language; empty for every document.
            filters: what narrows it down.
            sort: the order of hits; by relevance means the newest first where no word is asked for.
            limit: how many hits to show.
            offset: how many to pass over before.
            facet_values: how many values of each facet to count.
            **narrowed: single filters by name, over those of `filters`.

        Raises:
            BadQuery: text or a filter cannot be understood; says where.
            IndexUnusable: the index is missing, damaged or outdated.
        """
        started = time.perf_counter()
        planned = plan(parse(text))
        narrowing = replace(filters or Filters(), **narrowed)
        condition = all_of([planned.condition, *filter_conditions(narrowing)])
        if sort is Sort.RELEVANCE and not planned.marks:
            sort = Sort.NEWEST  # where no word is searched, nothing is more relevant
        request = Request(
            condition,
            sort,
            max(0, min(limit, MOST_HITS)),
            max(0, min(offset, DEEPEST_HIT)),
            facet_values,
        )
        found = self._index.search(request)
        record = _record(found, planned)
        record["took_ms"] = round((time.perf_counter() - started) * 1000, 3)
        return record

    def index_documents(
        self, documents: Iterable[SearchDocument], watermark: str | None = None
    ) -> None:
        """Put documents into the index, each in the place of its former self; durable on return."""
        with self._index.writing() as writer:
            for document in documents:
                writer.index([entry_of(document)])
            writer.commit(watermark)

    def remove_documents(self, document_ids: Sequence[str]) -> None:
        """Take eliminated documents out of the index; durable on return."""
        with self._index.writing() as writer:
            writer.delete(document_ids)
            writer.commit()

    def prepare(self, documents_indexed: int) -> None:
        """Make the index at the very first start; afterwards a missing one is an error.

        Args:
            documents_indexed: how many documents are known to have been indexed before.
        """
        if documents_indexed == 0:
            self._index.create()
        self._index.count()

    def count(self) -> int:
        """How many documents can be found."""
        return self._index.count()

    def check(self) -> None:
        """Read the whole index and compare it with its checksums; raises where it is damaged."""
        self._index.check()

    def watermark(self) -> str | None:
        """Up to where the index is known to be filled."""
        return self._index.watermark()


def filter_conditions(filters: Filters) -> list[Condition]:
    """Filters as conditions.

    Raises:
        BadQuery: a filter has a value that can never be right.
    """
    conditions: list[Condition] = []
    if filters.date_from is not None or filters.date_to is not None:
        low, high = _typed(filters.date_from), _typed(filters.date_to)
        conditions.append(Between("issued", *_bounds(ranges.date_bounds, low, high)))
    if filters.amount_min is not None or filters.amount_max is not None:
        low, high = _typed(filters.amount_min), _typed(filters.amount_max)
        conditions.append(Between("gross", *_bounds(ranges.amount_bounds, low, high)))
    if filters.supplier:
        if not words.is_searchable(filters.supplier):
            problem = "The supplier holds nothing that can be searched."
            raise BadQuery(problem, filters.supplier, Place(0, len(filters.supplier)))
        conditions.append(words.words_condition("supplier", filters.supplier)[0])
    if filters.supplier_name:
        conditions.append(Term("supplier_name", filters.supplier_name))
    for name, value in (("status", filters.status), ("code", filters.code)):
        if value:
            conditions.append(_exact(name, value))
    return conditions


def _typed(value: date | Decimal | str | None) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)


def _bounds(read: Any, low: str, high: str) -> tuple[int | None, int | None]:
    text = f"{low}..{high}"
    try:
        bounds: tuple[int | None, int | None] = read(text)
    except ranges.Misread as misread:
        raise _bad_filter(misread, text) from None
    return bounds


def _exact(name: str, value: str) -> Condition:
    try:
        return fields.exact_condition(name, value)
    except ranges.Misread as misread:
        raise _bad_filter(misread, value) from None


def _bad_filter(misread: ranges.Misread, text: str) -> BadQuery:
    return BadQuery(misread.problem, text, Place(misread.start, misread.end), misread.advice)


def _record(found: Found, planned: Plan) -> dict[str, Any]:
    maker = SnippetMaker(planned.marks)
    return {
        "total": found.total,
        "took_ms": 0.0,
        "facets": {
            name: [{"value": value, "count": count} for value, count in found.facets.get(name, ())]
            for name in FACETS
        },
        "hits": [_hit_record(hit, maker) for hit in found.hits],
    }


def _hit_record(hit: Hit, maker: SnippetMaker) -> dict[str, Any]:
    card = hit.card
    return {
        "document_id": hit.document_id,
        "score": round(hit.score, 4),
        "number": card["number"],
        "supplier": card["supplier"],
        "issue_date": card["issue_date"],
        "gross": card["gross"],
        "currency": card["currency"],
        "kind": card["kind"],
        "file": card["file"],
        "status": card["status"],
        "sha256": card["sha256"],
        "snippets": maker.snippets(hit.quotable),
    }
