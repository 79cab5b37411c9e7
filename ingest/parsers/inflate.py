"""Decompression that cannot run away: output is bounded before it is made.

A megabyte of deflated zeros is a gigabyte of zeros. Every stream out of an untrusted PDF that this
project inflates itself goes through here.
"""

from __future__ import annotations

import zlib
from typing import Final

_CHUNK: Final = 1 << 20
_RAW_DEFLATE: Final = -15


class TooLarge(Exception):  # never leaves the parsers: turned into a finding there
    """A stream inflates beyond what is allowed."""


def inflate(raw: bytes, limit: int) -> bytes:
    """Inflate zlib data up to `limit` bytes; what precedes damage is kept.

    Raises:
        TooLarge: the stream holds more than `limit` bytes.
    """
    out = _inflate(raw, limit, zlib.MAX_WBITS)
    return out or _inflate(raw, limit, _RAW_DEFLATE)


def _inflate(raw: bytes, limit: int, window: int) -> bytes:
    engine = zlib.decompressobj(window)
    parts: list[bytes] = []
    size = 0
    pending = raw
    try:
        while pending and not engine.eof:
            part = engine.decompress(pending, min(_CHUNK, limit + 1 - size))
            size += len(part)
            if size > limit:
                raise TooLarge
            if not part and engine.unconsumed_tail == pending:
                break
            parts.append(part)
            pending = engine.unconsumed_tail
    except zlib.error:
        pass  # truncated or damaged: what came out so far is all there is
    return b"".join(parts)
