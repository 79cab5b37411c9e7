"""The right edge of a growing log: the open tiles, and what appending closes.

Holds at most one open tile a level and one open entry bundle, so its size does not depend on the
log's. Pure: it takes entries and gives back files to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archive.merkle import leaf_hashes, subtree_root, tree_root
from archive.tiles import (
    HEIGHT,
    WIDTH,
    bundle_path,
    pack_bundle,
    tile_path,
    unpack_bundle,
    unpack_tile,
)

File = tuple[str, bytes]


class Edge:
    """The open tiles of a log of `size` entries; row L holds the nodes of level 8 * L."""

    def __init__(self, size: int, rows: list[list[bytes]], entries: list[bytes]) -> None:
        self.size = size
        self._rows = rows
        self._entries = entries

    @classmethod
    def load(cls, size: int, read: Callable[[str], bytes]) -> Edge:
        """Read the edge of a log of this size from its files.

        Raises:
            ValueError: a file does not hold what its path says.
        """
        rows: list[list[bytes]] = []
        nodes = size
        while nodes:
            number, width = divmod(nodes, WIDTH)
            path = tile_path(len(rows), number, width)
            rows.append(_expect(unpack_tile(read(path)), width, path) if width else [])
            nodes >>= HEIGHT
        number, width = divmod(size, WIDTH)
        path = bundle_path(number, width)
        entries = _expect(unpack_bundle(read(path)), width, path) if width else []
        if leaf_hashes(entries) != (rows[0] if rows else []):
            raise ValueError(f"{path} does not hash to its tile")
        return cls(size, rows, entries)

    def append(self, entries: Sequence[bytes]) -> list[File]:
        """Take in entries; give the bundles and tiles that became full."""
        files: list[File] = []
        place = 0
        while place < len(entries):
            taken = entries[place : place + WIDTH - len(self._entries)]
            place += len(taken)
            self._entries.extend(taken)
            self._row(0).extend(leaf_hashes(taken))
            self.size += len(taken)
            if len(self._entries) == WIDTH:
                files.append((bundle_path(self.size // WIDTH - 1), pack_bundle(self._entries)))
                self._entries = []
                files.extend(self._close_rows())
        return files

    def open_files(self) -> list[File]:
        """The partial bundle and tiles that a checkpoint of the present size needs."""
        files: list[File] = []
        number, width = divmod(self.size, WIDTH)
        if width:
            files.append((bundle_path(number, width), pack_bundle(self._entries)))
        for level, row in enumerate(self._rows):
            if row:
                number = self.size >> (HEIGHT * (level + 1))
                files.append((tile_path(level, number, len(row)), b"".join(row)))
        return files

    def root(self) -> bytes:
        """The root of the log."""
        return tree_root(self._node, self.size)

    def entries(self) -> list[bytes]:
        """The entries of the open bundle."""
        return list(self._entries)

    def _row(self, level: int) -> list[bytes]:
        if level == len(self._rows):
            self._rows.append([])
        return self._rows[level]

    def _close_rows(self) -> list[File]:
        """Emit the tiles that are full, from level 0 up, and pass their roots upwards."""
        files: list[File] = []
        level = 0
        while len(row := self._row(level)) == WIDTH:
            number = (self.size >> (HEIGHT * (level + 1))) - 1
            files.append((tile_path(level, number), b"".join(row)))
            self._rows[level] = []
            level += 1
            self._row(level).append(subtree_root(row))
        return files

    def _node(self, height: int, index: int) -> bytes:
        level, within = divmod(height, HEIGHT)
        first = (self.size >> (HEIGHT * (level + 1))) * WIDTH
        start = (index << within) - first
        return subtree_root(self._rows[level][start : start + (1 << within)])


def _expect(found: list[bytes], width: int, path: str) -> list[bytes]:
    if len(found) != width:
        raise ValueError(f"{path} holds {len(found)} items")
    return found
