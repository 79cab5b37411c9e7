"""Accesses: who read, downloaded, searched or exported what, as values and as sealed batches.

An access names people; the log must not. So the log's entry commits to a batch alone: its event
says how many accesses the batch holds, over which time, and the root of a Merkle tree (RFC 6962)
over them. Each access carries a random salt, so that the path of one to the root tells nothing of
the others: a document's accesses can be handed out, with proof, without those of any other.

Whatever a stranger may have written (a query, a file name, a client's address) is kept printable
and short; where that changed it, the SHA-256 of the whole stands beside it.

Values in, values out: no clock, no randomness, no store.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from archive.errors import AccessesUnreadable
from archive.manifest import Event, Manifest, StoredObject, instant
from archive.merkle import inclusion_proof, leaf_hashes, levels_above, tree_root
from domain.records import Record, canonical

SEALED: Final = "accesses"
"""The type of the event that commits to a batch."""

_SCHEMA: Final = "meg-accesses/1"
_FIELDS: Final = {"at", "who", "channel", "client", "what", "document_id", "detail", "salt"}
_LONGEST: Final = 500
_LONGEST_NAME: Final = 64
_SALT_DIGITS: Final = 32
_HEX_DIGITS: Final = frozenset("0123456789abcdef")
_DIGEST_LENGTH: Final = 64


class What(StrEnum):
    """What somebody did."""

    OPENED = "opened"  # all that is known of a document, on a page or as JSON
    PAGES = "pages"  # images of a document's pages
    DOWNLOADED = "downloaded"  # the original, an attachment, a searchable PDF
    SEARCHED = "searched"
    LISTED = "listed"  # the list of documents, of accounts, of corrections
    EVIDENCE = "evidence"  # an evidence package
    EXPORTED = "exported"  # a copy of the archive
    REPLAYED = "replayed"
    VERIFIED = "verified"
    PROVED = "proved"
    ACCESSES = "accesses"  # this record itself
    UNRECORDED = "unrecorded"  # some accesses could not be recorded: how many, from when on


GUARDED: Final = frozenset({What.DOWNLOADED, What.EVIDENCE, What.EXPORTED})
"""What does not happen unless it was recorded, durably, before."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a user of the system or whom the web knows, by which way, from where."""

    who: str
    channel: str  # cli, web, api, program
    client: str | None = None

    @staticmethod
    def named(who: str, channel: str, client: str | None = None) -> Visitor:
        """A visitor whose name and address a stranger may have chosen."""
        address = None if client is None else printable(client)[:_LONGEST_NAME]
        return Visitor(printable(who)[:_LONGEST_NAME], channel, address)


@dataclass(frozen=True, slots=True)
class Access:
    """One access: who, what, when."""

    at: datetime
    visitor: Visitor
    what: What
    salt: str
    document_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> Record:
        """The access as it is kept and hashed."""
        return {
            "at": instant(self.at),
            "who": self.visitor.who,
            "channel": self.visitor.channel,
            "client": self.visitor.client,
            "what": self.what.value,
            "document_id": self.document_id,
            "detail": dict(self.detail),
            "salt": self.salt,
        }

    def entry(self) -> bytes:
        """What commits to this access in its batch."""
        return hashlib.sha256(canonical(self.record())).digest()


@dataclass(frozen=True, slots=True)
class Batch:
    """Accesses sealed together; its id is the SHA-256 of its bytes."""

    accesses: tuple[Access, ...]

    def to_bytes(self) -> bytes:
        """The canonical bytes that are stored."""
        return canonical({"schema": _SCHEMA, "accesses": [a.record() for a in self.accesses]})

    def root(self) -> bytes:
        """The root of the tree over the accesses."""
        rows = self._rows()
        return tree_root(lambda level, index: rows[level][index], len(self.accesses))

    def paths(self, places: Sequence[int]) -> list[list[bytes]]:
        """What leads from the access at each place to the root."""
        rows, size = self._rows(), len(self.accesses)
        return [
            inclusion_proof(lambda level, index: rows[level][index], place, size)
            for place in places
        ]

    def manifest(self, stored: StoredObject, at: datetime, keep: date, salt: str) -> Manifest:
        """The manifest whose one event commits to this batch; it names nobody."""
        payload = {
            "object": {
                "key": stored.key,
                "sha256": stored.sha256,
                "sha512": stored.sha512,
                "size": stored.size,
            },
            "root": self.root().hex(),
            "count": len(self.accesses),
            "first": instant(min(access.at for access in self.accesses)),
            "last": instant(max(access.at for access in self.accesses)),
            "keep_until": keep.isoformat(),
        }
        event = Event(SEALED, stored.sha256, at, "meg", payload, salt)
        return Manifest(stored.sha256, 1, (event,))

    def _rows(self) -> list[list[bytes]]:
        return levels_above(leaf_hashes([access.entry() for access in self.accesses]))


def parse_batch(data: bytes) -> Batch:
    """Read a batch back; raises AccessesUnreadable for anything this program did not write."""
    try:
        record = json.loads(data)
        if set(record) != {"schema", "accesses"} or record["schema"] != _SCHEMA:
            raise AccessesUnreadable("a batch of accesses of another schema")
        batch = Batch(tuple(parse_access(item) for item in record["accesses"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise AccessesUnreadable(f"not a batch of accesses: {problem}") from problem
    if batch.to_bytes() != data:
        raise AccessesUnreadable("not a batch of accesses in canonical form")
    return batch


def parse_access(record: Record) -> Access:
    """Read one access; raises ValueError, TypeError or KeyError."""
    if set(record) != _FIELDS:
        raise ValueError(f"fields {sorted(set(record) ^ _FIELDS)} missing or not foreseen")
    at, about = datetime.fromisoformat(record["at"]), record["document_id"]
    texts = [record["who"], record["channel"], record["salt"], record["client"] or "", about or ""]
    # What no database would hold must not come out of a damaged file.
    if at.tzinfo is None or any(len(t) > _LONGEST_NAME or printable(t) != t for t in texts):
        raise ValueError("no access as this program writes them")
    if len(record["salt"]) != _SALT_DIGITS or not isinstance(record["detail"], dict):
        raise ValueError("no access as this program writes them")
    return Access(
        at,
        Visitor(record["who"], record["channel"], record["client"]),
        What(record["what"]),
        record["salt"],
        about,
        record["detail"],
    )


def is_batch(document_id: str) -> bool:
    """Whether events under this id are about a batch of accesses, not about a document."""
    return len(document_id) == _DIGEST_LENGTH and _HEX_DIGITS.issuperset(document_id)


def detail_of(**given: object) -> dict[str, Any]:
    """Details fit to be kept: printable, of bounded length, without what is absent."""
    kept: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Mapping):
            kept[name] = detail_of(**{printable(str(key)): inner for key, inner in value.items()})
        elif isinstance(value, bool | int):
            kept[name] = value
        elif value is not None:
            kept |= _told(name, str(value))
    return kept


def _told(name: str, text: str) -> dict[str, Any]:
    short = printable(text[:_LONGEST])[:_LONGEST]
    if short == text:
        return {name: text}
    whole = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    return {name: short, f"{name}_sha256": whole, f"{name}_length": len(text)}


def printable(text: str) -> str:
    """Spell out what a terminal or a database would obey instead of showing."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else _spelled(c) for c in text
    )


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
