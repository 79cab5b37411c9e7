#!/usr/bin/env python3
"""Vérifie un dossier de preuve de MEG, hors ligne. Verifies an evidence package of MEG, offline.

    python3 verify.py DOSSIER.zip [--key CLE]

Python 3.8 ou plus, bibliothèque standard seule : rien d'autre n'est lu ni exécuté. Python 3.8 or
later, standard library alone: nothing else is read or run.

What is checked, in this order; every byte of the package is covered:

1. The zip holds nothing but what its own file names and contents entail: no other byte.
2. INDEX names every file with its size and SHA-256, and the log's key signed INDEX.
3. Each key of the log was signed in by the one before it (keys/history.json).
4. The checkpoints are signed by the key of their time; the later extend the earlier (RFC 6962).
5. Every manifest is canonical, and each of its events stands in the signed log.
   Of a document that was destroyed, the log says which manifests there were, and the signed
   certificate who destroyed it, when and under whose visa, after its term.
6. The document's bytes are those whose digests the log committed to; so are the files it carried,
   the files made of it and the inputs of its verdicts.
   Each access to it stands in a batch that the log commits to.
7. Each timestamp is about the checkpoint it stands beside, and about the timestamp before it.

What it cannot know: whether the log's key is the right one (compare it, `--key`), whether the
timestamps are signed by an authority you trust (needs openssl and the authority's certificate),
whether more happened to a document than is shown (the whole archive tells: `meg archive check`),
whether a date is true that no timestamp confirms, and whether the reports say what the manifests
say. A package can bring a false verify.py along: take this program from somewhere else.
"""

from __future__ import annotations

import argparse
import base64
import calendar
import hashlib
import json
import re
import struct
import sys
import time
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Tuple

Point = Tuple[int, int, int, int]

FORMAT = "meg-evidence/1"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_UTF8, _DATE, _MADE_BY, _RIGHTS = 0x0800, 0x0021, 0x0314, 0o100644 << 16
_INDEX, _INDEX_NOTE = "INDEX", "INDEX.note"
_CHUNK = 1 << 20
_DAY = 86_400  # by which clocks may differ
# What the files of a package can make this program stumble over; each is an answer.
_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    struct.error,
)
_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


class Broken(Exception):
    """Something in the package is not what it should be."""

    def __init__(self, name: str, french: str, english: str) -> None:
        super().__init__(english)
        self.name, self.french, self.english = name, french, english


class NotYourKey(Broken):
    """The package knows nothing of the key that the auditor gave."""


# --- 1. The zip ----------


class Package:
    """The files of the zip, read only where its every byte is accounted for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._file = stream
        self.places: dict[str, tuple[int, int]] = {}
        self.digests: dict[str, str] = {}
        self._file.seek(0)
        self._read_structure()

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) != size:
            raise Broken("zip", "fichier tronqué", "the file is cut off")
        return data

    def _read_structure(self) -> None:
        central = []
        while True:
            offset = self._file.tell()
            mark = self._exactly(4)
            if mark != _LOCAL_MARK:
                break
            central.append(self._read_member(offset))
        start = offset
        self._file.seek(start)
        whole = b"".join(central)
        count, size = len(central), len(whole)
        end = _END.pack(_END_MARK, 0, 0, count & 0xFFFF, count & 0xFFFF, size, start, 0)
        if self._file.read(len(whole) + len(end) + 1) != whole + end:
            raise Broken(
                "zip", "le répertoire du zip est altéré", "the directory of the zip was changed"
            )

    def _read_member(self, offset: int) -> bytes:
        rest = self._exactly(_LOCAL.size - 4)
        fields = _LOCAL.unpack(_LOCAL_MARK + rest)
        crc, size, name_length = fields[6], fields[8], fields[9]
        raw = self._exactly(name_length)
        name = raw.decode("ascii", "replace")
        right = _LOCAL.pack(_LOCAL_MARK, 20, _UTF8, 0, 0, _DATE, crc, size, size, name_length, 0)
        if _LOCAL_MARK + rest != right or not _NAME.fullmatch(name) or name in self.places:
            raise Broken(name, "en-tête du zip altéré", "its header in the zip was changed")
        place = self._file.tell()
        found, digest = 0, hashlib.sha256()
        left = size
        while left:
            data = self._exactly(min(left, _CHUNK))
            left -= len(data)
            found = zlib.crc32(data, found)
            digest.update(data)
        if found != crc:
            raise Broken(name, "contenu altéré (CRC)", "its bytes were changed (CRC)")
        self.places[name] = (place, size)
        self.digests[name] = digest.hexdigest()
        return (
            _CENTRAL.pack(
                _CENTRAL_MARK,
                _MADE_BY,
                20,
                _UTF8,
                0,
                0,
                _DATE,
                crc,
                size,
                size,
                name_length,
                0,
                0,
                0,
                0,
                _RIGHTS,
                offset,
            )
            + raw
        )

    def read(self, name: str) -> bytes:
        """All bytes of a small file."""
        if name not in self.places:
            raise Broken(name, "fichier absent", "is missing")
        place, size = self.places[name]
        self._file.seek(place)
        return self._exactly(size)

    def sha512(self, name: str) -> str:
        """The SHA-512 of a file of any size."""
        place, left = self.places[name]
        self._file.seek(place)
        digest = hashlib.sha512()
        while left:
            data = self._exactly(min(left, _CHUNK))
            left -= len(data)
            digest.update(data)
        return digest.hexdigest()


# --- 2. and 3. Signatures and keys ----------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)


def _recover(y: int, sign: int) -> int:
    if y >= _P:
        raise ValueError("not on the curve")
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    if square == 0:
        if sign:
            raise ValueError("not on the curve")
        return 0
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P:
        raise ValueError("not on the curve")
    return _P - x if (x & 1) != sign else x


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(number: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _recover(y, sign)
    return (x, y, 1, x * y % _P)


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE_X = _recover(_BASE_Y, 0)
_BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def ed25519_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032, section 5.1.7."""
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        key, commitment = _point(public), _point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _L:
        return False
    seed = hashlib.sha512(signature[:32] + public + message).digest()
    left = _times(scalar, _BASE)
    right = _add(commitment, _times(int.from_bytes(seed, "little") % _L, key))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % _P == 0


class Key:
    """A key of the log, as the C2SP note tools write it: name+id+base64."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.name, key_id, encoded = text.split("+", 2)
        raw = _base64(encoded)
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        self.public = raw[1:]
        if raw[:1] != b"\x01" or len(self.public) != 32 or self.id.hex() != key_id:
            raise ValueError("no Ed25519 key")

    def fingerprint(self) -> str:
        """The SHA-256 of the 32 bytes of the public key."""
        return hashlib.sha256(self.public).hexdigest()


def _base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the one way to write this in base64")
    return data


def open_note(data: bytes, keys: list[Key]) -> list[str]:
    """The lines of a note that exactly these keys signed, in this order (C2SP signed-note)."""
    text, blank, tail = data.rpartition(b"\n\n")
    lines = tail.decode().split("\n")
    if not blank or lines.pop() != "" or len(lines) != len(keys):
        raise ValueError("not a note with %d signatures" % len(keys))
    text += b"\n"
    for line, key in zip(lines, keys):
        dash, name, encoded = line.split(" ")
        blob = _base64(encoded)
        if dash != "\u2014" or name != key.name or blob[:4] != key.id:
            raise ValueError("signed by another key")
        if not ed25519_verifies(key.public, blob[4:], text):
            raise ValueError("the signature does not fit")
    return text.decode().split("\n")[:-1]


def _void(lines: list[str]) -> tuple[int, str] | None:
    """From which size on a compromised key counts no more, and why, as its last note says."""
    if not lines:
        return None
    size = re.fullmatch(r"void (0|[1-9][0-9]{0,18})", lines[0])
    if size is None or len(lines) != 2 or not lines[1].startswith("reason "):
        raise ValueError("a rotation says something unknown")
    return int(size.group(1)), str(json.loads(lines[1][7:]))


class Keys:
    """The keys of the log, each with the size of the log from which on it signs."""

    def __init__(self, data: bytes) -> None:
        record = json.loads(data)
        if canonical(record) != data or record["schema"] != "meg-keys/1":
            raise ValueError("not a key history in canonical form")
        self.all: list[tuple[int, Key]] = []
        self.void: list[tuple[int, str] | None] = []
        for item in record["keys"]:
            key, start = Key(item["verifier_key"]), item["from"]
            if not self.all:
                if start != 0 or item["statement"] is not None:
                    raise ValueError("the first key stands on no other")
            else:
                before, old = self.all[-1]
                lines = open_note(item["statement"].encode(), [old, key])
                wanted = [
                    "%s key rotation" % old.name,
                    "from %d" % start,
                    "old %s" % old.text,
                    "new %s" % key.text,
                ]
                self.void[-1] = _void(lines[len(wanted) :])
                if self.void[-1] is not None:
                    wanted += ["void %d" % self.void[-1][0], lines[-1]]
                if lines != wanted or start <= before or key.name != old.name:
                    raise ValueError("a rotation does not follow from the key before")
            self.all.append((start, key))
            self.void.append(None)

    def is_void(self, size: int) -> bool:
        """Whether the key of this size was compromised by then."""
        void = self.void[[start <= size for start, _ in self.all].count(True) - 1]
        return void is not None and size >= void[0]

    def at(self, size: int) -> Key:
        """The key that signs checkpoints of this size."""
        return [key for start, key in self.all if start <= size][-1]

    def last(self) -> Key:
        """The key in use."""
        return self.all[-1][1]


# --- 4. The log ----------


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_inclusion(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        raise ValueError("not in a log of this size")
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ValueError("the proof is too long")
        if node & 1 or node == last:
            root = _node(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = _node(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return root


def is_extension(
    first: int, first_root: bytes, second: int, second_root: bytes, path: list[bytes]
) -> bool:
    """RFC 9162, section 2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    hashes = list(path)
    if first & (first - 1) == 0:
        hashes.insert(0, first_root)
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = _node(sibling, old), _node(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = _node(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


class Checkpoint:
    """A signed size and root of the log."""

    def __init__(self, data: bytes, keys: Keys) -> None:
        size = data.decode().split("\n")[1]
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size):
            raise ValueError("no size")
        self.size = int(size)
        origin, _, root = open_note(data, [keys.at(self.size)])
        if origin != keys.last().name:
            raise ValueError("of another log")
        self.root = _base64(root)
        self.data = data


def read_proof(data: bytes) -> tuple[int, list[bytes], bytes]:
    """The index, the hashes and the checkpoint of a C2SP tlog-proof."""
    head, blank, note = data.partition(b"\n\n")
    first, index, rest = (head.decode() + "\n").split("\n", 2)
    if first != "c2sp.org/tlog-proof@v1" or not blank:
        raise ValueError("no tlog-proof")
    if not re.fullmatch(r"index (0|[1-9][0-9]{0,18})", index):
        raise ValueError("no index")
    return int(index[6:]), [_base64(line) for line in rest.split("\n")[:-1]], note


# --- 5. and 6. Documents ----------


def canonical(record: Any) -> bytes:
    """The one way in which a record is written."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Document:
    """One document's folder in the package."""

    def __init__(self, package: Package, folder: str, log: Log) -> None:
        self.package, self.folder, self.log = package, folder, log
        self.id = folder.split("/")[1]
        self.names = {n for n in package.places if n.startswith(folder)}
        self.events: list[tuple[int, dict[str, Any]]] = []
        self.accesses = 0
        self.purge_started: dict[str, Any] | None = None
        self.destroyed: dict[str, Any] | None = None
        self.missing_inputs: list[str] = []

    def check(self) -> None:
        """Check everything; raises Broken at the first thing that is wrong."""
        pattern = re.compile(re.escape(self.folder) + r"manifests/v([1-9][0-9]*)\.json")
        versions = sorted(int(m.group(1)) for m in map(pattern.fullmatch, self.names) if m)
        if not versions or versions != list(range(versions[0], versions[0] + len(versions))):
            raise Broken(self.folder, "un manifeste est absent", "a manifest is missing")
        for version in versions:
            self._check_manifest(version)
        if versions[0] != 1:
            self._check_purge(versions[0])
        if self.events[0][1]["type"] != "received":
            raise Broken(self.folder, "aucun événement de réception", "no received event")
        positions = [position for position, _ in self.events]
        if sorted(set(positions)) != positions:
            raise Broken(self.folder, "événements en désordre", "events out of order")
        for _, event in self.events:
            self._check_files(event)
        self._check_accesses()
        for name in sorted(self.names - {self.folder + "report.html", self.folder + "report.pdf"}):
            raise Broken(name, "fichier que rien n'explique", "a file that nothing explains")

    def _take(self, name: str) -> bytes:
        self.names.discard(name)
        return self.package.read(name)

    def _check_manifest(self, version: int) -> None:
        name = self.folder + "manifests/v%d.json" % version
        data = self._take(name)
        record = json.loads(data)
        if canonical(record) != data or record["schema"] != "meg-manifest/1":
            raise Broken(name, "manifeste non canonique", "no manifest in canonical form")
        if (record["document_id"], record["version"]) != (self.id, version):
            raise Broken(name, "manifeste d'un autre document", "of another document")
        for number, event in enumerate(record["events"], 1):
            if event["document_id"] != self.id:
                raise Broken(name, "événement d'un autre document", "event of another document")
            proof = self.folder + "proofs/v%d-%d.tlog-proof" % (version, number)
            entry = hashlib.sha256(canonical(event)).digest()
            self.events.append((self.log.position(proof, self._take(proof), entry), event))

    def _check_accesses(self) -> None:
        """Who read the document: each access stands in a batch that the log commits to."""
        pattern = re.compile(re.escape(self.folder) + r"accesses/([0-9a-f]{64})\.json")
        for match in [m for m in map(pattern.fullmatch, sorted(self.names)) if m]:
            name = match.group()
            data = self._take(name)
            record = json.loads(data)
            if canonical(record) != data or record["schema"] != "meg-access-extract/1":
                raise Broken(name, "extrait non canonique", "no extract in canonical form")
            event = record["event"]
            if (event["type"], event["document_id"]) != ("accesses", match[1]):
                raise Broken(name, "événement d'autre chose", "the event is about something else")
            proof = name[: -len("json")] + "tlog-proof"
            entry = hashlib.sha256(canonical(event)).digest()
            self.log.position(proof, self._take(proof), entry)
            places = [item["place"] for item in record["accesses"]]
            if sorted(set(places)) != places:
                raise Broken(name, "consultations en double", "accesses twice")
            for item in record["accesses"]:
                self._check_access(name, event["payload"], item)

    def _check_access(self, name: str, sealed: dict[str, Any], item: dict[str, Any]) -> None:
        entry = hashlib.sha256(canonical(item["access"])).digest()
        leaf = hashlib.sha256(b"\x00" + entry).digest()
        try:
            path = [_base64(line) for line in item["path"]]
            root = root_of_inclusion(item["place"], sealed["count"], leaf, path)
        except ValueError as problem:
            raise Broken(name, "preuve illisible", "not a proof: %s" % problem)
        if root.hex() != sealed["root"] or item["access"]["document_id"] != self.id:
            raise Broken(
                name,
                "cette consultation n'est pas celle qui fut scellée",
                "this access is not the one that was sealed",
            )
        self.accesses += 1

    def _check_purge(self, first: int) -> None:
        """The manifests before the first one here were destroyed: the log says by whom and why."""
        name = self.folder + "manifests/v%d.json" % first
        started = [e for e in self.events if e[1]["type"] == "purge_started"]
        named = started[0][1]["payload"]["manifests"] if started else []
        numbers = [m["version"] for m in named]
        if len(numbers) != first - 1 or numbers != list(range(1, first)):
            raise Broken(name, "les manifestes d'avant sont absents", "those before are missing")
        position, self.purge_started = started[0]
        before: list[tuple[int, dict[str, Any]]] = []
        for manifest in self.purge_started["payload"]["manifests"]:
            for number, event in enumerate(manifest["events"], 1):
                proof = self.folder + "proofs/v%d-%d.tlog-proof" % (manifest["version"], number)
                entry = bytes.fromhex(event["entry"])
                place = self.log.position(proof, self._take(proof), entry)
                if place != event["position"] or place >= position:
                    raise Broken(proof, "pas à ce rang du journal", "not at this place of the log")
                before.append((place, {"type": event["type"], "at": event["at"], "payload": {}}))
        self.events = before + self.events
        ended = [e for e in self.events if e[1]["type"] == "purged"]
        if ended:
            self._check_destruction(*ended[0])

    def _check_destruction(self, position: int, event: dict[str, Any]) -> None:
        """The signed certificate says what the log says, and the destruction was in order."""
        name = self.folder + "certificate.json"
        data, note = self._take(name), self._take(name + ".note")
        said = dict(event["payload"])
        said["schema"], said["document_id"] = "meg-destroyed/1", self.id
        said["position"], said["at"], said["by"] = position, event["at"], event["actor"]
        key = self.log.keys.last()
        lines = open_note(note, [key])
        wanted = ["%s destruction certificate" % key.name, "sha256 %s" % _sha256(data)]
        if canonical(said) != data or lines != wanted:
            raise Broken(name, "ne dit pas ce que dit le journal", "does not say what the log says")
        begun = self.purge_started or {}
        started = next(place for place, e in self.events if e["type"] == "purge_started")
        proposal, visa = said["proposal"], said["visa"]
        received = [o["sha256"] for o in begun["payload"]["objects"] if o["role"] == "received"]
        in_order = (
            received == [said["sha256"]]
            and proposal["by"] != visa["by"]
            # By their places in the log: clocks of several machines may differ.
            and proposal["position"] < visa["position"] < started < position
            # One is a day where the archive stands, the other in UTC.
            and said["keep_until"] <= begun["at"][:10]
        )
        if not in_order:
            raise Broken(name, "destruction irrégulière", "the destruction was not lawful")
        self._check_decisions(said)
        self.destroyed = said

    def _check_decisions(self, said: dict[str, Any]) -> None:
        """Proposal and visa stand in the log: by two people, about this very document."""
        proposed, visa = self._decision(said, "proposal"), self._decision(said, "visa")
        listed, agreed = proposed["payload"]["bordereau"], visa["payload"]
        in_order = (
            (proposed["type"], visa["type"]) == ("elimination_proposed", "elimination_visa")
            and proposed["document_id"] == visa["document_id"]
            and {listed["number"], agreed["elimination"]} == {said["elimination"]}
            and {proposed["actor"], listed["proposed_by"]} == {said["proposal"]["by"]}
            and visa["actor"] == said["visa"]["by"]
            and {_sha256(canonical(listed)), agreed["proposal"]} == {said["proposal"]["sha256"]}
            and agreed["decision"] == "granted"
            and self.id not in [item["document_id"] for item in agreed["struck"]]
            and (self.id, said["sha256"])
            in [(item["document_id"], item["sha256"]) for item in listed["documents"]]
        )
        if not in_order:
            raise Broken(
                self.folder + "elimination/",
                "le visa ne couvre pas cette destruction",
                "the visa does not cover this destruction",
            )

    def _decision(self, said: dict[str, Any], what: str) -> dict[str, Any]:
        """The event that the certificate names, found at its place in the log."""
        name = self.folder + "elimination/%s" % what
        data, proof = self._take(name + ".json"), self._take(name + ".tlog-proof")
        event: dict[str, Any] = json.loads(data)
        place = self.log.position(name, proof, hashlib.sha256(canonical(event)).digest())
        if canonical(event) != data or place != said[what]["position"]:
            raise Broken(name, "pas à ce rang du journal", "not at this place of the log")
        return event

    def _check_files(self, event: dict[str, Any]) -> None:
        payload = event["payload"]
        if not payload:
            return  # destroyed, as the purge says
        if event["type"] in ("received", "derived"):
            stored = payload["object"]
            prefix = "original" if event["type"] == "received" else "derived/" + stored["sha256"]
            self._check_bytes(prefix, stored["sha256"], stored)
        elif event["type"] == "parsed":
            for carried in payload.get("attachments", []):
                if carried.get("archived"):
                    self._check_bytes("attachments/" + carried["sha256"], carried["sha256"], None)
        elif event["type"] == "matched":
            digest = payload["inputs_digest"]
            if self.folder + "inputs/%s.json" % digest in self.package.places:
                self._check_bytes("inputs/" + digest, digest, None)
            else:
                self.missing_inputs.append(digest)

    def _check_bytes(self, prefix: str, sha256: str, stored: dict[str, Any] | None) -> None:
        pattern = re.compile(re.escape(self.folder + prefix) + r"(\.[a-z0-9]{1,8})?")
        found = [name for name in self.package.places if pattern.fullmatch(name)]
        if len(found) != 1:
            raise Broken(self.folder + prefix, "fichier absent", "is missing")
        self.names.discard(found[0])
        right = self.package.digests[found[0]] == sha256
        if right and stored is not None:
            right = self.package.places[found[0]][1] == stored["size"]
            right = right and self.package.sha512(found[0]) == stored["sha512"]
        if not right:
            raise Broken(
                found[0], "ce ne sont pas les octets reçus", "these are not the bytes recorded"
            )


class Log:
    """The signed log: its newest checkpoint, and the places of events under it."""

    def __init__(self, package: Package, keys: Keys) -> None:
        self.keys = keys
        self.head = _checkpoint(package, "log/checkpoint", keys)
        if keys.is_void(self.head.size):
            raise Broken(
                "log/checkpoint",
                "signé avec une clé compromise",
                "signed with a key that was compromised",
            )

    def position(self, name: str, data: bytes, entry: bytes) -> int:
        """Where an entry stands, as its proof shows."""
        leaf = hashlib.sha256(b"\x00" + entry).digest()
        try:
            index, path, note = read_proof(data)
            root = root_of_inclusion(index, self.head.size, leaf, path)
        except ValueError as problem:
            raise Broken(name, "preuve illisible", "not a proof: %s" % problem)
        if note != self.head.data or root != self.head.root:
            raise Broken(
                name,
                "l'événement n'est pas dans le journal signé",
                "the event does not stand in the signed log",
            )
        return int(index)


def _checkpoint(package: Package, name: str, keys: Keys) -> Checkpoint:
    try:
        return Checkpoint(package.read(name), keys)
    except (ValueError, IndexError) as problem:
        raise Broken(name, "point de contrôle non signé", "no signed checkpoint: %s" % problem)


# --- 7. Timestamps ----------


def _der(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the DER value at the start, and what follows it."""
    if len(data) < 2 or data[0] != tag:
        raise ValueError("DER: tag %02x expected" % tag)
    length, start = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("DER: length")
        start += count
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        raise ValueError("DER: cut off")
    return data[start : start + length], data[start + length :]


def _oid(data: bytes) -> str:
    numbers, value = [data[0] // 40, data[0] % 40], 0
    if data[0] >= 80:
        numbers = [2, data[0] - 80]
    for byte in data[1:]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))


def read_token(data: bytes) -> tuple[str, bytes, str]:
    """Hash, imprint and time of an RFC 3161 response; its signature is not checked here."""
    body, rest = _der(data, 0x30)
    status_info, body = _der(body, 0x30)
    status, _ = _der(status_info, 0x02)
    if rest or status != b"\x00":
        raise ValueError("the authority did not grant it")
    content, _ = _der(body, 0x30)
    _, content = _der(content, 0x06)
    content, _ = _der(content, 0xA0)
    signed, _ = _der(content, 0x30)
    _, signed = _der(signed, 0x02)
    _, signed = _der(signed, 0x31)
    wrapped, _ = _der(signed, 0x30)
    kind, wrapped = _der(wrapped, 0x06)
    if _oid(kind) != "1.2.840.113549.1.9.16.1.4":
        raise ValueError("no timestamp")
    wrapped, _ = _der(wrapped, 0xA0)
    wrapped, _ = _der(wrapped, 0x04)
    info, _ = _der(wrapped, 0x30)
    _, info = _der(info, 0x02)
    _, info = _der(info, 0x06)
    imprint, info = _der(info, 0x30)
    algorithm, imprint = _der(imprint, 0x30)
    name = _HASHES.get(_oid(_der(algorithm, 0x06)[0]))
    digest, _ = _der(imprint, 0x04)
    _, info = _der(info, 0x02)
    moment, _ = _der(info, 0x18)
    if name is None:
        raise ValueError("an unknown hash")
    return name, digest, moment.decode("ascii")


def timestamp_message(checkpoint: bytes, previous: tuple[int, str] | None) -> bytes:
    """What a timestamp is about: a checkpoint, and the timestamp before."""
    before = "none" if previous is None else "%d %s" % previous
    return (
        "meg-timestamp/1\ncheckpoint %s\nprevious %s\n"
        % (hashlib.sha256(checkpoint).hexdigest(), before)
    ).encode()


class Stamp:
    """A timestamp: the size of the log, the time it claims, the size of the one before."""

    def __init__(self, size: int, moment: str, previous: int | None) -> None:
        self.size, self.moment, self.previous = size, moment, previous
        self.seconds = calendar.timegm(time.strptime(moment[:14], "%Y%m%d%H%M%S"))


def check_timestamps(package: Package, keys: Keys, head: Checkpoint) -> list[Stamp]:
    """Check what each timestamp is about."""
    name = "log/timestamps.json"
    data = package.read(name)
    listed = json.loads(data)
    if canonical(listed) != data or listed["schema"] != "meg-timestamps/1":
        raise Broken(name, "liste non canonique", "not in canonical form")
    found: list[Stamp] = []
    for item in listed["timestamps"]:
        size, previous = item["size"], item["previous"]
        base = "log/timestamps/%d" % size
        checkpoint = _checkpoint(package, base + ".checkpoint", keys)
        path = [_base64(line) for line in item["consistency"]]
        if checkpoint.size != size or not is_extension(
            size, checkpoint.root, head.size, head.root, path
        ):
            raise Broken(
                base, "le journal ne prolonge pas ce point", "the log does not extend this one"
            )
        before = None
        if previous is not None:
            before = (previous, package.digests.get("log/timestamps/%d.tsr" % previous, "absent"))
        message = timestamp_message(checkpoint.data, before)
        try:
            hash_name, digest, moment = read_token(package.read(base + ".tsr"))
            found.append(Stamp(size, moment, previous))
        except (ValueError, IndexError) as problem:
            raise Broken(base + ".tsr", "jeton illisible", "not a timestamp: %s" % problem)
        if hashlib.new(hash_name, message).digest() != digest:
            raise Broken(base + ".tsr", "horodatage d'autre chose", "is not about this checkpoint")
        if package.read(base + ".txt") != message:
            raise Broken(base + ".txt", "texte horodaté altéré", "not the stamped text")
    return found


# --- The whole ----------


def _shown(text: str) -> str:
    """A text of the package, without what a terminal would obey instead of showing."""
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else ascii(c)[1:-1] for c in text
    )


class Report:
    """What was found, in both languages."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self.problems = 0
        self.open = 0

    def passed(self, french: str, english: str) -> None:
        """Something was verified."""
        self._write("  OK           %s\n               %s" % (_shown(french), _shown(english)))

    def unverified(self, french: str, english: str) -> None:
        """Something is not verified here."""
        self.open += 1
        self._write("  NON VÉRIFIÉ  %s\n  NOT VERIFIED %s" % (_shown(french), _shown(english)))

    def broken(self, problem: Broken) -> None:
        """Something is wrong."""
        self.problems += 1
        name = _shown(problem.name)
        self._write(
            "  ERREUR       %s : %s\n  ERROR        %s: %s"
            % (name, _shown(problem.french), name, _shown(problem.english))
        )


def _check_index(package: Package, keys: Keys) -> str:
    lines = [
        "%s %d %s\n" % (package.digests[name], package.places[name][1], name)
        for name in package.places
        if name not in (_INDEX, _INDEX_NOTE)
    ]
    index = package.read(_INDEX)
    if not index.startswith((FORMAT + "\n").encode()):
        raise Broken(
            _INDEX,
            "format inconnu de ce programme : prenez un verify.py plus récent",
            "a form that this program does not know: take a later verify.py",
        )
    if index != (FORMAT + "\n" + "".join(lines)).encode():
        known = set(index.decode("utf-8", "replace").split("\n"))
        wrong = [line.strip().split(" ")[2] for line in lines if line.strip() not in known]
        name = wrong[0] if wrong else _INDEX
        raise Broken(name, "n'est pas tel que INDEX le dit", "is not what INDEX says")
    digest = hashlib.sha256(index).hexdigest()
    try:
        lines = open_note(package.read(_INDEX_NOTE), [keys.last()])
    except ValueError as problem:
        raise Broken(_INDEX_NOTE, "INDEX n'est pas signé", "INDEX is not signed: %s" % problem)
    if lines != ["%s evidence package" % keys.last().name, "sha256 %s" % digest]:
        raise Broken(_INDEX_NOTE, "signature d'un autre dossier", "signs another package")
    return digest


def _check_key(keys: Keys, given: str | None, report: Report) -> None:
    for (start, key), void in zip(keys.all, keys.void):
        report.passed(
            "Clé du journal dès la taille %d : %s, empreinte %s"
            % (start, key.text, key.fingerprint()),
            "The log's key from size %d on: see above, fingerprint" % start,
        )
        if void is not None:
            report.unverified(
                "cette clé a été déclarée compromise (%s) : ses signatures ne valent plus rien dès"
                " la taille %d. La clé suivante doit vous parvenir par une autre voie."
                % (void[1], void[0]),
                "this key was declared compromised (%s): its signatures are worth nothing from"
                " size %d on. The next key must reach you by another way." % (void[1], void[0]),
            )
    if given is None:
        report.unverified(
            "la clé elle-même : comparez-la, reçue par une autre voie, avec --key CLE. Sans cela,"
            " un dossier fabriqué de toutes pièces avec une autre clé passerait.",
            "the key itself: compare it with one that reached you another way, --key KEY. Without"
            " that, a package made up with another key would pass.",
        )
        return
    wanted = str(given).strip()
    known = [wanted in (key.text, key.fingerprint()) for _, key in keys.all]
    if not any(known):
        raise NotYourKey(
            "keys/history.json",
            "aucune de ses clés n'est celle que vous avez donnée. Un dossier fait avant un"
            " changement de clé ne connaît que la clé d'alors",
            "none of its keys is the one you gave. A package made before a change of key knows the"
            " key of that time alone",
        )
    if all(void is None for void in keys.void[known.index(True) :]):
        report.passed("La clé est celle que vous avez donnée.", "The key is the one you gave.")
    else:
        report.unverified(
            "la clé que vous avez donnée a été compromise depuis, ou une qui la suit : qui la"
            " détient a pu faire ce dossier. Comparez une clé plus récente.",
            "the key you gave was compromised since, or one that follows it: whoever holds it may"
            " have made this package. Compare a later key.",
        )


def _accounted(package: Package, folders: list[str], stamps: list[Stamp]) -> None:
    known = {
        _INDEX,
        _INDEX_NOTE,
        "verify.py",
        "LISEZMOI.txt",
        "report.html",
        "keys/history.json",
        "log/checkpoint",
        "log/timestamps.json",
    }
    for stamp in stamps:
        known |= {
            "log/timestamps/%d.%s" % (stamp.size, end)
            for end in ("checkpoint", "tsr", "txt", "pem")
        }
        # The timestamp before one that is shown: named by its digest in that one.
        if stamp.previous is not None:
            known.add("log/timestamps/%d.tsr" % stamp.previous)
    for name in package.places:
        if name in known or any(name.startswith(folder) for folder in folders):
            continue
        raise Broken(name, "fichier que rien n'explique", "a file that nothing explains")


def verify(stream: BinaryIO, key: str | None = None, write: Callable[[str], object] = print) -> int:
    """Verify a package; 0 when nothing in it is wrong, 1 otherwise."""
    report = Report(write)
    try:
        _verify(stream, key, report)
    except NotYourKey as problem:
        report.broken(problem)
        write(
            "\nCe dossier n'est pas signé avec votre clé ; le reste n'a pas été vérifié."
            "\nThis package is not signed with your key; nothing else was verified."
        )
        return 1
    except Broken as problem:
        report.broken(problem)
    except _UNREADABLE as problem:
        report.broken(Broken("?", "dossier illisible", "unreadable: %r" % problem))
    if report.problems:
        write("\nCe dossier N'EST PAS intact. / This package is NOT intact.")
        return 1
    write(
        "\nRien dans ce dossier n'est altéré ; %d point(s) restent à vérifier autrement."
        "\nNothing in this package was changed; %d point(s) remain to be verified otherwise."
        % (report.open, report.open)
    )
    return 0


def _verify(stream: BinaryIO, key: str | None, report: Report) -> None:
    package = Package(stream)
    report.passed(
        "Zip : %d fichiers, aucun octet en trop" % len(package.places),
        "Zip: %d files, not a byte besides" % len(package.places),
    )
    try:
        keys = Keys(package.read("keys/history.json"))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Broken("keys/history.json", "clés altérées", "keys changed: %s" % problem)
    digest = _check_index(package, keys)
    report.passed("INDEX signé, empreinte du dossier %s" % digest, "INDEX signed, digest as above")
    _check_key(keys, key, report)
    log = Log(package, keys)
    report.passed(
        "Journal : %d événements sous un point de contrôle signé" % log.head.size,
        "Log: %d events under a signed checkpoint" % log.head.size,
    )
    stamps = check_timestamps(package, keys, log.head)
    pattern = re.compile(r"documents/[^/]+/")
    folders = sorted({m.group() for m in map(pattern.match, package.places) if m})
    _accounted(package, folders, stamps)
    if not folders:
        report.unverified("ce dossier ne contient aucun document", "there is no document in this")
    for folder in folders:
        _check_document(package, folder, log, stamps, report)
    _tell_timestamps(stamps, report)
    report.unverified(
        "les rapports (report.html, report.pdf) : c'est MEG qui les a rédigés d'après les"
        " manifestes, qui seuls sont prouvés. De même, le dossier prouve ce qu'il montre, non"
        " qu'il montre tout.",
        "the reports (report.html, report.pdf): MEG wrote them from the manifests, and these alone"
        " are proven. Likewise the package proves what it shows, not that it shows everything.",
    )


def _check_dates(document: Document, stamps: list[Stamp], report: Report) -> None:
    """No event says that it is later than the first timestamp over it, but for a day of clocks."""
    for position, event in document.events:
        before = [stamp.seconds for stamp in stamps if stamp.size > position]
        said = calendar.timegm(time.strptime(event["at"][:19], "%Y-%m-%dT%H:%M:%S"))
        if before and said > min(before) + _DAY:
            report.unverified(
                "%s : l'événement %d se dit du %s, après l'horodatage qui le couvre"
                % (document.id, position, event["at"]),
                "%s: event %d says that it is of %s, after the timestamp that covers it"
                % (document.id, position, event["at"]),
            )


def _check_document(
    package: Package, folder: str, log: Log, stamps: list[Stamp], report: Report
) -> None:
    document = Document(package, folder, log)
    try:
        document.check()
    except Broken as problem:
        report.broken(problem)
        return
    count = len(document.events)
    if document.purge_started is None:
        report.passed(
            "%s : octets, manifestes et %d événements sont dans le journal" % (document.id, count),
            "%s: bytes, manifests and %d events stand in the log" % (document.id, count),
        )
    else:
        report.passed(
            "%s : ses %d événements sont dans le journal" % (document.id, count),
            "%s: its %d events stand in the log" % (document.id, count),
        )
    if document.accesses:
        report.passed(
            "%s : %d consultations sont dans le journal" % (document.id, document.accesses),
            "%s: %d accesses stand in the log" % (document.id, document.accesses),
        )
    first = document.events[0][0]
    times = [stamp.moment for stamp in stamps if stamp.size > first]
    _check_dates(document, stamps, report)
    if times:
        report.unverified(
            "%s : reçu avant %s, heure annoncée par un horodatage dont la signature n'est pas"
            " vérifiée ici (openssl, ci-dessous)" % (document.id, min(times)),
            "%s: received before %s, a time claimed by a timestamp whose signature is not verified"
            " here (openssl, below)" % (document.id, min(times)),
        )
    else:
        report.unverified(
            "%s : aucun horodatage ne le couvre encore" % document.id,
            "%s: no timestamp covers it yet" % document.id,
        )
    if document.destroyed is not None:
        gone = document.destroyed
        told = (document.id, gone["sha256"], gone["received_at"], gone["at"], gone["elimination"])
        visa = (gone["visa"]["by"], gone["visa"]["reference"] or "-")
        if gone["sha256"] in gone["destroyed"]:
            fate = ("détruit régulièrement", "lawfully destroyed")
        else:
            owner = gone["kept_for"].get(gone["sha256"], "?")
            fate = (
                "éliminé régulièrement, octets conservés car ils appartiennent au document %s,"
                % owner,
                "lawfully eliminated, its bytes kept because they belong to document %s" % owner,
            )
        report.passed(
            "%s : a existé (SHA-256 %s, reçu le %s), %s le %s, élimination n° %s, visa de %s (%s)"
            % (told[:3] + fate[:1] + told[3:] + visa),
            "%s: existed, %s, see above" % (document.id, fate[1]),
        )
    elif document.purge_started is not None:
        report.unverified(
            "%s : élimination commencée, pas encore achevée" % document.id,
            "%s: its destruction has begun and is not finished" % document.id,
        )
    for inputs in document.missing_inputs:
        report.unverified(
            "%s : les données du jugement %s ne sont pas jointes" % (document.id, inputs),
            "%s: the inputs of verdict %s are not enclosed" % (document.id, inputs),
        )


def _tell_timestamps(stamps: list[Stamp], report: Report) -> None:
    for stamp in stamps:
        report.passed(
            "Horodatage de la taille %d : porte sur ce point de contrôle ; heure annoncée : %s"
            % (stamp.size, stamp.moment),
            "Timestamp of size %d: is about this checkpoint; it claims %s"
            % (stamp.size, stamp.moment),
        )
    if stamps:
        base = "log/timestamps/%d" % stamps[-1].size
        command = (
            "openssl ts -verify -in %s.tsr -data %s.txt -CAfile RACINE.pem -untrusted %s.pem"
            " -attime %d" % (base, base, base, stamps[-1].seconds)
        )
        report.unverified(
            "la signature des horodatages : il faut openssl et le certificat racine de l'autorité,"
            " reçu par une autre voie. Dossier décompressé : " + command,
            "the signatures of the timestamps: openssl and the authority's root certificate, from"
            " another way, are needed. In the unpacked folder: " + command,
        )


def _given_key(given: str | None) -> str | None:
    """The key on the command line, or in the file named there."""
    if given is None:
        return None
    if Path(given).is_file():
        with open(given, encoding="utf-8") as file:
            given = file.read()
    text = given.strip()
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return text.lower()
    if re.fullmatch(r"[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*", text):
        return text
    raise ValueError(
        "--key : ni une clé (NOM+xxxxxxxx+...), ni son empreinte (64 chiffres hexadécimaux), ni un"
        " fichier qui la contient. / neither a key, nor its fingerprint, nor a file that holds it."
    )


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Vérifie un dossier de preuve MEG. / Verifies an evidence package of MEG."
    )
    parser.add_argument("package", help="le fichier zip / the zip file")
    parser.add_argument(
        "--key", help="la clé du journal ou son empreinte SHA-256 / the log's key or its SHA-256"
    )
    options = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        key = _given_key(options.key)
        with open(options.package, "rb") as file:
            return verify(file, key)
    except (OSError, ValueError) as problem:
        print("ERREUR / ERROR %s" % problem)
        return 2


if __name__ == "__main__":
    sys.exit(main())
