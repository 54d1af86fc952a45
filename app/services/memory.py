"""What a writing connection to a file remembers of what it read, from one command to the next.

Every step of an order reads the same settings, masters and documents again.  On SQLite ``PRAGMA data_version`` tells
for a microsecond whether another connection, of whatever program, has written since: where none has, the rows read
before are those the database holds.  On a server nothing tells so, and nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CompoundSelect, Connection, Select, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeEngine

from app.services.statements import Prepared, Values

MEMORY: Final = "memory"
"""Where a writing connection has its :class:`Memory`; without one everything is read each time."""
MOST: Final = 20_000
"""Rows that one connection remembers, some 20 MB; then it begins anew."""
REMEMBERED: Final[dict[str, list[Remembered]]] = {}
"""The :class:`Remembered` statements that read a table."""
FOLLOWED: Final[dict[str, list[Followed]]] = {}
"""The :class:`Followed` statements that give a table's rows."""
_SQLITE: Final = sqlite.dialect()


class Memory:
    """What one connection remembers; let go as a whole by :func:`recall`."""

    __slots__ = ("changing", "count", "kept", "left_out", "owners", "rows", "version")

    def __init__(self, version: int) -> None:
        """Start with nothing, at a version of the file."""
        self.version = version
        self.rows: dict[Remembered, dict[Any, list[Any]]] = {}
        self.owners: dict[Remembered, dict[int, Any]] = {}
        """By followed statement: under which parameter a row is remembered; keys as numbers."""
        self.left_out: set[Remembered] = set()
        """Statements over what the command under way changes."""
        self.count = 0
        """How many rows were read to be remembered."""
        self.kept: dict[object, Any] = {}
        self.changing = False
        """Whether the command under way wrote rows that are followed."""

    def learn(self, statement: Remembered, key: Any, rows: list[Any]) -> None:
        """Remember the rows of a statement by its parameters."""
        self.count += len(rows)
        if self.count > MOST:
            self.rows.clear()
            self.owners.clear()
            self.count = len(rows)
        self.rows.setdefault(statement, {})[key] = rows

    def let_go(self, statement: Remembered) -> None:
        """Read what a statement gives again when it is asked for."""
        self.rows.pop(statement, None)
        self.owners.pop(statement, None)


class Remembered(Prepared):
    """A statement over settings and masters (taxes, the company, products) that commands read and seldom change.

    Its rows are kept with the connection from one command to the next, as long as :func:`recall` finds that no other
    connection wrote to the file and :func:`forget` was not told of a change of its tables by this one.
    """

    __slots__ = ("tables",)

    def __init__(self, statement: Select[Any] | CompoundSelect[Any]) -> None:
        """Take the statement; its tables are not local, so that each change of them is captured."""
        super().__init__(statement)
        self.tables = frozenset(one.name for one in visitors.iterate(statement) if isinstance(one, Table))
        for name in self.tables:
            REMEMBERED.setdefault(name, []).append(self)

    def all(self, connection: Connection, **parameters: Any) -> list[Any]:
        """Give all rows."""
        return self._rows(connection, parameters).copy()

    def _rows(self, connection: Connection, parameters: dict[str, Any]) -> list[Any]:
        """Give the rows as they are remembered: not to be changed."""
        memory: Memory | None = connection.info.get(MEMORY)
        if memory is None or self in memory.left_out:
            return super().all(connection, **parameters)
        known = memory.rows.get(self)
        key = self._key(parameters)
        rows = known.get(key) if known else None
        if rows is None:
            rows = super().all(connection, **parameters)
            memory.learn(self, key, rows)
            self._place(memory, key, rows)
        return rows

    def first(self, connection: Connection, **parameters: Any) -> Any:
        """Give the first row, or None where there is none."""
        rows = self._rows(connection, parameters)
        return rows[0] if rows else None

    def value(self, connection: Connection, **parameters: Any) -> Any:
        """Give the first column of the first row, or None where there is no row."""
        rows = self._rows(connection, parameters)
        return rows[0][0] if rows else None

    def _key(self, parameters: dict[str, Any]) -> Any:
        """Give the parameters as what they are remembered by."""
        if self._lists:
            return tuple(
                [(name, tuple(value)) if name in self._lists else (name, value) for name, value in parameters.items()]
            )
        return tuple(parameters.items())

    def _place(self, memory: Memory, key: Any, rows: list[Any]) -> None:
        """Note where rows are remembered, for statements whose rows are changed there."""


class Followed(Remembered):
    """A statement over the rows of one document, which each step of its life reads again and changes a little.

    What the connection itself writes is carried into the rows it remembers, so that the next step has them as the
    database would give them.  Rows that are added or removed, and changes of the columns ``fixed`` (by which they are
    found, joined and sorted), let the document's rows go.
    """

    __slots__ = ("_columns", "_revision", "fixed", "owner", "table")

    def __init__(self, statement: Select[Any], table: Table, owner: str, fixed: Sequence[str] = ()) -> None:
        """Take a statement over ``table`` whose one parameter is compared with the column ``owner``."""
        super().__init__(statement)
        REMEMBERED[table.name].remove(self)
        if not REMEMBERED[table.name]:
            del REMEMBERED[table.name]
        FOLLOWED.setdefault(table.name, []).append(self)
        self.table, self.owner, self.fixed = table, owner, frozenset(("id", owner, *fixed))
        self._columns = {
            column.name: (n, _as_read(column.type))
            for n, column in enumerate(statement.selected_columns)
            if getattr(column, "table", None) is table
        }
        self._revision = self._columns["revision"][0] if "revision" in table.c else None

    def add(self, memory: Memory, rows: Sequence[Values]) -> None:
        """Let go of what is remembered of the documents that rows were added to."""
        known = memory.rows.get(self)
        if known and self.owner != "id":
            for row in rows:
                known.pop(row[self.owner].int, None)

    def change(self, memory: Memory, changed: Mapping[int, Values], names: Iterable[str]) -> None:
        """Change what is remembered as the database was changed: in the same columns of each of these rows, by key."""
        known = memory.rows.get(self)
        if not known:
            return
        if not self.fixed.isdisjoint(names):
            memory.let_go(self)
            return
        places = [(name, *self._columns[name]) for name in names if name in self._columns]
        if self.owner == "id":
            keys: Iterable[int] = changed
        else:
            owners = memory.owners.get(self, {})
            keys = {owners[row_id] for row_id in changed if row_id in owners}
        for key in keys:
            rows = known.get(key)
            if rows:
                known[key] = [self._changed(row, changed.get(row.id.int), places) for row in rows]

    def _changed(self, row: Any, values: Values | None, places: list[tuple[str, int, Callable[[Any], Any]]]) -> Any:
        if values is None:
            return row
        items = list(row)
        for name, place, as_read in places:
            value = values[name]
            items[place] = value if value.__class__ is int else as_read(value)
        if self._revision is not None:
            items[self._revision] += 1
        return row._make(items)

    def _key(self, parameters: dict[str, Any]) -> Any:
        (owner,) = parameters.values()
        return None if owner is None else owner.int  # whose hash takes a tenth of the time of a UUID's

    def _place(self, memory: Memory, key: Any, rows: list[Any]) -> None:
        if self.owner != "id":
            memory.owners.setdefault(self, {}).update([(row.id.int, key) for row in rows])


def recall(connection: Connection) -> None:
    """At the begin of a command, on SQLite: keep what is remembered if it is what the database holds.

    ``PRAGMA data_version`` (SQLite's manual) changes when another connection, of whatever program, has committed.
    """
    driver: Any = connection.connection.dbapi_connection
    (version,) = driver.execute("PRAGMA data_version").fetchone()
    info = connection.info
    memory: Memory | None = info.get(MEMORY)
    if memory is None or memory.version != version or memory.changing:
        info[MEMORY] = Memory(version)  # the first command, another connection's work, or a command undone
    elif memory.left_out:
        memory.left_out.clear()


def forget(memory: Memory | None, table: str) -> None:
    """Remember nothing of a table until the next command begins: this one changes it, or is undone."""
    if memory is not None:
        for statement in REMEMBERED[table]:
            memory.let_go(statement)
            memory.left_out.add(statement)


def added(memory: Memory | None, table: str, rows: Sequence[Values]) -> None:
    """Hear that the command under way added rows to a table that is followed."""
    if memory is not None:
        memory.changing = True
        for statement in FOLLOWED[table]:
            statement.add(memory, rows)


def changed(memory: Memory | None, table: str, rows: Sequence[tuple[UUID, Values]]) -> None:
    """Hear that the command under way changed rows of a table that is followed, all of them in the same columns."""
    if memory is not None:
        memory.changing = True
        by_key = {row_id.int: values for row_id, values in rows}
        for statement in FOLLOWED[table]:
            statement.change(memory, by_key, rows[0][1])


def removed(memory: Memory | None, table: str) -> None:
    """Hear that the command under way removed rows of a table that is followed."""
    if memory is not None:
        memory.changing = True
        for statement in FOLLOWED[table]:
            memory.let_go(statement)


def committed(memory: Memory | None, values: Mapping[object, Any]) -> None:
    """Hear that the command was committed; keep ``values`` for the connection's next command."""
    if memory is not None:
        memory.changing = False
        memory.kept.update(values)


def _as_read(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """Give what turns a value that is written into the one that is read again: all digits of a decimal, plain words."""
    stored = kind.dialect_impl(_SQLITE)
    write, read = stored.bind_processor(_SQLITE), stored.result_processor(_SQLITE, None)
    if write and read:
        return lambda value: read(write(value))
    return read or write or _plain


def _plain(value: Any) -> Any:
    """Make a word of an enumeration a plain text, a truth a number."""
    if isinstance(value, str):
        return str(value)
    return int(value) if isinstance(value, bool) else value
