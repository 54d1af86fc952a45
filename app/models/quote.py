"""Quotes: what is offered, the versions that were sent, what customers asked instead, and which step may follow."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Text, UniqueConstraint, text

from app.models.base import PRICE, DataClass, Exact, Key, Moment, key, reference, table
from app.models.lines import document_columns, line_columns, original_columns, total_columns


class QuoteState(StrEnum):
    """Where a quote stands; ``expired`` is not a state but today's date against ``valid_until``."""

    DRAFT = "draft"
    SENT = "sent"
    PART = "part"  # some lines are ordered, the others are still offered
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


NEXT: Final[dict[QuoteState, frozenset[QuoteState]]] = {
    QuoteState.DRAFT: frozenset({QuoteState.SENT, QuoteState.PART, QuoteState.ACCEPTED, QuoteState.CANCELLED}),
    QuoteState.SENT: frozenset(
        {QuoteState.DRAFT, QuoteState.PART, QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.CANCELLED}
    ),
    QuoteState.PART: frozenset({QuoteState.DRAFT, QuoteState.PART, QuoteState.ACCEPTED}),
    QuoteState.DECLINED: frozenset({QuoteState.DRAFT}),
    QuoteState.ACCEPTED: frozenset(),
    QuoteState.CANCELLED: frozenset(),
}

OFFERED: Final = (QuoteState.DRAFT, QuoteState.SENT, QuoteState.PART)
"""The states in which something is still offered."""


class CounterState(StrEnum):
    """What became of what a customer asked for instead."""

    OPEN = "open"
    ACCEPTED = "accepted"  # the line took what was asked
    DECLINED = "declined"  # the line stays as it was offered
    ANSWERED = "answered"  # the next version says something else
    WITHDRAWN = "withdrawn"  # taken back, or replaced by a later word of the customer


NEXT_COUNTER: Final[dict[CounterState, frozenset[CounterState]]] = {
    CounterState.OPEN: frozenset(
        {CounterState.ACCEPTED, CounterState.DECLINED, CounterState.ANSWERED, CounterState.WITHDRAWN}
    ),
    CounterState.ACCEPTED: frozenset({CounterState.OPEN}),
    CounterState.DECLINED: frozenset({CounterState.OPEN}),
    CounterState.ANSWERED: frozenset({CounterState.OPEN}),
    CounterState.WITHDRAWN: frozenset(),
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
    Column("open_counters", Integer, nullable=False, server_default="0"),  # what customers asked, not settled yet
    Column("channel", String(40), nullable=False, server_default=""),  # where it came from; price lists may ask
    Column("campaign", String(40), nullable=False, server_default=""),  # what it answers; price lists may ask
)

quote_line = table(
    "quote_line",
    DataClass.DOCUMENT,
    key(),
    reference("quote_id", "quote", index=True),
    *line_columns(),
    Column("requested_on", Date),  # null: the quote's date
    Column("choice", String(12), nullable=False, server_default=""),  # a models.offer.Choice
    reference("order_id", "sales_order", required=False),  # the order that took the line
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

quote_counter = table(
    "quote_counter",
    DataClass.DOCUMENT,
    key(),
    reference("quote_id", "quote", index=True),
    Column("line_id", Key, nullable=False),  # a quote_line, which a later round may have taken out
    Column("version", Integer, nullable=False),  # what the customer had before them
    Column("state", String(12), nullable=False),
    Column("name", String(200), nullable=False),  # of the line, as it was offered
    Column("offered_quantity", Exact(PRICE), nullable=False),
    Column("offered_price", Exact(PRICE), nullable=False),
    Column("offered_on", Date),
    Column("quantity", Exact(PRICE)),  # what was asked instead; null: as offered
    Column("unit_price", Exact(PRICE)),
    Column("requested_on", Date),
    Column("note", Text, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("noted_by", String(80), nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", String(80), nullable=False),
    Column("answer_version", Integer),  # the version that answers it
)

quote_template = table(
    "quote_template",  # what new quotes begin with
    DataClass.MASTER,
    key(),
    Column("name", String(80), nullable=False),
    Column("notes", Text, nullable=False),  # printed
    Column("discount_percent", Exact(PRICE), nullable=False),  # of the whole quote
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("uq_quote_template_name", "name", unique=True, sqlite_where=text("active"), postgresql_where=text("active")),
)

quote_template_line = table(
    "quote_template_line",
    DataClass.MASTER,
    key(),
    reference("template_id", "quote_template", index=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(8), nullable=False),  # one of models.lines.LINE_KINDS
    reference("product_id", "product", required=False),
    Column("name", String(200), nullable=False),  # empty: the product's
    Column("description", Text, nullable=False),
    Column("quantity", Exact(PRICE), nullable=False),
    Column("unit", String(24), nullable=False),
    Column("unit_price", Exact(PRICE)),  # of a fee; a product's is worked out when the quote is written
    Column("tax_codes", String(120)),  # of a fee; a product brings its own
    Column("choice", String(12), nullable=False),  # a models.offer.Choice
)
