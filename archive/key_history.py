"""The keys of a log, each for its span: a key signs the next one in, from a size of the log on.

A rotation is a signed note of this text, with a signature line of the old key and one of the new:

    meg.local/main key rotation
    from <the smallest size that the new key signs>
    old <verifier key>
    new <verifier key>
    void <size>             only when the old key was compromised: what it signed over a log of this
    reason <why>            size or a larger one is worth nothing

It stands in the payload of a `key_rotated` event at the place `from - 1` of the log: the last
checkpoint of the old key comes before that event, the first of the new key covers it. These events
are those of the document `log-keys`, whose manifests are kept like any others.

Values in, values out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from archive.checkpoint import Signer, Verifier, note_text
from archive.errors import ArchiveError, NoteUnreadable, SignerChanged
from archive.manifest import KEYS_DOCUMENT, Event, manifest_key, parse_manifest
from archive.store import ObjectStore
from domain.records import Record

_WORDS: Final = ("from", "old", "new", "void", "reason")
_ALWAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Compromise:
    """A key that somebody else may hold: from which size on its signatures are worth nothing."""

    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key and its span."""

    verifier: Verifier
    start: int = 0
    statement: str | None = None
    compromise: Compromise | None = None

    def is_void(self, size: int) -> bool:
        """Whether its signature over a log of this size is worth nothing."""
        return self.compromise is not None and size >= self.compromise.size


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """All keys of a log, oldest first."""

    keys: tuple[LogKey, ...]

    @classmethod
    def read(cls, statements: Iterable[str], own: Verifier) -> KeyHistory:
        """The history that these rotations tell, of which `own` is one key.

        Raises:
            SignerChanged: they do not follow from one another, or lead past the key at hand.
        """
        keys: list[LogKey] = []
        for statement in statements:
            key, old = _read_statement(statement)
            if not keys:
                keys.append(LogKey(old.verifier))
            if old.verifier != keys[-1].verifier or key.start <= keys[-1].start:
                raise SignerChanged(
                    "a rotation of the log's key does not follow from the one before"
                )
            keys[-1] = replace(keys[-1], compromise=old.compromise)
            keys.append(key)
        history = cls(tuple(keys) or (LogKey(own),))
        if own not in history.verifiers:
            raise SignerChanged(f"{own.verifier_key} is no key of this log")
        return history

    @property
    def current(self) -> LogKey:
        """The key in use."""
        return self.keys[-1]

    @property
    def verifiers(self) -> list[Verifier]:
        """The public halves."""
        return [key.verifier for key in self.keys]

    def at(self, size: int) -> LogKey:
        """The key that signs a log of this size."""
        return [key for key in self.keys if key.start <= size][-1]

    def signed(self, note: bytes, size: int) -> bool:
        """Whether the key of its time signed this checkpoint, compromised since or not."""
        return self.at(size).verifier.has_signed(note)

    def record(self) -> Record:
        """As it stands in an evidence package."""
        return {
            "schema": "meg-keys/1",
            "keys": [
                {
                    "verifier_key": key.verifier.verifier_key,
                    "from": key.start,
                    "statement": key.statement,
                }
                for key in self.keys
            ],
        }


def rotation_statement(
    old: Signer, new: Signer, start: int, compromise: Compromise | None = None
) -> str:
    """The note by which one key signs the next one in, from this size of the log on."""
    text = (
        f"{old.name} key rotation\nfrom {start}\n"
        f"old {old.verifier.verifier_key}\nnew {new.verifier.verifier_key}\n"
    )
    if compromise is not None:
        text += f"void {compromise.size}\nreason {json.dumps(compromise.reason)}\n"
    return f"{text}\n{old.signature_line(text)}{new.signature_line(text)}"


def stored_statements(store: ObjectStore, tenant: str) -> list[str]:
    """The rotations that the archive holds, oldest first."""
    prefix = manifest_key(tenant, KEYS_DOCUMENT, 1).removesuffix("1.json")
    names = (key.removeprefix(prefix).removesuffix(".json") for key in store.keys(prefix))
    manifests = (
        parse_manifest(store.read(manifest_key(tenant, KEYS_DOCUMENT, version)))
        for version in sorted(int(name) for name in names if name.isdecimal())
    )
    return [statement_in(manifest.events[0]) for manifest in manifests]


def statement_in(event: Event) -> str:
    """What both keys signed, as the event of a rotation holds it."""
    return str(event.payload.get("statement"))


def _read_statement(statement: str) -> tuple[LogKey, LogKey]:
    """The key that is signed in, and the one that signs it in."""
    try:
        head, *lines = note_text(statement.encode()).split("\n")[:-1]
        words, values = zip(*(line.split(" ", 1) for line in lines), strict=True)
        new, old = Verifier.from_verifier_key(values[2]), Verifier.from_verifier_key(values[1])
        if words not in {_WORDS, _WORDS[:_ALWAYS]} or head != f"{old.name} key rotation":
            raise NoteUnreadable("not the text of a rotation")
        compromise = None
        if len(values) > _ALWAYS:
            compromise = Compromise(int(values[3]), json.loads(values[4]))
        start = int(values[0])
        signed = all(key.has_signed(statement.encode()) for key in (old, new))
    except (ArchiveError, ValueError, IndexError) as problem:
        raise SignerChanged(f"not a rotation of the log's key: {problem}") from problem
    if not signed or new.name != old.name:
        raise SignerChanged("a rotation of the log's key is not signed by both keys")
    return LogKey(new, start, statement), LogKey(old, compromise=compromise)
