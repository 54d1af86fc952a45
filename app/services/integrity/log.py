"""The command log and the numbers: nothing changed, nothing missing, nothing given twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.models.base import EPOCH, metadata
from app.models.log import command_log, written_number
from app.services.integrity.damage import RESTORE, Damage, Query, Rule, Steps, key_text, read, readable
from app.services.transaction import NO_HASH, chain_hash

_LOG: Final = """
    SELECT id, site, incarnation, sequence, command, "by", at, schema_version, payload, payload_hash, previous_hash,
           hash, result
      FROM command_log ORDER BY site, sequence
"""
_HEADS: Final = "SELECT site, sequence, hash FROM log_head ORDER BY site"


@dataclass(slots=True)
class _Last:
    """Where the chain of a site has got to."""

    sequence: int = 0
    hash: bytes = NO_HASH


def chain(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Follow the chain of each site from its first row to its head."""
    ends: dict[str, _Last] = {}
    for row in read(connection, _LOG):
        steps.take()
        last = ends.setdefault(row.site, _Last())
        name = f"Command {row.sequence} of {row.site} ({row.command} by {row.by})"
        yield from readable(_compare(row, last, name), "command_log", row.id, name)
        last.sequence, last.hash = row.sequence, bytes(row.hash)
    heads = {row.site: (row.sequence, bytes(row.hash)) for row in read(connection, _HEADS)}
    for site in sorted(heads.keys() | ends.keys()):
        last = ends.get(site, _Last())
        if heads.get(site) != (last.sequence, last.hash):
            end = heads.get(site, (0, NO_HASH))[0]
            what = f"The log of {site} ends at command {last.sequence}, but {end} were written."
            yield Damage(Rule.LOG_HEAD, "log_head", site, what, RESTORE)


def _compare(row: Any, last: _Last, name: str) -> Iterator[Damage]:
    key = key_text(row.id)
    if row.payload is not None and sha256(row.payload.encode()).digest() != bytes(row.payload_hash):
        what = f"{name}: what it wrote was changed in the log afterwards."
        yield Damage(Rule.LOG_PAYLOAD, "command_log", key, what, RESTORE)
    if row.sequence != last.sequence + 1:
        what = f"{name} follows command {last.sequence}: {row.sequence - last.sequence - 1} are missing."
        yield Damage(Rule.LOG_SEQUENCE, "command_log", key, what, RESTORE)
    elif bytes(row.previous_hash) != last.hash:
        what = f"{name} does not follow the command before it: one of the two was changed."
        yield Damage(Rule.LOG_CHAIN, "command_log", key, what, RESTORE)
    header = {**row._mapping, "id": _uuid(row.id), "at": EPOCH + timedelta(microseconds=row.at)}
    header["previous_hash"], header["payload_hash"] = bytes(row.previous_hash), bytes(row.payload_hash)
    if chain_hash(header) != bytes(row.hash):
        what = f"{name}: who, when, what or the answer was changed in the log afterwards."
        yield Damage(Rule.LOG_CHAIN, "command_log", key, what, RESTORE)


def _uuid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(bytes=stored)


_LEDGERS: Final = tuple(
    table.name for table in metadata.sorted_tables if "command_id" in table.c and table is not command_log
)


def commands(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check that every row of a ledger came with a command of the log."""
    for name in _LEDGERS:
        statement = (
            f"SELECT r.id AS key, r.command_id FROM {name} r "
            "WHERE NOT EXISTS (SELECT 1 FROM command_log c WHERE c.id = r.command_id)"
        )
        words = f"A row of {name} belongs to no command: it was not written by Waybill."
        yield from Query(Rule.LEDGER_COMMAND, name, statement, words).find(connection, steps)


_SERIES: Final = "SELECT series, last FROM number_series ORDER BY series"
_ISSUED: Final = """
    SELECT series, COUNT(*) AS found, MIN(n) AS first, MAX(n) AS last FROM number_issued GROUP BY series
"""
_MISSING: Final = """
    SELECT i.series, i.n + 1 AS n FROM number_issued i
     WHERE NOT EXISTS (SELECT 1 FROM number_issued t WHERE t.series = i.series AND t.n = i.n + 1)
       AND i.n < (SELECT last FROM number_series s WHERE s.series = i.series)
     ORDER BY 1, 2
"""
_DOCUMENTS: Final = """
    SELECT n.document_id AS key, n.series, n.n, i.number, i.state, i.kind
      FROM number_issued n LEFT JOIN invoice i ON i.id = n.document_id
"""
_UNISSUED: Final = Query(
    Rule.NUMBER_DOCUMENT,
    "invoice",
    "SELECT i.id AS key, i.number FROM invoice i LEFT JOIN number_issued n ON n.document_id = i.id "
    "WHERE i.number IS NOT NULL AND n.document_id IS NULL",
    "{number} bears a number that was never issued.",
)
_USED: Final = {  # customers and orders are left out: their numbers may be given by hand
    "Q": "quote",
    "SH": "shipment",
    "PL": "pick",
    "RMA": "goods_return",
    "PAY": "payment",
    "INV": "invoice",
    "CN": "invoice",
    "PO": "purchase_order",
    "WO": "work_order",
    "TR": "transfer",
    "BO": "blanket",
}


def numbers(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check gapless series, the documents that bear their numbers, and that no series gives a number again."""
    series = {row.series: row.last for row in read(connection, _SERIES)}
    for row in list(read(connection, _ISSUED)):
        if (row.first, row.last, row.found) != (1, series.get(row.series), series.get(row.series)):
            yield _gap(connection, row, series.get(row.series, 0))
    for row in read(connection, _DOCUMENTS):
        steps.take()
        prefix, site, incarnation = _parts(row.series)
        wanted = written_number(prefix, site, incarnation, row.n)
        kind = "CN" if row.kind == "credit" else "INV"
        if row.number != wanted or row.state not in {"posted", "paid"} or kind != prefix:
            what = f"Number {wanted} was issued, but its document is {row.number or 'missing or without number'}."
            yield Damage(Rule.NUMBER_DOCUMENT, "number_issued", f"{row.series} {row.n}", what, RESTORE)
    yield from _UNISSUED.find(connection, steps)
    for name, last in series.items():
        prefix, site, incarnation = _parts(name)
        ahead = written_number(prefix, site, incarnation, last + 1)
        if prefix in _USED and _is_used(connection, _USED[prefix], ahead):
            what = f"The series {name} has given {last} numbers, but {ahead} is in use already."
            yield Damage(Rule.NUMBER_BEHIND, "number_series", name, what, RESTORE)


def _gap(connection: Connection, row: Any, last: int) -> Damage:
    missing = [one.n for one in read(connection, _MISSING) if one.series == row.series]
    if row.first != 1:
        missing.insert(0, 1)
    shown = ", ".join(str(n) for n in missing[:5]) or f"those after {row.last}"
    what = f"The series {row.series} has given {last} numbers, {row.found} are known; missing: {shown}."
    return Damage(Rule.NUMBER_SERIES, "number_issued", row.series, what, RESTORE)


def _is_used(connection: Connection, table: str, number: str) -> bool:
    column = metadata.tables[table].c.number
    found = connection.execute(metadata.tables[table].select().where(column == number).limit(1)).first()
    return found is not None


def _parts(series: str) -> tuple[str, str, int]:
    prefix, _, place = series.partition(":")
    site, _, incarnation = place.rpartition(".")
    return prefix, site, int(incarnation or 0)
