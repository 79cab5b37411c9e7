"""Identifiers: digests, document ids, references as people write them.

References are compared normalised (CONTRACT §5): case, spaces, punctuation, leading zeros and
`BC`/`N°`-like prefixes do not count.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEPARATORS = re.compile(r"[^0-9a-z]+")
_PREFIX_WORDS = frozenset(
    "bc bdc cde cmd com commande bon de d n no nr num numero ref reference po order purchase "
    "engagement ej marche contrat contract facture fac inv invoice bestellung auftrag".split()
)
_UUID_VERSION_7 = 0x7 << 76
_UUID_VARIANT = 0x2 << 62


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A SHA-256 digest, written as 64 lower-case hexadecimal digits."""

    hex: str

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(self.hex):
            raise ValueError(f"not a SHA-256 digest: {self.hex!r}")

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """Hash these bytes."""
        return cls(hashlib.sha256(data).hexdigest())

    def __str__(self) -> str:
        return self.hex


def new_document_id(milliseconds: int) -> str:
    """Make a document id that sorts by time: a UUID version 7 (RFC 9562 §5.7).

    Args:
        milliseconds: since 1970-01-01 UTC; the caller owns the clock.
    """
    return _format_version_7((milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80))


def member_document_id(container_id: str, position: int) -> str:
    """The id of the file at this position inside a container: the same at every opening."""
    head = int(container_id.replace("-", ""), 16) >> 80 << 80
    tail = hashlib.sha256(f"{container_id}/{position}".encode()).digest()
    return _format_version_7(head | int.from_bytes(tail[:10]))


def _format_version_7(value: int) -> str:
    value = value & ~(0xF << 76) & ~(0x3 << 62) | _UUID_VERSION_7 | _UUID_VARIANT
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def fold(text: str) -> str:
    """Lower-case without accents: what two spellings of one word have in common."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=8192)
def normalise_reference(text: str) -> str:
    """Reduce an order, contract or commitment reference to what identifies it.

    `BC n° 04295/26`, `bc-4295-26` and `4295 26` all give `429526`. Empty when nothing remains.
    """
    words = [w for w in _SEPARATORS.split(fold(text)) if w]
    while len(words) > 1 and words[0] in _PREFIX_WORDS:
        words = words[1:]
    if words:
        words[0] = re.sub(r"^(?:bdc|bc|cde|cmd|no|n)(?=\d)", "", words[0])
    return "".join(w.lstrip("0") if w.isdigit() else w for w in words).lstrip("0")


def compact(text: str) -> str:
    """Upper-case letters and digits only, as IBAN, VAT and SIRET numbers are compared."""
    return "".join(filter(str.isalnum, text.upper()))
