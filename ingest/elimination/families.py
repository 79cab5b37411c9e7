"""What came in together goes together: a zip or an e-mail, and what was taken out of it.

The bytes of a document stand inside those of its container too. To destroy one and keep the other
would certify what is not so.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from ingest import repository
from ingest.repository import DOCUMENTS, GONE


def family_of(connection: Connection, document_id: str) -> set[str]:
    """A document, what it came in, and all else that came in that; without what is purged."""
    root, parent = document_id, _parent(connection, document_id)
    while parent is not None:
        root, parent = parent, _parent(connection, parent)
    found, waiting = {root}, [root]
    while waiting:
        inside = repository.children(connection, waiting.pop())
        found.update(inside)
        waiting.extend(inside)
    return {one for one in found if one == document_id or _is_living(connection, one)}


def families(connection: Connection, chosen: Collection[str]) -> list[list[str]]:
    """These documents, those that came together in one list; what is purged stands alone."""
    found: list[list[str]] = []
    seen: set[str] = set()
    for document_id in chosen:
        if document_id not in seen:
            family = family_of(connection, document_id)
            found.append([document_id, *sorted((family & set(chosen)) - {document_id} - seen)])
            seen.update(found[-1])
    return found


def torn(connection: Connection, chosen: Collection[str]) -> dict[str, str]:
    """Which of these would go without one that they came with; with the one that stays."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    going = set(chosen)
    for document_id in sorted(going):
        if document_id in seen:
            continue
        family = family_of(connection, document_id)
        seen |= family
        if staying := family - going:
            found |= dict.fromkeys(family & going, min(staying))
    return found


def _parent(connection: Connection, document_id: str) -> str | None:
    query = select(DOCUMENTS.c.parent_id).where(DOCUMENTS.c.document_id == document_id)
    return connection.execute(query).scalar()


def _is_living(connection: Connection, document_id: str) -> bool:
    query = select(DOCUMENTS.c.status).where(DOCUMENTS.c.document_id == document_id)
    return connection.execute(query).scalar() not in GONE
