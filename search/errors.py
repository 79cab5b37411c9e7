"""What can go wrong with a query or an index."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import Error


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition stands in the query."""

    start: int
    end: int


class SearchError(Error):
    """Searching could not be done."""

    code = "SRC-00"


class BadQuery(SearchError):
    """The query cannot be understood; says where, why and what to write instead."""

    code = "SRC-01"
    hint = 'Words, "phrases", pref*, fuzzy~, AND OR NOT ( ), field:value; quote what is literal.'

    def __init__(self, problem: str, query: str, place: Place, advice: str = "") -> None:
        super().__init__(problem)
        self.query = query
        self.position = place.start
        self.end = max(place.end, place.start + 1)
        if advice:
            # The next step depends on the mistake; the class only has the general one.
            self.__dict__["hint"] = advice

    @property
    def caret(self) -> str:
        """The query, and below it a line of carets under the place that is wrong."""
        shown = "".join(c if c.isprintable() else " " for c in self.query)
        return f"{shown}\n{' ' * self.position}{'^' * (self.end - self.position)}"


class IndexUnusable(SearchError):
    """The index cannot answer; nothing is lost, it can be built again."""

    code = "SRC-10"
    hint = "Run `meg reindex`: it builds the index again from what is archived."


class IndexMissing(IndexUnusable):
    """There is no index where one should be."""

    code = "SRC-11"


class IndexDamaged(IndexUnusable):
    """The files of the index are not what was written."""

    code = "SRC-12"


class IndexOutdated(IndexUnusable):
    """The index was built by another version, which analysed texts in another way."""

    code = "SRC-13"


class IndexBusy(SearchError):
    """Another process is writing the index and did not finish in time."""

    code = "SRC-14"
    hint = "Wait until it is done (a `meg reindex` may take minutes), then try again."


class IndexNotWritten(SearchError):
    """The index could not be written."""

    code = "SRC-15"
    hint = "Check the rights on the index folder and the space left on its disk, then try again."


class IndexIncomplete(SearchError):
    """A rebuilt index does not hold every document; the one in use was left as it is."""

    code = "SRC-16"
    hint = "Run `meg reindex` again; if it persists, run `meg verify --all`."
