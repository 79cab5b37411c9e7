"""The nodes of a sealed log, read from its stored tiles: what proofs are made of."""

from __future__ import annotations

from functools import lru_cache

from archive.errors import LogDamaged, ObjectMissing
from archive.merkle import Nodes, levels_above
from archive.store import ObjectStore
from archive.tiles import HEIGHT, WIDTH, tile_path, tile_width, unpack_tile

_TILES_KEPT = 256


class StoredTree:
    """Gives the nodes of the log whose tiles lie under a folder of the store.

    Tiles never change, so the last ones read are kept, with the hashes between their lowest and
    their highest row.
    """

    def __init__(self, store: ObjectStore, folder: str) -> None:
        self._store = store
        self._folder = folder
        self._tile = lru_cache(maxsize=_TILES_KEPT)(self._read_tile)

    def nodes(self, size: int) -> Nodes:
        """The nodes of the tree of this size; they raise LogDamaged where a tile is missing."""

        def node(height: int, index: int) -> bytes:
            level, within = divmod(height, HEIGHT)
            number, start = divmod(index << within, WIDTH)
            rows = self._tile(level, number, tile_width(level, number, size))
            return rows[within][start >> within]

        return node

    def _read_tile(self, level: int, number: int, width: int) -> list[list[bytes]]:
        key = f"{self._folder}/{tile_path(level, number, width)}"
        try:
            hashes = unpack_tile(self._store.read(key))
        except (ObjectMissing, ValueError) as problem:
            raise LogDamaged(f"{key}: {problem}") from problem
        if len(hashes) != width:
            raise LogDamaged(f"{key}: {len(hashes)} hashes")
        return levels_above(hashes)
