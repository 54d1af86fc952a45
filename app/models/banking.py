"""Our accounts at banks, the statements that were imported, their lines, and which payments were booked of a line."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Text

from app.models.base import DataClass, Key, Moment, amount, key, reference, table


class LineState(StrEnum):
    """Where a bank line stands; ``booked`` is what payments say, ``ignored`` what a person decided."""

    OPEN = "open"
    BOOKED = "booked"
    IGNORED = "ignored"


bank_account = table(
    "bank_account",
    DataClass.HUB_ONLY,
    key(),
    Column("name", String(80), nullable=False),
    Column("number", String(60), nullable=False, unique=True),  # IBAN, or as statements name it; without spaces
    Column("currency", String(3), nullable=False),
    Column("account", String(16), nullable=False),  # of the chart of accounts
    Column("active", Boolean, nullable=False),
)

bank_statement = table(
    "bank_statement",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("bank_account_id", "bank_account", index=True),
    Column("format", String(8), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("number", String(60), nullable=False),
    amount("opening", required=False),
    amount("closing", required=False),
    Column("new_lines", Integer, nullable=False),
    Column("known_lines", Integer, nullable=False),  # that an earlier statement had brought already
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

bank_line = table(
    "bank_line",
    DataClass.DOCUMENT,
    key(),
    reference("bank_account_id", "bank_account"),
    reference("statement_id", "bank_statement", index=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("twin", Integer, nullable=False),  # the how-many-eth of equal lines it is; the first is 0
    Column("booked_on", Date, nullable=False),
    Column("value_on", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    amount("amount"),  # negative where money left
    Column("name", String(160), nullable=False),
    Column("counterparty", String(60), nullable=False),  # the other party's account
    Column("reference", String(140), nullable=False),
    Column("text", Text, nullable=False),
    Column("bank_reference", String(80), nullable=False),
    Column("state", String(8), nullable=False),
    Column("reason", String(200), nullable=False),  # why it was booked so, or ignored
    Column("decided_by", String(80), nullable=False),
    Column("decided_at", Moment),
    Index("ix_bank_line_state", "state", "id"),
    Index("ix_bank_line_counterparty", "counterparty", "id"),
)

bank_booking = table(
    "bank_booking",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("line_id", "bank_line", index=True),
    reference("payment_id", "payment", index=True),
    amount("amount"),  # the payment's; one taken back by hand is here with its opposite
    Column("at", Moment, nullable=False),
)


def fingerprint(account_number: str, facts: Any, twin: int) -> str:
    """Give what tells a line from every other: two files that hold the same booking give the same.

    The bank's own reference stands for its texts, which differ between formats; where it gives none, they count.
    """
    told = [account_number, facts.booked_on.isoformat(), f"{facts.amount.normalize():f}", str(twin)]
    if facts.bank_reference:
        told.append(facts.bank_reference)
    else:
        told += [facts.name, facts.counterparty, facts.reference, facts.text]
    return sha256("\x1f".join(told).encode()).hexdigest()
