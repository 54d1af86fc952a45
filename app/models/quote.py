"""Quotes: what is offered, the versions that were sent, and which step may follow."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Column, Date, Integer, String, Text, UniqueConstraint

from app.models.base import DataClass, Moment, key, reference, table
from app.models.lines import document_columns, line_columns, original_columns, total_columns


class QuoteState(StrEnum):
    """Where a quote stands; ``expired`` is not a state but today's date against ``valid_until``."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


NEXT: Final[dict[QuoteState, frozenset[QuoteState]]] = {
    QuoteState.DRAFT: frozenset({QuoteState.SENT, QuoteState.ACCEPTED, QuoteState.CANCELLED}),
    QuoteState.SENT: frozenset({QuoteState.DRAFT, QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.CANCELLED}),
    QuoteState.DECLINED: frozenset({QuoteState.DRAFT}),
    QuoteState.ACCEPTED: frozenset(),
    QuoteState.CANCELLED: frozenset(),
}

quote = table(
    "quote",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False, index=True),
    Column("version", Integer, nullable=False),  # how many were sent
    reference("customer_id", "customer", index=True),
    Column("customer_name", String(160), nullable=False),
    Column("customer_po", String(80), nullable=False),
    Column("payment_term", String(24), nullable=False),
    Column("billing_address", Text, nullable=False),  # JSON snapshot
    Column("shipping_address", Text, nullable=False),  # JSON snapshot
    Column("valid_until", Date, nullable=False),
    Column("requested_on", Date),
    Column("sent_at", Moment),
    Column("notes", Text, nullable=False),  # printed
    *total_columns(),
)

quote_line = table(
    "quote_line",
    DataClass.DOCUMENT,
    key(),
    reference("quote_id", "quote", index=True),
    *line_columns(),
)

quote_version = table(
    "quote_version",
    DataClass.LEDGER,
    key(),
    reference("quote_id", "quote"),
    Column("version", Integer, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("sent_by", String(80), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of the snapshot and what is printed besides
    Column("snapshot", Text, nullable=False),  # JSON: all of the quote that was printed
    *original_columns(),
    UniqueConstraint("quote_id", "version"),
)
