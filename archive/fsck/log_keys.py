"""The keys of the log, each for its span, read a second time (docs/evidence.md).

Each rotation is a note of the old key and the new one, in the manifests of the document `log-keys`.
The key that is given from outside must be one of these; a chain that leads to the newest over a key
that was compromised proves nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from archive.fsck.findings import Finding
from archive.fsck.manifests import read_manifest
from archive.fsck.notes import signed_text
from archive.fsck.reader import Reader, read

KEYS_DOCUMENT = "log-keys"
_VERSION = re.compile(r"v([1-9]\d*)\.json")
_SIZE = re.compile(r"0|[1-9]\d*")


@dataclass(slots=True)
class Span:
    """A key, the size from which on it signs, and that from which on nobody believes it."""

    verifier_key: str
    start: int = 0
    void: int | None = None


@dataclass(slots=True)
class LogKeys:
    """The keys of a log, and what is wrong with their history."""

    spans: list[Span]
    statements: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)

    def at(self, size: int) -> str:
        """The key that signs a log of this size."""
        return self._span(size).verifier_key

    def void(self, size: int) -> bool:
        """Whether a signature over a log of this size is worth nothing any more."""
        void = self._span(size).void
        return void is not None and size >= void

    def _span(self, size: int) -> Span:
        return [span for span in self.spans if span.start <= size][-1]


def read_keys(reader: Reader, tenant: str, verifier_key: str) -> LogKeys:
    """Follow the rotations; `verifier_key` is the key that is believed."""
    given = verifier_key.strip()
    prefix = f"{tenant}/m/{KEYS_DOCUMENT}/"
    names = [_VERSION.fullmatch(key.removeprefix(prefix)) for key in reader.keys(prefix)]
    found = LogKeys([])
    for version in range(1, len(names) + 1):
        key = f"{prefix}v{version}.json"
        data = read(reader, key, "MANIFEST_MISSING", found.problems)
        if data is None or not _follow(found, data, version):
            text = "is no rotation that the key before it signed"
            found.problems.append(Finding("KEY_HISTORY_CHANGED", key, text))
            break
    found.spans = found.spans or [Span(given)]
    known = [span.verifier_key for span in found.spans]
    if given not in known:
        text = f"{given} is no key of this log"
        found.problems.append(Finding("KEY_FOREIGN", prefix, text))
        found.spans = [Span(given)]
    elif any(span.void is not None for span in found.spans[known.index(given) : -1]):
        text = "the key given was compromised, or one after it: give one that came later"
        found.problems.append(Finding("KEY_COMPROMISED", prefix, text))
    return found


def _follow(found: LogKeys, data: bytes, version: int) -> bool:
    """Read one rotation; false when it does not follow from those before."""
    try:
        read_manifest(data, KEYS_DOCUMENT, version)
        statement = json.loads(data)["events"][0]["payload"]["statement"]
        lines = statement.split("\n\n")[0].split("\n")
        start, old, new = lines[1][5:], lines[2][4:], lines[3][4:]
        name = old.split("+", 1)[0]
        wanted = [f"{name} key rotation", f"from {start}", f"old {old}", f"new {new}"]
        void = None
        if len(lines) > len(wanted):
            void = lines[4][5:]
            wanted += [f"void {void}", f"reason {json.dumps(json.loads(lines[5][7:]))}"]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return False
    sizes = [start] if void is None else [start, void]
    if not all(_SIZE.fullmatch(size) for size in sizes) or new.split("+", 1)[0] != name:
        return False
    if signed_text(statement.encode(), [old, new]) != wanted:
        return False
    spans = found.spans or [Span(old)]
    if spans[-1].verifier_key != old or int(start) <= spans[-1].start:
        return False
    spans[-1].void = None if void is None else int(void)
    found.spans = [*spans, Span(new, int(start))]
    found.statements.append(statement)
    return True
