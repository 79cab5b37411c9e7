"""Manifests: what happened to a document, in the exact bytes that are kept and hashed.

A manifest is canonical JSON holding the events of one run: version 1 says how the document was
received (digests, size, name, source), version 2 what was read and decided, later versions what
people did. Everything it says stands inside an event, and every event is committed to the log: the
log's entry is the SHA-256 of the event's canonical JSON. Each event carries a random salt, so that
an entry tells nothing about an event to those who do not hold it, however guessable it is.

Values in, values out: no clock, no randomness, no store.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from archive.errors import ManifestUnreadable
from domain.identifiers import Digest
from domain.records import Record, canonical

SCHEMA = "meg-manifest/1"
RECEIVED = "received"
DERIVED = "derived"
SEARCHABLE_PDF = "searchable_pdf"
KEY_ROTATED = "key_rotated"
KEYS_DOCUMENT = "log-keys"
"""The document whose events tell of the log's keys; nobody sent it."""

_MANIFEST_FIELDS = {"schema", "document_id", "version", "events"}
_EVENT_FIELDS = {"type", "document_id", "at", "actor", "payload", "salt"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a document, by whom and when."""

    type: str
    document_id: str
    at: datetime
    actor: str
    payload: Mapping[str, Any]
    salt: str

    def record(self) -> Record:
        """The event as it stands in its manifest."""
        return {
            "type": self.type,
            "document_id": self.document_id,
            "at": instant(self.at),
            "actor": self.actor,
            "payload": self.payload,
            "salt": self.salt,
        }

    def entry(self) -> bytes:
        """The 32 bytes that commit to this event in the log."""
        return hashlib.sha256(canonical(self.record())).digest()


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Bytes in the store, as a `received` or `derived` event names them."""

    key: str
    sha256: str
    sha512: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The events of one run over one document."""

    document_id: str
    version: int
    events: tuple[Event, ...]

    def to_bytes(self) -> bytes:
        """The canonical bytes that are stored and hashed."""
        return canonical(
            {
                "schema": SCHEMA,
                "document_id": self.document_id,
                "version": self.version,
                "events": [event.record() for event in self.events],
            }
        )


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond: one spelling per instant."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime: {at!r}")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def received_event(
    document_id: str,
    at: datetime,
    actor: str,
    stored: StoredObject,
    *,
    name: str,
    source: str,
    retain_until: date | None,
    salt: str,
) -> Event:
    """The event that opens every document's history."""
    payload = {
        "object": {
            "key": stored.key,
            "sha256": stored.sha256,
            "sha512": stored.sha512,
            "size": stored.size,
        },
        "name": writable(name),
        "source": writable(source),
        "retain_until": None if retain_until is None else retain_until.isoformat(),
    }
    return Event(RECEIVED, document_id, at, actor, payload, salt)


def writable(text: str) -> str:
    """Spell out what cannot be written as UTF-8: file names may hold bytes that are no text."""
    return text.encode("utf-8", "backslashreplace").decode()


def writable_values(value: Any) -> Any:
    """The same for every text inside a payload."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {writable(key): writable_values(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [writable_values(inner) for inner in value]
    return value


def received_object(manifest: Manifest) -> StoredObject:
    """What a version 1 manifest says of the received bytes."""
    for event in manifest.events:
        if event.type == RECEIVED:
            try:
                return StoredObject(**event.payload["object"])
            except (KeyError, TypeError) as problem:
                raise ManifestUnreadable(
                    f"document {manifest.document_id}: the received event names no object"
                ) from problem
    raise ManifestUnreadable(
        f"document {manifest.document_id}, version {manifest.version}: no received event"
    )


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest back; raises ManifestUnreadable for anything this program did not write."""
    try:
        record = json.loads(data)
        _require(record, _MANIFEST_FIELDS)
        if record["schema"] != SCHEMA:
            raise ManifestUnreadable(f"a manifest of schema {record['schema']!r}")
        manifest = Manifest(
            document_id=record["document_id"],
            version=record["version"],
            events=tuple(_event(item) for item in record["events"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ManifestUnreadable(f"not a manifest: {problem}") from problem
    if manifest.to_bytes() != data:
        raise ManifestUnreadable("not a manifest in canonical form")
    return manifest


def _event(record: Record) -> Event:
    _require(record, _EVENT_FIELDS)
    return Event(
        type=record["type"],
        document_id=record["document_id"],
        at=datetime.fromisoformat(record["at"]),
        actor=record["actor"],
        payload=record["payload"],
        salt=record["salt"],
    )


def _require(record: Mapping[str, Any], fields: set[str]) -> None:
    if set(record) != fields:
        raise ValueError(f"fields {sorted(set(record) ^ fields)} missing or not foreseen")


def object_key(tenant: str, digest: Digest) -> str:
    """Where the bytes with this digest are kept."""
    return f"{tenant}/o/sha256/{digest.hex[:2]}/{digest.hex[2:4]}/{digest.hex}"


def manifest_key(tenant: str, document_id: str, version: int) -> str:
    """Where this version of a document's manifest is kept."""
    return f"{tenant}/m/{document_id}/v{version}.json"


def entries(events: Sequence[Event]) -> list[bytes]:
    """The log entries of these events."""
    return [event.entry() for event in events]
