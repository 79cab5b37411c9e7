"""The nodes of a sealed log, read from its stored tiles: what proofs are made of."""

from __future__ import annotations

from functools import lru_cache

from archive.errors import LogDamaged, ObjectMissing
from archive.merkle import subtree_root
from archive.store import ObjectStore
from archive.tiles import HEIGHT, WIDTH, tile_path, tile_width, unpack_tile

_TILES_KEPT = 512


class StoredTree:
    """Gives the nodes of the tree of `size` leaves whose tiles lie under a folder of the store."""

    def __init__(self, store: ObjectStore, folder: str, size: int) -> None:
        self._store = store
        self._folder = folder
        self._size = size
        self._tile = lru_cache(maxsize=_TILES_KEPT)(self._read_tile)

    def node(self, height: int, index: int) -> bytes:
        """A full subtree's hash; raises LogDamaged when its tile is missing or too short."""
        level, within = divmod(height, HEIGHT)
        number, start = divmod(index << within, WIDTH)
        hashes = self._tile(level, number)[start : start + (1 << within)]
        return subtree_root(hashes)

    def _read_tile(self, level: int, number: int) -> list[bytes]:
        width = tile_width(level, number, self._size)
        key = f"{self._folder}/{tile_path(level, number, width)}"
        try:
            hashes = unpack_tile(self._store.read(key))
        except (ObjectMissing, ValueError) as problem:
            raise LogDamaged(f"{key}: {problem}") from problem
        if len(hashes) != width:
            raise LogDamaged(f"{key}: {len(hashes)} hashes")
        return hashes
