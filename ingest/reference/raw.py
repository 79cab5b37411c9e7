"""A table as its file gives it, before anybody knows what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.reference.values import Cell


class NotATable(Exception):
    """A file holds no table we can read; the text says what it is and what would do."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row whose cells cannot be told apart; the text says why."""

    why: str


Row = tuple[int, list[Cell] | BrokenRow]
"""The row's number as a spreadsheet shows it, and its cells."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows of cells, header included, read as they are asked for."""

    rows: Iterator[Row]
    sheet: str | None = None
    since_1904: bool | None = None  # set where a plain number may be a date (XLSX)
    cut_off: bool = False  # the file does not end with a whole line
