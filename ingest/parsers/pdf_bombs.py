"""Whether a PDF holds a stream that would fill the memory of whoever inflates it.

The PDF libraries inflate object streams, page contents and fonts in one go, without a bound. So
streams are looked at beforehand: one whose deflated length cannot exceed the limit passes at once
(deflate makes at most 1032 bytes of one), the others are inflated piece by piece and counted.
Pictures are passed over: nothing here decodes them. Streams of an encrypted file cannot be judged
from outside; for them, and for whatever slips through, the memory limit of the reading process
stands.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from ingest.parsers.inflate import TooLarge, inflate

LIMIT: Final = 96 << 20
_RATIO: Final = 1032
_PIECE: Final = 1 << 18
_LAYER: Final = 32 << 20
_MOST_LAYERS: Final = 4
_DICTIONARY: Final = 4096
_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)")
_LENGTH: Final = re.compile(rb"/Length\s+(\d+)(?!\s+\d+\s+R)\b")
_DEFLATES: Final = re.compile(rb"/Fl(?:ateDecode)?\b")
_ESCAPED: Final = re.compile(rb"#([0-9a-fA-F]{2})")
_INDIRECT: Final = re.compile(rb"/Filter\s+\d+\s+\d+\s+R")


def inflates_too_far(data: bytes) -> bool:
    """Whether any stream of the file inflates beyond the limit."""
    view = memoryview(data)
    for match in _STREAM.finditer(data):
        start = match.end()
        if data[match.start() - 3 : match.start()] == b"end":
            continue
        dictionary = _dictionary(data, match.start())
        if b"/Image" in dictionary and b"/Width" in dictionary:
            continue
        layered = len(_DEFLATES.findall(dictionary)) > 1
        unclear = _INDIRECT.search(dictionary) is not None
        if not (layered or unclear) and _longest(data, start, dictionary) * _RATIO <= LIMIT:
            continue
        if _is_zlib(data, start):
            if _exceeds(view[start:]) or ((layered or unclear) and _layers_exceed(data[start:])):
                return True
        elif layered:
            return True  # deflated twice behind yet another filter: no program writes that
    return False


def _dictionary(data: bytes, end: int) -> bytes:
    """What stands between `obj` and `stream`, its names unescaped (`/Fl#61teDecode`)."""
    opening = data.rfind(b"obj", max(0, end - _DICTIONARY), end)
    found = data[opening if opening >= 0 else end : end]
    if b"#" in found:
        found = _ESCAPED.sub(lambda code: bytes((int(code[1], 16),)), found)
    return found


def _longest(data: bytes, start: int, dictionary: bytes) -> int:
    """The most bytes the stream can have: to its end mark or as declared, whichever is later."""
    declared = _LENGTH.search(dictionary)
    if declared is None:
        return len(data) - start
    end = data.find(b"endstream", start)
    marked = (len(data) if end < 0 else end) - start
    return max(marked, min(int(declared[1][:12]), len(data) - start))


def _is_zlib(data: bytes, start: int) -> bool:
    head = data[start : start + 2]
    return (
        len(head) == len(b"xx")
        and head[0] & 0x0F == zlib.DEFLATED
        and not (int.from_bytes(head, "big") % 31)
    )


def _exceeds(raw: memoryview) -> bool:
    engine = zlib.decompressobj()
    size = 0
    try:
        for position in range(0, len(raw), _PIECE):
            pending: bytes | memoryview = raw[position : position + _PIECE]
            while pending and not engine.eof:
                size += len(engine.decompress(pending, _PIECE))
                if size > LIMIT:
                    return True
                pending = engine.unconsumed_tail
            if engine.eof:
                break
    except zlib.error:
        pass  # what follows the damage is not inflated by anybody
    return False


def _layers_exceed(raw: bytes) -> bool:
    """Whether deflate within deflate goes too far."""
    content = raw
    for _ in range(_MOST_LAYERS):
        if not _is_zlib(content, 0):
            return False
        if _exceeds(memoryview(content)):
            return True
        try:
            content = inflate(content, _LAYER)
        except TooLarge:
            return True
    return True
