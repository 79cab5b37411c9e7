"""Purges: which missing manifests and objects the signed log itself explains.

A purge is believed when its `purge_started` event stands in the signed log: what it names may be
gone, and nothing else. A row in the database or a file in the store alone explains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.fsck.facts import DocumentFacts, EventFact
from archive.fsck.findings import Finding
from archive.fsck.manifests import PurgeFact, ReadManifest, read_manifest
from archive.fsck.reader import Reader, read

PURGING, PURGED = "purging", "purged"
_STARTED = "purge_started"

LogLookup = Callable[[EventFact], Finding | None]


@dataclass(frozen=True, slots=True)
class Purge:
    """A purge that the log knows; `done` once it says that everything is gone."""

    fact: PurgeFact
    done: bool

    @property
    def state(self) -> str:
        """How the document's checks are called."""
        return PURGED if self.done else PURGING


def believed(
    reader: Reader, tenant: str, facts: DocumentFacts, sealed: int, in_log: LogLookup
) -> Purge | None:
    """The purge of a document, where the database speaks of one and the log confirms it."""
    started = [event for event in facts.events if event.type == _STARTED]
    for event in started:
        found = _manifest(reader, tenant, facts.document_id, event.version)
        if found is None or found.purge is None or found.purge.entry != event.entry:
            continue
        # Nothing may be destroyed before the seal: an event that waits for it explains nothing.
        if event.position < sealed and in_log(event) is None:
            later = {e.version for e in facts.events if e.type == PURGED}
            ends = (_manifest(reader, tenant, facts.document_id, v) for v in later)
            known = {e.entry for e in facts.events if e.type == PURGED and in_log(e) is None}
            done = any(m is not None and m.purged and _entries(m) & known for m in ends)
            return Purge(found.purge, done)
    return None


def found_in_files(
    reader: Reader, tenant: str, document_id: str, versions: set[int], places: dict[bytes, int]
) -> Purge | None:
    """The purge of a document by the files alone."""
    purge: PurgeFact | None = None
    done = False
    for version in sorted(versions):
        found = _manifest(reader, tenant, document_id, version)
        if found is None:
            continue
        if found.purge is not None and found.purge.entry in places:
            purge = found.purge
        done = done or (found.purged and bool(_entries(found) & places.keys()))
    return None if purge is None else Purge(purge, done)


def differences(purge: Purge, facts: DocumentFacts, folder: str) -> Iterator[Finding]:
    """Where the database says otherwise than the purge of what was there."""
    recorded = {fact.version: fact.sha256 for fact in facts.manifests}
    for version, erased in purge.fact.manifests.items():
        ours = [(e.position, e.type, e.at, e.entry) for e in facts.events if e.version == version]
        named = [(place, e.type, e.at, e.entry) for place, e in erased.events]
        if recorded.get(version, erased.sha256) != erased.sha256 or ours != named:
            text = "the database says otherwise of it than the purge that destroyed it"
            yield Finding("DATABASE_DIFFERS", f"{folder}/v{version}.json", text)
    if facts.sha256 is not None and facts.sha256 not in purge.fact.objects:
        text = f"the database says SHA-256 {facts.sha256}, which the purge does not name"
        yield Finding("DATABASE_DIFFERS", facts.document_id, text)


def left_over(reader: Reader, tenant: str, document_id: str, purge: Purge) -> Iterator[Finding]:
    """Manifests and kept rows that should be gone, and are not."""
    gone = purge.fact.manifests if purge.done else {}
    places = ((f"{tenant}/m/{document_id}/v", ".json"), (f"{tenant}/s/d/{document_id}/v", ""))
    for folder, ending in places:
        for key in reader.keys(folder):
            version = key.removeprefix(folder).removesuffix(ending)
            if version.isdecimal() and int(version) in gone:
                yield Finding("NOT_DESTROYED", key, "is still there; the log says it was purged")


def _manifest(reader: Reader, tenant: str, document_id: str, version: int) -> ReadManifest | None:
    """A manifest, if it is there and can be read; what is wrong with it is told elsewhere."""
    data = read(reader, f"{tenant}/m/{document_id}/v{version}.json", "", [])
    try:
        return None if data is None else read_manifest(data, document_id, version)
    except (ValueError, TypeError, KeyError):
        return None


def _entries(manifest: ReadManifest) -> set[bytes]:
    return {event.entry for event in manifest.events if event.type == PURGED}
