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
_STREAM: Final = b"stream"
_END: Final = b"endstream"
_LINE_ENDS: Final = frozenset({b"\r", b"\n"})
_LENGTH: Final = re.compile(rb"/Length(?!\w)[^/>]*")
_DIRECT: Final = re.compile(rb"/Length\s*(\d+)\s*$")
_DEFLATES: Final = re.compile(rb"/Fl(?:ateDecode)?\b")
_ESCAPED: Final = re.compile(rb"#([0-9a-fA-F]{2})")
_INDIRECT: Final = re.compile(rb"/Filter\s+\d+\s+\d+\s+R")


def inflates_too_far(data: bytes) -> bool:
    """Whether any stream of the file inflates beyond the limit."""
    position = data.find(_STREAM)
    while position >= 0:
        start = position + len(_STREAM)
        following = start
        if data[start : start + 1] in _LINE_ENDS and data[position - 3 : position] != b"end":
            start += 2 if data[start : start + 2] == b"\r\n" else 1
            dictionary = _dictionary(data, position)
            length, is_certain = _longest(data, start, dictionary)
            if _goes_too_far(data, start, length, dictionary):
                return True
            following = start + length if is_certain else start
        position = data.find(_STREAM, following)
    return False


def _goes_too_far(data: bytes, start: int, length: int, dictionary: bytes) -> bool:
    """Whether the stream that starts there, with this dictionary before it, goes too far."""
    if b"/Image" in dictionary and b"/Width" in dictionary:
        return False
    layered = dictionary.count(b"/Fl") > 1 and len(_DEFLATES.findall(dictionary)) > 1
    unclear = _INDIRECT.search(dictionary) is not None
    if not (layered or unclear) and length * _RATIO <= LIMIT:
        return False
    if not _is_zlib(data, start):
        return layered  # deflated twice behind yet another filter: no program writes that
    if _exceeds(memoryview(data)[start:]):
        return True
    return (layered or unclear) and _layers_exceed(data[start:])


def _dictionary(data: bytes, end: int) -> bytes:
    """What stands between `obj` and `stream`, its names unescaped (`/Fl#61teDecode`)."""
    opening = data.rfind(b"obj", max(0, end - _DICTIONARY), end)
    found = data[opening if opening >= 0 else end : end]
    if b"#" in found:
        found = _ESCAPED.sub(lambda code: bytes((int(code[1], 16),)), found)
    return found


def _longest(data: bytes, start: int, dictionary: bytes) -> tuple[int, bool]:
    """The most bytes the stream can have, and whether it is known to have just these.

    It is known when the declared length leads to the end mark. Otherwise it is the farther of the
    two, or everything that follows where no length is declared in place.
    """
    lengths = _LENGTH.findall(dictionary)
    declared = _DIRECT.match(lengths[0]) if len(lengths) == 1 else None
    if declared is None:
        return len(data) - start, False
    length = min(int(declared[1][:12]), len(data) - start)
    tail = data[start + length : start + length + len(_END) + 2]
    if tail.lstrip(b"\r\n").startswith(_END):
        return length, True
    end = data.find(_END, start)
    return max(length, (len(data) if end < 0 else end) - start), False


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
