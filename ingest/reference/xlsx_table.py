"""XLSX workbooks, read sheet by sheet without loading them whole.

Numbers come as exact decimals of the fifteen digits that spreadsheets keep; a percentage cell
shows `20 %` and means 20.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any

from ingest.reference.raw import NotATable, RawTable, Row
from ingest.reference.values import BrokenCell, Cell

_MOST_UNPACKED = 1 << 30
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OverflowError,  # a day that no calendar has
    RuntimeError,  # a member of the archive is encrypted
    SyntaxError,  # what both XML parsers raise on broken XML
)


def open_xlsx(file: IO[bytes]) -> list[RawTable]:
    """Open a workbook: one table a visible sheet, rows read as they are asked for.

    Raises:
        NotATable: the workbook is broken, encrypted or unreasonably large.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_UNPACKED:
                raise NotATable("the workbook unpacks to more than 1 GB; save its sheets as CSV")
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions, which hold no data.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        since_1904 = book.epoch.year == 1904  # noqa: PLR2004 - the other calendar of ECMA-376
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except _BROKEN as problem:
        raise NotATable(f"the workbook is damaged ({problem}); open it and save it again") from (
            problem
        )
    return [RawTable(_rows(sheet), sheet.title, since_1904) for sheet in sheets]


def _rows(sheet: Any) -> Iterator[Row]:
    # Some programs write a wrong size of the sheet; the rows themselves tell it.
    sheet.reset_dimensions()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                yield number, [_value(cell) for cell in cells]
    except _BROKEN as problem:
        raise NotATable(f"the sheet is damaged ({problem}); open it and save it again") from problem


def _value(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, (str, bool, datetime, date)):
        return BrokenCell(str(value)) if cell.data_type == "e" else value
    if isinstance(value, float):
        value = Decimal(f"{value:.15g}")
    if isinstance(value, (int, Decimal)):
        return Decimal(value) * 100 if "%" in (cell.number_format or "") else value
    if isinstance(value, (time, timedelta)):
        return str(value)
    return BrokenCell(str(value))
