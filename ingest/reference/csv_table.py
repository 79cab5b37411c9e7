"""CSV as spreadsheets write it: encoding and separator are found out, rows are streamed.

UTF-8 with or without mark, UTF-16 with mark, else Windows-1252. The separator is the one of `;`,
tab, `,` and `|` that parts a header into the most names we know.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO

from ingest.reference.columns import fold_name, known_names
from ingest.reference.raw import BrokenRow, NotATable, RawTable, Row

_CHUNK = 1 << 20
_SAMPLE_ROWS = 20
_SEPARATORS = ";\t,|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_csv(file: IO[bytes], stack: ExitStack) -> RawTable:
    """Read an open file as CSV; `stack` closes it.

    Raises:
        NotATable: no encoding fits.
    """
    encoding = find_encoding(file)
    text = stack.enter_context(io.TextIOWrapper(file, encoding=encoding, newline=""))
    sample = list(islice(text, _SAMPLE_ROWS))
    text.seek(0)
    lines = iter(text)
    first = 0
    if sample and sample[0].lower().startswith("sep="):
        # Excel's own hint on the separator; it counts as a row of the sheet.
        separator = sample[0].strip()[4:5] or "\t"
        next(lines)
        first = 1
    else:
        separator = _find_separator(sample)
    return RawTable(
        rows=_rows(lines, separator, first),
        cut_off=not _ends_with_line(file, encoding),
    )


def find_encoding(file: IO[bytes]) -> str:
    """The encoding under which the whole file is text."""
    head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        file.seek(0)
        if _decodes(file, encoding):
            file.seek(0)
            return encoding
    raise NotATable(
        f"the text is not {marked}, as its first bytes say"
        if marked
        else "the text is neither UTF-8 nor Windows-1252; save it as CSV UTF-8"
    )


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _ends_with_line(file: IO[bytes], encoding: str) -> bool:
    """Whether the last byte ends a line; leaves the file where it was."""
    here = file.tell()
    file.seek(-1 if "16" not in encoding else -2, io.SEEK_END)
    tail = file.read()
    file.seek(here)
    return b"\n" in tail or b"\r" in tail


def _find_separator(sample: list[str]) -> str:
    """The separator under which one of the first rows holds the most known column names."""
    known = known_names()

    def fit(separator: str) -> tuple[int, int]:
        try:
            rows = list(csv.reader(sample, delimiter=separator))
        except csv.Error:
            return (0, 0)
        names = max((sum(fold_name(cell) in known for cell in row) for row in rows), default=0)
        return (names, max(map(len, rows), default=0))

    return max(_SEPARATORS, key=fit)


def _rows(lines: Iterator[str], separator: str, first: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = first
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            yield number, BrokenRow(_explained(str(problem)))
            if "field larger" in str(problem):
                return


def _explained(problem: str) -> str:
    if "unexpected end" in problem or "field larger" in problem:
        return "a quotation mark opens a cell and is never closed"
    if "expected after" in problem:
        return 'a quotation mark inside a quoted cell is not doubled (write "" for ")'
    return problem
