"""What can go wrong with an index; mistakes in a query are `search.query.BadQuery`."""

from __future__ import annotations

from search.query import SearchError


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
