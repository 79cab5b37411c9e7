"""Whether a file carries a signature, told from its bytes: unsigned files pay for nothing more.

A signature of a PDF cannot lie in a compressed part: its `/ByteRange` speaks of the file's own
bytes. The namespace of XML signatures has one spelling. CMS (`.p7m`) begins with its type.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from ingest.detect import FileType, file_type, is_cms

_BYTE_RANGE: Final = b"/ByteRange"
# Some programs declare the namespace everywhere; a signature has a value, too.
_XML_SIGNATURE: Final = ("xmldsig#", "SignatureValue")
_ENCODINGS: Final = ("ascii", "utf-16-le", "utf-16-be")
_PEM: Final = re.compile(rb"-----(?:BEGIN|END) [A-Z0-9 ]{1,30}-----")


def is_signed(data: bytes) -> bool:
    """Whether a file carries what may be a signature."""
    kind = file_type(data)
    if kind is FileType.PDF:
        return _BYTE_RANGE in data
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
