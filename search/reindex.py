"""Builds the index again from what is kept elsewhere, beside the one in use.

Analysing takes most of the time: many documents are analysed by several processes. Memory stays
bounded by what they have at hand, however many documents there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

from search.document import Entry, SearchDocument, entry_of
from search.index import SearchIndex

_MOST_AT_ONCE: Final = 256
_MOST_CHARACTERS_AT_ONCE: Final = 4_000_000
_WORTH_HELP: Final = 2_000
_FEWEST_HELPERS: Final = 2


@dataclass(frozen=True, slots=True)
class Source:
    """Every document there is, each once, and how many there are."""

    documents: Iterable[SearchDocument]
    count: int


def reindex(
    index: SearchIndex,
    source: Callable[[], Source],
    watermark: str | None = None,
    tick: Callable[[int], None] | None = None,
    processes: int = 1,
) -> int:
    """Build the index again and put it in the place of the old one, if nothing is missing in it.

    Args:
        index: the index to build again.
        source: called once other writers are kept out, so that no change falls between.
        watermark: kept beside the new index.
        tick: told how many documents were put in, from time to time.
        processes: how many may analyse; few documents are analysed by this one alone.

    Returns:
        How many documents the new index holds.

    Raises:
        IndexIncomplete: the new index does not hold as many documents as the source counts.
        IndexBusy: another process is writing the index.
    """
    with index.rebuilding() as rebuild:
        all_of_them = source()
        helpers = processes if all_of_them.count >= _WORTH_HELP else 0
        for entries in _analysed(_batches(all_of_them.documents), helpers):
            rebuild.index(entries)
            if tick is not None:
                tick(len(entries))
        return rebuild.publish(all_of_them.count, watermark)


def _analysed(batches: Iterator[list[SearchDocument]], helpers: int) -> Iterator[list[Entry]]:
    if helpers < _FEWEST_HELPERS:
        yield from map(_analyse, batches)
        return
    # The engine's threads are running: only a fresh process is a safe one.
    with ProcessPoolExecutor(helpers, mp_context=get_context("spawn")) as pool:
        ahead: deque[Future[list[Entry]]] = deque()
        for batch in batches:
            ahead.append(pool.submit(_analyse, batch))
            if len(ahead) > 2 * helpers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _analyse(documents: list[SearchDocument]) -> list[Entry]:
    return [entry_of(document) for document in documents]


def _batches(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    batch: list[SearchDocument] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.text)
        if len(batch) == _MOST_AT_ONCE or characters > _MOST_CHARACTERS_AT_ONCE:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
