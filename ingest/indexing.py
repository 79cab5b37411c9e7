"""What the search index is told of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from archive.errors import ManifestUnreadable, ObjectChanged, ObjectMissing
from archive.service import Archive
from ingest import repository
from search.document import SearchDocument, from_records

_DECIDED = "resolved"


def searchable(connection: Connection, document_id: str, archive: Archive) -> SearchDocument:
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
        text=_text(result),
        history=_reasons(connection, document_id, archive),
    )


def _text(result: Mapping[str, Any]) -> str:
    """What the document says, and the names of the files it carries."""
    carried = (result.get("reading") or {}).get("attachments", ())
    said: str = result.get("text", "")
    lines = frozenset(said.splitlines())
    names = dict.fromkeys(a["name"] for a in carried if a["name"] not in lines)
    return "\n".join(part for part in (said, *names) if part)


def _reasons(connection: Connection, document_id: str, archive: Archive) -> list[str]:
    """Why people decided as they did; none where the archive is damaged, which `verify` tells."""
    try:
        decided = archive.history(connection, document_id, _DECIDED)
    except (ObjectMissing, ObjectChanged, ManifestUnreadable):
        return []
    return [str(past.event.payload.get("reason", "")) for past in decided]
