"""Statements that run often: compiled once, their rows plain tuples.

SQLAlchemy takes longer to prepare a statement, wrap its cursor and hand out rows than SQLite takes
to answer an indexed look-up, and judging an invoice asks some fifteen of them. A `Prepared` still
is a statement of SQLAlchemy's, with the types of its columns: only what is the same at every call
is done once, and the driver's own cursor does the rest, in the transaction of the connection given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase

Values = Mapping[str, Any]
Row = tuple[Any, ...]

_Change = Callable[[Any], Any]
_NOTHING: Final[Values] = {}


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in the words of one database, and what values become on the way."""

    sql: str
    fixed: dict[str, Any]  # values that are part of the statement
    given: tuple[tuple[str, _Change | None], ...]
    places: tuple[str, ...] | None  # of the parameters, where the driver wants no names
    columns: tuple[tuple[int, _Change], ...]  # those that do not come as they should

    def parameters(self, values: Values) -> Any:
        """The values of one call as the driver takes them."""
        named = {
            name: values[name] if change is None else change(values[name])
            for name, change in self.given
        }
        if self.fixed:
            named.update(self.fixed)
        return named if self.places is None else [named[name] for name in self.places]

    def rows(self, fetched: list[Any]) -> list[Row]:
        """Rows as the types of their columns want them."""
        if not self.columns:
            return fetched
        found = []
        for row in fetched:
            values = list(row)
            for place, change in self.columns:
                values[place] = change(values[place])
            found.append(tuple(values))
        return found


class Prepared:
    """One statement; the values of a call are named as its `bindparam`s or inserted columns.

    Values of its own must not be lists (`column.in_([...])`): see `db.sets` for such.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Values = _NOTHING) -> list[Row]:
        """All rows that a query finds."""
        compiled = self._in_words_of(connection.dialect)
        with _cursor(connection, compiled.sql) as cursor:
            cursor.execute(compiled.sql, compiled.parameters(values))
            return compiled.rows(cursor.fetchall())

    def run(self, connection: Connection, values: Values = _NOTHING) -> None:
        """Change rows."""
        compiled = self._in_words_of(connection.dialect)
        with _cursor(connection, compiled.sql) as cursor:
            cursor.execute(compiled.sql, compiled.parameters(values))

    def run_many(self, connection: Connection, many: Iterable[Values]) -> None:
        """Change rows, once for each of these; without any, nothing happens."""
        compiled = self._in_words_of(connection.dialect)
        parameters = [compiled.parameters(values) for values in many]
        if parameters:
            with _cursor(connection, compiled.sql) as cursor:
                cursor.executemany(compiled.sql, parameters)

    def _in_words_of(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:  # two threads may both compile: it comes out the same
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return compiled


@contextmanager
def _cursor(connection: Connection, sql: str) -> Iterator[Any]:
    """The driver's cursor in the connection's transaction; its errors are SQLAlchemy's."""
    if not connection.in_transaction():
        connection.begin()  # else SQLAlchemy would not know that there is something to commit
    cursor = connection.connection.cursor()
    driver = connection.dialect.loaded_dbapi.Error
    try:
        yield cursor
    except driver as problem:
        raise DBAPIError.instance(
            sql, None, problem, driver, dialect=connection.dialect
        ) from problem
    finally:
        cursor.close()


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or "POSTCOMPILE" in compiled.string:
        raise TypeError(f"not to be prepared: {compiled}")
    fixed, given = {}, []
    for bind, name in compiled.bind_names.items():
        change = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if bind.required:
            given.append((name, change))
        else:
            value = bind.effective_value
            fixed[name] = value if change is None else change(value)
    places = compiled.positiontup if compiled.positional else None
    columns = list(statement.selected_columns) if isinstance(statement, SelectBase) else []
    changes = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns]
    return _Compiled(
        compiled.string,
        fixed,
        tuple(given),
        None if places is None else tuple(places),
        tuple((place, change) for place, change in enumerate(changes) if change is not None),
    )
