"""Statements that run often: compiled once, their rows plain tuples.

SQLAlchemy takes longer to prepare a statement, wrap its cursor and hand out rows than SQLite takes
to answer an indexed look-up, and judging an invoice asks some fifteen of them. A `Prepared` still
is a statement of SQLAlchemy's, with the types of its columns: only what is the same at every call
is done once, and the driver's own cursor does the rest, in the transaction of the connection given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, ClauseElement, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase

Values = Mapping[str, Any]
Row = tuple[Any, ...]

_Change = Callable[[Any], Any]
_NOTHING: Final[Values] = {}


class _Parameter(NamedTuple):
    """One parameter as the driver takes it: given by the caller, or part of the statement."""

    name: str | None  # None: part of the statement
    change: _Change | None
    fixed: Any


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in the words of one database, and what values become on the way."""

    sql: str
    parameters: tuple[_Parameter, ...]
    names: tuple[str, ...] | None  # None: the driver takes parameters by place
    columns: tuple[tuple[int, _Change], ...]  # those that do not come as they should

    def bound(self, values: Values) -> Any:
        """The values of one call as the driver takes them."""
        found = [
            fixed if name is None else values[name] if change is None else change(values[name])
            for name, change, fixed in self.parameters
        ]
        return found if self.names is None else dict(zip(self.names, found, strict=True))

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
        found = _execute(connection, compiled.sql, compiled.bound(values), fetch=True)
        return compiled.rows(found)

    def run(self, connection: Connection, values: Values = _NOTHING) -> None:
        """Change rows."""
        compiled = self._in_words_of(connection.dialect)
        _execute(connection, compiled.sql, compiled.bound(values))

    def run_many(self, connection: Connection, many: Iterable[Values]) -> None:
        """Change rows, once for each of these; without any, nothing happens."""
        compiled = self._in_words_of(connection.dialect)
        bound = [compiled.bound(values) for values in many]
        if bound:
            _execute(connection, compiled.sql, bound, many=True)

    def _in_words_of(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:  # two threads may both compile: it comes out the same
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return compiled


def _execute(
    connection: Connection, sql: str, bound: Any, *, many: bool = False, fetch: bool = False
) -> Any:
    """Run it on the driver's cursor, in the connection's transaction; errors are SQLAlchemy's."""
    if not connection.in_transaction():
        connection.begin()  # else SQLAlchemy would not know that there is something to commit
    cursor = connection.connection.cursor()
    driver = connection.dialect.loaded_dbapi.Error
    try:
        if many:
            cursor.executemany(sql, bound)
        else:
            cursor.execute(sql, bound)
        return cursor.fetchall() if fetch else []
    except driver as problem:
        dialect = connection.dialect
        raise DBAPIError.instance(sql, None, problem, driver, dialect=dialect) from problem
    finally:
        cursor.close()


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler) or "POSTCOMPILE" in compiled.string:
        raise TypeError(f"not to be prepared: {compiled}")
    parameters = {
        name: _parameter(bind, name, dialect) for bind, name in compiled.bind_names.items()
    }
    places = compiled.positiontup if compiled.positional else None
    names = tuple(parameters if places is None else places)
    columns = list(statement.selected_columns) if isinstance(statement, SelectBase) else []
    changes = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns]
    return _Compiled(
        compiled.string,
        tuple(parameters[name] for name in names),
        names if places is None else None,
        tuple((place, change) for place, change in enumerate(changes) if change is not None),
    )


def _parameter(bind: BindParameter[Any], name: str, dialect: Dialect) -> _Parameter:
    change = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.required:
        return _Parameter(name, change, None)
    value = bind.effective_value
    return _Parameter(None, None, value if change is None else change(value))
