"""Brings a company's database to the current schema: on a copy first, all of it or nothing.

A SQLite file is copied with SQLite's own backup, the copy is upgraded and checked, and only then
takes the old file's place; the old file is kept beside it.  On PostgreSQL the whole upgrade is one
transaction.  A database that a newer Waybill has written is refused, never touched.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url

from app.errors import Unavailable
from app.services.database import Database, sqlite_url

SCRIPTS: Final = Path(__file__).parents[1] / "models" / "migrations"


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


def upgrade(url: str) -> Path | None:
    """Bring the database at ``url`` to the current schema, creating it when it is new.

    Returns where the file as it was before is kept (SQLite, when there was one), else None.

    Raises:
        Unavailable: it was written by a newer Waybill, is damaged, or cannot be written.

    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        assert parsed.database, "a company in memory cannot be upgraded"
        return _upgrade_file(Path(parsed.database))
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '4s'")
            _run(connection)
    finally:
        engine.dispose()
    return None


def _upgrade_file(path: Path) -> Path | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    working = path.with_name(f"{path.name}.upgrading")
    working.unlink(missing_ok=True)
    existed = path.exists()
    if existed:
        _copy(path, working)
    engine = create_engine(sqlite_url(working))
    try:
        with engine.connect() as connection:
            if current(connection) == head():
                return None
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            _run(connection)
            connection.commit()
            _verify(connection, path)
    finally:
        engine.dispose()
        if existed and path.exists() and working.exists() and not _upgraded(working):
            working.unlink()
    if not existed:
        os.replace(working, path)  # noqa: PTH105  atomic on every system
        return None
    return _swap(path, working)


def _upgraded(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchall()
        return bool(rows) and connection.execute("SELECT version_num FROM alembic_version").fetchone() == (head(),)


def _swap(path: Path, working: Path) -> Path:
    kept = path.with_name(f"{path.stem}.before-{head()}{path.suffix}")
    _copy(path, kept)
    with closing(sqlite3.connect(path)) as connection:  # fold the write-ahead log into the file
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.replace(working, path)  # noqa: PTH105  atomic on every system
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return kept


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite file that may be in use, with the online backup; a plain file copy may tear."""
    target.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.DatabaseError as error:
        target.unlink(missing_ok=True)
        raise Unavailable(f"{source.name} is not a Waybill company, or it is damaged. Nothing was changed.") from error


def _verify(connection: Connection, path: Path) -> None:
    broken = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
    broken += [str(row) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    if broken:
        raise Unavailable(f"{path.name} could not be upgraded: {broken[0]}. The file is as it was.")


def _run(connection: Connection) -> None:
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    found = current(connection)
    if found is not None and found not in known:
        raise Unavailable("This company was written by a newer Waybill. Update the program, then open it again.")
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
