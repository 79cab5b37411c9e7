"""Rows waiting to be written: in memory while few, in a temporary file when many.

A file is checked whole before anything of it is written, so that the database is only locked
while rows go in, and a refused file never touches it.
"""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from types import TracebackType
from typing import IO, Any, Self

from ingest.reference.rows import RowReader, TypedRow

_BATCH = 1_000
_MOST_IN_MEMORY = 16 << 20


class Spool:
    """Holds the good rows of one table of one file."""

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed at exit
            _MOST_IN_MEMORY
        )
        self._waiting: list[TypedRow] = []
        # Eight bytes a row: whether two keys are equal is looked at only where hashes are.
        self._hashes = array("q")
        self._dropped: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, row: TypedRow) -> None:
        """Take one row."""
        self._hashes.append(hash(self._reader.key_of(row[1])))
        self._waiting.append(row)
        if len(self._waiting) == _BATCH:
            self._write()

    def drop(self, numbers: set[int]) -> None:
        """Leave these rows out from now on."""
        self._dropped |= numbers

    def same_keys(self) -> list[list[TypedRow]]:
        """Rows that share a key, in groups of two or more."""
        suspects = _repeated(self._hashes)
        groups: defaultdict[tuple[Any, ...], list[TypedRow]] = defaultdict(list)
        if suspects:
            for row in self._all():
                key = self._reader.key_of(row[1])
                if hash(key) in suspects:
                    groups[key].append(row)
        return [rows for rows in groups.values() if len(rows) > 1]

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as column and value."""
        columns = self._reader.columns
        for number, values in self._all():
            if number not in self._dropped:
                yield dict(zip(columns, values, strict=True))

    def _write(self) -> None:
        if self._waiting:
            pickle.dump(self._waiting, self._file, pickle.HIGHEST_PROTOCOL)
            self._waiting = []

    def _all(self) -> Iterator[TypedRow]:
        self._write()
        self._file.seek(0)
        while True:
            try:
                # Our own rows, written by this process to a file without a name.
                batch: list[TypedRow] = pickle.load(self._file)  # noqa: S301
            except EOFError:
                return
            yield from batch


def _repeated(hashes: array[int]) -> set[int]:
    ordered = sorted(hashes)
    return {a for a, b in pairwise(ordered) if a == b}
