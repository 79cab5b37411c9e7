"""Opens the search alone: it answers without the database, and quickly."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from archive.access import Visitor, What
from config.access_journal import open_access_journal
from config.settings import Settings
from search.backends.tantivy_index import TantivyIndex
from search.document import SearchDocument
from search.reindex import Source, reindex
from search.service import SearchService

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.service import Archive

_AT_ONCE = 200


def search_index(settings: Settings) -> TantivyIndex:
    """The index engine that the settings choose."""
    return TantivyIndex(settings.data / "index")


def open_search(settings: Settings) -> SearchService:
    """Search as it stands; a missing or damaged index is said when it is asked."""
    return SearchService(search_index(settings))


def record_search(
    settings: Settings, visitor: Visitor, query: str, hits: int, narrowed: Mapping[str, str | None]
) -> None:
    """Record who searched for what, and how much was found."""
    filters = {name: value for name, value in narrowed.items() if value is not None}
    with open_access_journal(settings) as journal:
        journal.note(visitor, What.SEARCHED, query=query, hits=hits, filters=filters or None)


def rebuild_search(settings: Settings, tick: Callable[[int], None] | None = None) -> int:
    """Build the index again from the journal; how many documents it then holds."""
    # Only this command pays for the database.
    from config.assembly import open_archive
    from config.database import open_database
    from ingest import repository

    with (
        open_archive(settings) as archive,
        open_database(settings) as database,
        database.reading() as connection,
    ):

        def source() -> Source:
            count = repository.count_kept(connection)
            return Source(_documents(connection, archive), count)

        return reindex(search_index(settings), source, tick=tick, processes=os.cpu_count() or 1)


def _documents(connection: Connection, archive: Archive) -> Iterator[SearchDocument]:
    from ingest import repository
    from ingest.indexing import searchable

    after = -1
    while page := repository.all_ids(connection, after, _AT_ONCE):
        for _, document_id in page:
            yield searchable(connection, document_id, archive)
        after = page[-1][0]
