"""The one place that opens connections: reads, and commands that commit whole or leave no trace.

A *command* is what a person does once: one transaction, one row in the hash-chained command log,
one idempotency key.  Asking again with the same key gives the first answer and changes nothing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, NullPool, bindparam, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InterfaceError, OperationalError

from app.errors import Unavailable, UserError
from app.models.base import SCRATCH, Key, new_id
from app.models.guards import GATE, GATE_SETTING
from app.models.log import command_log, node
from app.services.codec import freeze, thaw
from app.services.memory import recall
from app.services.statements import CURSOR, Prepared, Values, execute_text
from app.services.transaction import Transaction

T = TypeVar("T")

TRIES: Final = 5
"""How often a command is tried when the server breaks a deadlock or loses the connection."""
RETRY_STATES: Final = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available

SQLITE_SETTINGS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL loses acknowledged commits in a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-16000",
    # Copying what was committed back into the file every 16 MB instead of every 4 saves a third of that work: the
    # same pages are written again and again.
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA temp_store=FILE",
)
READING: Final[dict[str, dict[str, Any]]] = {
    "sqlite": {},
    # Without these each statement of a read would see another point in time.
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
POSTGRESQL_SETTINGS: Final = (
    "-c statement_timeout=60000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000 "
    "-c timezone=UTC -c plan_cache_mode=force_custom_plan "
    # The server's own 4 is a disk's with moving heads: it would rather read all orders than look some up by their keys.
    "-c random_page_cost=1.1"
)


PLACE: Final = "place"
"""Where a connection keeps which file it has open."""
PREPARED_MOST: Final = 500
"""Statements a connection keeps prepared on a PostgreSQL server; the commands together run some 200."""

ANSWERED: Final = Prepared(
    select(command_log.c.command, command_log.c.result).where(command_log.c.id == bindparam("key", type_=Key))
)
IN_DOUBT: Final = (
    "The connection was lost while this was being saved, and the database does not answer any more: it may be saved "
    "or not. When the database is there again, look whether it is, before you do it once more."
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Which rows of which tables one committed command touched."""

    by_table: Mapping[str, Collection[UUID]] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, frozenset[UUID]]:
        """The ids of the rows by table."""
        return {name: frozenset(ids) for name, ids in self.by_table.items()}

    def touch(self, *tables: str) -> bool:
        """Tell whether any of ``tables`` is among them."""
        return any(table in self.by_table for table in tables)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a command answered, what it changed, and whether it had already been done before."""

    value: T
    changes: Changes
    repeated: bool = False


class Database:
    """One company's books: a SQLite file or a PostgreSQL database, already at the current schema."""

    def __init__(self, url: str) -> None:
        """Open ``url`` (``sqlite:///PATH`` or ``postgresql+psycopg://…``); nothing is read yet."""
        self.url = url
        self.engine: Engine = create_engine(url, **_engine_options(url))
        self.dialect: str = self.engine.dialect.name
        self._identities: dict[Any, tuple[str, int]] = {}  # by file: another one may take its place
        file = _file_of(self.engine)
        self._readers = _Connections(self.engine, READING[self.dialect], file)
        self._writers = _Connections(self.engine, {}, file)
        if self.dialect == "sqlite":
            event.listen(self.engine, "connect", _tune_sqlite)
        else:
            event.listen(self.engine, "connect", _tune_postgresql)

    def read(self, op: Callable[[Connection], T]) -> T:
        """Return what ``op`` finds, all of it at one point in time; nothing can be written.

        Raises:
            Unavailable: the database cannot be reached.

        """
        try:
            return self._read_once(op)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise outage(error) from error
        try:
            return self._read_once(op)  # the server had closed an idle connection: a new one is opened
        except DBAPIError as error:
            raise outage(error) from error

    def run(
        self,
        command: str,
        op: Callable[[Transaction], T],
        *,
        by: str,
        at: datetime,
        key: UUID | None = None,
    ) -> Outcome[T]:
        """Run ``op`` as one business command and commit it.

        ``command`` is ``noun.verb``; ``by`` the person, ``at`` the time (UTC).  ``key`` makes it safe
        to ask twice: the second time the first result is given again.  The result must be made of
        plain values (str, int, bool, None, UUID, Decimal, dates, and lists, tuples, dicts of them).

        Raises:
            UserError: whatever ``op`` refuses; then nothing was changed.
            Unavailable: the database cannot be reached or written.

        """
        command_key = key or new_id()
        failure: DBAPIError | None = None
        in_doubt = clashed = False
        for _ in range(TRIES):
            try:
                return self._run_once(command, op, by, at, command_key, asked_before=bool(key) or in_doubt)
            except _Unanswered as lost:
                failure, in_doubt = lost.error, True
            except (UserError, IntegrityError) as error:
                # The same key may have been run at the same moment, and this run met what that one had done.
                if (key or in_doubt) and (answered := self._answer(command, command_key)):
                    return answered
                if isinstance(error, UserError) or clashed or self.dialect == "sqlite":
                    raise
                clashed = True  # another command wrote the same value meanwhile: now the checks see it and say so
            except DBAPIError as error:
                failure = error
                if not _may_retry(error):
                    break
        assert failure is not None
        raise (Unavailable(IN_DOUBT) if in_doubt else outage(failure)) from failure

    def run_local(self, *writes: tuple[Prepared, Sequence[Values]]) -> None:
        """Write scratch tables in one transaction of their own, each statement once for each of its rows.

        Such a table never leaves this database, binds nobody and is rebuilt from nothing (soft holds), so that no
        command and no log row is needed.  Any other table is refused before anything is written.

        Raises:
            Unavailable: the database cannot be reached or written.

        """
        for statement, _ in writes:
            written = statement.written
            if written is None or not written.info.get(SCRATCH):
                raise ValueError(f"{written} is written by commands only")
        for attempt in range(1, TRIES + 1):
            try:
                self._run_local_once(writes)
            except DBAPIError as error:
                if attempt == TRIES or not _may_retry(error):
                    raise outage(error) from error
            else:
                return

    def connect_reader(self) -> Connection:
        """Open a connection of its own for a long-lived reader, e.g. a list on screen; close it after use."""
        connection = self.engine.connect()
        if self.dialect == "sqlite":
            event.listen(connection, "begin", _begin)
        return connection

    def close(self) -> None:
        """Let go of all connections."""
        self._readers.close()
        self._writers.close()
        self.engine.dispose()

    def _answer(self, command: str, key: UUID) -> Outcome[Any] | None:
        row = self.read(lambda connection: ANSWERED.first(connection, key=key))
        return None if row is None else _repeated(row, command)

    def _run_once(
        self,
        command: str,
        op: Callable[[Transaction], T],
        by: str,
        at: datetime,
        key: UUID,
        *,
        asked_before: bool,
    ) -> Outcome[T]:
        with self._writers.lent() as connection:
            connection.begin()
            if self.dialect == "sqlite":
                # A deferred transaction that reads and then writes fails at once when another program wrote
                # meanwhile, whatever the busy timeout; an immediate one waits for its turn.
                execute_text(connection, "BEGIN IMMEDIATE")
                recall(connection)
            answered = ANSWERED.first(connection, key=key) if asked_before else None
            if answered is not None:
                return _repeated(answered, command)
            site, incarnation = self._read_identity(connection)
            transaction = Transaction(connection, key=key, by=by, at=at, site=site, incarnation=incarnation)
            with _gate(connection):
                value = op(transaction)
                transaction.close(command, freeze(value))
            try:
                connection.commit()
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise _Unanswered(error) from error
                raise
            transaction.committed()
        return Outcome(value, Changes(transaction.touched))

    def _run_local_once(self, writes: Sequence[tuple[Prepared, Sequence[Values]]]) -> None:
        with self._writers.lent() as connection:
            connection.begin()
            if self.dialect == "sqlite":
                execute_text(connection, "BEGIN IMMEDIATE")
            with _gate(connection):
                for statement, rows in writes:
                    statement.run(connection, rows)
            connection.commit()

    def _read_once(self, op: Callable[[Connection], T]) -> T:
        with self._readers.lent() as connection:
            connection.begin()
            if self.dialect == "sqlite":
                _begin(connection)
            return op(connection)

    def _read_identity(self, connection: Connection) -> tuple[str, int]:
        place = connection.info[PLACE]
        if place not in self._identities:
            row = connection.execute(select(node.c.site, node.c.incarnation)).one_or_none()
            if row is None:
                return "", 0  # only the command that founds the company runs before there is a site
            self._identities[place] = (row.site, row.incarnation)
        return self._identities[place]

    def forget_identity(self) -> None:
        """Read the site and incarnation again at the next command, e.g. after a restore."""
        self._identities.clear()


class _Unanswered(Exception):
    """The connection was lost at the commit: whether it was made is not known."""

    def __init__(self, error: DBAPIError) -> None:
        super().__init__(str(error))
        self.error = error


def _repeated(row: Any, command: str) -> Outcome[Any]:
    """Give the first answer of a command that was run before."""
    if row.command != command:
        raise ValueError(f"the key of a {row.command} was used again for a {command}")
    return Outcome(thaw(row.result), Changes(), repeated=True)


class _Connections:
    """Keeps connections open from one command to the next; a pool does more at each than all of a small command.

    ``file`` is the company's, None on a server.  Where another file has taken its place (a backup was put back),
    a connection kept open would go on writing into the old one, which nobody would ever find again.
    """

    def __init__(self, engine: Engine, options: dict[str, Any], file: Path | None) -> None:
        self._engine, self._options, self._file = engine, options, file
        self._idle: list[Connection] = []
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """Lend a connection for the length of a block; what the block does not commit is rolled back."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._take_back(connection)

    def close(self) -> None:
        """Close those nobody uses, and those that are lent once they come back."""
        self._closed = True
        self._close_idle()

    def _take(self) -> Connection:
        now = None if self._file is None else _place(self._file)
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._engine.connect().execution_options(**self._options)
                connection.info[PLACE] = now
                return connection
            if connection.info[PLACE] == now:
                return connection
            connection.close()

    def _take_back(self, connection: Connection) -> None:
        """Never raises for a connection that is lost: the block's own error, or its result, must not be hidden."""
        try:
            connection.rollback()
        except DBAPIError:
            connection.invalidate()
        if connection.invalidated:
            connection.close()
            self._close_idle()  # where the server let go of one, the others are no better
            return
        self._idle.append(connection)
        if self._closed:
            self._close_idle()

    def _close_idle(self) -> None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return
            connection.close()


def _file_of(engine: Engine) -> Path | None:
    """Name the file of a company; None for one on a server, and for an address that says how to open it."""
    name = engine.url.database or ""
    return Path(name) if engine.dialect.name == "sqlite" and name and not name.startswith("file:") else None


def _place(file: Path) -> tuple[int, int]:
    """Tell which file stands under a name.

    Raises:
        Unavailable: there is none; SQLite would make an empty one.

    """
    try:
        found = os.stat(file)  # noqa: PTH116  a microsecond at every command
    except OSError as error:
        raise Unavailable(
            f"The company file {file} cannot be opened: it is not there. Nothing was changed; "
            "put it back, or open it where it is now."
        ) from error
    return found.st_dev, found.st_ino


class _gate:  # noqa: N801  reads as a verb: with _gate(connection)
    """Opens the write gate of one connection for the length of a block."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gate: list[int] = connection.info.get("gate", [0])

    def __enter__(self) -> None:
        self._gate[0] = 1
        if self._connection.dialect.name != "sqlite":
            execute_text(self._connection, f"SET LOCAL {GATE_SETTING} = 'open'")

    def __exit__(self, *_: object) -> None:
        self._gate[0] = 0


def sqlite_url(path: Path) -> str:
    """Give the address of a company file."""
    return f"sqlite:///{path.as_posix()}"


def _engine_options(url: str) -> dict[str, Any]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return {
            "poolclass": NullPool,
            "connect_args": {"check_same_thread": False, "cached_statements": 400},
        }
    return {"poolclass": NullPool, "connect_args": {"options": POSTGRESQL_SETTINGS}}


def _tune_sqlite(connection: Any, record: Any) -> None:
    # Where it finds no adapter for the nulls and blobs it is given, the driver builds an error for each of them, which
    # takes longer than to store them.
    sqlite3.register_adapter(NoneType, lambda null: null)
    sqlite3.register_adapter(bytes, bytes)
    gate = [0]
    record.info["gate"] = gate
    connection.create_function(GATE, 0, lambda: gate[0])
    connection.isolation_level = None  # the driver begins no transactions of its own
    for setting in SQLITE_SETTINGS:
        connection.execute(setting)


def _tune_postgresql(connection: Any, record: Any) -> None:
    connection.prepared_max = PREPARED_MOST
    record.info[CURSOR] = connection.cursor()


def _begin(connection: Connection) -> None:
    execute_text(connection, "BEGIN")


def _may_retry(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in RETRY_STATES or error.connection_invalidated


def outage(error: DBAPIError) -> Exception:
    """Say in the user's words why the database did not answer; a statement it could not run is a bug and stays one."""
    if not isinstance(error, (OperationalError, InterfaceError)) and type(error) is not DatabaseError:
        return error
    text = str(error.orig).lower()
    if any(mark in text for mark in ("no such column", "no such function", "syntax error")):
        return error  # SQLite says so as of an outage
    reasons = {
        "locked": "Another program is using the company file. Nothing was changed; try again in a moment.",
        "readonly": "The company file is read-only. Nothing was changed; ask for write permission to its folder.",
        "read-only": "The database is read-only. Nothing was changed; ask your administrator.",
        "disk is full": "The disk is full. Nothing was changed; free some space and try again.",
        "unable to open": "The company file cannot be opened. Check that the folder exists and may be read.",
        "not a database": "This file is not a Waybill company, or it is damaged. Open another file or a backup.",
        "malformed": "The company file is damaged. Nothing was changed; restore the last backup.",
        "deadlock": "Others are at work on the same records. Nothing was changed; try again in a moment.",
        "timeout": "Others are at work on the same records. Nothing was changed; try again in a moment.",
        "authentication": "The database does not take this user and password. Correct them, then open it again.",
        "no such table": "This file is not a Waybill company of this version. Open it with `waybill db upgrade`.",
    }
    for mark, words in reasons.items():
        if mark in text:
            return Unavailable(words)
    return Unavailable(
        "The database did not answer, and nothing was changed. "
        f"Check that it runs and can be reached, then try again. ({error.orig})"
    )
