"""The embedded index: tantivy in a folder of its own.

    index/CURRENT        name of the generation in use, replaced at one stroke
    index/writer.lock    held by the one process that writes
    index/g000001/       a tantivy index, and `state.json` with versions, watermark and count

tantivy syncs neither its folder nor every file when it commits. A commit here returns after files
and folder are synced; the watermark is written after that, so that it is never ahead. A rebuild
fills a generation of its own and then replaces CURRENT; readers that hold the old one keep it.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from search.backends.durable_files import exclusive_lock, replace_text
from search.backends.tantivy_checksums import damaged_files
from search.backends.tantivy_generation import Generation, GenerationWriter, read_state
from search.document import Entry
from search.errors import (
    IndexDamaged,
    IndexIncomplete,
    IndexMissing,
    IndexNotWritten,
    IndexUnusable,
)
from search.index import Found, Request

_CURRENT: Final = "CURRENT"
_LOCK: Final = "writer.lock"
_FIRST: Final = "g000001"
_MEGABYTE = 1 << 20
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class TantivyOptions:
    """Bounds on what writing may cost."""

    patience_seconds: float = 30.0  # how long another writer is waited for
    megabytes: int = 32  # memory of a writer, before it writes a segment
    rebuild_megabytes: int = 128
    rebuild_threads: int = 2


class TantivyIndex:
    """The index in a folder of this machine."""

    def __init__(self, folder: Path, options: TantivyOptions | None = None) -> None:
        self.folder = folder
        self._options = options or TantivyOptions()
        self._opening = threading.Lock()
        self._opened: Generation | None = None

    def create(self) -> None:
        """Make an empty index where there is none."""
        if self._current_name() is not None:
            return
        with self._locked():
            if self._current_name() is None:
                self._refuse_orphans()
                self._discard(self.folder / _FIRST)
                Generation.make(self.folder / _FIRST)
                replace_text(self.folder / _CURRENT, _FIRST)

    @contextmanager
    def writing(self) -> Iterator[GenerationWriter]:
        """Change the index, as its only writer."""
        self._generation()  # said before anybody waits
        with self._locked():
            writer = self._generation().writer(self._options.megabytes * _MEGABYTE, 1)
            try:
                yield writer
            finally:
                writer.close()

    @contextmanager
    def rebuilding(self) -> Iterator[TantivyRebuild]:
        """Fill a new index beside the one in use."""
        with self._locked():
            former = self._current_name()
            folder = self.folder / self._next_name(former)
            self._discard(folder)
            rebuild = TantivyRebuild(self.folder, folder, self._options)
            try:
                yield rebuild
            finally:
                rebuild.close()
                self._discard_all_but(self._current_name())

    def search(self, request: Request) -> Found:
        """Find documents."""
        return self._answer(lambda generation: generation.search(request))

    def count(self) -> int:
        """How many documents are in it."""
        return self._answer(lambda generation: generation.count())

    def check(self) -> None:
        """Read every segment and compare it with its checksum."""
        folder = self._generation().folder
        damaged = [path.name for path in damaged_files(folder)]
        if damaged:
            raise IndexDamaged(f"{folder}: {', '.join(damaged)}: not what was written")

    def watermark(self) -> str | None:
        """The watermark of the last commit that had one."""
        return self._answer(lambda generation: read_state(generation.folder).watermark)

    def _answer(self, ask: Callable[[Generation], _Answer]) -> _Answer:
        generation = self._generation()
        try:
            return ask(generation)
        except IndexDamaged:
            # A rebuild may have taken its place, and removed it, since its name was read.
            if self._current_name() == generation.folder.name:
                raise
        return ask(self._generation())

    def _generation(self) -> Generation:
        name = self._current_name()
        if name is None:
            raise IndexMissing(f"There is no index in {self.folder}")
        with self._opening:
            if self._opened is None or self._opened.folder.name != name:
                self._opened = self._open(name)
            return self._opened

    def _open(self, name: str) -> Generation:
        try:
            return Generation(self.folder / name)
        except IndexDamaged:
            # A rebuild may have replaced it since its name was read.
            newer = self._current_name()
            if newer is None or newer == name:
                raise
            return Generation(self.folder / newer)

    def _current_name(self) -> str | None:
        try:
            return (self.folder / _CURRENT).read_text("ascii").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as problem:
            raise IndexUnusable(f"{self.folder / _CURRENT}: {problem}") from problem

    @staticmethod
    def _next_name(name: str | None) -> str:
        number = name[1:] if name else ""
        return f"g{int(number) + 1:06}" if number.isdecimal() else _FIRST

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise IndexNotWritten(f"{self.folder}: {problem}") from problem
        with exclusive_lock(self.folder / _LOCK, self._options.patience_seconds):
            yield

    def _refuse_orphans(self) -> None:
        # An index whose pointer was lost must not be replaced by an empty one unnoticed.
        for folder in self.folder.glob("g[0-9]*"):
            if read_state(folder).documents:
                raise IndexDamaged(f"{self.folder / _CURRENT} is gone, {folder.name} is not")

    @staticmethod
    def _discard(folder: Path) -> None:
        if folder.exists():
            shutil.rmtree(folder)

    def _discard_all_but(self, kept: str | None) -> None:
        for folder in self.folder.glob("g[0-9]*"):
            if folder.name != kept:
                shutil.rmtree(folder, ignore_errors=True)


class TantivyRebuild:
    """A new generation being filled."""

    def __init__(self, root: Path, folder: Path, options: TantivyOptions) -> None:
        self._root = root
        self._generation = Generation.make(folder)
        memory = options.rebuild_megabytes * _MEGABYTE
        self._writer = self._generation.writer(memory, options.rebuild_threads)
        self._open = True

    def index(self, entries: Sequence[Entry]) -> None:
        """Put entries into the new index."""
        self._writer.index(entries)

    def publish(self, expected: int, watermark: str | None = None) -> int:
        """Put the new index in the place of the old one."""
        self._writer.commit(watermark)
        self.close()
        held = self._generation.count()
        if held != expected:
            raise IndexIncomplete(f"The new index holds {held} documents instead of {expected}.")
        replace_text(self._root / _CURRENT, self._generation.folder.name)
        return held

    def close(self) -> None:
        """Drop what was not published."""
        if self._open:
            self._open = False
            self._writer.close()
