"""Reads the segments of a tantivy index in full and compares each with its own checksum.

tantivy writes a CRC-32 at the end of every segment file, but looks at it only when asked. A file
ends in: its body, a JSON footer with `crc` of the body, the footer's length and a magic number,
both as 32 bits little-endian.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SUFFIXES: Final = frozenset({".term", ".idx", ".pos", ".store", ".fast", ".fieldnorm", ".del"})
_MAGIC: Final = 1337
_ENDING: Final = struct.Struct("<II")
_LONGEST_FOOTER = 10_000
_AT_ONCE = 1 << 20


def damaged_files(folder: Path) -> Iterator[Path]:
    """The segment files whose body is not what was written."""
    for path in sorted(folder.iterdir()):
        if path.suffix in _SUFFIXES:
            try:
                sound = _is_sound(path)
            except FileNotFoundError:
                continue  # a merge has just replaced it
            if not sound:
                yield path


def _is_sound(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _ENDING.size:
            return False
        file.seek(size - _ENDING.size)
        length, magic = _ENDING.unpack(file.read(_ENDING.size))
        body = size - _ENDING.size - length
        if magic != _MAGIC or length > _LONGEST_FOOTER or body < 0:
            return False
        file.seek(body)
        try:
            recorded = json.loads(file.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        found = 0
        while body > 0:
            data = file.read(min(_AT_ONCE, body))
            found = zlib.crc32(data, found)
            body -= len(data)
        return bool(found == recorded)
