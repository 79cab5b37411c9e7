"""What is destroyed of a document: what the events of a purge say of it, as values.

`purge_started` is recorded before anything is destroyed. It names every manifest with its digest
and the entry, place, kind and time of each event in it, and every object: what was there stays
provable although nothing of what it said is kept. `purged` is recorded when all of it is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from archive.errors import ManifestUnreadable
from archive.manifest import Event, instant
from domain.records import Record

PURGE_STARTED: Final = "purge_started"
PURGED: Final = "purged"
ELIMINATION: Final = "elimination-"
"""Under ids that begin so the events of eliminations stand: proposals, visas, certificates."""


class Positioned(Protocol):
    """An event and its place in the log."""

    @property
    def position(self) -> int:
        """The place."""
        ...

    @property
    def event(self) -> Event:
        """The event."""
        ...


@dataclass(frozen=True, slots=True)
class ErasedEvent(Event):
    """An event whose content was destroyed: what kind it was, when, and its entry in the log."""

    committed: bytes = b""

    def entry(self) -> bytes:
        """The entry that the log still holds; nothing can be computed any more."""
        return self.committed


@dataclass(frozen=True, slots=True)
class ErasedEntry:
    """An event of a destroyed manifest and its place in the log."""

    position: int
    type: str
    at: datetime
    entry: bytes

    def event(self, document_id: str) -> Event:
        """The event without its content."""
        return ErasedEvent(self.type, document_id, self.at, "", {}, "", self.entry)


@dataclass(frozen=True, slots=True)
class ErasedManifest:
    """A destroyed manifest: its digest and its events."""

    version: int
    sha256: str
    events: tuple[ErasedEntry, ...]


@dataclass(frozen=True, slots=True)
class ErasedObject:
    """Bytes that belonged to a document, by digest, and what they were."""

    role: str  # received, derived, attachment
    sha256: str
    sha512: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """All that is destroyed of one document."""

    manifests: tuple[ErasedManifest, ...]
    objects: tuple[ErasedObject, ...]

    def record(self) -> Record:
        """As it stands in the payload of `purge_started`."""
        return {
            "manifests": [
                {
                    "version": m.version,
                    "sha256": m.sha256,
                    "events": [
                        {
                            "position": e.position,
                            "type": e.type,
                            "at": instant(e.at),
                            "entry": e.entry.hex(),
                        }
                        for e in m.events
                    ],
                }
                for m in self.manifests
            ],
            "objects": [
                {"role": o.role, "sha256": o.sha256, "sha512": o.sha512, "size": o.size}
                for o in self.objects
            ],
        }


def read_erasure(payload: Mapping[str, Any]) -> Erasure:
    """What a `purge_started` event names; raises ManifestUnreadable."""
    try:
        manifests = tuple(
            ErasedManifest(m["version"], m["sha256"], tuple(_entries(m["events"])))
            for m in payload["manifests"]
        )
        objects = tuple(ErasedObject(**o) for o in payload["objects"])
    except (KeyError, TypeError, ValueError) as problem:
        raise ManifestUnreadable(f"a purge that names nothing: {problem}") from problem
    return Erasure(manifests, objects)


def erasure_in(events: Iterable[Event]) -> Erasure | None:
    """What the purge among these events names; None where none was started."""
    for event in events:
        if event.type == PURGE_STARTED:
            return read_erasure(event.payload)
    return None


def _entries(events: Iterable[Mapping[str, Any]]) -> Iterable[ErasedEntry]:
    for item in events:
        at = datetime.fromisoformat(item["at"])
        yield ErasedEntry(item["position"], item["type"], at, bytes.fromhex(item["entry"]))


def purged(past: Iterable[Positioned]) -> Record | None:
    """What the `purged` event of a document certifies; None where there is none."""
    for item in past:
        if item.event.type == PURGED:
            return {
                "schema": "meg-destroyed/1",
                "document_id": item.event.document_id,
                "position": item.position,
                "at": instant(item.event.at),
                "by": item.event.actor,
                **item.event.payload,
            }
    return None
