"""Brings a company's database to the current schema: on a copy first, all of it or nothing.

A SQLite file is copied with SQLite's own backup, the copy is upgraded and checked, and only then
takes the old file's place; the old file is kept beside it.  On PostgreSQL the whole upgrade is one
transaction.  A database that a newer Waybill has written is refused, never touched.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import chain, count
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app.errors import Unavailable
from app.services.database import Database, outage, sqlite_url

SCRIPTS: Final = Path(__file__).parents[1] / "models" / "migrations"
ONE_AT_A_TIME: Final = 0x57617962
"""The server's lock under which one program at a time looks at the schema and changes it."""


def head() -> str:
    """Name the newest migration this program knows."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head() or ""


def current(connection: Connection) -> str | None:
    """Name the last migration run on a database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(url: str) -> bool:
    """Tell whether the database at ``url`` has the schema this program works with."""
    database = Database(url)
    try:
        return database.read(current) == head()
    finally:
        database.close()


def is_company(url: str) -> bool:
    """Tell whether there is a company at ``url``, of this or an older Waybill; nothing is written.

    Raises:
        Unavailable: it cannot be read, or was written by a newer Waybill.

    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _current_of(Path(parsed.database or "")) is not None
    database = Database(url)
    try:
        return database.read(current) is not None
    finally:
        database.close()


def upgrade(url: str) -> Path | None:
    """Bring the database at ``url`` to the current schema, creating it when it is new.

    Returns where the file as it was before is kept (SQLite, when it was changed), else None.

    Raises:
        Unavailable: it was written by a newer Waybill or another program, is damaged, is open elsewhere, or
            cannot be written.

    """
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            assert parsed.database, "a company in memory cannot be upgraded"
            return _upgrade_file(Path(parsed.database))
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '4s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
                _run(connection)
        finally:
            engine.dispose()
    except DBAPIError as error:
        raise outage(error) from error
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(
            f"{parsed.database} could not be brought up to date ({error}). It is as it was: free some space, "
            "ask for write permission to its folder, then open it again."
        ) from error
    return None


def _upgrade_file(path: Path) -> Path | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and _current_of(path) == head():
        return None
    working = path.with_name(f"{path.name}.upgrading")
    try:
        if not path.exists():
            _make(working, path)
            os.replace(working, path)  # noqa: PTH105  atomic on every system
            return None
        kept = _free_name(path)
        with closing(_hold(path)) as old:
            _copy(old, working)
            _make(working, path)
            _copy(old, kept)
            old.execute("PRAGMA journal_mode=DELETE")  # so that nothing of the old file is left beside the new one
            if os.name == "posix":  # while nobody else can open it; Windows replaces no file that is open
                os.replace(working, path)  # noqa: PTH105  atomic on every system
        if os.name != "posix":
            os.replace(working, path)  # noqa: PTH105
        return kept
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            working.with_name(working.name + ending).unlink(missing_ok=True)


def _free_name(path: Path) -> Path:
    """Name the file that keeps the company as it was; one that was kept before is not written over."""
    stem = f"{path.stem}.before-{head()}"
    names = (f"{stem}{ending}{path.suffix}" for ending in chain([""], (f"-{n}" for n in count(2))))
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def _current_of(path: Path) -> str | None:
    """Name the last migration run on a file that exists; nothing is written."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            known = "alembic_version" in names
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    except sqlite3.OperationalError as error:
        raise Unavailable(f"{path.name} cannot be read ({error}). Nothing was changed.") from error
    except sqlite3.DatabaseError as error:
        raise Unavailable(f"{path.name} is not a Waybill company, or it is damaged. Nothing was changed.") from error
    if names and not {"alembic_version", "command_log"} <= names:
        raise Unavailable(f"{path.name} belongs to another program, it is not a Waybill company. Nothing was changed.")
    found: str | None = row[0] if row else None
    _refuse_newer(found)
    return found


def _hold(path: Path) -> sqlite3.Connection:
    """Open the old file so that nobody else has it open until it is replaced: what they wrote would be lost."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=2)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")  # the lock stays until the connection is closed
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" not in str(error):
            raise
        raise Unavailable(
            f"{path.name} is in use and must be brought up to date first. Close it in the other window, then try again."
        ) from error
    return connection


def _make(working: Path, path: Path) -> None:
    """Bring the copy to the current schema and check it; ``path`` names the company in errors."""
    engine = create_engine(sqlite_url(working))
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            _run(connection)
            connection.commit()
            _verify(connection, path)
    finally:
        engine.dispose()


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy a SQLite file with the online backup; a plain file copy may tear."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target)) as new:
        source.backup(new)


def _verify(connection: Connection, path: Path) -> None:
    broken = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
    broken += [str(row) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    if broken:
        raise Unavailable(f"{path.name} could not be upgraded: {broken[0]}. The file is as it was.")


def _run(connection: Connection) -> None:
    _refuse_newer(current(connection))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_newer(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if found is not None and found not in known:
        raise Unavailable("This company was written by a newer Waybill. Update the program, then open it again.")
