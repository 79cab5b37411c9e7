"""Whether a file carries a signature, told from its bytes: unsigned files pay for nothing more.

A signature of a PDF cannot lie in a compressed part: its `/ByteRange` speaks of the file's own
bytes. Its name may be written with escapes (`/ByteRang#65`). The namespace of XML signatures has
one spelling. CMS (`.p7m`) begins with its type.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from ingest.detect import FileType, file_type, is_cms

BYTE_RANGE: Final = b"/" + b"".join(
    b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in b"ByteRange"
)
"""The name `/ByteRange`, each of its letters as itself or as an escape (ISO 32000-1, 7.3.5)."""
_BYTE_RANGE: Final = re.compile(BYTE_RANGE)
# Some programs declare the namespace everywhere; a signature has a value, too.
_XML_SIGNATURE: Final = ("xmldsig#", "SignatureValue")
_ENCODINGS: Final = ("ascii", "utf-16-le", "utf-16-be")
_PEM: Final = re.compile(rb"-----(?:BEGIN|END) [A-Z0-9 ]{1,30}-----")


def is_signed(data: bytes) -> bool:
    """Whether a file carries what may be a signature."""
    kind = file_type(data)
    if kind is FileType.PDF:
        return _BYTE_RANGE.search(data) is not None
    if kind is FileType.XML:
        return any(
            all(mark.encode(encoding) in data for mark in _XML_SIGNATURE) for encoding in _ENCODINGS
        )
    return kind is FileType.CMS


def cms_bytes(data: bytes) -> bytes | None:
    """The binary form of a CMS file, which may have come as base64 with or without PEM lines."""
    if data.startswith(b"\x30"):
        return data
    try:
        decoded = base64.b64decode(_PEM.sub(b"", data), validate=False)
    except (binascii.Error, ValueError):
        return None
    return decoded if is_cms(decoded) else None
