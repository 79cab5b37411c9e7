"""One tantivy index in one folder: made, checked when opened, written durably, searched."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import tantivy

from search.analyser import ANALYSER_VERSION
from search.backends.durable_files import replace_text, sync
from search.backends.tantivy_query import Target, tantivy_query
from search.backends.tantivy_schema import (
    BY_AMOUNT,
    BY_DATE,
    FACET,
    TOKENIZER,
    blank_splitter,
    build_schema,
    to_document,
)
from search.document import Entry
from search.errors import IndexDamaged, IndexNotWritten, IndexOutdated
from search.index import FACETS, INDEX_FORMAT, Found, Hit, Request, Sort

_STATE: Final = "state.json"
_META: Final = "meta.json"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_READ_AND_WRITE: Final = 0o666
_REWRITTEN: Final = frozenset({_META, _STATE, ".managed.json"})
_MOST_FACET_VALUES = 65_000
_ORDERS: Final = {
    Sort.NEWEST: (BY_DATE, tantivy.Order.Desc),
    Sort.OLDEST: (BY_DATE, tantivy.Order.Asc),
    Sort.LARGEST: (BY_AMOUNT, tantivy.Order.Desc),
    Sort.SMALLEST: (BY_AMOUNT, tantivy.Order.Asc),
}


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a generation beside what tantivy keeps."""

    watermark: str | None = None
    documents: int = 0  # after the last commit
    index_format: int = INDEX_FORMAT
    analyser: int = ANALYSER_VERSION


def read_state(folder: Path) -> State:
    """The state of a generation after its last commit.

    Raises:
        IndexDamaged: it is missing or is not what was written.
    """
    try:
        return State(**json.loads((folder / _STATE).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as problem:
        raise IndexDamaged(f"{folder / _STATE}: {_first_line(problem)}") from problem


@contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    """Turn whatever tantivy raises on files it cannot make sense of into one error."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as problem:
        raise IndexDamaged(f"{folder}: {_first_line(problem)}") from problem
    except BaseException as problem:
        # A damaged file can make tantivy panic, which is no Exception to Python.
        if type(problem).__name__ != "PanicException":
            raise
        raise IndexDamaged(f"{folder}: {_first_line(problem)}") from problem


def _first_line(problem: BaseException) -> str:
    return str(problem).split("\n", maxsplit=1)[0][:200]


class Generation:
    """A tantivy index in its folder."""

    def __init__(self, folder: Path) -> None:
        """Open an index and check that it is one of ours, whole and of this version.

        Raises:
            IndexDamaged: files are missing or are not what was written.
            IndexOutdated: another version of MEG built it.
        """
        self.folder = folder
        self.synced: set[str] = set()  # names of files that are durable already
        self._refreshing = threading.Lock()
        state = read_state(folder)
        if (state.index_format, state.analyser) != (INDEX_FORMAT, ANALYSER_VERSION):
            raise IndexOutdated(f"{folder} was built by another version of MEG")
        with _damage_told(folder):
            self._index = tantivy.Index.open(str(folder))
            self._index.register_tokenizer(TOKENIZER, blank_splitter())
            self._index.config_reader("manual")
            self._seen = self._signature()
            self._index.reload()
            held = self._index.searcher().num_docs
        if state.documents and not held:
            raise IndexDamaged(f"{folder} is empty, but {state.documents} documents were indexed")

    @classmethod
    def make(cls, folder: Path) -> Generation:
        """Make an empty index in a new folder, durably."""
        folder.mkdir(parents=True)
        tantivy.Index(build_schema(), str(folder))
        _write_state(folder, State())
        _sync_all(folder, set())
        sync(folder.parent)
        return cls(folder)

    def searcher(self) -> tantivy.Searcher:
        """A view of the last commit, by whichever process."""
        with _damage_told(self.folder), self._refreshing:
            signature = self._signature()
            if signature != self._seen:
                self._index.reload()
                self._seen = signature
            return self._index.searcher()

    def _signature(self) -> tuple[int, int, int]:
        seen = (self.folder / _META).stat()
        return seen.st_ino, seen.st_mtime_ns, seen.st_size

    def count(self) -> int:
        """How many documents are in it."""
        return self.searcher().num_docs

    def search(self, request: Request) -> Found:
        """Find documents."""
        searcher = self.searcher()
        with _damage_told(self.folder):
            query = tantivy_query(Target(self._index.schema, searcher), request.condition)
            total, hits = _hits(searcher, query, request)
            return Found(total, hits, _facets(searcher, query, request.facet_values))

    def writer(self, memory: int, threads: int) -> GenerationWriter:
        """A writer; the caller has excluded all others."""
        return GenerationWriter(self, self._index, memory, threads)


class GenerationWriter:
    """Changes one generation."""

    def __init__(
        self, generation: Generation, index: tantivy.Index, memory: int, threads: int
    ) -> None:
        self._generation = generation
        self._uncommitted = False
        with _write_failure_told(generation.folder):
            self._writer = index.writer(memory, threads)

    def index(self, entries: Sequence[Entry]) -> None:
        """Put entries in, each in the place of the former one with its document id."""
        self._uncommitted = True
        with _write_failure_told(self._generation.folder):
            for entry in entries:
                self._writer.delete_documents_by_term("id", entry.document_id.lower())
                self._writer.add_document(to_document(entry))

    def delete(self, document_ids: Sequence[str]) -> None:
        """Take documents out."""
        self._uncommitted = True
        with _write_failure_told(self._generation.folder):
            for document_id in document_ids:
                self._writer.delete_documents_by_term("id", document_id.lower())

    def commit(self, watermark: str | None = None) -> None:
        """Make all changes durable, then write the watermark."""
        folder = self._generation.folder
        with _write_failure_told(folder):
            self._writer.commit()
            self._uncommitted = False
            _sync_all(folder, self._generation.synced)
            former = read_state(folder)
            kept = former.watermark if watermark is None else watermark
            _write_state(folder, State(kept, self._generation.count()))

    def close(self) -> None:
        """Drop what was not committed, let merges end, and free tantivy's own lock."""
        with _write_failure_told(self._generation.folder):
            if self._uncommitted:
                self._writer.rollback()  # it would also break off merges
            self._writer.wait_merging_threads()
            _sync_all(self._generation.folder, self._generation.synced)


@contextmanager
def _write_failure_told(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError, RuntimeError) as problem:
        raise IndexNotWritten(f"{folder}: {_first_line(problem)}") from problem


def _write_state(folder: Path, state: State) -> None:
    replace_text(folder / _STATE, json.dumps(asdict(state)))


def _sync_all(folder: Path, synced: set[str]) -> None:
    """Make a commit durable: new segments, then the list that names them, then the names."""
    files = sorted(folder.iterdir(), key=lambda path: path.name == _META)
    for path in files:
        if path.name in synced:
            continue
        try:
            sync(path)
            _share(path, folder)
        except FileNotFoundError:
            continue  # a merge has just replaced it by another one
        if path.suffix and path.name not in _REWRITTEN:
            synced.add(path.name)  # a segment: it never changes under its name
    sync(folder)


def _share(path: Path, folder: Path) -> None:
    """Let those read a file who may read its folder: the vendor makes some private."""
    if not path.stat().st_mode & _OTHERS:
        with suppress(PermissionError):
            path.chmod(folder.stat().st_mode & _READ_AND_WRITE)


def _hits(
    searcher: tantivy.Searcher, query: tantivy.Query, request: Request
) -> tuple[int, tuple[Hit, ...]]:
    limit = max(1, request.limit)  # tantivy wants one at least
    if request.sort is Sort.RELEVANCE:
        found = searcher.search(query, limit, offset=request.offset)
    else:
        field, order = _ORDERS[request.sort]
        found = searcher.search(
            query, limit, offset=request.offset, order_by_field=field, order=order
        )
    shown = found.hits[: request.limit]
    scored = request.sort is Sort.RELEVANCE
    total: int = found.count  # type: ignore[attr-defined]  # the vendor's stub lacks it
    return total, tuple(_hit(searcher, at, score if scored else 0.0) for score, at in shown)


def _hit(searcher: tantivy.Searcher, address: tantivy.DocAddress, score: float) -> Hit:
    stored = searcher.doc(address)
    card: dict[str, Any] = json.loads(bytes(stored.get_first("card") or b"{}"))
    quotable = bytes(stored.get_first("quotable") or b"").decode()
    return Hit(card["document_id"], score, card, quotable)


def _facets(
    searcher: tantivy.Searcher, query: tantivy.Query, values: int
) -> dict[str, tuple[tuple[str, int], ...]]:
    if not values:
        return {}
    asked = {
        name: {"terms": {"field": FACET + name, "size": _MOST_FACET_VALUES}} for name in FACETS
    }
    counted = searcher.aggregate(query, asked)
    out: dict[str, tuple[tuple[str, int], ...]] = {}
    for name in FACETS:
        buckets = [(str(b["key"]), int(b["doc_count"])) for b in counted[name]["buckets"]]
        out[name] = tuple(sorted(buckets, key=lambda bucket: (-bucket[1], bucket[0]))[:values])
    return out
