"""The log: checkpoints, tiles and entry bundles against each other and against the signatures.

The bundles are read once, from left to right. Where a bundle and its tile disagree, the hash above
them, or the signed root, tells which of the two was changed. Memory grows by one hash for 256
entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from archive.fsck.facts import CheckpointFact
from archive.fsck.findings import Finding
from archive.fsck.layout import (
    ENTRIES,
    WIDTH,
    Listing,
    entries_in,
    hashes_in,
    listing,
    path_of,
)
from archive.fsck.log_keys import LogKeys, read_keys
from archive.fsck.notes import SignedRoot, read_note
from archive.fsck.reader import Reader, read
from archive.fsck.timestamps import check_timestamps
from archive.fsck.tree import Peaks, full, leaf, root_of

_PARENT_LEVEL = 1


@dataclass(slots=True)
class LogReport:
    """What the log holds and what is wrong with it."""

    size: int = 0
    root: bytes = field(default_factory=lambda: root_of([]))
    checkpoints: int = 0
    timestamps: int = 0
    # What each key signed to bring in the next.
    rotations: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    information: list[Finding] = field(default_factory=list)
    # Places whose entry in the log is not what the database says.
    differing: set[int] = field(default_factory=set)
    # Entry to place, kept only when no database was there to say.
    places: dict[bytes, int] = field(default_factory=dict)


class LogCheck:
    """Checks the log under a folder of the store, such as `main/log`."""

    def __init__(self, reader: Reader, folder: str, verifier_key: str, roots: bytes = b"") -> None:
        """Read through `reader` only; believe what `verifier_key` signed, and keys of its chain.

        `roots` are the certificates from which timestamps are believed; none: only what they are
        about is checked.
        """
        self._roots = roots
        self._reader = reader
        self._folder = folder
        self._keys: LogKeys = read_keys(reader, folder.removesuffix("/log"), verifier_key)
        self._report = LogReport(
            problems=list(self._keys.problems), rotations=list(self._keys.statements)
        )
        self._listing = Listing()
        self._signed: dict[int, SignedRoot] = {}
        self._peaks = Peaks()
        self._parents: list[bytes] = []
        self._kept: dict[int, list[tuple[str, bytes]]] = {}

    def run(
        self,
        recorded: Iterable[bytes] | None = None,
        checkpoints: Sequence[CheckpointFact] = (),
        kept: Mapping[str, bytes] | None = None,
    ) -> LogReport:
        """Check everything.

        Args:
            recorded: the database's entries in the order of their positions.
            checkpoints: the database's checkpoints.
            kept: checkpoints that were kept elsewhere, each with a name for it.
        """
        prefix = self._folder + "/"
        self._listing = listing(key.removeprefix(prefix) for key in self._reader.keys(prefix))
        for path in self._listing.unknown:
            self._problem("KEY_UNKNOWN", path, "is no file of a log")
        self._read_checkpoints(checkpoints)
        for name, note in (kept or {}).items():
            self._read_kept(name, note)
        source = None if recorded is None else iter(recorded)
        for number in range(-(-self._report.size // WIDTH)):
            self._check_number(number, source)
        self._check_levels()
        sizes = sorted(self._listing.timestamps)
        self._report.timestamps = len(sizes)
        self._report.problems.extend(
            check_timestamps(self._reader, self._folder, sizes, self._signed, self._roots)
        )
        return self._report

    def _read_checkpoints(self, recorded: Sequence[CheckpointFact]) -> None:
        facts = {fact.size: fact for fact in recorded}
        for size in sorted(self._listing.checkpoints):
            path = f"checkpoint/{size}"
            data = self._read(path, "CHECKPOINT_MISSING")
            if data is None:
                continue
            found = read_note(data, self._keys.at(size))
            if found is None or found.size != size:
                self._problem("CHECKPOINT_CHANGED", path, "is not a checkpoint of this log")
            elif not found.signed:
                self._problem(
                    "CHECKPOINT_NOT_SIGNED", path, "the key of its time did not sign this"
                )
            else:
                self._signed[size] = found
                if self._keys.void(size):
                    self._void(path)
                if size in facts and (facts[size].note.encode(), facts[size].root) != (
                    data,
                    found.root,
                ):
                    self._problem("DATABASE_DIFFERS", path, "the database has another checkpoint")
        for size in sorted(set(facts) - set(self._listing.checkpoints)):
            if facts[size].written:
                self._problem("CHECKPOINT_MISSING", f"checkpoint/{size}", "is not in the store")
        self._report.checkpoints = len(self._signed)
        believed = [size for size in self._signed if not self._keys.void(size)]
        if believed:
            head = self._signed[max(believed)]
            self._report.size, self._report.root = head.size, head.root

    def _read_kept(self, name: str, note: bytes) -> None:
        """Believe a kept checkpoint of this log, to be compared when its size is reached."""
        lines = note.decode(errors="replace").split("\n")
        size = lines[1] if len(lines) > 1 and lines[1].isdecimal() else ""
        found = read_note(note, self._keys.at(int(size))) if size else None
        code = text = ""
        if found is None:
            code, text = "CHECKPOINT_UNREADABLE", "is no checkpoint of this log"
        elif not found.signed:
            code, text = "CHECKPOINT_NOT_SIGNED", "the key of its time did not sign this"
        elif found.size > self._report.size:
            code = "LOG_TRUNCATED"
            text = f"{found.size} events were signed, the log ends at size {self._report.size}"
        elif not found.size and found.root != root_of([]):
            code, text = "SPLIT_VIEW", "says of an empty log that it had entries"
        else:
            self._kept.setdefault(found.size, []).append((name, found.root))
        if code:
            self._report.problems.append(Finding(code, name, text))

    def _check_number(self, number: int, recorded: Iterator[bytes] | None) -> None:
        width = min(WIDTH, self._report.size - number * WIDTH)
        bundle_path, tile_path = path_of(ENTRIES, number, width), path_of(0, number, width)
        entries = self._entries(bundle_path, width)
        tile = self._hashes(tile_path, width)
        row = [leaf(entry) for entry in entries] if entries else tile
        if row is not None and tile is not None and row != tile:
            if self._tile_is_right(number, row, tile):
                place = next(i for i in range(width) if row[i] != tile[i])
                row, entries = tile, None
                text = f"entry {number * WIDTH + place} is not the one that was signed"
                self._problem("BUNDLE_CHANGED", bundle_path, text)
            else:
                self._problem("TILE_CHANGED", tile_path, "does not follow from its entries")
        if row is None:
            # Neither file is left: the hash above stands in, so that the rest can be checked.
            self._push(self._parent(number))
            self._skip(number, width, recorded)
            return
        self._compare_recorded(number, row, recorded)
        if recorded is None and entries:
            self._report.places |= {e: number * WIDTH + i for i, e in enumerate(entries)}
        self._check_partials(number, row)
        self._check_signed_here(number, row)
        if width == WIDTH:
            self._push(full(row))

    def _push(self, value: bytes | None) -> None:
        if value is not None:
            self._parents.append(value)
            self._peaks.push(value)

    def _skip(self, number: int, width: int, recorded: Iterator[bytes] | None) -> None:
        self._report.differing |= set(range(number * WIDTH, number * WIDTH + width))
        if recorded is not None:
            list(islice(recorded, width))

    def _tile_is_right(self, number: int, row: list[bytes], tile: list[bytes]) -> bool:
        if len(row) == WIDTH:
            return full(tile) == self._parent(number)
        return self._peaks.root_with(tile) == self._report.root

    def _parent(self, number: int) -> bytes | None:
        above, place = divmod(number, WIDTH)
        width = min(WIDTH, self._report.size // WIDTH - above * WIDTH)
        if place >= width:
            return None
        silent: list[Finding] = []
        key = f"{self._folder}/{path_of(_PARENT_LEVEL, above, width)}"
        data = read(self._reader, key, "TILE_MISSING", silent)
        hashes = None if data is None else hashes_in(data)
        return hashes[place] if hashes and len(hashes) == width else None

    def _compare_recorded(
        self, number: int, row: list[bytes], recorded: Iterator[bytes] | None
    ) -> None:
        if recorded is None:
            return
        known = [leaf(entry) for entry in islice(recorded, len(row))]
        for place, value in enumerate(row):
            if place >= len(known) or known[place] != value:
                position = number * WIDTH + place
                self._report.differing.add(position)
                what = "another entry" if place < len(known) else "no event"
                text = f"the database has {what} at position {position}"
                path = path_of(ENTRIES, number, len(row))
                self._problem("DATABASE_DIFFERS", path, text)

    def _check_partials(self, number: int, row: list[bytes]) -> None:
        """The narrower bundles and tiles of earlier checkpoints hold the same beginnings."""
        for width in sorted(self._listing.tiles.get((ENTRIES, number), set())):
            path = path_of(ENTRIES, number, width)
            if width < len(row):
                entries = self._entries(path, width)
                if entries is not None and [leaf(e) for e in entries] != row[:width]:
                    self._problem("BUNDLE_CHANGED", path, "is not how the log began")
            elif width > len(row):
                self._unsigned(path)
        self._check_tiles(0, number, row)

    def _check_tiles(self, level: int, number: int, row: list[bytes]) -> None:
        for width in sorted(self._listing.tiles.get((level, number), set())):
            path = path_of(level, number, width)
            if width > len(row):
                self._unsigned(path)
            elif width < len(row) or level:
                tile = self._hashes(path, width)
                if tile is not None and tile != row[:width]:
                    self._problem("TILE_CHANGED", path, "does not follow from the entries")

    def _check_signed_here(self, number: int, row: list[bytes]) -> None:
        start = number * WIDTH
        for size in range(start + 1, start + len(row) + 1):
            if (
                size in self._signed
                and self._root_at(row[: size - start]) != self._signed[size].root
            ):
                text = f"the first {size} entries do not give the root that was signed"
                self._problem("ROOT_DIFFERS", f"checkpoint/{size}", text)
            for name, root in self._kept.get(size, ()):
                if self._root_at(row[: size - start]) != root:
                    text = (
                        f"the first {size} events of this log are not those of the checkpoint that"
                        " was kept: it was rewritten since, or shown in two versions"
                    )
                    self._report.problems.append(Finding("SPLIT_VIEW", name, text))

    def _root_at(self, row: list[bytes]) -> bytes:
        if len(row) < WIDTH:
            return self._peaks.root_with(row)
        peaks = self._peaks.copy()
        peaks.push(full(row))
        return peaks.root_with([])

    def _check_levels(self) -> None:
        """The tiles of level 1 and above, and that none is missing."""
        row, level = self._parents, _PARENT_LEVEL
        while row:
            numbers = {number for at, number in self._listing.tiles if at == level}
            for number in range(-(-len(row) // WIDTH)):
                part = row[number * WIDTH : (number + 1) * WIDTH]
                if len(part) not in self._listing.tiles.get((level, number), set()):
                    path = path_of(level, number, len(part))
                    self._problem("TILE_MISSING", path, "is not in the store")
                self._check_tiles(level, number, part)
                numbers.discard(number)
            for number in numbers:
                self._check_tiles(level, number, [])
            whole = len(row) // WIDTH
            row = [full(row[i * WIDTH : (i + 1) * WIDTH]) for i in range(whole)]
            level += 1
        self._list_unsigned(level)

    def _list_unsigned(self, highest: int) -> None:
        count = -(-self._report.size // WIDTH)
        for (level, number), widths in sorted(self._listing.tiles.items()):
            if level >= highest or (level <= 0 and number >= count):
                for width in sorted(widths):
                    self._unsigned(path_of(level, number, width))

    def _entries(self, path: str, width: int) -> list[bytes] | None:
        data = self._read(path, "BUNDLE_MISSING")
        entries = None if data is None else entries_in(data)
        if data is not None and (entries is None or len(entries) != width):
            self._problem("BUNDLE_CHANGED", path, f"does not hold {width} entries")
            return None
        return entries

    def _hashes(self, path: str, width: int) -> list[bytes] | None:
        data = self._read(path, "TILE_MISSING")
        hashes = None if data is None else hashes_in(data)
        if data is not None and (hashes is None or len(hashes) != width):
            self._problem("TILE_CHANGED", path, f"does not hold {width} hashes")
            return None
        return hashes

    def _read(self, path: str, missing: str) -> bytes | None:
        return read(self._reader, f"{self._folder}/{path}", missing, self._report.problems)

    def _problem(self, code: str, path: str, message: str) -> None:
        self._report.problems.append(Finding(code, f"{self._folder}/{path}", message))

    def _void(self, path: str) -> None:
        text = "was signed with a key that was compromised by then; a later checkpoint covers it"
        self._report.information.append(Finding("CHECKPOINT_VOID", f"{self._folder}/{path}", text))

    def _unsigned(self, path: str) -> None:
        text = "lies beyond the last checkpoint: left by a crash, or being written now"
        self._report.information.append(Finding("UNSIGNED_FILE", f"{self._folder}/{path}", text))
