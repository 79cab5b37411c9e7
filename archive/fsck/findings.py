"""What a check found: a permanent code, the exact key, and what broke there.

Problems: `OBJECT_CHANGED`, `OBJECT_MISSING`, `MANIFEST_CHANGED`, `MANIFEST_MISSING`,
`MANIFEST_UNREADABLE`, `EVENT_NOT_IN_LOG`, `ENTRY_WITHOUT_EVENT`, `BUNDLE_CHANGED`,
`BUNDLE_MISSING`, `TILE_CHANGED`, `TILE_MISSING`, `CHECKPOINT_CHANGED`, `CHECKPOINT_MISSING`,
`CHECKPOINT_NOT_SIGNED`,
`TIMESTAMP_CHANGED`, `TIMESTAMP_MISSING`, `ACCESSES_CHANGED`,
`ROOT_DIFFERS`, `DATABASE_DIFFERS`, `UNREADABLE`, `KEY_UNKNOWN`, `KEY_HISTORY_CHANGED`,
`KEY_FOREIGN`, `KEY_COMPROMISED`.

Information, left by a crash between a write and its commit, and harmless: `ORPHAN_OBJECT`,
`ORPHAN_MANIFEST`, `UNSIGNED_FILE`; `NOT_SEALED`, for a copy taken before a seal; and
`CHECKPOINT_VOID`, of a key that was declared compromised.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, or is worth knowing."""

    code: str
    key: str
    message: str
