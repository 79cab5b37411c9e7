"""An index that looks at every entry for every search: what real engines are compared with.

It shares with them the entries and the conditions, and nothing of how they are answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

from search.conditions import (
    AllOf,
    AnyOf,
    Begins,
    Between,
    Condition,
    Everything,
    Follows,
    Near,
    NoneOf,
    Term,
)
from search.document import Entry
from search.errors import IndexIncomplete, IndexMissing
from search.index import FACETS, Found, Hit, IndexWriter, Rebuild, Request, Sort


class BruteForceIndex:
    """Keeps entries in a dictionary."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] | None = None
        self._watermark: str | None = None

    def create(self) -> None:
        if self._entries is None:
            self._entries = {}

    @contextmanager
    def writing(self) -> Iterator[IndexWriter]:
        yield _Writer(self, dict(self.entries()))

    @contextmanager
    def rebuilding(self) -> Iterator[Rebuild]:
        yield _Rebuild(self)

    def search(self, request: Request) -> Found:
        held = [e for e in self.entries().values() if holds(request.condition, e)]
        held.sort(key=lambda e: _sort_key(request.sort, e))
        if request.sort in {Sort.NEWEST, Sort.LARGEST}:
            held.reverse()
        shown = held[request.offset : request.offset + request.limit]
        hits = tuple(Hit(e.document_id, 0.0, e.card, e.quotable) for e in shown)
        return Found(len(held), hits, _facets(held, request.facet_values))

    def count(self) -> int:
        return len(self.entries())

    def check(self) -> None:
        self.entries()

    def watermark(self) -> str | None:
        self.entries()
        return self._watermark

    def entries(self) -> dict[str, Entry]:
        if self._entries is None:
            raise IndexMissing("never created")
        return self._entries

    def replace(self, entries: dict[str, Entry], watermark: str | None) -> None:
        self._entries = entries
        self._watermark = watermark or self._watermark


class _Writer:
    def __init__(self, index: BruteForceIndex, entries: dict[str, Entry]) -> None:
        self._index = index
        self._entries = entries

    def index(self, entries: Sequence[Entry]) -> None:
        self._entries.update((e.document_id, e) for e in entries)

    def delete(self, document_ids: Sequence[str]) -> None:
        for document_id in document_ids:
            self._entries.pop(document_id, None)

    def commit(self, watermark: str | None = None) -> None:
        self._index.replace(dict(self._entries), watermark)


class _Rebuild:
    def __init__(self, index: BruteForceIndex) -> None:
        self._index = index
        self._entries: dict[str, Entry] = {}

    def index(self, entries: Sequence[Entry]) -> None:
        self._entries.update((e.document_id, e) for e in entries)

    def publish(self, expected: int, watermark: str | None = None) -> int:
        if len(self._entries) != expected:
            raise IndexIncomplete(f"{len(self._entries)} instead of {expected}")
        self._index.replace(self._entries, watermark)
        return expected


def holds(condition: Condition, entry: Entry) -> bool:
    """Whether a condition holds for an entry."""
    match condition:
        case Everything():
            held = True
        case Term(field, value):
            held = value in _terms(entry, field)
        case Begins(field, value):
            held = any(term.startswith(value) for term in _terms(entry, field))
        case Near(field, value, distance):
            held = any(edits(value, term) <= distance for term in _terms(entry, field))
        case Follows(field, values):
            terms = _terms(entry, field)
            runs = range(len(terms) - len(values) + 1)
            held = any(tuple(terms[i : i + len(values)]) == values for i in runs)
        case Between(field, low, high):
            number = entry.numbers.get(field)
            held = number is not None and (
                (low is None or low <= number) and (high is None or number <= high)
            )
        case AllOf(parts):
            held = all(holds(part, entry) for part in parts)
        case AnyOf(parts):
            held = any(holds(part, entry) for part in parts)
        case NoneOf(part):
            held = not holds(part, entry)
        case _:
            assert_never(condition)
    return held


def edits(one: str, other: str) -> int:
    """Edits between two words; a swap of neighbours is one (optimal string alignment)."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, across in enumerate(other, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != across))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == across:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _terms(entry: Entry, field: str) -> Sequence[str]:
    return entry.texts[field].split(" ") if field in entry.texts else entry.terms.get(field, ())


def _sort_key(sort: Sort, entry: Entry) -> tuple[int, str]:
    field = {Sort.NEWEST: "issued", Sort.OLDEST: "issued"}.get(sort, "gross")
    lowest = -(10**30)
    return (entry.numbers.get(field, lowest), entry.document_id)


def _facets(held: Sequence[Entry], values: int) -> dict[str, tuple[tuple[str, int], ...]]:
    if not values:
        return {}
    out = {}
    for name in FACETS:
        counted = Counter(value for entry in held for value in entry.facets.get(name, ()))
        out[name] = tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:values])
    return out
