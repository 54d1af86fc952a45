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
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import DBAPIError

from app.models.base import key_bytes

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

    __slots__ = ("_lists", "_plans", "_statement", "_taken")

    def __init__(self, statement: ClauseElement, taken: Callable[[str], str] | None = None) -> None:
        """Take the statement; it is compiled when it is run for the first time.

        ``taken`` says where each parameter is found in ``row`` where the rows written are no mappings by its name.
        """
        self._statement, self._taken = statement, taken
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

    def run(self, connection: Connection, rows: Sequence[Any]) -> None:
        """Write: run once for each of ``rows``."""
        plan = self._plans.get(connection.dialect.name) or self._plan(connection, {})
        plan.write(connection, rows)

    def text(self, connection: Connection) -> str:
        """Give the SQL of the connection's database, e.g. to have its plan explained; a list has one value."""
        return _Plan(self._statement, dict.fromkeys(self._lists, 1), connection.dialect, self._taken).text

    def _plan(self, connection: Connection, parameters: dict[str, Any]) -> _Plan:
        """Compile the statement; where it has lists, find it for their lengths and spread them over its parameters."""
        if self._lists:
            return self._plan_of_lists(connection, parameters)
        plan = self._plans[connection.dialect.name] = _Plan(self._statement, {}, connection.dialect, self._taken)
        return plan

    def _plan_of_lists(self, connection: Connection, parameters: dict[str, Any]) -> _Plan:
        sizes = {name: _size(len(parameters[name])) for name in self._lists}
        key = f"{connection.dialect.name} {sizes}"
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = _Plan(self._statement, sizes, connection.dialect, self._taken)
        for name, size in sizes.items():
            items = parameters.pop(name)
            parameters.update((f"{name}_{n}", items[min(n, len(items)) - 1]) for n in range(1, size + 1))
        return plan


class _Plan:
    """A statement compiled for one dialect and one size of its lists."""

    __slots__ = ("_bind", "_bind_many", "_keeps_cursor", "_make", "text")

    def __init__(
        self,
        statement: ClauseElement,
        lists: Mapping[str, int],
        dialect: Dialect,
        taken: Callable[[str], str] | None,
    ) -> None:
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
        constants = {name: value for name, value in state.parameters.items() if value is not None}
        self._bind = _binder(names, writers, constants, taken or _by_name)
        self._bind_many = (
            self._many if taken or constants or len(names) < 2 else _by_columns(names, writers, self._many)
        )
        self._make = _maker([column.name for column in columns], readers)
        self._keeps_cursor = dialect.name != "sqlite"

    def _many(self, rows: Sequence[Any]) -> list[Sequence[Any]]:
        return list(map(self._bind, rows))

    def read(self, connection: Connection, parameters: Values) -> list[Any]:
        driver = self._driver(connection)
        try:
            found = driver.execute(self.text, self._bind(parameters)).fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _translated(connection, self.text, error) from error
        make = self._make
        return [make(*row) for row in found]

    def write(self, connection: Connection, rows: Sequence[Any]) -> None:
        driver = self._driver(connection)
        try:
            if len(rows) == 1:
                driver.execute(self.text, self._bind(rows[0]))
            else:
                driver.executemany(self.text, self._bind_many(rows))
        except connection.dialect.loaded_dbapi.Error as error:
            raise _translated(connection, self.text, error) from error

    def _driver(self, connection: Connection) -> Any:
        """Give what runs statements on the driver, in a transaction: all that is read belongs to one point in time."""
        if not connection.in_transaction():
            connection.begin()
        kept = connection.info.get(CURSOR) if self._keeps_cursor else None
        return kept or connection.connection.dbapi_connection


def _by_name(name: str) -> str:
    return f"row[{name!r}]"


def _binder(
    names: Sequence[str], writers: Sequence[Converter | None], constants: Values, taken: Callable[[str], str]
) -> Callable[[Any], Sequence[Any]]:
    """Write the function that converts parameters and puts them in the order of the statement.

    Written out, ``(w0(row['price']), row['number'], ...)`` takes half the time of a loop over columns, and a key, of
    which there are hundreds in an order, half that of a call.
    """
    parts = []
    known: dict[str, Any] = {}
    for n, (name, writer) in enumerate(zip(names, writers, strict=True)):
        if name in constants:
            known[f"c{n}"] = writer(constants[name]) if writer else constants[name]
            parts.append(f"c{n}")
        elif writer is key_bytes:
            parts.append(f"(None if (key := {taken(name)}) is None else key.int.to_bytes(16, 'big'))")
        elif writer:
            known[f"w{n}"] = writer
            parts.append(f"w{n}({taken(name)})")
        else:
            parts.append(taken(name))
    return written_out(f"lambda row: ({''.join(part + ', ' for part in parts)})", known)


def _by_columns(
    names: Sequence[str], writers: Sequence[Converter | None], by_rows: Callable[[Sequence[Any]], list[Sequence[Any]]]
) -> Callable[[Sequence[Any]], list[Sequence[Any]]]:
    """Give what converts the parameters of several rows: where they are many, column by column."""
    pick = itemgetter(*names)
    converted = [(place, writer) for place, writer in enumerate(writers) if writer]

    def bind_many(rows: Sequence[Any]) -> list[Sequence[Any]]:
        if len(rows) < MANY:
            return by_rows(rows)
        columns: list[Sequence[Any]] = list(zip(*map(pick, rows), strict=True))
        for place, write in converted:
            columns[place] = list(map(write, columns[place]))
        return list(zip(*columns, strict=True))

    return bind_many


def _maker(names: list[str], readers: Sequence[Converter | None]) -> Callable[..., Any]:
    """Write the function that makes a named row of a fetched one's values."""
    known: dict[str, Any] = {"new": tuple.__new__, "row": _row(names)}
    known.update((f"r{n}", reader) for n, reader in enumerate(readers) if reader)
    values = "".join(f"r{n}(v{n}), " if reader else f"v{n}, " for n, reader in enumerate(readers))
    return written_out(f"lambda {', '.join(f'v{n}' for n in range(len(readers)))}: new(row, ({values}))", known)


def written_out(source: str, known: dict[str, Any]) -> Callable[..., Any]:
    """Compile an expression made of places and names of columns, never of anything typed."""
    function: Callable[..., Any] = eval(source, known)  # noqa: S307  as namedtuple does
    return function


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
