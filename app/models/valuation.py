"""What stock is worth, as rows: the value ledger, and the layers of goods that are kept first in, first out.

The value ledger follows the stock ledger: goods that come in raise the value of stock at a place, goods that leave
lower it, and the other side is the place they come from or go to.  What a product at a place is worth stands beside
its stock in ``stock_level``; it is the sum of its entries here, and of its layers where it has them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, String, text

from app.models.base import DataClass, Key, Moment, amount, grains, key, reference, table


class Side(StrEnum):
    """The other side of an entry where it is no place of the stock ledger."""

    OPENING = "opening"  # goods that were here before their value was kept
    REVALUED = "revalued"  # somebody said what goods are worth
    METHOD = "method"  # goods go from one way of costing to the other
    OPERATION = "operation"  # work and machines that went into what is made
    FREIGHT = "freight"  # what it cost to bring goods here, known after they came


LONGEST_COST: Final = 120
"""Most characters of an exact cost: numerator, slash, denominator."""

IN_PROCESS: Final = "place = 'production'"
"""The condition of entries of work orders, word for word as queries must write it to use its index."""

value_entry = table(
    "value_entry",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("product_id", "product"),
    reference("location_id", "location"),
    Column("place", String(12), nullable=False),  # the other side: a place of the stock ledger, or a Side
    Column("direct", Boolean, nullable=False),  # one of two that cancel out: goods that never were here
    Column("quantity", BigInteger, nullable=False),  # grains that came in, negative: that left; 0 for a correction
    amount("value"),  # what stock is worth more (company currency), negative: less
    Column("receipt_id", Key, index=True),  # the entry that brought the goods in, where layers are kept
    Column("corrects_id", Key),  # the entry whose goods became dearer or cheaper afterwards
    Column("cost", String(LONGEST_COST), nullable=False),  # exact, of one grain after it; empty: as before
    Column("line_id", Key, index=True),  # the line of the order, purchase, transfer or work order served
    Column("document_id", Key),
    Column("counted_at", Moment, nullable=False),  # when the goods were here; earlier than ``at`` for a late receipt
    Column("at", Moment, nullable=False),
    Index("ix_value_entry_product", "product_id", "id"),
)

work_entry = Index(
    "ix_value_entry_work",
    value_entry.c.document_id,
    sqlite_where=text(IN_PROCESS),
    postgresql_where=text(IN_PROCESS),
)

stock_layer = table(
    "stock_layer",
    DataClass.LOCAL,
    key(),  # the entry that brought the goods in
    Column("product_id", Key, nullable=False),
    Column("location_id", Key, nullable=False),
    Column("since", Moment, nullable=False),  # layers leave in this order, then in that of their ids
    grains("quantity"),
    amount("value"),
    Column("cost", String(LONGEST_COST), nullable=False),  # exact, of one grain
    Index("ix_stock_layer_product", "product_id", "location_id"),
)
