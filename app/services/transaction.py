"""What a command writes with: every row it changes is captured for the log, which is written last.

Services get a :class:`Transaction` and nothing else to write with.  It knows who does what, when and
where; it gives out numbers, records events, and refuses to be used after it was closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, Executable, Table, bindparam, select, text

from app.errors import Conflict, NotFound
from app.models.base import DataClass, Exact, Key, Moment, microseconds, new_id
from app.models.log import command_log, event, field_version, log_head, number_issued, number_series, written_number
from app.services.codec import AS_THEY_ARE, dumps, plain
from app.services.memory import (
    FOLLOWED,
    MEMORY,
    REMEMBERED,
    Followed,
    Memory,
    added,
    changed,
    committed,
    forget,
    removed,
)
from app.services.statements import Prepared, written_out

SCHEMA_VERSION: Final = 1
"""Shape of the payloads written now; readers of older ones convert step by step."""
NO_HASH: Final = bytes(32)
_HEADER: Final = itemgetter("site", "incarnation", "sequence", "command", "by")

Values = Mapping[str, Any]

NEXT_NUMBER: Final = Prepared(
    text(
        "INSERT INTO number_series (series, last) VALUES (:series, :count) "
        "ON CONFLICT (series) DO UPDATE SET last = number_series.last + :count RETURNING last"
    )
    .bindparams(bindparam("count", type_=BigInteger))
    .columns(last=BigInteger)
)


class Transaction:
    """One command under way: ``key`` its identity, ``by`` the person, ``at`` the time (UTC), ``site`` the node."""

    def __init__(
        self, connection: Connection, *, key: UUID, by: str, at: datetime, site: str, incarnation: int
    ) -> None:
        """Start with nothing written; only :class:`app.services.database.Database` makes one."""
        self.connection = connection
        self.key, self.by, self.at = key, by, at
        self.site, self.incarnation = site, incarnation
        self.touched: dict[str, list[UUID]] = {}
        self.shelves: dict[tuple[UUID, UUID], Any] = {}
        """What :mod:`app.services.shelf_ledger` knows of the levels locked, by location and product."""
        self.worth: dict[tuple[UUID, UUID], Any] = {}
        """What :mod:`app.services.value_ledger` knows of locked levels that have a value, by location and product."""
        self.value_postings: dict[UUID, dict[str, Decimal]] = {}
        """What the moves of goods are worth, to be booked by document and purpose of account when the command ends."""
        self.at_end: list[Callable[[Transaction], None]] = []
        """What is done before the log row is written: what locks the rows that everybody needs, such as numbers."""
        self._rows: list[Any] = []
        self._documents: list[Any] = []
        self._numbers: list[Any] = []
        self._fields: list[Any] = []
        self._events: list[dict[str, Any]] = []
        self._memory: Memory | None = connection.info.get(MEMORY)
        self._keep: dict[object, Any] = {}  # by what: where counters and the chain end when this is committed

    # reading ---------------------------------------------------------------------------------

    def lock(self, table: Table, row_id: UUID, what: str) -> Any:
        """Read one row and keep it from changing until the command ends.

        Raises:
            NotFound: there is no such row; ``what`` names it for the user.

        """
        row = _select_for_update(table).first(self.connection, row_id=row_id)
        if row is None:
            raise NotFound(what, row_id)
        return row

    def execute(self, statement: Executable, parameters: Any = None) -> Any:
        """Read with ``statement``."""
        return self.connection.execute(statement, parameters)

    def hold(self, table: Table) -> None:
        """Let all commands that read or wrote ``table`` end first, and none begin to until this one ends.

        For settings that commands go by without a lock of their own, such as which account serves a purpose.  SQLite
        has one command at a time anyway.
        """
        if self.connection.dialect.name == "postgresql":
            self.connection.exec_driver_sql(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE")

    # writing ---------------------------------------------------------------------------------

    def insert(self, table: Table, *rows: dict[str, Any]) -> None:
        """Add rows that all have the same columns; a document's ownership columns are filled in."""
        if not rows:
            return
        if _is_document(table) and "revision" not in rows[0]:
            for row in rows:
                row.update(owner=self.site, epoch=0, revision=0, created_at=self.at, created_by=self.by)
        columns = tuple(rows[0])
        _insert(table, columns).run(self.connection, rows)
        if table.name in FOLLOWED:
            added(self._memory, table.name, rows)
        self._capture_insert(table, columns, rows)

    def update(self, table: Table, row_id: UUID, **values: Any) -> None:
        """Change one row; a document's revision goes up by one."""
        self.update_rows(table, [(row_id, values)])

    def update_rows(self, table: Table, rows: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
        """Change several rows in the same columns, e.g. the lines of a document."""
        if not rows:
            return
        columns = tuple(rows[0][1])
        _update(table, columns).run(self.connection, rows)
        if table.name in FOLLOWED:
            changed(self._memory, table.name, rows)
        self._capture_update(table, columns, rows)

    def delete(self, table: Table, row_ids: Iterable[UUID]) -> None:
        """Remove lines of a draft document; documents and ledgers are never deleted."""
        ids = list(row_ids)
        if not ids:
            return
        _delete(table).run(self.connection, [{"row_id": row_id} for row_id in ids])
        if table.name in FOLLOWED:
            removed(self._memory, table.name)
        self._rows.append(["d", table.name, [row_id.hex for row_id in ids]])
        self._touch(table, ids)

    def delete_parts(self, table: Table, document_column: str, document_id: UUID) -> None:
        """Remove all parts of one document, e.g. its taxes before they are computed again."""
        _delete_parts(table, document_column).run(self.connection, [{"document": document_id}])
        if table.name in FOLLOWED:
            removed(self._memory, table.name)
        self._rows.append(["p", table.name, document_column, document_id.hex])
        self._touch(table, ())

    def change_fields(self, table: Table, row_id: UUID, values: Values, base: Values) -> None:
        """Edit master data field by field: ``base`` holds the values the author saw.

        Raises:
            Conflict: one of the fields was changed meanwhile to something else; nothing is overwritten.
            NotFound: the row does not exist.

        """
        current = self.lock(table, row_id, table.name.replace("_", " ").capitalize())._asdict()
        wanted = {name: value for name, value in values.items() if current[name] != value}
        if any(name in base and current[name] != base[name] for name in wanted):
            raise Conflict
        if not wanted:
            return
        self.update(table, row_id, **wanted)
        for name, value in wanted.items():
            version = new_id()
            row = {
                "id": version,
                "command_id": self.key,
                "table_name": table.name,
                "row_id": row_id,
                "field": name,
                "value": dumps(plain(value)),
                "base_version": None,
                "site": self.site,
                "at": self.at,
            }
            _insert(field_version, tuple(row)).run(self.connection, [row])
            self._fields.append([table.name, row_id.hex, name, plain(value), None, version.hex])

    def change_projection(self, table: Table, statement: Prepared, rows: Sequence[Values]) -> None:
        """Change figures that are derived from a ledger and could be rebuilt; they are not logged."""
        assert table.info["data_class"] == DataClass.LOCAL
        self.touched.setdefault(table.name, [])
        statement.run(self.connection, rows)

    def number(self, prefix: str, document_id: UUID, *, gapless: bool = False) -> str:
        """Take the next number of this site's series ``prefix``, e.g. ``SO-00042`` or ``SO-B1-00042``.

        A gapless series also records which document got which number.  The counter stays locked until
        the command ends, so take it as late as possible.
        """
        return self.numbers(prefix, [document_id], gapless=gapless)[0]

    def numbers(self, prefix: str, document_ids: Sequence[UUID], *, gapless: bool = False) -> list[str]:
        """Take one number per document, in order; see :meth:`number`."""
        return [self._written(prefix, n) for n in self._issue(prefix, document_ids, gapless=gapless)]

    def count_up(self, prefix: str, document_id: UUID) -> int:
        """Take the next number of a series that is counted but not printed, e.g. journal entries."""
        return self._issue(prefix, [document_id], gapless=False)[0]

    def _issue(self, prefix: str, document_ids: Sequence[UUID], *, gapless: bool) -> list[int]:
        series = f"{prefix}:{self.site}.{self.incarnation}"
        count = len(document_ids)
        last = self._count_on(series, count)
        first = last - count + 1
        issued = [(first + i, document_id) for i, document_id in enumerate(document_ids)]
        if gapless:
            rows = [{"series": series, "n": n, "document_id": document_id} for n, document_id in issued]
            _insert(number_issued, tuple(rows[0])).run(self.connection, rows)
        self._numbers.extend([series, n, document_id.hex, gapless] for n, document_id in issued)
        self.touched.setdefault("number_series", [])
        return [n for n, _ in issued]

    def _count_on(self, series: str, count: int) -> int:
        """Move a counter on and give where it ends; where this connection has moved it last, that is known."""
        known: int | None = self._keep.get((number_series, series)) or self._known((number_series, series))
        if known is None:
            last: int = NEXT_NUMBER.value(self.connection, series=series, count=count)
        else:
            last = known + count
            _SET_NUMBER.run(self.connection, [{"at": series, "new_last": last}])
        self._keep[number_series, series] = last
        return last

    def record(self, name: str, subject_id: UUID, document_id: UUID | None = None, /, **facts: Any) -> None:
        """Note a business fact (``noun.past``) about ``subject_id`` for its timeline."""
        self._events.append(
            {
                "id": new_id(),
                "command_id": self.key,
                "subject_id": subject_id,
                "document_id": document_id,
                "name": name,
                "facts": dumps({key: plain(value) for key, value in facts.items()}),
                "by": self.by,
                "at": self.at,
            }
        )

    # closing ---------------------------------------------------------------------------------

    def close(self, command: str, result: str) -> None:
        """Write the events, then the log row with its place in the chain, as the last statements."""
        for last in self.at_end:
            last(self)
        if self._events:
            events, self._events = self._events, []
            self.insert(event, *events)
        payload = dumps({"rows": self._rows, "docs": self._documents, "num": self._numbers, "flds": self._fields})
        head = self._known((log_head, self.site)) or _HEAD.first(self.connection, site=self.site)
        sequence, previous = (head[0] + 1, head[1]) if head else (1, NO_HASH)
        row = {
            "id": self.key,
            "site": self.site,
            "incarnation": self.incarnation,
            "sequence": sequence,
            "command": command,
            "by": self.by,
            "at": self.at,
            "schema_version": SCHEMA_VERSION,
            "payload": payload,
            "payload_hash": sha256(payload.encode()).digest(),
            "previous_hash": previous,
            "result": result,
        }
        row["hash"] = chain_hash(row)
        new_head = {"sequence": sequence, "hash": row["hash"]}
        if head:
            _SET_HEAD.run(self.connection, [{"row_site": self.site, "new_sequence": sequence, "new_hash": row["hash"]}])
        else:
            _insert(log_head, ("site", *new_head)).run(self.connection, [{"site": self.site, **new_head}])
        _insert(command_log, tuple(row)).run(self.connection, [row])
        self._keep[log_head, self.site] = sequence, row["hash"]
        del self.connection  # what is written from here on would belong to no command

    def committed(self) -> None:
        """Leave to the connection's next command where the chain ends now."""
        committed(self._memory, self._keep)

    def _known(self, name: object) -> Any:
        """Give what the connection's last commands kept by that name; None where it must be read."""
        return None if self._memory is None else self._memory.kept.get(name)

    # capture ---------------------------------------------------------------------------------

    def _written(self, prefix: str, n: int) -> str:
        return written_number(prefix, self.site, self.incarnation, n)

    def _touch(self, table: Table, ids: Iterable[UUID]) -> None:
        self.touched.setdefault(table.name, []).extend(ids)
        if table.name in REMEMBERED:
            forget(self._memory, table.name)

    def _capture_insert(self, table: Table, columns: tuple[str, ...], rows: Sequence[Values]) -> None:
        if table.info["data_class"] == DataClass.LOCAL:
            self.touched.setdefault(table.name, [])
            return
        self._rows.append(["i", table.name, columns, list(map(_logged(table, columns), rows))])
        self._touch(table, [row["id"] for row in rows] if "id" in columns else ())
        if _is_document(table):
            self._documents.extend([table.name, row["id"].hex, row["owner"], row["epoch"], 0] for row in rows)

    def _capture_update(
        self, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[UUID, dict[str, Any]]]
    ) -> None:
        logged, name, ids = _logged(table, columns), table.name, [row_id for row_id, _ in rows]
        for row_id, values in rows:
            self._rows.append(["u", name, row_id.hex, dict(zip(columns, logged(values), strict=True))])
        self._touch(table, ids)
        if _is_document(table):
            self._documents.extend([name, row_id.hex] for row_id in ids)


def chain_hash(row: Values) -> bytes:
    """Compute a log row's hash: SHA-256 over its predecessor's hash, its header and its payload's hash."""
    header = [row["id"].hex, *_HEADER(row), microseconds(row["at"]), row["schema_version"], row["result"]]
    return sha256(row["previous_hash"] + dumps(header).encode() + row["payload_hash"]).digest()


@cache
def _logged(table: Table, columns: tuple[str, ...]) -> Callable[[Values], list[Any]]:
    """Write the function that makes the log's list of a row's values, as :func:`plain` would make each."""
    known = {"plain": plain, "as_they_are": AS_THEY_ARE, "moment": microseconds}
    parts = []
    for name in columns:
        if isinstance(table.c[name].type, Key):
            parts.append(f"None if (key := row[{name!r}]) is None else key.int.to_bytes(16, 'big').hex()")
        elif isinstance(table.c[name].type, Moment):
            parts.append(f"moment(row[{name!r}])")
        elif isinstance(table.c[name].type, Exact):
            digits = f"None if (value := row[{name!r}]) is None else text if 'E' not in (text := str(value))"
            parts.append(f"{digits} else plain(value)")
        else:
            parts.append(f"value if (value := row[{name!r}]).__class__ in as_they_are else plain(value)")
    return written_out(f"lambda row: [{', '.join(parts)}]", known)


@cache
def _is_document(table: Table) -> bool:
    return "revision" in table.c


@cache
def _select_for_update(table: Table) -> Prepared:
    statement = select(table).where(table.c.id == bindparam("row_id", type_=Key)).with_for_update()
    return Followed(statement, table, "id") if _is_document(table) else Prepared(statement)


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Prepared:
    values = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    return Prepared(table.insert().inline().values(values))


@cache
def _update(table: Table, columns: tuple[str, ...]) -> Prepared:
    """Change a row; it is written for pairs of a row's id and its new values."""
    values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    if "revision" in table.c:
        values["revision"] = table.c.revision + 1
    return Prepared(table.update().where(table.c.id == bindparam("row_id", type_=Key)).values(values), _of_pair)


def _of_pair(name: str) -> str:
    return "row[0]" if name == "row_id" else f"row[1][{name.removeprefix('new_')!r}]"


@cache
def _delete(table: Table) -> Prepared:
    return Prepared(table.delete().where(table.c.id == bindparam("row_id", type_=Key)))


@cache
def _delete_parts(table: Table, column: str) -> Prepared:
    return Prepared(table.delete().where(table.c[column] == bindparam("document", type_=Key)))


_HEAD: Final = Prepared(
    select(log_head.c.sequence, log_head.c.hash).where(log_head.c.site == bindparam("site")).with_for_update()
)
_SET_NUMBER: Final = Prepared(
    number_series.update()
    .where(number_series.c.series == bindparam("at"))
    .values(last=bindparam("new_last", type_=BigInteger))
)
_SET_HEAD: Final = Prepared(
    log_head.update()
    .where(log_head.c.site == bindparam("row_site"))
    .values(sequence=bindparam("new_sequence"), hash=bindparam("new_hash"))
)
