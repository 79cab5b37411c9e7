"""Which column of a file is which column of a table, and which table a header speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ingest.reference.columns import TableForm, fold_name, table_forms

_FEWEST_RECOGNISED = 2
_FOR_PEOPLE = frozenset(
    map(fold_name, ("libellé", "label", "description", "commentaire", "comment", "remarque"))
)
"""Titles of words for people: where a table has no such column, nothing is missed in them."""


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header read as a table's: each column's name, known or extra (None: nameless)."""

    table: TableForm
    titles: tuple[str, ...]  # as the file writes them
    names: tuple[str | None, ...]  # columns of the table, or the title itself for an extra column
    known: tuple[bool, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Key columns that no column of the file stands for."""
        return tuple(key for key in self.table.required if key not in self.names)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Titles that stand over two columns."""
        named = [name for name in self.names if name is not None]
        return tuple(dict.fromkeys(name for name in named if named.count(name) > 1))

    @property
    def unused(self) -> tuple[str, ...]:
        """Titles of the columns that nothing is read from, though they may say what counts."""
        pairs = zip(self.titles, self.known, strict=True)
        told = (title for title, known in pairs if title and not known)
        return tuple(title for title in told if fold_name(title) not in _FOR_PEOPLE)

    @property
    def recognised(self) -> int:
        """How many columns are known."""
        return sum(self.known)

    def guesses(self, key: str) -> tuple[str, ...]:
        """Titles in the file that look most like a missing column, best first."""
        folded = {
            fold_name(title): title
            for title, known in zip(self.titles, self.known, strict=True)
            if title and not known
        }
        close: dict[str, None] = {}
        for alias in self.table.aliases[key]:
            for match in get_close_matches(alias, folded, n=2, cutoff=0.6):
                close[folded[match]] = None
        return tuple(close)[:3]


def read_header(titles: Sequence[str], table: TableForm) -> Header:
    """Assign a file's columns to a table's; the earliest alias wins, each column once."""
    clean = tuple(title.strip() for title in titles)
    ranked = sorted(
        (rank, at, column)
        for column, aliases in table.aliases.items()
        for at, title in enumerate(clean)
        if (rank := _rank(title, aliases)) is not None
    )
    assigned: dict[int, str] = {}
    for _, at, column in ranked:
        if at not in assigned and column not in assigned.values():
            assigned[at] = column
    names = tuple(assigned.get(at, title) or None for at, title in enumerate(clean))
    return Header(table, clean, names, tuple(at in assigned for at in range(len(clean))))


def _rank(title: str, aliases: tuple[str, ...]) -> int | None:
    folded = fold_name(title)
    return aliases.index(folded) if folded and folded in aliases else None


def guess_table(titles: Sequence[str]) -> Header | None:
    """The table that a header fits best: all of its key there, and most columns known."""
    fitting = [
        header
        for table in table_forms().values()
        if not (header := read_header(titles, table)).missing
        and header.recognised >= _FEWEST_RECOGNISED
        # Prose has commas too: words found in it by chance make no header.
        and 2 * header.recognised >= sum(map(bool, header.titles))
    ]
    if not fitting:
        return None
    return max(fitting, key=lambda h: (h.recognised, len(h.table.required)))


def find_header(first_rows: Sequence[Sequence[str]], table: TableForm | None) -> int | None:
    """Where the header stands among a file's first rows (titles may stand above it).

    None when no row is a header; the caller then reports on the first row that is not blank.
    """
    for at, row in enumerate(first_rows):
        header = guess_table(row) if table is None else read_header(row, table)
        if header is not None and not header.missing:
            return at
    return None
