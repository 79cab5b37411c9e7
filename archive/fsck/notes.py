"""Signed checkpoints (C2SP signed-note and tlog-checkpoint), read a second time."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """What a checkpoint promises, and whether the log's key signed it."""

    size: int
    root: bytes
    signed: bool


def read_note(note: bytes, verifier_key: str) -> SignedRoot | None:
    """Read a checkpoint; None when it is not exactly one of the log with this key.

    A checkpoint of ours is six lines, in the one spelling there is: origin, size, root, an empty
    line, one signature line.
    """
    name, key_id, encoded = verifier_key.strip().split("+", 2)
    key = base64.b64decode(encoded)
    try:
        lines = note.decode().split("\n")
        origin, size, root, empty, signature, end = lines
        dash, signer, blob = signature.split(" ")
        number, value = int(size), base64.b64decode(root, validate=True)
        signed = base64.b64decode(blob, validate=True)
    except ValueError:
        return None
    spelled = [
        name,
        str(number),
        base64.b64encode(value).decode(),
        "",
        f"— {name} {base64.b64encode(signed).decode()}",
        "",
    ]
    if [origin, size, root, empty, f"{dash} {signer} {blob}", end] != spelled:
        return None
    text = f"{origin}\n{size}\n{root}\n".encode()
    expected_id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    by_key = signed[:4] == expected_id == bytes.fromhex(key_id)
    return SignedRoot(number, value, by_key and _verifies(key[1:], signed[4:], text))


def signed_text(note: bytes, verifier_keys: list[str]) -> list[str] | None:
    """The lines of a note that exactly these keys signed, in this order; None for anything else."""
    try:
        text, blank, tail = note.decode().rpartition("\n\n")
        *signatures, end = tail.split("\n")
        if not blank or end or len(signatures) != len(verifier_keys):
            return None
        for line, verifier_key in zip(signatures, verifier_keys, strict=True):
            name, key_id, encoded = verifier_key.split("+", 2)
            key = base64.b64decode(encoded, validate=True)
            signed = base64.b64decode(line.split(" ")[2], validate=True)
            named = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
            if line != f"— {name} {base64.b64encode(signed).decode()}" or key[:1] != b"\x01":
                return None
            if not signed[:4] == named == bytes.fromhex(key_id):
                return None
            if not _verifies(key[1:], signed[4:], f"{text}\n".encode()):
                return None
    except (ValueError, IndexError):
        return None
    return text.split("\n")


def _verifies(public: bytes, signature: bytes, text: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
