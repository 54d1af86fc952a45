"""The log folded into tables again: what it says must be what the database holds."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Connection, select

from app.models.base import DataClass, Exact, metadata
from app.models.log import command_log
from app.services.codec import dumps, plain
from app.services.statements import Prepared

Rows = dict[tuple[Any, ...], dict[str, Any]]


def differences(connection: Connection) -> list[str]:
    """Replay every command of the log into nothing and name each row that differs from its table."""
    folded = {name: {} for name in metadata.tables}
    entries = select(command_log).order_by(command_log.c.site, command_log.c.sequence)
    for entry in connection.execute(entries):
        _apply(folded, entry, json.loads(entry.payload))
    found = []
    for name, table in metadata.tables.items():
        if table.info["data_class"] == DataClass.LOCAL or table is command_log:
            continue
        names = [column.name for column in table.c]
        rows = (dict(zip(names, map(plain, row), strict=True)) for row in _rows(name).all(connection))
        stored = {_key(table, row): row for row in rows}
        mine = {key: _complete(table, row) for key, row in folded[name].items()}
        found += [
            f"{name} {key}: stored {stored.get(key)}, log {mine.get(key)}"
            for key in sorted(stored.keys() | mine.keys(), key=repr)
            if _comparable(table, stored.get(key)) != _comparable(table, mine.get(key))
        ]
    return found


def _apply(folded: dict[str, Rows], entry: Any, payload: dict[str, Any]) -> None:
    for kind, name, *rest in payload["rows"]:
        _WAYS[kind](metadata.tables[name], folded[name], *rest)
    for series, n, document, gapless in payload["num"]:
        folded["number_series"][(series,)] = {"series": series, "last": n}
        if gapless:
            folded["number_issued"][(series, n)] = {"series": series, "n": n, "document_id": document}
    for table_name, row_id, field, value, base, version in payload["flds"]:
        folded["field_version"][(version,)] = {
            "id": version,
            "command_id": entry.id.hex,
            "table_name": table_name,
            "row_id": row_id,
            "field": field,
            "value": dumps(value),
            "base_version": base,
            "site": entry.site,
            "at": plain(entry.at),
        }


def _insert(table: Any, rows: Rows, columns: list[str], values: list[list[Any]]) -> None:
    for each in values:
        row = dict(zip(columns, each, strict=True))
        assert _key(table, row) not in rows
        rows[_key(table, row)] = row


def _update(table: Any, rows: Rows, key: str, values: dict[str, Any]) -> None:
    rows[(key,)].update(values)
    if "revision" in table.c:
        rows[(key,)]["revision"] += 1


def _delete(table: Any, rows: Rows, keys: list[str]) -> None:
    for key in keys:
        del rows[(key,)]


def _delete_parts(table: Any, rows: Rows, column: str, document: str) -> None:
    for key in [key for key, row in rows.items() if row[column] == document]:
        del rows[key]


_WAYS = {"i": _insert, "u": _update, "d": _delete, "p": _delete_parts}


def _key(table: Any, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


@cache
def _rows(name: str) -> Prepared:
    """All rows of a table; compiled once for all the databases of a run."""
    return Prepared(select(metadata.tables[name]))


def _complete(table: Any, row: dict[str, Any]) -> dict[str, Any]:
    """Add what the database itself fills in."""
    return {**{column.name: _default(column) for column in table.c}, **row}


def _default(column: Any) -> Any:
    if column.server_default is None:
        return None
    text = str(column.server_default.arg)
    return bool(int(text)) if isinstance(column.type, Boolean) else text


def _comparable(table: Any, row: dict[str, Any] | None) -> Any:
    if row is None:
        return None
    exact = {column.name for column in table.c if isinstance(column.type, Exact)}
    return {name: Decimal(v) if name in exact and v is not None else str(v) for name, v in row.items()}
