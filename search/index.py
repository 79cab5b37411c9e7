"""The port to an index engine: what searching needs of one, and what every adapter promises.

Promises, checked by one contract suite over all adapters:

1. What `commit` returned for is durable: it survives a power cut.
2. What was not committed leaves no trace, and a document indexed twice is found once.
3. A search sees every commit that returned before it began, by whichever process.
4. Writers exclude one another; readers are never kept waiting.
5. A missing, damaged or outdated index is an error, never an empty result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from search.conditions import Condition
from search.document import Entry

FACETS: Final = ("supplier", "status", "year", "code")

INDEX_FORMAT: Final = 2
"""Raised when entries change their fields; the analyser has a version of its own."""


class Sort(StrEnum):
    """The order of hits; documents that lack the value count as the lowest."""

    RELEVANCE = "relevance"
    NEWEST = "newest"  # by issue date, then the last received first
    OLDEST = "oldest"
    LARGEST = "largest"  # by gross amount
    SMALLEST = "smallest"


@dataclass(frozen=True, slots=True)
class Request:
    """What to look for, and which hits of it to show."""

    condition: Condition
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    offset: int = 0
    facet_values: int = 0  # how many values of each facet to count; 0: none


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; `quotable` is the text that snippets are cut from."""

    document_id: str
    score: float
    card: Mapping[str, Any]
    quotable: str


@dataclass(frozen=True, slots=True)
class Found:
    """All that was asked for; facet values come most frequent first, then by name."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


class IndexWriter(Protocol):
    """Changes to an index; nothing is seen or kept before `commit`."""

    def index(self, entries: Sequence[Entry]) -> None:
        """Put entries in, each in the place of the former entry with its document id."""
        ...

    def delete(self, document_ids: Sequence[str]) -> None:
        """Take documents out; those that are not in it are passed over."""
        ...

    def commit(self, watermark: str | None = None) -> None:
        """Make all changes durable, then visible, and keep the watermark beside them.

        After a crash the watermark may be older than the entries, never newer: whoever fills the
        index replays from it. None leaves it as it is.
        """
        ...


class Rebuild(Protocol):
    """A new index being filled beside the one in use."""

    def index(self, entries: Sequence[Entry]) -> None:
        """Put entries into the new index."""
        ...

    def publish(self, expected: int, watermark: str | None = None) -> int:
        """Put the new index in the place of the old one, durably and at one stroke.

        Returns:
            How many documents it holds.

        Raises:
            IndexIncomplete: it holds another number than expected; the old one stays in use.
        """
        ...


class SearchIndex(Protocol):
    """An index of documents."""

    def create(self) -> None:
        """Make an empty index where there is none; one that exists is left as it is."""
        ...

    def writing(self) -> AbstractContextManager[IndexWriter]:
        """Change the index, as its only writer; what was not committed at exit is dropped.

        Raises:
            IndexBusy: another writer did not finish in time.
            IndexUnusable: there is no index to change.
        """
        ...

    def rebuilding(self) -> AbstractContextManager[Rebuild]:
        """Fill a new index, keeping other writers out; dropped at exit unless published.

        Raises:
            IndexBusy: another writer did not finish in time.
        """
        ...

    def search(self, request: Request) -> Found:
        """Find documents.

        Raises:
            IndexUnusable: the index is missing, damaged or outdated.
        """
        ...

    def count(self) -> int:
        """How many documents are in it."""
        ...

    def check(self) -> None:
        """Read the whole index and compare it with the checksums its engine keeps.

        Raises:
            IndexUnusable: the index is missing or is not what was written.
        """
        ...

    def watermark(self) -> str | None:
        """The watermark of the last commit that had one."""
        ...
