"""The ledgers against the command log: they hold exactly the rows that commands wrote, unchanged.

Rows that agree with each other may still be wrong together: a payment, its journal entry and its allocation, all
changed to another amount.  The log says what was written, and its chain of hashes that this was not changed too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Table

from app.models.base import DataClass, Exact, metadata
from app.models.log import field_version
from app.models.payment import journal_line
from app.services.integrity.damage import RESTORE, UNREADABLE, Damage, Rule, Steps, read

LEDGERS: Final = {
    table.name: table
    for table in metadata.sorted_tables
    if table.info["data_class"] == DataClass.LEDGER
    and ("command_id" in table.c or table is journal_line)
    and table is not field_version
}
"""Those whose rows come with a command and are in the log as rows; a field's versions are in it as edits."""

KEY_DIGITS: Final = 32
Sums = dict[tuple[str, str], int]
"""By ledger and command: the sum of its rows' digests, which does not depend on their order."""


def rows(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check that every ledger holds what the log says, no row more and none less; erased payloads say nothing."""
    written: Sums = {}
    erased: set[str] = set()
    for entry in read(connection, "SELECT id, payload, payload_hash FROM command_log"):
        steps.take()
        command = _plain(entry.id)
        try:
            sums = _summed(entry)
        except UNREADABLE:  # which the pass over the log tells
            sums = None
        if sums is None:
            erased.add(command)
        else:
            written.update({(name, command): total for name, total in sums.items()})
    stored: Sums = {}
    for name, table in LEDGERS.items():
        for command, values in _stored(connection, table):
            steps.take()
            stored[name, command] = stored.get((name, command), 0) + _digest(values)
    for name, command in sorted(written.keys() | stored.keys()):
        if command not in erased and written.get((name, command)) != stored.get((name, command)):
            yield from _differences(connection, LEDGERS[name], command)


def _summed(entry: Any) -> dict[str, int] | None:
    """Sum the digests of a command's rows by ledger; None where its payload was erased, or is no witness any more."""
    payload = entry.payload
    if payload is None or sha256(payload.encode()).digest() != bytes(entry.payload_hash):
        return None
    sums: dict[str, int] = {}
    for name, values in _inserted(payload):
        sums[name] = sums.get(name, 0) + _digest(values)
    return sums


def _differences(connection: Connection, table: Table, command: str) -> Iterator[Damage]:
    """Name the rows of one command that are not what the log says."""
    entries = read(connection, f"SELECT payload, command FROM command_log WHERE id = {_literal(connection, command)}")
    entry = next(iter(list(entries)), None)
    wrote = f"The command {entry.command}" if entry else "No command"
    written = {row["id"]: row for name, row in _inserted(entry.payload if entry else None) if name == table.name}
    stored = {row["id"]: row for found, row in _stored(connection, table, command) if found == command}
    for key in sorted(written.keys() | stored.keys()):
        if written.get(key) == stored.get(key):
            continue
        what = f"A row of {table.name} was changed after it was written. {wrote} wrote it otherwise."
        if key not in stored:
            what = f"A row of {table.name} is missing. {wrote} wrote it."
        if key not in written:
            what = f"A row of {table.name} was added past the log. {wrote} wrote none like it."
        yield Damage(Rule.LEDGER_ROW, table.name, _key_text(key), what, RESTORE)


def _inserted(payload: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the rows of ledgers in a command's payload as they are stored."""
    for kind, name, *rest in json.loads(payload)["rows"] if payload else ():
        table = LEDGERS.get(name) if kind == "i" else None
        if table is None:
            continue
        columns, rows_ = rest
        for row in rows_:
            values = dict(zip(columns, row, strict=True))
            yield name, {column.name: _scaled(column.type, values.get(column.name)) for column in table.c}


def _stored(connection: Connection, table: Table, command: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give a ledger's rows with the command each belongs to; a journal line belongs to its entry's."""
    columns = ", ".join(f'r."{column.name}"' for column in table.c)
    owner, source = "r.command_id", f"{table.name} r"
    if table is journal_line:
        owner, source = "e.command_id", f"{table.name} r JOIN journal_entry e ON e.id = r.entry_id"
    where = f" WHERE {owner} = {_literal(connection, command)}" if command else ""
    names = [column.name for column in table.c]
    for found, *values in read(connection, f"SELECT {owner}, {columns} FROM {source}{where}"):
        yield _plain(found), dict(zip(names, map(_plain, values), strict=True))


def _scaled(kind: Any, value: Any) -> Any:
    """Give a value of the log as the database stores it: exact numbers as whole ones."""
    if isinstance(kind, Exact) and value is not None:
        return int(Decimal(value).scaleb(kind.scale))
    return int(value) if isinstance(value, bool) else value


def _plain(value: Any) -> Any:
    """Give a stored value as the log writes it."""
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _digest(values: dict[str, Any]) -> int:
    return hash(tuple(values.values()))


def _key_text(key: Any) -> str:
    return str(UUID(key)) if isinstance(key, str) and len(key) == KEY_DIGITS else str(key)


def _literal(connection: Connection, command: str) -> str:
    """Write a command's id, 32 hexadecimal digits, in SQL."""
    key = UUID(command)
    return f"'{key}'" if connection.dialect.name == "postgresql" else f"x'{key.hex}'"
