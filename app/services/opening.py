"""Opening and founding companies: an address, its schema brought up to date, the books behind it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.errors import Unavailable, UserError
from app.services import companies, migration
from app.services.companies import Founding
from app.services.database import Database, sqlite_url

KINDS: Final = frozenset({"sqlite", "postgresql"})
"""Kinds of databases that books are kept in."""


def address(where: str | Path) -> str:
    """Turn a file path or a database address into an address.

    Raises:
        Unavailable: it is an address of a kind of database that Waybill does not keep books in.

    """
    text = str(where)
    if "://" not in text:
        return sqlite_url(Path(text).expanduser().absolute())
    try:
        kind = make_url(text).get_backend_name()
    except (ArgumentError, ValueError):  # a port that is no number
        kind = ""
    if kind not in KINDS:
        raise Unavailable(
            f"“{text.partition('://')[0]}://” is no database Waybill knows. Give a file, or an address such as "
            "postgresql+psycopg://user@host/company."
        )
    return text


def open_company(where: str | Path) -> Database:
    """Open an existing company, bringing its schema up to date first (on a copy, all or nothing).

    Raises:
        Unavailable: there is no such file, it is no company, or it was written by a newer Waybill.

    """
    url = address(where)
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    if path is not None and not path.exists():
        raise Unavailable(f"There is no file {path}. Check the name, or start a new company.")
    if not migration.is_company(url):
        raise Unavailable(f"{path or make_url(url)} is not a Waybill company. Nothing was changed.")
    migration.upgrade(url)
    return Database(url)


def found_company(where: str | Path, founding: Founding, *, by: str, at: datetime) -> Database:
    """Make a new company at an address that holds none, and open it.

    Raises:
        Unavailable: there is a file already.
        Invalid: name or currency cannot be taken.
        NotAllowed: the database holds a company already.

    """
    url = address(where)
    if url.startswith("sqlite:///") and Path(url.removeprefix("sqlite:///")).exists():
        raise Unavailable(f"There is a file {where} already. Choose another name; nothing was changed.")
    migration.upgrade(url)
    database = Database(url)
    try:
        database.run("company.found", lambda tx: companies.found(tx, founding), by=by, at=at)
    except UserError:
        database.close()
        if url.startswith("sqlite:///"):
            _remove(Path(url.removeprefix("sqlite:///")))  # else its name would be taken at the next try
        raise
    return database


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
