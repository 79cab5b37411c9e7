"""Decompression that cannot run away: output is bounded before it is made.

A megabyte of deflated zeros is a gigabyte of zeros. Every stream out of an untrusted PDF that this
project inflates itself goes through here.
"""

from __future__ import annotations

import zlib
from typing import Final

_CHUNK: Final = 1 << 20
_SMALL: Final = 256
_HEADER: Final = 2


class TooLarge(Exception):  # never leaves the parsers: turned into a finding there
    """A stream inflates beyond what is allowed."""


def inflate(raw: bytes | memoryview, limit: int) -> bytes:
    """Inflate zlib data up to `limit` bytes; what precedes damage is kept.

    Raises:
        TooLarge: the stream holds more than `limit` bytes.
    """
    parts: list[bytes] = []
    if _pour(zlib.decompressobj(), raw, limit, _CHUNK, parts):
        return b"".join(parts)
    # Damaged. A call that fails gives nothing of what it had inflated, so small pieces lose
    # little; without the header there is no checksum to fail.
    best = b""
    for body in (raw[_HEADER:], raw):
        kept: list[bytes] = []
        _pour(zlib.decompressobj(-zlib.MAX_WBITS), body, limit, _SMALL, kept)
        best = max(best, b"".join(kept), key=len)
    return best


def _pour(
    engine: zlib._Decompress,
    raw: bytes | memoryview,
    limit: int,
    piece: int,
    parts: list[bytes],
) -> bool:
    """Inflate piece by piece into `parts`; False when the data is damaged."""
    size = 0
    view = memoryview(raw)
    for start in range(0, len(raw), piece):
        pending: bytes | memoryview = view[start : start + piece]
        while pending and not engine.eof:
            try:
                part = engine.decompress(pending, min(_CHUNK, limit + 1 - size))
            except zlib.error:
                return False
            parts.append(part)
            size += len(part)
            if size > limit:
                raise TooLarge
            pending = engine.unconsumed_tail
        if engine.eof:
            break
    return True
