"""Statements that are compiled once and then run straight on the driver.

SQLAlchemy writes the SQL of both databases and knows how each column's type is stored.  What it does
again at every execution (cache keys, contexts, result objects) costs ten times as much as SQLite takes
for a row by its key, so the statements that a business command runs are kept ready::

    _LINES: Final = Prepared(select(order_line).where(order_line.c.order_id == bindparam("order", type_=Key)))

    for row in _LINES.all(connection, order=order_id): ...

Everything else (lists, reports, statements built at run time) goes through ``connection.execute``.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError

Converter = Callable[[Any], Any]
Values = Mapping[str, Any]

LONGEST_LIST: Final = 512
"""Most values of one ``IN`` list; callers split longer ones."""


CURSOR: Final = "cursor"
"""Where a connection keeps the cursor that all its prepared statements use, for drivers that take long to make one."""
MANY: Final = 20
"""From how many rows on they are converted column by column."""


class Prepared:
    """One statement with named parameters; its rows are named tuples of converted values.

    A parameter declared ``expanding`` takes a list of 1 to LONGEST_LIST values.
    """

    __slots__ = ("_lists", "_plans", "_statement")

    def __init__(self, statement: ClauseElement) -> None:
        """Take the statement; it is compiled when it is run for the first time."""
        self._statement = statement
        self._plans: dict[str, _Plan] = {}
        compiled: Any = statement.compile()
        lists = [name for name, bind in compiled.binds.items() if bind.expanding and bind.value is None]
        self._lists: tuple[str, ...] = tuple(lists)

    @property
    def written(self) -> Any:
        """The table it writes, None where it only reads."""
        return getattr(self._statement, "table", None)

    def all(self, connection: Connection, **parameters: Any) -> list[Any]:
        """Give all rows."""
        plan = self._plans.get(connection.dialect.name) or self._plan(connection, parameters)
        return plan.read(connection, parameters)

    def first(self, connection: Connection, **parameters: Any) -> Any:
        """Give the first row, or None where there is none."""
        plan = self._plans.get(connection.dialect.name) or self._plan(connection, parameters)
        rows = plan.read(connection, parameters)
        return rows[0] if rows else None

    def value(self, connection: Connection, **parameters: Any) -> Any:
        """Give the first column of the first row, or None where there is no row."""
        plan = self._plans.get(connection.dialect.name) or self._plan(connection, parameters)
        rows = plan.read(connection, parameters)
        return rows[0][0] if rows else None

    def values(self, connection: Connection, **parameters: Any) -> list[Any]:
        """Give the first column of every row."""
        return [row[0] for row in self.all(connection, **parameters)]

    def run(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Write: run once for each of ``rows``."""
        plan = self._plans.get(connection.dialect.name) or self._plan(connection, {})
        plan.write(connection, rows)

    def text(self, connection: Connection) -> str:
        """Give the SQL of the connection's database, e.g. to have its plan explained; a list has one value."""
        return _Plan(self._statement, dict.fromkeys(self._lists, 1), connection.dialect).text

    def _plan(self, connection: Connection, parameters: dict[str, Any]) -> _Plan:
        """Compile the statement; where it has lists, find it for their lengths and spread them over its parameters."""
        if self._lists:
            return self._plan_of_lists(connection, parameters)
        plan = self._plans[connection.dialect.name] = _Plan(self._statement, {}, connection.dialect)
        return plan

    def _plan_of_lists(self, connection: Connection, parameters: dict[str, Any]) -> _Plan:
        sizes = {name: _size(len(parameters[name])) for name in self._lists}
        key = f"{connection.dialect.name} {sizes}"
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = _Plan(self._statement, sizes, connection.dialect)
        for name, size in sizes.items():
            items = parameters.pop(name)
            parameters.update((f"{name}_{n}", items[min(n, len(items)) - 1]) for n in range(1, size + 1))
        return plan


class _Plan:
    """A statement compiled for one dialect and one size of its lists."""

    __slots__ = ("_constants", "_keeps_cursor", "_make", "_pick", "_readers", "_writers", "text")

    def __init__(self, statement: ClauseElement, lists: Mapping[str, int], dialect: Dialect) -> None:
        maker: Any = type(dialect)
        dialect = dialect if dialect.positional else maker(paramstyle="format")
        compiled: Any = statement.compile(dialect=dialect)
        open_ = {name: [None] * lists.get(name, 0) or None for name, bind in compiled.binds.items() if bind.required}
        state = compiled.construct_expanded_state(open_)
        types = {name: bind.type for name, bind in compiled.binds.items()}
        for name, parts in state.parameter_expansion.items():
            types.update(dict.fromkeys(parts, types[name]))
        names = list(state.positiontup)
        writers = [types[name].dialect_impl(dialect).bind_processor(dialect) for name in names]
        columns = list(getattr(statement, "exported_columns", ()))
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self.text: str = state.statement
        self._constants = {name: value for name, value in state.parameters.items() if value is not None}
        self._pick: Callable[[Values], Sequence[Any]] = _picking(names)
        self._writers: list[tuple[int, Converter]] = [(n, writer) for n, writer in enumerate(writers) if writer]
        self._readers: list[tuple[int, Converter]] = [(n, reader) for n, reader in enumerate(readers) if reader]
        self._make: Callable[[Sequence[Any]], Any] = partial(tuple.__new__, _row([column.name for column in columns]))
        self._keeps_cursor = dialect.name != "sqlite"

    def read(self, connection: Connection, parameters: Values) -> list[Any]:
        driver = self._driver(connection)
        try:
            found = driver.execute(self.text, self._bound(parameters)).fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _translated(connection, self.text, error) from error
        make, readers = self._make, self._readers
        if not readers:
            return [make(row) for row in found]
        rows = []
        for row in found:
            values = list(row)
            for place, read in readers:
                values[place] = read(values[place])
            rows.append(make(values))
        return rows

    def write(self, connection: Connection, rows: Sequence[Values]) -> None:
        driver = self._driver(connection)
        try:
            if len(rows) == 1:
                driver.execute(self.text, self._bound(rows[0]))
            else:
                driver.executemany(self.text, self._bound_many(rows))
        except connection.dialect.loaded_dbapi.Error as error:
            raise _translated(connection, self.text, error) from error

    def _driver(self, connection: Connection) -> Any:
        """Give what runs statements on the driver, in a transaction: all that is read belongs to one point in time."""
        if not connection.in_transaction():
            connection.begin()
        kept = connection.info.get(CURSOR) if self._keeps_cursor else None
        return kept or connection.connection.dbapi_connection

    def _bound(self, parameters: Values) -> Any:
        """Convert the parameters and put them in the order of the statement."""
        if self._constants:
            parameters = {**self._constants, **parameters}
        values = list(self._pick(parameters))
        for place, write in self._writers:
            values[place] = write(values[place])
        return values

    def _bound_many(self, rows: Sequence[Values]) -> list[Any]:
        """Convert the parameters of many rows: column by column, which takes half the time."""
        if len(rows) < MANY or self._constants:
            return [self._bound(values) for values in rows]
        columns: list[Sequence[Any]] = list(zip(*map(self._pick, rows), strict=True))
        for place, write in self._writers:
            columns[place] = list(map(write, columns[place]))
        return list(zip(*columns, strict=True))


def _picking(names: Sequence[str]) -> Callable[[Values], Sequence[Any]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda parameters: [parameters[name] for name in names]


def _row(names: list[str]) -> Any:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024  its columns are known when it is compiled


def execute_text(connection: Connection, text: str) -> None:
    """Run a statement of the database's own that has no parameters and no result, e.g. ``BEGIN``."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(text)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _translated(connection, text, error) from error


def _translated(connection: Connection, text: str, error: Any) -> DBAPIError:
    """Give the error SQLAlchemy would have raised; a lost connection is not used again."""
    lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    base = connection.dialect.loaded_dbapi.Error
    found = DBAPIError.instance(
        text, None, error, base, connection_invalidated=lost, dialect=connection.dialect, hide_parameters=True
    )
    assert isinstance(found, DBAPIError)
    return found


def _size(length: int) -> int:
    """Round the length of a list up to a power of two, so that few lengths are compiled."""
    return 1 << (length - 1).bit_length()
