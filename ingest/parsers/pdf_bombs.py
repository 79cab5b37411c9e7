"""Whether a PDF would take the memory or the time of whoever reads it.

The PDF libraries inflate object streams, page contents and fonts in one go, without a bound. So
streams are looked at beforehand: one whose deflated length cannot exceed the limit passes at once
(deflate makes at most 1032 bytes of one), the others are inflated piece by piece and counted.
Pictures are passed over: nothing here decodes them. Streams of an encrypted file cannot be judged
from outside; for them, and for whatever slips through, the memory limit of the reading process
stands.

A reader looks for the end of a stream whose length is wrong. Thousands of streams without an end
make that quadratic, here and in every library; so the way to the ends is added up, and so is what
was inflated on trial. Past a bound no honest file comes near, the file counts as hostile.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

from ingest.parsers.inflate import TooLarge, inflate

LIMIT: Final = 96 << 20
_MOST_SEARCHED: Final = 1 << 28
_MOST_INFLATED: Final = 1 << 30
_RATIO: Final = 1032
_PIECE: Final = 1 << 18
_TRIAL: Final = 1 << 14
"""What inflating a stream costs beside its bytes, in bytes."""

_LAYER: Final = 32 << 20
_MOST_LAYERS: Final = 4
_DICTIONARY: Final = 4096
_STREAM: Final = b"stream"
_END: Final = b"endstream"
_OBJECT: Final = b"obj"
_LINE_ENDS: Final = frozenset({b"\r", b"\n"})
_LENGTH: Final = re.compile(rb"/Length(?!\w)[^/>]*")
_DIRECT: Final = re.compile(rb"/Length\s*(\d+)\s*$")
_DEFLATES: Final = re.compile(rb"/Fl(?:ateDecode)?\b")
_ESCAPED: Final = re.compile(rb"#([0-9a-fA-F]{2})")
_INDIRECT: Final = re.compile(rb"/Filter\s+\d+\s+\d+\s+R")


def is_hostile(data: bytes) -> bool:
    """Whether a stream inflates beyond the limit, or all of them take more work than is borne."""
    effort = _Effort(data)
    before = 0
    position = data.find(_STREAM)
    while position >= 0:
        start = position + len(_STREAM)
        following = start
        if data[start : start + 1] in _LINE_ENDS and data[position - 3 : position] != b"end":
            start += 2 if data[start : start + 2] == b"\r\n" else 1
            dictionary = _dictionary(data, before, position)
            length, is_certain = _longest(effort, start, dictionary)
            if _goes_too_far(effort, start, length, dictionary) or effort.is_spent:
                return True
            before = following = start + length if is_certain else start
        position = data.find(_STREAM, following)
    return False


@dataclass(slots=True)
class _Effort:
    """The file, and what reading its streams has taken so far."""

    data: bytes
    searched: int = 0
    inflated: int = 0
    _end: int = -1

    @property
    def is_spent(self) -> bool:
        searched = self.searched - 2 * len(self.data)  # each stream once is what honest files take
        return searched > _MOST_SEARCHED or self.inflated > _MOST_INFLATED

    def end_after(self, start: int) -> int:
        """Where the next end mark stands, or the end of the file; starts only ever grow."""
        if self._end < start:
            found = self.data.find(_END, start)
            self._end = len(self.data) if found < 0 else found
        self.searched += self._end - start
        return self._end


def _goes_too_far(effort: _Effort, start: int, length: int, dictionary: bytes) -> bool:
    """Whether the stream that starts there, with this dictionary before it, goes too far."""
    if b"/Image" in dictionary and b"/Width" in dictionary:
        return False
    layered = dictionary.count(b"/Fl") > 1 and len(_DEFLATES.findall(dictionary)) > 1
    unclear = not dictionary.startswith(_OBJECT) or _INDIRECT.search(dictionary) is not None
    if not (layered or unclear) and length * _RATIO <= LIMIT:
        return False
    data = effort.data
    if not _is_zlib(data, start):
        return layered  # deflated twice behind yet another filter: no program writes that
    if _exceeds(effort, memoryview(data)[start:]):
        return True
    return (layered or unclear) and _layers_exceed(effort, memoryview(data)[start:])


def _dictionary(data: bytes, after: int, end: int) -> bytes:
    """What stands between `obj` and `stream`, its names unescaped (`/Fl#61teDecode`)."""
    first = max(after, end - _DICTIONARY)
    opening = data.rfind(_OBJECT, first, end)
    found = data[opening if opening >= 0 else first : end]
    if b"#" in found:
        found = _ESCAPED.sub(lambda code: bytes((int(code[1], 16),)), found)
    return found


def _longest(effort: _Effort, start: int, dictionary: bytes) -> tuple[int, bool]:
    """The most bytes the stream can have, and whether it is known to have just these.

    It is known when the declared length leads to the end mark. Otherwise it is the farther of the
    two, or everything that follows where no length is declared in place.
    """
    data = effort.data
    lengths = _LENGTH.findall(dictionary)
    declared = _DIRECT.match(lengths[0]) if len(lengths) == 1 else None
    if declared is None:
        effort.end_after(start)
        return len(data) - start, False
    length = min(int(declared[1][:12]), len(data) - start)
    tail = data[start + length : start + length + len(_END) + 2]
    if tail.lstrip(b"\r\n").startswith(_END):
        return length, True
    return max(length, effort.end_after(start) - start), False


def _is_zlib(data: bytes | memoryview, start: int) -> bool:
    head = data[start : start + 2]
    return (
        len(head) == len(b"xx")
        and head[0] & 0x0F == zlib.DEFLATED
        and not (int.from_bytes(head, "big") % 31)
    )


def _exceeds(effort: _Effort, raw: memoryview) -> bool:
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
    effort.inflated += size + _TRIAL
    return False


def _layers_exceed(effort: _Effort, raw: memoryview) -> bool:
    """Whether deflate within deflate goes too far."""
    content: bytes | memoryview = raw
    for _ in range(_MOST_LAYERS):
        if not _is_zlib(content, 0):
            return False
        if _exceeds(effort, memoryview(content)):
            return True
        try:
            content = inflate(content, _LAYER)
        except TooLarge:
            return True
        effort.inflated += len(content)
    return True
