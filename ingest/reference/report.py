"""What an import did, file by file, and what was wrong: for the command line and the web alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class ProblemCode(StrEnum):
    """Permanent codes of what can be wrong with reference data."""

    FILE_UNREADABLE = "IMP-01"
    NOT_A_TABLE = "IMP-02"
    TABLE_UNKNOWN = "IMP-03"
    COLUMN_MISSING = "IMP-04"
    COLUMN_TWICE = "IMP-05"
    BAD_VALUE = "IMP-10"
    VALUE_MISSING = "IMP-11"
    KEY_TWICE = "IMP-12"
    ROW_BROKEN = "IMP-13"
    NOTHING_IN_IT = "IMP-20"
    IGNORED = "IMP-21"
    ROW_REPEATED = "IMP-22"
    CHECK_DIGITS = "IMP-23"
    DOUBTFUL_VALUE = "IMP-24"
    REFERENCE_UNKNOWN = "IMP-25"
    TAKEN_OVER = "IMP-26"
    COLUMNS_UNUSED = "IMP-27"
    MORE_PROBLEMS = "IMP-29"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (row as a spreadsheet counts, header = row 1), what, what was due."""

    code: ProblemCode
    message: str
    is_error: bool = True
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str | None = None

    @property
    def place(self) -> str:
        """Where it is, inside its file."""
        parts = []
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class TableReport:
    """What became of one table of a file."""

    table: str
    rows: int = 0  # data rows found, blank ones not counted
    refused: int = 0
    inserted: int = 0
    changed: int = 0
    unchanged: int = 0


class FileStatus(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    PARTIAL = "partial"  # good rows kept, bad rows refused
    REFUSED = "refused"  # nothing kept
    IGNORED = "ignored"  # not reference data


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    file: str
    status: FileStatus
    tables: tuple[TableReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    concerned: int = 0  # open invoices that are to be judged again

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "file": self.file,
            "status": self.status.value,
            "tables": [asdict(table) for table in self.tables],
            "problems": [_problem_record(problem) for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did; `warnings` concern the data as a whole."""

    files: tuple[FileReport, ...]
    warnings: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every row of every file was taken."""
        return all(file.status in {FileStatus.IMPORTED, FileStatus.IGNORED} for file in self.files)

    @property
    def concerns_invoices(self) -> bool:
        """Whether open invoices are to be judged again."""
        return any(file.concerned for file in self.files)

    def totals(self) -> TableReport:
        """All tables together."""
        tables = [table for file in self.files for table in file.tables]
        return TableReport(
            table="",
            **{
                name: sum(getattr(table, name) for table in tables)
                for name in ("rows", "refused", "inserted", "changed", "unchanged")
            },
        )

    def records(self) -> Iterator[dict[str, Any]]:
        """As JSON: one object a file, then one for the whole."""
        for file in self.files:
            yield file.record()
        totals = asdict(self.totals())
        del totals["table"]
        yield {
            "complete": self.complete,
            **totals,
            "warnings": [_problem_record(problem) for problem in self.warnings],
        }


def _problem_record(problem: Problem) -> dict[str, Any]:
    record = asdict(problem)
    record["code"] = problem.code.value
    record["severity"] = "error" if record.pop("is_error") else "warning"
    return record
