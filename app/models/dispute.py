"""Disputes: a part of an invoice a customer says they do not owe, until it is settled who is right."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, Date, Index, String, Text

from app.models.base import DataClass, amount, key, reference, table
from app.models.lines import document_columns


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    SOLVED = "solved"


class Outcome(StrEnum):
    """How a dispute was solved; empty while it is open."""

    OPEN = ""
    CREDITED = "credited"  # the customer is right: a credit note
    REJECTED = "rejected"  # we are right: the amount is owed as before
    PAID = "paid"  # it was paid all the same


dispute = table(
    "dispute",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(8), nullable=False),
    reference("customer_id", "customer", index=True),
    Column("customer_name", String(160), nullable=False),
    reference("invoice_id", "invoice", index=True),
    Column("invoice_number", String(32), nullable=False),
    Column("currency", String(3), nullable=False),
    amount("amount"),  # above zero; counts as far as the invoice is open
    amount("open_before"),  # of the invoice, when it was opened
    Column("reason", Text, nullable=False),
    Column("owner_name", String(80), nullable=False),  # who sees to it
    Column("opened_on", Date, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("solved_on", Date),
    reference("credit_id", "invoice", required=False),  # the credit note that solved it
    Column("answer", Text, nullable=False),  # what the customer was told
    Index("ix_dispute_state", "state", "id"),
)
