"""Batches of accesses (docs/accesses.md), read a second time: what an event commits to."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.fsck.findings import Finding
from archive.fsck.reader import Reader, read
from archive.fsck.tree import leaf, peaks_of, root_of

_SCHEMA = "meg-accesses/1"
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BatchFact:
    """What an event says of a batch of accesses."""

    key: str
    root: str
    count: int


def is_batch(document_id: str) -> bool:
    """Whether a folder of manifests is about a batch: its name is the SHA-256 of an object."""
    return _DIGEST.fullmatch(document_id) is not None


def batch_fact(event: Mapping[str, Any]) -> BatchFact:
    """What this event commits to; raises ValueError."""
    try:
        payload = event["payload"]
        return BatchFact(payload["object"]["key"], payload["root"], payload["count"])
    except (TypeError, KeyError) as problem:
        raise ValueError("does not say which accesses were sealed") from problem


def check_batch(reader: Reader, fact: BatchFact) -> Iterator[Finding]:
    """See that the accesses of a batch are those that were sealed; one that is gone is not ours."""
    data = read(reader, fact.key, "", [])
    if data is None:
        return
    entries = entries_of(data)
    if entries is None:
        yield Finding("ACCESSES_CHANGED", fact.key, "is no batch of accesses")
    elif not gives(fact, entries):
        text = f"its {len(entries)} accesses are not the {fact.count} that were sealed"
        yield Finding("ACCESSES_CHANGED", fact.key, text)


def entries_of(data: bytes) -> list[bytes] | None:
    """What commits to each access of a batch; None for anything else."""
    try:
        record = json.loads(data)
        if record["schema"] != _SCHEMA:
            return None
        return [hashlib.sha256(_canonical(access)).digest() for access in record["accesses"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def gives(fact: BatchFact, entries: list[bytes]) -> bool:
    """Whether these are the entries that were committed to."""
    root = root_of(peaks_of([leaf(entry) for entry in entries]))
    return len(entries) == fact.count and root.hex() == fact.root


def _canonical(record: Mapping[str, Any]) -> bytes:
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()
