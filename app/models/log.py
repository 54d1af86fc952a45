"""The append-only command log, the number series and this database's own identity.

One business command is one row of ``command_log``: the unit of audit, of synchronisation between
sites, of retry and of redo.  The rows of a site form a hash chain; the chain covers the hash of
the payload, so that a payload can be erased (personal data) and the chain still verifies.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint

from app.models.base import DataClass, Key, Moment, table, where_filled

command_log = table(
    "command_log",
    DataClass.LEDGER,
    Column("id", Key, primary_key=True),  # the idempotency key, made when the user pressed OK
    Column("site", String(8), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("command", String(60), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("payload", Text),  # null when erased
    Column("payload_hash", LargeBinary(32), nullable=False),
    Column("previous_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("result", Text, nullable=False),  # what the command answered; given again when it is repeated
    Column("hub_sequence", BigInteger),  # order at the hub; null until it has been there
    Column("hub_at", Moment),
    Column("scope", String(16), nullable=False, server_default="all"),
    UniqueConstraint("site", "sequence"),
    where_filled("ix_command_log_hub_sequence", "hub_sequence", unique=True),
)

log_head = table(
    "log_head",
    DataClass.LOCAL,
    Column("site", String(8), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

site = table(
    "site",
    DataClass.HUB_ONLY,
    Column("code", String(8), primary_key=True),
    Column("name", String(120), nullable=False),
)

node = table(
    "node",
    DataClass.LOCAL,
    Column("site", String(8), ForeignKey("site.code"), primary_key=True),
    Column("incarnation", Integer, nullable=False),  # raised at every restore, never used again
)

number_series = table(
    "number_series",
    DataClass.NUMBER,
    Column("series", String(24), primary_key=True),  # e.g. INV:HQ.0
    Column("last", BigInteger, nullable=False),
)

number_issued = table(
    "number_issued",
    DataClass.NUMBER,
    Column("series", String(24), ForeignKey("number_series.series"), primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("document_id", Key, nullable=False, unique=True),
)


def written_number(prefix: str, site: str, incarnation: int, n: int) -> str:
    """Write a document number as people read it: INV-00042 at the head office, INV-B1-00042, INV-B1.2-00042."""
    if site in {"HQ", ""} and not incarnation:
        return f"{prefix}-{n:05}"
    place = f"{site}.{incarnation}" if incarnation else site
    return f"{prefix}-{place}-{n:05}"


event = table(
    "event",
    DataClass.LEDGER,
    Column("id", Key, primary_key=True),
    Column("command_id", Key, nullable=False),
    Column("subject_id", Key, nullable=False, index=True),  # the document or party it is about
    Column("document_id", Key),  # the other document concerned, e.g. the shipment of an order
    Column("name", String(40), nullable=False),  # noun.past, e.g. order.confirmed
    Column("facts", Text, nullable=False),  # JSON object of plain values for the sentence on screen
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

field_version = table(
    "field_version",
    DataClass.LEDGER,
    Column("id", Key, primary_key=True),  # (command, n) folded into one key
    Column("command_id", Key, nullable=False, index=True),
    Column("table_name", String(40), nullable=False),
    Column("row_id", Key, nullable=False, index=True),
    Column("field", String(40), nullable=False),
    Column("value", Text),  # JSON
    Column("base_version", Key),  # the version its author saw; null for the first
    Column("site", String(8), nullable=False),
    Column("at", Moment, nullable=False),
)
