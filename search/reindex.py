"""Builds the index again from what is kept elsewhere, beside the one in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from search.document import Entry, SearchDocument, entry_of
from search.index import SearchIndex

_MOST_AT_ONCE: Final = 256
_MOST_CHARACTERS_AT_ONCE: Final = 4_000_000


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
) -> int:
    """Build the index again and put it in the place of the old one, if nothing is missing in it.

    Args:
        index: the index to build again.
        source: called once other writers are kept out, so that no change falls between.
        watermark: kept beside the new index.
        tick: told how many documents were put in, from time to time.

    Returns:
        How many documents the new index holds.

    Raises:
        IndexIncomplete: the new index does not hold as many documents as the source counts.
        IndexBusy: another process is writing the index.
    """
    with index.rebuilding() as rebuild:
        all_of_them = source()
        for batch in _batches(all_of_them.documents):
            rebuild.index(batch)
            if tick is not None:
                tick(len(batch))
        return rebuild.publish(all_of_them.count, watermark)


def _batches(documents: Iterable[SearchDocument]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    characters = 0
    for document in documents:
        batch.append(entry_of(document))
        characters += len(document.text)
        if len(batch) == _MOST_AT_ONCE or characters > _MOST_CHARACTERS_AT_ONCE:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
