"""From cells to typed rows of one table, every fault noted with its row and column."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from ingest.reference.columns import Form
from ingest.reference.header import Header
from ingest.reference.problems import Problems
from ingest.reference.raw import BrokenRow, Row
from ingest.reference.report import ProblemCode
from ingest.reference.values import (
    READERS,
    BadValue,
    Cell,
    date_of_serial,
    read_date,
    read_key,
    read_text,
    shown,
)

TypedRow = tuple[int, tuple[Any, ...]]
"""The row's number, and its values in the order of `RowReader.columns`."""

Reader = Callable[[Cell], Any]
_GROUP = 4  # a separator and three digits


class RowReader:
    """Turns the rows under one header into typed rows; faults go to `problems`.

    `columns` names the values of a typed row: the known columns of the file, the lot where the
    key has one, and `extra` where the file has columns that we do not know.
    """

    def __init__(self, header: Header, problems: Problems, *, since_1904: bool | None) -> None:
        table = header.table
        known = [
            (at, name)
            for at, name in enumerate(header.names)
            if name is not None and header.known[at] and name in table.columns
        ]
        self._header = header
        self._problems = problems
        self._readers: list[tuple[int, Reader]] = [
            (at, _reader(header, name, since_1904)) for at, name in known
        ]
        # A column that the table lacks but that we understand (`pack_quantity`) is extra too.
        self._extra = [
            (at, name)
            for at, name in enumerate(header.names)
            if name is not None and name not in table.columns
        ]
        names = [name for _, name in known]
        self._adds_lot = "lot" in table.keys and "lot" not in names
        self.columns = (
            *names,
            *(("lot",) if self._adds_lot else ()),
            *(("extra",) if self._extra else ()),
        )
        self._keys = [self.columns.index(key) for key in table.keys]
        self._required = [(names.index(n), header.names.index(n)) for n in table.required]
        self._lot = names.index("lot") if "lot" in table.keys and "lot" in names else None
        self._rate = names.index("vat_rate") if "vat_rate" in names else None
        self._numbers = [
            at for at, name in known if table.columns[name] in {Form.DECIMAL, Form.RATE}
        ]
        self._separators: dict[str, int] = {}
        self.found = 0
        self.refused = 0

    def key_of(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The key of a typed row."""
        return tuple(values[at] for at in self._keys)

    def read(self, rows: Iterable[Row], *, cut_off: bool) -> Iterator[TypedRow]:
        """Yield the good rows; blank ones are passed over.

        Args:
            rows: those below the header.
            cut_off: the file does not end with a whole line, so a last row that is too short was
                cut and is refused.
        """
        width = len(self._header.names)
        held: TypedRow | None = None
        for number, cells in rows:
            if held:
                yield held
                held = None
            if isinstance(cells, BrokenRow):
                self.found += 1
                self.refuse(number, ProblemCode.ROW_BROKEN, cells.why)
                continue
            if not _has_content(cells):
                continue
            self.found += 1
            if len(cells) > width and _has_content(cells[width:]):
                self.refuse(
                    number,
                    ProblemCode.ROW_BROKEN,
                    f"the row has {len(cells)} cells, the header {width}",
                )
                continue
            short = len(cells) < width
            values = self._values(number, [*cells, *[None] * (width - len(cells))])
            if values is not None and short:
                held = number, values
            elif values is not None:
                yield number, values
        if held and cut_off:
            self.refuse(held[0], ProblemCode.ROW_BROKEN, "the file is cut off in this row")
        elif held:
            yield held
        self._compare_separators()

    def refuse(self, number: int, code: ProblemCode, message: str, **place: Any) -> None:
        """Note an error that refuses one row."""
        self.refused += 1
        self._problems.error(code, message, row=number, **place)

    def _values(self, number: int, cells: list[Cell]) -> tuple[Any, ...] | None:
        try:
            values = [read(cells[at]) for at, read in self._readers]
        except BadValue:
            self._note_bad_values(number, cells)
            return None
        for index, at in self._required:
            if values[index] is None:
                title = self._header.titles[at]
                self.refuse(number, ProblemCode.VALUE_MISSING, "a value is needed", column=title)
                return None
        self._note_doubts(number, values, cells)
        if self._lot is not None and values[self._lot] is None:
            values[self._lot] = ""
        if self._adds_lot:
            values.append("")
        if self._extra:
            extra = {name: text for at, name in self._extra if (text := _extra(cells[at]))}
            values.append(extra or None)
        return tuple(values)

    def _note_bad_values(self, number: int, cells: list[Cell]) -> None:
        self.refused += 1
        for at, read in self._readers:
            try:
                read(cells[at])
            except BadValue as fault:
                self._problems.error(
                    ProblemCode.BAD_VALUE,
                    f"{shown(cells[at])!r} is not {fault}",
                    row=number,
                    column=self._header.titles[at],
                    value=shown(cells[at]),
                    expected=str(fault),
                )

    def _note_doubts(self, number: int, values: list[Any], cells: list[Cell]) -> None:
        for at in self._numbers:
            cell = cells[at]
            if not isinstance(cell, str):
                continue
            for separator in ",.":
                if separator in cell:
                    self._separators.setdefault(separator, number)
                    if len(cell) - cell.rfind(separator) == _GROUP:
                        self._separators.setdefault(separator + "000", number)
        if self._rate is not None and values[self._rate] and values[self._rate] < 1:
            self._problems.warning(
                ProblemCode.DOUBTFUL_VALUE,
                f"the VAT rate was read as {values[self._rate]} %; 20 % is written 20",
                row=number,
                column=self._header.titles[self._readers[self._rate][0]],
                value=str(values[self._rate]),
            )

    def _compare_separators(self) -> None:
        """Warn where 1.234 and 1,50 stand in one file: the first may have meant 1234."""
        for separator, other in ((".", ","), (",", ".")):
            if separator + "000" in self._separators and other in self._separators:
                self._problems.warning(
                    ProblemCode.DOUBTFUL_VALUE,
                    "numbers with decimal point and with decimal comma stand in this file "
                    f"(row {self._separators[other]}); each was read as decimals, not as thousands",
                    row=self._separators[separator + "000"],
                )
                return


def _reader(header: Header, name: str, since_1904: bool | None) -> Reader:  # noqa: FBT001
    table = header.table
    if name in table.keys:
        return read_key
    if table.columns[name] is not Form.DATE or since_1904 is None:
        return READERS[table.columns[name]]

    def read_day(cell: Cell) -> Any:
        if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
            return date_of_serial(Decimal(cell), since_1904=since_1904)
        return read_date(cell)

    return read_day


def _has_content(cells: list[Cell]) -> bool:
    return any(cell.strip() if isinstance(cell, str) else cell is not None for cell in cells)


def _extra(cell: Cell) -> str | None:
    """A value that is kept as it is, whatever it is."""
    if isinstance(cell, (list, dict)):
        return json.dumps(cell, ensure_ascii=False, default=str)
    try:
        return read_text(cell)
    except BadValue:
        return shown(cell) or None
