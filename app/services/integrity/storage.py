"""The database itself: readable pages, keys that point at rows, whole numbers where exact ones belong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Date, Integer, Table, func, not_, or_, select

from app.models.base import Exact, Moment, metadata
from app.services.integrity.damage import RESTORE, Damage, Rule, Steps, key_text

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2200, 1, 1)
"""No date of a business lies outside: a value that does was stored in another unit, or by another program."""


def file(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Let SQLite check its pages and keys; a PostgreSQL server does that by itself."""
    if connection.dialect.name != "sqlite":
        return
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        steps.take()
        if row[0] != "ok":
            yield Damage(Rule.FILE, "", "", f"The file is damaged: {row[0]}", RESTORE)
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        key = connection.exec_driver_sql(f"SELECT id FROM {row[0]} WHERE rowid = {int(row[1])}").scalar()
        what = f"A row of {row[0]} belongs to a row of {row[2]} that is not there."
        yield Damage(Rule.FILE, row[0], key_text(key), what, RESTORE)


def values(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Look for numbers that are no whole numbers (SQLite takes any value in any column) and for impossible times."""
    for table in metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        moments = [column for column in table.c if isinstance(column.type, (Moment, Date))]
        if moments:
            found = select(*keys).where(or_(*(not_(column.between(*_bounds(column))) for column in moments)))
            for row in connection.execute(found):
                steps.take()
                what = f"A date or time in {table.name} is impossible."
                yield Damage(Rule.MOMENT, table.name, _key_of(row), what, RESTORE)
        if connection.dialect.name == "sqlite":
            yield from _inexact(connection, table, keys)


def _inexact(connection: Connection, table: Table, keys: list[Column[Any]]) -> Iterator[Damage]:
    exact = [column for column in table.c if isinstance(column.type, (Exact, Moment, Integer, BigInteger))]
    if not exact:
        return
    wrong = or_(*(func.typeof(column).not_in(["integer", "null"]) for column in exact))
    for row in connection.execute(select(*keys).where(wrong)):
        what = f"A row of {table.name} holds a number that is not exact: it was not written by Waybill."
        yield Damage(Rule.EXACT, table.name, _key_of(row), what, RESTORE)


def _bounds(column: Column[Any]) -> tuple[Any, Any]:
    if isinstance(column.type, Date):
        return FIRST, LAST
    return tuple(datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (FIRST, LAST))  # type: ignore[return-value]


def _key_of(row: Any) -> str:
    return " ".join(str(value) for value in row)
