"""The manifest format (docs/adr/0005), read a second time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.fsck.accesses import BatchFact, batch_fact

_STARTED, _PURGED = "purge_started", "purged"
_SCHEMA = "meg-manifest/1"
_FIELDS = {"schema", "document_id", "version", "events"}
_ACCESSES = "accesses"
_OPENING = ("received", _ACCESSES)
_EVENT_FIELDS = {"type", "document_id", "at", "actor", "payload", "salt"}


@dataclass(frozen=True, slots=True)
class ObjectFact:
    """What a manifest recorded of bytes in the store."""

    key: str
    sha256: str
    sha512: str
    size: int


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """What of an event the database repeats, and its entry for the log."""

    type: str
    at: str
    entry: bytes


@dataclass(frozen=True, slots=True)
class ErasedFact:
    """A manifest that a purge destroyed: its digest, and each event with its place in the log."""

    sha256: str
    events: tuple[tuple[int, ReadEvent], ...]


@dataclass(frozen=True, slots=True)
class PurgeFact:
    """What a `purge_started` event names."""

    entry: bytes
    manifests: dict[int, ErasedFact]
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadManifest:
    """A manifest's events, the object received if it names it, and those derived from it."""

    sha256: str
    events: tuple[ReadEvent, ...]
    object: ObjectFact | None
    enclosed: frozenset[str]
    """SHA-256 of the files it calls archived that came inside the document."""
    derived: tuple[ObjectFact, ...] = ()
    batch: BatchFact | None = None
    """The accesses that it commits to, where it is about a batch of them."""
    purge: PurgeFact | None = None
    purged: bool = False
    """Whether it says that all of the document is gone."""


def read_manifest(data: bytes, document_id: str, version: int) -> ReadManifest:
    """Read the manifest that should be this version of this document.

    Raises:
        ValueError: says what is wrong with it.
    """
    record = json.loads(data)
    if not isinstance(record, dict) or set(record) != _FIELDS or record["schema"] != _SCHEMA:
        raise ValueError("is no manifest of the known form")
    if _canonical(record) != data:
        raise ValueError("is not in canonical form")
    if (record["document_id"], record["version"]) != (document_id, version):
        raise ValueError("is the manifest of another document or version")
    events = record["events"]
    if not isinstance(events, list) or not events:
        raise ValueError("holds no events")
    for event in events:
        if not isinstance(event, dict) or set(event) != _EVENT_FIELDS:
            raise ValueError("holds something that is no event")
        if event["document_id"] != document_id:
            raise ValueError("holds an event of another document")
    return ReadManifest(
        hashlib.sha256(data).hexdigest(),
        tuple(
            ReadEvent(event["type"], event["at"], hashlib.sha256(_canonical(event)).digest())
            for event in events
        ),
        _object(events[0]) if events[0]["type"] in _OPENING else None,
        frozenset(_enclosed(events)),
        tuple(_object(event) for event in events if event["type"] == "derived"),
        batch_fact(events[0]) if events[0]["type"] == _ACCESSES else None,
        next((_purge(event) for event in events if event["type"] == _STARTED), None),
        any(event["type"] == _PURGED for event in events),
    )


def _purge(event: dict[str, Any]) -> PurgeFact:
    try:
        manifests = {
            int(m["version"]): ErasedFact(m["sha256"], tuple(map(_erased, m["events"])))
            for m in event["payload"]["manifests"]
        }
        objects = frozenset(bytes.fromhex(o["sha256"]).hex() for o in event["payload"]["objects"])
    except (TypeError, KeyError, ValueError) as problem:
        raise ValueError("does not say what was to be destroyed") from problem
    return PurgeFact(hashlib.sha256(_canonical(event)).digest(), manifests, objects)


def _erased(item: dict[str, Any]) -> tuple[int, ReadEvent]:
    return item["position"], ReadEvent(item["type"], item["at"], bytes.fromhex(item["entry"]))


def _object(event: dict[str, Any]) -> ObjectFact:
    try:
        found = event["payload"]["object"]
        return ObjectFact(found["key"], found["sha256"], found["sha512"], found["size"])
    except (TypeError, KeyError) as problem:
        raise ValueError(f"does not say which object was {event['type']}") from problem


def _enclosed(events: list[dict[str, Any]]) -> Iterator[str]:
    for event in events:
        if event["type"] == "elimination_visa" and event["payload"].get("file"):
            yield bytes.fromhex(event["payload"]["file"]["sha256"]).hex()
        if event["type"] != "parsed":
            continue
        try:
            # Manifests of before attachments were kept apart speak of none.
            found = event["payload"].get("attachments", [])
            carried = [a for a in found if a.get("archived")]
            yield from (bytes.fromhex(a["sha256"]).hex() for a in carried)
        except (TypeError, KeyError, AttributeError, ValueError) as problem:
            raise ValueError("does not say which files the document carries") from problem


def _canonical(record: dict[str, Any]) -> bytes:
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()
