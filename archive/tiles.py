"""The files of a log as C2SP tlog-tiles lays them out: hash tiles and entry bundles.

A tile of level L and number N holds up to 256 hashes: the nodes (8 * L, 256 * N) onward. An entry
bundle holds the entries under the level 0 tile of the same number, each after its length in two
bytes, big end first. A tile that is not full yet carries its width in its path and is written
anew, under another path, when it has grown: no file is ever changed.

See https://c2sp.org/tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Sequence

WIDTH = 256
HEIGHT = 8
HASH = 32
_GROUP = 1000


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """The path of a hash tile under the log's folder, such as `tile/0/x001/067.p/42`."""
    return f"tile/{level}/{_number(number)}{_partial(width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """The path of an entry bundle under the log's folder."""
    return f"tile/entries/{_number(number)}{_partial(width)}"


def checkpoint_path(size: int) -> str:
    """The path of the checkpoint of a tree of this size under the log's folder."""
    return f"checkpoint/{size}"


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of an entry bundle."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def unpack_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; raises ValueError when the lengths do not add up."""
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data) or place + 2 > len(data):
            raise ValueError(f"entry {len(entries)} is cut off")
        entries.append(data[place + 2 : end])
        place = end
    return entries


def unpack_tile(data: bytes) -> list[bytes]:
    """The hashes of a tile; raises ValueError for anything that is not whole hashes."""
    if len(data) % HASH or not data:
        raise ValueError(f"{len(data)} bytes are no tile")
    return [data[i : i + HASH] for i in range(0, len(data), HASH)]


def tile_width(level: int, number: int, size: int) -> int:
    """How many hashes this tile holds in a tree of `size` leaves; 0 when it does not exist."""
    nodes = size >> (HEIGHT * level)
    return max(0, min(WIDTH, nodes - number * WIDTH))


def _number(number: int) -> str:
    groups = [f"{number % _GROUP:03d}"]
    while number >= _GROUP:
        number //= _GROUP
        groups.append(f"x{number % _GROUP:03d}")
    return "/".join(reversed(groups))


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
