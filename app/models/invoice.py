"""Invoices, deposit invoices and credit notes, and which step may follow.

A draft has no number and may change; posting gives the gapless number, books the journal entry and
freezes the document.  A credit note is an invoice of kind ``credit`` whose amounts are negative.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Text

from app.models.base import PRICE, DataClass, Exact, Key, Moment, amount, grains, key, reference, table, where_filled
from app.models.lines import document_columns, line_columns, original_columns, total_columns


class InvoiceKind(StrEnum):
    """What the document asks for."""

    INVOICE = "invoice"
    DEPOSIT = "deposit"
    CREDIT = "credit"


class InvoiceState(StrEnum):
    """Where an invoice stands; ``paid`` is computed from what was allocated to it."""

    DRAFT = "draft"
    POSTED = "posted"
    PAID = "paid"
    CANCELLED = "cancelled"


class Rhythm(StrEnum):
    """How often what a customer got is put on one invoice; empty: each delivery is invoiced by itself."""

    EACH = ""
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    def last_day(self, on: date) -> date:
        """Give the last day of the last week (it ends on Sunday) or month that is over on the evening of ``on``."""
        if self is Rhythm.WEEKLY:
            return on - timedelta(days=on.isoweekday() % 7)
        if self is Rhythm.MONTHLY and on.day < monthrange(on.year, on.month)[1]:
            return on.replace(day=1) - timedelta(days=1)
        return on


NEXT: Final[dict[InvoiceState, frozenset[InvoiceState]]] = {
    InvoiceState.DRAFT: frozenset({InvoiceState.POSTED, InvoiceState.PAID, InvoiceState.CANCELLED}),
    InvoiceState.POSTED: frozenset({InvoiceState.PAID}),
    InvoiceState.PAID: frozenset({InvoiceState.POSTED}),
    InvoiceState.CANCELLED: frozenset(),
}

invoice = table(
    "invoice",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), unique=True),  # null until posted
    Column("kind", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    reference("order_id", "sales_order", required=False, index=True),
    Column("order_number", String(32), nullable=False),
    reference("credits_id", "invoice", required=False),  # the invoice a credit note takes back
    Column("by_hand", Boolean, nullable=False),  # a person chose what is drafted; it stays until it no longer fits
    reference("customer_id", "customer", index=True),
    Column("customer_name", String(160), nullable=False),
    Column("customer_po", String(80), nullable=False),
    Column("billing_address", Text, nullable=False),  # JSON snapshot
    Column("payment_term", String(24), nullable=False),
    Column("invoiced_on", Date),
    Column("due_on", Date),  # of what is open, the first day; once paid, the last
    Column("posted_at", Moment),
    Column("rate", Exact(PRICE), nullable=False),  # units of the document's currency for one of the company's
    Column("notes", Text, nullable=False),
    amount("company_total"),  # in the company's currency at ``rate``
    amount("open_amount"),  # total minus what was allocated; in the document's currency
    *total_columns(),
    *original_columns(),
    reference("return_id", "goods_return", required=False),  # the return a credit note is for
    Column("instalments", Integer, nullable=False, server_default="0"),  # how many; 0: all is due on ``due_on``
    Column("blocks", Boolean, nullable=False, server_default="0"),  # a deposit its order waits for
    Column("orders", Integer, nullable=False, server_default="0"),  # how many it is over; 0: ``order_id``, or none
    Index("ix_invoice_state", "state", "id"),
    where_filled("ix_invoice_credits_id", "credits_id"),
    Index("ix_invoice_due", "due_on", "id"),
)

invoice_line = table(
    "invoice_line",
    DataClass.DOCUMENT,
    key(),
    reference("invoice_id", "invoice", index=True),
    reference("order_line_id", "sales_order_line", required=False, index=True),
    reference("deposit_id", "invoice", required=False),  # the deposit invoice this line deducts
    Column("credits_line_id", Key),  # the invoice line a credit note takes back
    *line_columns(),
    grains("grains"),  # the quantity in the product's grains, as counted on the order line
    Column("tax_amounts", String(240), nullable=False, server_default=""),  # of a deposit, for each of tax_codes
    Column("account", String(16), nullable=False, server_default=""),  # where it is booked; empty: with the sales
    where_filled("ix_invoice_line_deposit_id", "deposit_id"),
)

instalment = table(
    "instalment",
    DataClass.DOCUMENT,
    key(),
    reference("invoice_id", "invoice", index=True),
    Column("due_on", Date, nullable=False),
    amount("amount"),  # in the invoice's currency, with its sign
    amount("open_amount"),  # what is paid settles the oldest first
)

invoice_order = table(
    "invoice_order",
    DataClass.DOCUMENT,
    key(),
    reference("invoice_id", "invoice", index=True),  # a collective invoice, or a credit note for one
    reference("order_id", "sales_order", index=True),
    Column("position", Integer, nullable=False),
    amount("amount"),  # what of the invoice's total is about the order, in its currency
    amount("open_amount"),  # what is paid settles the first order first
)
