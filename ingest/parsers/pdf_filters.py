"""Filters of PDF streams undone within bounds (ISO 32000-1 §7.4): deflate and the two for text.

Any chain of these is undone here, since a library that undoes a chain in one go cannot be stopped
between its links. Run lengths, LZW and predictors are left to the library.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final

from ingest.parsers.inflate import TooLarge, inflate

FLATE: Final = frozenset({"/FlateDecode", "/Fl"})
_HEX: Final = frozenset({"/ASCIIHexDecode", "/AHx"})
_BASE_85: Final = frozenset({"/ASCII85Decode", "/A85"})
UNDONE_HERE: Final = FLATE | _HEX | _BASE_85
"""The filters known here; no filter at all is a chain of these too."""

_MOST_FILTERS: Final = 8
_NO_HEX: Final = re.compile(rb"[^0-9a-fA-F]")
_NO_BASE_85: Final = re.compile(rb"[^!-uz]")


def unfiltered(raw: bytes, filters: Sequence[str], limit: int) -> bytes:
    """The content behind a chain of filters; what precedes damage is kept.

    Raises:
        TooLarge: it has more than `limit` bytes, or does on the way.
    """
    if len(filters) > _MOST_FILTERS:
        raise TooLarge
    content = raw
    for name in filters:
        if name in FLATE:
            content = inflate(content, limit)
        elif name in _HEX:
            content = _from_hexadecimal(content)
        else:
            content = _from_base_85(content)
    if len(content) > limit:
        raise TooLarge
    return content


def _from_hexadecimal(text: bytes) -> bytes:
    digits = _NO_HEX.sub(b"", text.partition(b">")[0])
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


def _from_base_85(text: bytes) -> bytes:
    letters = _NO_BASE_85.sub(b"", text.partition(b"~")[0])
    try:
        return base64.a85decode(letters)
    except ValueError:
        return b""
