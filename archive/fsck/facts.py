"""What the database says, as plain values, for the verifier to compare."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ManifestFact:
    """A manifest's digest; `written` once the store should have it."""

    version: int
    sha256: str
    written: bool


@dataclass(frozen=True, slots=True)
class EventFact:
    """An event's place in the log and its entry there."""

    position: int
    version: int
    type: str
    at: str
    entry: bytes


@dataclass(frozen=True, slots=True)
class CheckpointFact:
    """A signed checkpoint; `written` once the store should have it."""

    size: int
    root: bytes
    note: str
    written: bool


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """All that the database says of one document's evidence."""

    document_id: str
    manifests: tuple[ManifestFact, ...]
    events: tuple[EventFact, ...]
    sha256: str | None = None
