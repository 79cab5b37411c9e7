"""Which files an import takes, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.reference.columns import table_forms, table_named

_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm", ".xls", ".json"})
_ORDER_SUFFIXES = frozenset({".xml", ".pdf"})
_COMPANIONS = ("readme", "lisezmoi", "license", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to import, or why it is left alone."""

    path: Path
    table: str | None = None  # what its name says
    ignored_because: str | None = None


def find_files(paths: Sequence[Path]) -> list[FoundFile]:
    """Files as given, and those of folders; what others refer to comes first."""
    found = [file for path in paths for file in _found(path)]
    order = list(table_forms())
    return sorted(
        found, key=lambda f: (order.index(f.table) if f.table else len(order), str(f.path))
    )


def _found(path: Path) -> Iterator[FoundFile]:
    if not path.is_dir():
        yield FoundFile(path, table_named(path.stem))
        return
    try:
        files = sorted(path.iterdir())
    except OSError:
        # Opening it as a file says why in the system's own words.
        yield FoundFile(path)
        return
    for file in files:
        name = file.name
        if name.startswith((".", "~$")) or name.casefold().startswith(_COMPANIONS):
            continue
        if not file.is_file():
            why = "a folder inside the folder" if file.is_dir() else "not a regular file"
            yield FoundFile(file, ignored_because=f"{why}; name it to import it")
        elif file.suffix.casefold() in _TABLE_SUFFIXES | _ORDER_SUFFIXES:
            yield FoundFile(file, table_named(file.stem))
        else:
            why = "neither CSV, XLSX, JSON nor an order in PDF or XML"
            yield FoundFile(file, ignored_because=why)
