"""Checkpoints: the size and root of the log in a signed note, as C2SP specifies both.

A note is text, an empty line, and signature lines `— <name> <base64(key id || signature)>`. The
key id is the first four bytes of SHA-256(name || 0x0A || 0x01 || public key); 0x01 stands for
Ed25519. A checkpoint's text is three lines: origin, size, root in base64. Ed25519 is
deterministic: the same checkpoint signed twice is the same note.

See https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.errors import NoteUnreadable

if TYPE_CHECKING:
    # Loading the cryptography library costs more than most commands need.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"
_KEY_ID = 4
_HASH = 32
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log promises: its first `size` entries have this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and an Ed25519 public key: whose signatures are believed."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a note's signature line names its key."""
        material = self.name.encode() + b"\n" + _ED25519 + self.public
        return hashlib.sha256(material).digest()[:_KEY_ID]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the 32 bytes of the public key, to be read out or printed."""
        return hashlib.sha256(self.public).hexdigest()

    @property
    def verifier_key(self) -> str:
        """The key as the note tools write it: `<name>+<key id>+<base64>`."""
        key = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def from_verifier_key(cls, text: str) -> Verifier:
        """Read what `verifier_key` wrote; raises NoteUnreadable."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            key = base64.b64decode(encoded, validate=True)
        except ValueError as problem:
            raise NoteUnreadable(f"not a verifier key: {text[:100]!r}") from problem
        found = cls(name, key[1:])
        if key[:1] != _ED25519 or len(found.public) != _HASH or found.key_id.hex() != key_id:
            raise NoteUnreadable(f"not an Ed25519 verifier key: {text[:100]!r}")
        return found

    def has_signed(self, note: bytes) -> bool:
        """Whether the note carries a valid signature of this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (
            Ed25519PublicKey,
        )

        text, signatures = _split_note(note)
        key = Ed25519PublicKey.from_public_bytes(self.public)
        for name, signature in signatures:
            if name == self.name and signature[:_KEY_ID] == self.key_id:
                try:
                    key.verify(signature[_KEY_ID:], text)
                except InvalidSignature:
                    return False
                return True
        return False

    def has_signed_bytes(self, text: bytes, signature: bytes) -> bool:
        """Whether this is the key's bare signature over a text that is no note."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (
            Ed25519PublicKey,
        )

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and an Ed25519 private key: who signs the log."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The signed note over a checkpoint."""
        return self.sign_text(checkpoint.text())

    def sign_text(self, text: str) -> bytes:
        """The signed note over a text that ends its last line and cannot be taken for another."""
        return f"{text}\n{self.signature_line(text)}".encode()

    def signature_line(self, text: str) -> str:
        """This key's line under a note with this text."""
        signature = self.verifier.key_id + self.key.sign(text.encode())
        return f"— {self.name} {base64.b64encode(signature).decode()}\n"


def read_checkpoint(note: bytes) -> Checkpoint:
    """The checkpoint in a note, its signatures unchecked; raises NoteUnreadable."""
    text, _ = _split_note(note)
    lines = text.decode().split("\n")
    try:
        origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
        number = int(size)
    except (ValueError, IndexError) as problem:
        raise NoteUnreadable("the note holds no checkpoint") from problem
    # One spelling per size: no sign, no leading zero, no extension lines of others.
    if size != str(number) or number < 0 or len(root) != _HASH or lines[_LINES:] != [""]:
        raise NoteUnreadable("the note holds no checkpoint of ours")
    return Checkpoint(origin, number, root)


def note_text(note: bytes) -> str:
    """The text of a note, its signatures unchecked; raises NoteUnreadable."""
    text, _ = _split_note(note)
    return text.decode()


def _split_note(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    text, blank, tail = note.rpartition(b"\n\n")
    try:
        lines = tail.decode().split("\n")
        text.decode()
        signatures = [_signature(line) for line in lines[:-1]]
    except (ValueError, binascii.Error) as problem:
        raise NoteUnreadable("not a signed note") from problem
    if not blank or lines[-1] or not signatures:
        raise NoteUnreadable("not a signed note")
    return text + b"\n", signatures


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, encoded = line.split(" ")
    if dash != "—":
        raise ValueError("not a signature line")
    return name, base64.b64decode(encoded, validate=True)
