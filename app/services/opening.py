"""Opening and founding companies: an address, its schema brought up to date, the books behind it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect

from app.errors import Unavailable
from app.services import companies, migration
from app.services.companies import Founding
from app.services.database import Database, sqlite_url


def address(where: str | Path) -> str:
    """Turn a file path or a database address into an address."""
    text = str(where)
    return text if "://" in text else sqlite_url(Path(text).expanduser().absolute())


def open_company(where: str | Path) -> Database:
    """Open an existing company, bringing its schema up to date first (on a copy, all or nothing).

    Raises:
        Unavailable: there is no such file, it is no company, or it was written by a newer Waybill.

    """
    url = address(where)
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    if path is not None and not path.exists():
        raise Unavailable(f"There is no file {path}. Check the name, or start a new company.")
    migration.upgrade(url)
    database = Database(url)
    if not database.read(lambda connection: inspect(connection).has_table("company")):
        database.close()
        raise Unavailable(f"{where} is not a Waybill company. Nothing was changed.")
    return database


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
    database.run("company.found", lambda tx: companies.found(tx, founding), by=by, at=at)
    return database
