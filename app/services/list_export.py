"""Any list as a file: all rows of what is asked for, in its order, read page by page so that it may be long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, bindparam, select

from app.services import spreadsheets
from app.services.database import Database
from app.services.listing import Listing, ListQuery
from app.services.progress import Progress
from app.services.spreadsheets import Sheet, Value

R = TypeVar("R")

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted(Generic[R]):
    """A list to be saved: what of it, under which headings, and how the values of a row are told."""

    title: str
    listing: Listing[R]
    query: ListQuery
    headings: tuple[str, ...]
    values: Callable[[R], Sequence[Value]]


def save(database: Database, wanted: Wanted[Any], path: Path, progress: Progress) -> int:
    """Save the list and give the number of its rows; they are those of one point in time.

    Raises:
        Invalid: the file cannot be written.
        Cancelled: the user stopped it; no file is left.

    """

    def read(connection: Connection) -> int:
        progress.step(0, 0)
        condition = wanted.listing.condition(wanted.query, connection.dialect.name)
        keys = connection.execute(wanted.listing.keys(wanted.query, condition)).scalars().all()
        rows = (wanted.values(row) for row in _rows(connection, wanted.listing, keys))
        return spreadsheets.write(path, Sheet(wanted.title, wanted.headings, rows, len(keys)), progress)

    return database.read(read)


def _rows(connection: Connection, listing: Listing[R], keys: Sequence[Any]) -> Iterator[R]:
    by_key = (
        select(*listing.columns)
        .select_from(listing.source)
        .where(listing.key.in_(bindparam("keys", expanding=True, type_=listing.key.type)))
    )
    for first in range(0, len(keys), PAGE):
        part = keys[first : first + PAGE]
        found = {row[0]: listing.row(*row) for row in connection.execute(by_key, {"keys": part})}
        if listing.complete is not None and found:
            found = dict(zip(found, listing.complete(connection, list(found.values())), strict=True))
        yield from (found[key] for key in part)
