"""Importing reference data: files found, read, checked whole, then written in one transaction.

A file is taken whole or refused whole, unless bad rows may be left out (`partial`). Files are
independent of each other: one that is refused does not stop the next.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from db.engine import Database
from ingest.reference.changes import changing
from ingest.reference.checks import doubts
from ingest.reference.files import FoundFile, find_files
from ingest.reference.header import Header
from ingest.reference.open_table import OpenTable, open_tables
from ingest.reference.order_files import import_order, is_order_file
from ingest.reference.problems import Problems
from ingest.reference.raw import NotATable
from ingest.reference.report import (
    FileReport,
    FileStatus,
    ImportReport,
    Problem,
    ProblemCode,
    TableReport,
)
from ingest.reference.rows import RowReader
from ingest.reference.spool import Spool
from ingest.reference.takeover import take_over
from matching.reference import REFERENCE_KEYS, REFERENCE_TABLES
from matching.reference_links import find_dangling
from matching.reference_upsert import UpsertCount

_LOG = logging.getLogger(__name__)
_MOST_NAMED = 5
_CHECKED_TABLES = frozenset({"suppliers", "entities", "contracts", "commitments"})


def import_paths(
    paths: Sequence[Path], database: Database, *, partial: bool = False
) -> ImportReport:
    """Import files and folders of reference data; the database has its tables already.

    Args:
        paths: files, or folders whose files are recognised by name.
        database: where the data goes; one transaction a file.
        partial: keep the good rows of a file that has bad ones.

    Raises:
        DatabaseUnavailable: the database cannot be written; files before it are kept.
    """
    reports = [_import_file(found, database, partial=partial) for found in find_files(paths)]
    touched = {
        table.table
        for report in reports
        for table in report.tables
        if table.inserted or table.changed
    }
    if touched:
        database.take_stock([*(REFERENCE_TABLES[name] for name in touched), REFERENCE_KEYS])
    with database.reading() as connection:
        warnings = tuple(
            Problem(
                ProblemCode.REFERENCE_UNKNOWN,
                f"{dangling.count} {' and '.join(dangling.columns)} of {dangling.table} "
                f"not found in {dangling.target}: {', '.join(dangling.examples)}"
                f"{' …' if dangling.count > len(dangling.examples) else ''}"
                f" (in {', '.join(_brought_by(reports, dangling.table))})",
                is_error=False,
                column=", ".join(dangling.columns),
            )
            for dangling in find_dangling(connection, touched)
        )
    return ImportReport(tuple(reports), warnings)


@dataclass(slots=True)
class _Checked:
    """One table of a file, read and checked, its good rows waiting."""

    header: Header
    reader: RowReader
    spool: Spool
    count: UpsertCount = field(default_factory=UpsertCount)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.reader.columns

    def report(self) -> TableReport:
        return TableReport(
            self.header.table.name,
            self.reader.found,
            self.reader.refused,
            self.count.inserted,
            self.count.changed,
            self.count.unchanged,
        )


def _brought_by(reports: Iterable[FileReport], table: str) -> list[str]:
    """The files whose rows of a table were taken."""
    return [
        report.file
        for report in reports
        if any(t.table == table and (t.inserted or t.changed) for t in report.tables)
    ]


def _import_file(found: FoundFile, database: Database, *, partial: bool) -> FileReport:
    problems = Problems()
    name = str(found.path)
    if found.ignored_because:
        problems.warning(ProblemCode.IGNORED, found.ignored_because)
        return FileReport(name, FileStatus.IGNORED, problems=problems.all())
    if _is_order(found):
        return _import_order(found, database, problems)
    with ExitStack() as stack:
        checked: list[_Checked] = []
        # Errors outside the rows, such as a column that is missing, refuse the whole file.
        whole = True
        try:
            tables = open_tables(found, problems, stack)
            whole = problems.errors == 0
            checked.extend(_check(table, problems, stack) for table in tables)
        except NotATable as fault:
            whole = False
            problems.error(ProblemCode.NOT_A_TABLE, str(fault))
        except OSError as fault:
            whole = False
            problems.error(ProblemCode.FILE_UNREADABLE, fault.strerror or str(fault))
        if problems.errors and not (partial and whole):
            reports = tuple(_refused(table.report()) for table in checked)
            return FileReport(name, FileStatus.REFUSED, reports, problems.all())
        concerned = _write(checked, database, found.path.name, problems)
        _LOG.info("imported", extra={"file": name, "errors": problems.errors})
        status = FileStatus.PARTIAL if problems.errors else FileStatus.IMPORTED
        written = tuple(table.report() for table in checked)
        return FileReport(name, status, written, problems.all(), concerned)


def _is_order(found: FoundFile) -> bool:
    try:
        return is_order_file(found.path)
    except OSError:
        return False  # opening it as a table says why


def _import_order(found: FoundFile, database: Database, problems: Problems) -> FileReport:
    tables, concerned = import_order(found.path, database, problems)
    status = FileStatus.REFUSED if problems.errors else FileStatus.IMPORTED
    return FileReport(str(found.path), status, tables, problems.all(), concerned)


def _refused(table: TableReport) -> TableReport:
    return TableReport(table.table, table.rows, table.rows)


def _check(table: OpenTable, problems: Problems, stack: ExitStack) -> _Checked:
    problems.sheet = table.raw.sheet
    reader = RowReader(table.header, problems, since_1904=table.raw.since_1904)
    spool = stack.enter_context(Spool(reader))
    name = table.header.table.name
    if unused := table.header.unused:
        problems.warning(
            ProblemCode.COLUMNS_UNUSED,
            f"kept, but nothing of {name} is read from: {', '.join(unused)}",
        )
    titles = dict(zip(table.header.names, table.header.titles, strict=True))
    for number, values in reader.read(table.rows, cut_off=table.raw.cut_off):
        spool.add((number, values))
        if name in _CHECKED_TABLES:
            row = dict(zip(reader.columns, values, strict=True))
            for column, sentence in doubts(name, row):
                problems.warning(
                    ProblemCode.CHECK_DIGITS, sentence, row=number, column=titles.get(column)
                )
    _check_keys(reader, spool, problems)
    if not reader.found:
        problems.warning(ProblemCode.NOTHING_IN_IT, "there is no row below the header")
    return _Checked(table.header, reader, spool)


def _check_keys(reader: RowReader, spool: Spool, problems: Problems) -> None:
    """A row repeated word for word counts once; two rows that differ under one key are refused."""
    for rows in spool.same_keys():
        (first, kept), *later = rows
        key = " ".join(str(part) for part in reader.key_of(kept))
        if all(values == kept for _, values in later):
            spool.drop({number for number, _ in rows[:-1]})
            for number, _ in later:
                problems.warning(
                    ProblemCode.ROW_REPEATED, f"the same as row {first} ({key})", row=number
                )
            continue
        # Which of them is right cannot be known, so none is taken.
        spool.drop({number for number, _ in rows})
        reader.refused += 1
        for number, _ in later:
            reader.refuse(
                number, ProblemCode.KEY_TWICE, f"{key} stands in row {first} with other values"
            )


def _write(checked: Iterable[_Checked], database: Database, file: str, problems: Problems) -> int:
    """Write the good rows; returns how many open invoices are to be judged again."""
    with changing(database, {"kind": "import", "file": file}) as changes:
        for table in checked:
            name = table.header.table.name
            table.count = changes.write(name, table.spool.rows(), columns=table.columns)
            taken = take_over(changes, name, table.spool.rows())
            if taken:
                problems.warning(
                    ProblemCode.TAKEN_OVER,
                    f"{len(taken)} orders had {name} read from documents, which give way to "
                    f"these: {', '.join(taken[:_MOST_NAMED])}",
                )
    return changes.concerned
