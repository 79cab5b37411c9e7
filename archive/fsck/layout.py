"""The paths of a log's files (C2SP tlog-tiles), read and spelled a second time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

WIDTH = 256
ENTRIES = -1  # the level under which entry bundles are filed here

_TILE = re.compile(r"tile/(entries|\d{1,2})/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?")
_TIMESTAMP = re.compile(r"tsr/(0|[1-9]\d*)\.tsr")
_CHECKPOINT = re.compile(r"checkpoint/(0|[1-9]\d*)")


@dataclass(slots=True)
class Listing:
    """What files a log has: for each level and number the widths, and the checkpoints' sizes."""

    tiles: dict[tuple[int, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    checkpoints: list[int] = field(default_factory=list)
    timestamps: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def path_of(level: int, number: int, width: int) -> str:
    """The path of a tile or bundle."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    folder = "entries" if level == ENTRIES else str(level)
    return f"tile/{folder}/{name}" + ("" if width == WIDTH else f".p/{width}")


def listing(paths: Iterable[str]) -> Listing:
    """Sort a log's files by what they are; whatever has no business there is `unknown`."""
    found = Listing()
    for path in paths:
        if tile := _TILE.fullmatch(path):
            level = ENTRIES if tile[1] == "entries" else int(tile[1])
            number = int(tile[2].replace("x", "").replace("/", ""))
            width = int(tile[3]) if tile[3] else WIDTH
            if path_of(level, number, width) == path:
                found.tiles[level, number].add(width)
                continue
        elif checkpoint := _CHECKPOINT.fullmatch(path):
            found.checkpoints.append(int(checkpoint[1]))
            continue
        elif timestamp := _TIMESTAMP.fullmatch(path):
            found.timestamps.append(int(timestamp[1]))
            continue
        found.unknown.append(path)
    return found


def entries_in(data: bytes) -> list[bytes] | None:
    """The entries of a bundle, 32 bytes each in our logs; None for anything else."""
    step = 2 + 32
    if len(data) % step:
        return None
    rows = [data[i : i + step] for i in range(0, len(data), step)]
    return [r[2:] for r in rows] if all(r[:2] == b"\x00\x20" for r in rows) else None


def hashes_in(data: bytes) -> list[bytes] | None:
    """The hashes of a tile; None when it is not whole hashes."""
    return None if len(data) % 32 else [data[i : i + 32] for i in range(0, len(data), 32)]
