"""Blanket orders: a quantity and price agreed with a customer for a time, called off in orders of any size."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Column, Date, Index, Integer, String, Text

from app.models.base import PRICE, DataClass, Exact, Key, grains, key, reference, table
from app.models.lines import document_columns


class BlanketState(StrEnum):
    """Whether a blanket order may still be called off."""

    OPEN = "open"
    CLOSED = "closed"


NEXT: Final[dict[BlanketState, frozenset[BlanketState]]] = {
    BlanketState.OPEN: frozenset({BlanketState.CLOSED}),
    BlanketState.CLOSED: frozenset({BlanketState.OPEN}),
}

blanket = table(
    "blanket",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(8), nullable=False),
    reference("customer_id", "customer", index=True),
    Column("customer_name", String(160), nullable=False),
    Column("customer_po", String(80), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),  # the last day it may be called off; null: no end
    Column("notes", Text, nullable=False),
    Index("ix_blanket_state", "state", "id"),
)

blanket_line = table(
    "blanket_line",
    DataClass.DOCUMENT,
    key(),
    reference("blanket_id", "blanket", index=True),
    Column("position", Integer, nullable=False),
    reference("product_id", "product"),
    Column("sku", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    Column("unit", String(24), nullable=False),
    Column("quantity", Exact(PRICE), nullable=False),  # agreed, of the unit
    Column("unit_price", Exact(PRICE), nullable=False),  # in the blanket's currency
    grains("agreed"),  # the quantity in grains
)

blanket_call = table(
    "blanket_call",
    DataClass.LEDGER,
    key(),
    reference("blanket_line_id", "blanket_line", index=True),
    reference("order_id", "sales_order", index=True),
    Column("order_line_id", Key, nullable=False),  # a line that was removed from its order calls off nothing
)
"""Which order line calls off which line of a blanket; how much is what the order line wants at the time."""
