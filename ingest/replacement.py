"""The journal of documents that a corrected invoice (384) replaces, or no longer does.

What counts as billed is matching's to say; here the journal follows, with an event each: a replaced
invoice leaves the queue, and comes back as it was when the corrected one is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from archive.service import Archive, Happening
from ingest import repository
from matching.service import REPLACED, is_replaced


def follow_replacements(
    connection: Connection,
    archive: Archive,
    document_id: str,
    concerned: Iterable[str],
    occasion: tuple[datetime, str],
) -> list[str]:
    """Bring the journal of these documents in line; gives back those that changed.

    Args:
        connection: the caller's writing transaction.
        archive: records the events.
        document_id: the corrected invoice.
        concerned: what it replaces or replaced.
        occasion: when, and through whom.
    """
    now, actor = occasion
    changed = []
    for replaced_id in sorted(set(concerned)):
        before = repository.load(connection, replaced_id, for_update=True)["status"]
        replaced = is_replaced(connection, replaced_id)
        if replaced == (before == REPLACED):
            continue
        after = REPLACED if replaced else _status_before(connection, archive, replaced_id)
        repository.set_status(connection, replaced_id, after)
        payload = {"by": document_id, "before": before, "after": after}
        kind = "replaced" if replaced else "restored"
        archive.record(connection, replaced_id, [Happening(kind, now, actor, payload)])
        changed.append(replaced_id)
    return changed


def _status_before(connection: Connection, archive: Archive, document_id: str) -> str:
    past = archive.history(connection, document_id)
    last = next(p.event for p in reversed(past) if p.event.type == "replaced")
    return str(last.payload["before"])
