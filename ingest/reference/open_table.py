"""Opens a file by what it holds, and finds the tables in it with their headers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from ingest.reference.columns import table_forms, table_named
from ingest.reference.csv_table import open_csv
from ingest.reference.files import FoundFile
from ingest.reference.header import Header, find_header, guess_table, read_header
from ingest.reference.json_table import open_json
from ingest.reference.problems import Problems
from ingest.reference.raw import BrokenRow, NotATable, RawTable, Row
from ingest.reference.report import ProblemCode
from ingest.reference.values import BadValue, Cell, read_text, shown
from ingest.reference.xlsx_table import open_xlsx

_HEAD = 8192
_HEADER_ROWS = 20
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1a")
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table whose columns are known; `rows` are those below the header."""

    raw: RawTable
    header: Header
    rows: Iterator[Row]


def open_tables(found: FoundFile, problems: Problems, stack: ExitStack) -> list[OpenTable]:
    """The tables of a file; what hinders reading one is noted.

    Raises:
        NotATable: the file holds no table at all.
        OSError: it cannot be opened.
    """
    file = stack.enter_context(found.path.open("rb"))
    peeked = [
        _Peeked(raw, list(islice(raw.rows, _HEADER_ROWS))) for raw in _raw_tables(file, stack)
    ]
    filled = [sheet for sheet in peeked if any(any(row) for row in sheet.titles())]
    if len(filled) <= 1:
        sheet = (filled or peeked)[0]
        table = (table_named(sheet.raw.sheet) if sheet.raw.sheet else None) or found.table
        opened = _open(sheet, table, problems)
        return [opened] if opened else []
    return _open_sheets(filled, found.table, problems)


@dataclass(frozen=True, slots=True)
class _Peeked:
    """A table and its first rows, among them the header."""

    raw: RawTable
    first: list[Row]

    def titles(self) -> list[list[str]]:
        """The first rows as text."""
        return [
            [] if isinstance(cells, BrokenRow) else [_title(cell) for cell in cells]
            for _, cells in self.first
        ]


def _open_sheets(
    sheets: list[_Peeked], file_table: str | None, problems: Problems
) -> list[OpenTable]:
    """Each sheet by its name; where no sheet has a table's name, by the file's and by columns."""
    names = [table_named(sheet.raw.sheet or "") for sheet in sheets]
    opened: list[OpenTable] = []
    for sheet, name in zip(sheets, names, strict=True):
        table = name
        if not any(names) and file_table and not opened:
            fits = find_header(sheet.titles(), table_forms()[file_table]) is not None
            table = file_table if fits else None
        if table is None and find_header(sheet.titles(), None) is None:
            problems.sheet = sheet.raw.sheet
            problems.warning(ProblemCode.IGNORED, "this sheet is no table we know")
        elif found := _open(sheet, table, problems):
            opened.append(found)
    if not opened and not problems.errors:
        problems.sheet = None
        problems.error(ProblemCode.TABLE_UNKNOWN, _unknown())
    return opened


def _raw_tables(file: IO[bytes], stack: ExitStack) -> list[RawTable]:
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise NotATable("the file is empty (0 bytes)")
    if head.startswith(_OLE):
        raise NotATable(
            "this is an old Excel workbook (.xls) or an encrypted one; save it as .xlsx"
        )
    if head.startswith(_ZIP):
        if b"opendocument.spreadsheet" in head[:200]:
            raise NotATable("this is an OpenDocument sheet (.ods); save it as .xlsx or CSV")
        return open_xlsx(file)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in {b"[", b"{"}:
        return open_json(file)
    if not head.startswith(_UTF16) and sum(byte in _CONTROL for byte in head) > len(head) // 100:
        raise NotATable("this is no text; CSV, XLSX and JSON are read")
    return [open_csv(file, stack)]


def _open(sheet: _Peeked, table: str | None, problems: Problems) -> OpenTable | None:
    """Find a table's header; None when there is none, which is noted."""
    problems.sheet = sheet.raw.sheet
    titles = sheet.titles()
    form = table_forms()[table] if table else None
    at = find_header(titles, form)
    if at is None:
        _note_no_header(sheet, table, problems)
        return None
    header = read_header(titles[at], form) if form else guess_table(titles[at])
    if header is None or header.repeated:
        problems.error(
            ProblemCode.COLUMN_TWICE,
            f"two columns have the same name: {', '.join(header.repeated) if header else ''}",
            row=sheet.first[at][0] or None,
        )
        return None
    return OpenTable(sheet.raw, header, chain(sheet.first[at + 1 :], sheet.raw.rows))


def _title(cell: Cell) -> str:
    try:
        return read_text(cell) or ""
    except BadValue:
        return shown(cell)


def _note_no_header(sheet: _Peeked, table: str | None, problems: Problems) -> None:
    """Say which key column is missing, what is there instead, and what it might be."""
    titles = sheet.titles()
    at = next((n for n, row in enumerate(titles) if any(row)), None)
    if at is None:
        # An empty JSON list is an export of nothing; a file of blank lines has lost its header.
        note = problems.error if sheet.first else problems.warning
        note(ProblemCode.NOTHING_IN_IT, "there is nothing in it")
        return
    row = sheet.first[at][0] or None
    listed = ", ".join(title for title in titles[at] if title)
    if table is None:
        problems.error(ProblemCode.TABLE_UNKNOWN, f"{_unknown()}; columns found: {listed}", row=row)
        return
    header = read_header(titles[at], table_forms()[table])
    other = guess_table(titles[at])
    for key in header.missing:
        message = f"{table} needs a column {key}; columns found: {listed}"
        if guesses := header.guesses(key):
            message += f"; did you mean {' or '.join(guesses)}?"
        if other:
            message += f"; these look like the columns of {other.table.name}"
        problems.error(ProblemCode.COLUMN_MISSING, message, row=row, expected=key)


def _unknown() -> str:
    return f"neither name nor columns say which table this is ({', '.join(table_forms())})"
