"""A long history, made fast: real sales, copied row by row in every table under new keys and numbers.

The log's payloads are left out of the copies (nothing that is measured reads them), which keeps 100,000
orders within a few gigabytes.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

import psycopg
from sqlalchemy import Table, make_url

from app.models import metadata
from app.models.base import DataClass, Key, new_id
from app.models.guards import GATE

TEMPLATES: Final = 20
"""How many different sales are copied."""
BATCH: Final = 500
APART_MS: Final = 900
"""Milliseconds between two copied orders in their keys, which begin with the time (RFC 9562, version 7)."""
REST: Final = (1 << 80) - 1
"""What of a key is not its time."""

COUNTED: Final = {("command_log", "sequence"), ("journal_entry", "n"), ("number_issued", "n")}
"""Numbers that are counted on."""
WRITTEN: Final = {("package", "sscc")} | {
    (name, "number") for name in ("quote", "sales_order", "shipment", "pick", "invoice", "payment")
}
"""Numbers that people read; a copy's is the number of the copy."""


class Sells(Protocol):
    """What sells the orders that are copied."""

    def sell(self, n: int) -> None:
        """Sell order number ``n``."""

    def close(self) -> None:
        """Let go of the database."""


class _Store(Protocol):
    """Writes past all guards, as fast as the database takes it; keys are numbers here."""

    def read(self, statement: str) -> list[list[Any]]: ...

    def number(self, key: Any) -> int: ...

    def key(self, number: int) -> Any: ...

    def write(self, table: Table, rows: list[list[Any]]) -> None: ...

    def finish(self, statements: list[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that one sale wrote, and what of it is new in a copy: keys (by their number), numbers, counters."""

    table: Table
    values: list[Any]
    keys: list[tuple[int, int]]
    written: list[int]
    counted: list[int]


def fill(seller: Sells, url: str, orders: int) -> None:
    """Sell some orders, then copy them until there are ``orders``."""
    sales = min(TEMPLATES, orders)
    since = []
    for n in range(sales):
        since.append(new_id().int)
        seller.sell(n)
    seller.close()
    store: _Store = _Sqlite(url) if url.startswith("sqlite") else _Postgres(url)
    templates = _templates(store, since)
    counters = {table: store.read(f"SELECT coalesce(max({column}), 0) FROM {table}")[0][0] for table, column in COUNTED}
    began = (since[0] >> 80) - orders * APART_MS
    made: dict[Table, list[list[Any]]] = {}
    for copy in range(orders - sales):
        _copy(store, templates[copy % sales], ((began + copy * APART_MS) << 80, f"H{copy}"), counters, made)
        if copy % BATCH == BATCH - 1:
            _flush(store, made)
    _flush(store, made)
    store.finish(
        [
            f"UPDATE log_head SET sequence = {counters['command_log']}",
            f"UPDATE number_series SET last = {counters['journal_entry']} WHERE series LIKE 'J:%'",
            f"UPDATE number_series SET last = {counters['number_issued']} WHERE series LIKE 'INV:%'",
        ]
    )


def _templates(store: _Store, since: list[int]) -> list[list[_Row]]:
    """Give what each sale wrote; ``since`` holds a key made before each."""
    found: list[list[_Row]] = [[] for _ in since]
    for table in metadata.sorted_tables:
        if table.info["data_class"] not in {DataClass.DOCUMENT, DataClass.LEDGER, DataClass.NUMBER}:
            continue
        names = [column.name for column in table.columns]
        keys = [n for n, column in enumerate(table.columns) if isinstance(column.type, Key)]
        own = names.index("id") if "id" in names else names.index("document_id") if "document_id" in names else None
        if own is None:
            continue
        written = [n for n, name in enumerate(names) if (table.name, name) in WRITTEN]
        counted = [n for n, name in enumerate(names) if (table.name, name) in COUNTED]
        columns = ", ".join(f'"{name}"' for name in names)
        for values in store.read(f"SELECT {columns} FROM {table.name}"):
            sale = sum(number < store.number(values[own]) for number in since) - 1
            if sale < 0:
                continue  # it was there before the first sale
            if table.name == "command_log":
                values[names.index("payload")] = "{}"
            mine = [(n, store.number(values[n])) for n in keys if values[n] is not None]
            new = [(n, number & REST) for n, number in mine if number > since[0]]
            found[sale].append(_Row(table, values, new, written, counted))
    return found


def _copy(
    store: _Store,
    template: list[_Row],
    identity: tuple[int, str],
    counters: dict[str, int],
    made: dict[Table, list[list[Any]]],
) -> None:
    time, number = identity
    known: dict[int, Any] = {}
    for row in template:
        values = row.values.copy()
        for place, rest in row.keys:
            if rest not in known:
                known[rest] = store.key(time | rest)
            values[place] = known[rest]
        for place in row.written:
            values[place] = number
        for place in row.counted:
            counters[row.table.name] += 1
            values[place] = counters[row.table.name]
        made.setdefault(row.table, []).append(values)


def _flush(store: _Store, made: dict[Table, list[list[Any]]]) -> None:
    for table in sorted(made, key=metadata.sorted_tables.index):
        store.write(table, made[table])
    made.clear()


class _Sqlite:
    """A SQLite file, written without waiting for the disk."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        self._connection.create_function(GATE, 0, lambda: 1)
        for setting in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF", "journal_mode=OFF"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.execute("BEGIN")

    def read(self, statement: str) -> list[list[Any]]:
        return [list(row) for row in self._connection.execute(statement)]

    def number(self, key: Any) -> int:
        return int.from_bytes(key, "big")

    def key(self, number: int) -> Any:
        return number.to_bytes(16, "big")

    def write(self, table: Table, rows: list[list[Any]]) -> None:
        marks = ", ".join("?" * len(rows[0]))
        self._connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)

    def finish(self, statements: list[str]) -> None:
        for statement in [*statements, "COMMIT", "PRAGMA journal_mode=WAL"]:
            self._connection.execute(statement)
        self._connection.close()


class _Postgres:
    """A PostgreSQL database, written by COPY with its triggers off."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(address)
        self._connection.execute("SET session_replication_role = replica")

    def read(self, statement: str) -> list[list[Any]]:
        return [list(row) for row in self._connection.execute(statement.encode())]

    def number(self, key: UUID) -> int:
        return key.int

    def key(self, number: int) -> Any:
        return f"{number:032x}"

    def write(self, table: Table, rows: list[list[Any]]) -> None:
        statement = f"COPY {table.name} FROM STDIN".encode()
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self, statements: list[str]) -> None:
        for statement in statements:
            self._connection.execute(statement.encode())
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.execute("VACUUM ANALYZE")
        self._connection.close()
