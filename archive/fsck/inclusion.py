"""One entry against the signed root: the few files that lead from it to the checkpoint."""

from __future__ import annotations

from archive.fsck.findings import Finding
from archive.fsck.layout import ENTRIES, WIDTH, entries_in, hashes_in, path_of
from archive.fsck.log_keys import read_keys
from archive.fsck.notes import SignedRoot, read_note
from archive.fsck.reader import Reader, read
from archive.fsck.tree import full, leaf, peaks_of, root_of


class Inclusion:
    """Checks entries under the checkpoint of one size, reading only the tiles on their way."""

    def __init__(self, reader: Reader, folder: str, verifier_key: str, size: int) -> None:
        """Read the checkpoint and the right edge, and see that they agree."""
        self._reader = reader
        self._folder = folder
        self.size = size
        self.problems: list[Finding] = []
        self._cache: dict[str, list[bytes] | None] = {}
        self._check_head(verifier_key)

    def find(self, position: int, entry: bytes) -> Finding | None:
        """None when this entry stands at this place of the signed log."""
        number, place = divmod(position, WIDTH)
        width = min(WIDTH, self.size - number * WIDTH)
        path = path_of(ENTRIES, number, width)
        bundle = self._items(path, width)
        if bundle is None:
            return self._finding("BUNDLE_CHANGED", path, f"does not hold {width} entries")
        row = self._items(path_of(0, number, width), width)
        if row is None or row[place] != leaf(entry):
            text = f"position {position} of the log holds another entry"
            return self._finding("EVENT_NOT_IN_LOG", path_of(0, number, width), text)
        if bundle[place] != entry:
            return self._finding("BUNDLE_CHANGED", path, f"entry {position} was changed")
        return self._climb(number, width)

    def _climb(self, number: int, width: int) -> Finding | None:
        """Each full tile's root stands in the tile above it, up to the right edge."""
        level = 0
        while width == WIDTH:
            path = path_of(level, number, width)
            row = self._items(path, width)
            above, place = divmod(number, WIDTH)
            level += 1
            width = min(WIDTH, (self.size >> 8 * level) - above * WIDTH)
            parent_path = path_of(level, above, width)
            parent = self._items(parent_path, width)
            if row is None or parent is None or full(row) != parent[place]:
                return self._finding("TILE_CHANGED", path, f"does not lead to {parent_path}")
            number = above
        return None

    def _check_head(self, verifier_key: str) -> None:
        path = f"checkpoint/{self.size}"
        key = f"{self._folder}/{path}"
        note = read(self._reader, key, "CHECKPOINT_MISSING", self.problems)
        if note is None:
            return
        keys = read_keys(self._reader, self._folder.removesuffix("/log"), verifier_key)
        self.problems.extend(keys.problems)
        signed = read_note(note, keys.at(self.size))
        if signed is None or signed.size != self.size:
            self._add("CHECKPOINT_CHANGED", path, "is not a checkpoint of this log")
        elif not signed.signed or keys.void(self.size):
            self._add("CHECKPOINT_NOT_SIGNED", path, "the key of its time did not sign this")
        else:
            self._check_edge(signed)

    def _check_edge(self, signed: SignedRoot) -> None:
        rows: list[list[bytes]] = []
        paths: list[str] = []
        nodes, level = self.size, 0
        while nodes:
            number, width = divmod(nodes, WIDTH)
            if width:
                paths.append(path_of(level, number, width))
                row = self._items(paths[-1], width)
                if row is None:
                    self._add("TILE_CHANGED", paths[-1], f"does not hold {width} hashes")
                    return
                rows.append(row)
            nodes //= WIDTH
            level += 1
        # From the largest subtree, at the top level, to the smallest.
        peaks = [peak for row in reversed(rows) for peak in peaks_of(row)]
        if root_of(peaks) != signed.root:
            text = f"the tiles {', '.join(paths)} do not give the root that was signed"
            self._add("ROOT_DIFFERS", f"checkpoint/{self.size}", text)

    def _items(self, path: str, width: int) -> list[bytes] | None:
        if path not in self._cache:
            data = read(self._reader, f"{self._folder}/{path}", "", [])
            parse = entries_in if "/entries/" in path else hashes_in
            items = None if data is None else parse(data)
            self._cache[path] = items if items is not None and len(items) == width else None
        return self._cache[path]

    def _finding(self, code: str, path: str, message: str) -> Finding:
        return Finding(code, f"{self._folder}/{path}", message)

    def _add(self, code: str, path: str, message: str) -> None:
        self.problems.append(self._finding(code, path, message))
