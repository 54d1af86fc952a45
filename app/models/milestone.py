"""The plan by which an order is invoiced before its end: what is asked for when."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String

from app.models.base import PRICE, DataClass, Exact, amount, key, reference, table

milestone = table(
    "milestone",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order", index=True),
    Column("position", Integer, nullable=False),
    Column("name", String(120), nullable=False),  # what for; the invoice prints it
    Column("percent", Exact(PRICE), nullable=False),  # of the order's total; 0: ``amount``
    amount("amount"),  # with tax, in the order's currency
    Column("due_on", Date),  # the day it is to be invoiced; null: ``event`` says when, or nothing does
    Column("event", String(120), nullable=False),
    reference("invoice_id", "invoice", required=False),  # the deposit invoice that asks for it, or last did
)
