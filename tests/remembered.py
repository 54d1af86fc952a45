"""Whether what a connection remembers from one command to the next is what the database holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.log import log_head, number_series
from app.services.database import Database
from app.services.memory import MEMORY, Followed, Memory, Remembered, recall
from app.services.statements import Prepared


def stale(database: Database) -> list[str]:
    """Read again all that the next command would take as known, and name what differs; nothing on a server."""
    if database.dialect != "sqlite":
        return []
    with database._writers.lent() as connection:
        connection.begin()
        recall(connection)
        memory: Memory = connection.info[MEMORY]
        found = [
            f"{key}: {rows} is remembered of {statement.text(connection)}, it gives {now}"
            for statement, known in memory.rows.items()
            for key, rows in known.items()
            if _typed(now := Prepared.all(statement, connection, **_parameters(statement, key))) != _typed(rows)
        ]
        return found + [f"{name}: {value}" for name, value in memory.kept.items() if value != _end(connection, name)]


def _parameters(statement: Remembered, key: tuple[Any, ...]) -> dict[str, Any]:
    if not isinstance(statement, Followed):
        return dict(key)
    binds = statement._statement.compile().binds
    (name,) = (name for name, bind in binds.items() if bind.required)
    return {name: UUID(int=key)}


def _typed(rows: list[Any]) -> list[list[tuple[type, str]]]:
    """Give values that are equal only where they are of one type and one writing: 2 is not 2.000000."""
    return [[(type(value), str(value)) for value in row] for row in rows]


def _end(connection: Connection, name: Any) -> Any:
    table, key = name
    if table is number_series:
        return connection.execute(select(table.c.last).where(table.c.series == key)).scalar_one()
    assert table is log_head
    return tuple(connection.execute(select(table.c.sequence, table.c.hash).where(table.c.site == key)).one())
