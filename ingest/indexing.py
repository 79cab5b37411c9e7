"""What the search index is told of a document."""

from __future__ import annotations

from sqlalchemy import Connection

from ingest import repository
from search.document import SearchDocument, from_records


def searchable(connection: Connection, document_id: str) -> SearchDocument:
    """A document as it stands now, ready to be indexed."""
    row = repository.load(connection, document_id)
    # Of the same bytes received again there is one reading: that of the first.
    result = repository.results(connection, row["duplicate_of"] or document_id) or {}
    return from_records(
        document_id,
        row["sha256"],
        row["file_name"],
        row["status"],
        row["received_at"],
        result.get("reading"),
        result.get("verdict"),
        text=result.get("text", ""),
    )
