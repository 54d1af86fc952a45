"""Sales added up by day and month, kept so that a dashboard need not read every line that was ever sold.

The rows follow from the journal, the value ledger and the orders that were taken over; they bind nobody, are written
beside the commands and can be made again at any time.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, Column, Date, String

from app.models.base import SCRATCH, DataClass, amount, table


class Dimension(StrEnum):
    """By what sales are added up."""

    ALL = "all"  # its one member is the empty text
    CUSTOMER = "customer"  # member: the id, 32 hexadecimal digits
    PRODUCT = "product"  # the same; empty: fees and texts without a product
    CHANNEL = "channel"
    REGION = "region"  # country of the goods' address, and its region after a slash
    SALESPERSON = "salesperson"  # who wrote the order, or the invoice where there is no order


class Origin(StrEnum):
    """Where sales were billed."""

    HERE = "here"
    TAKEN_OVER = "taken_over"  # by another program, before its orders were taken over as history


sales_sum = table(
    "sales_sum",
    DataClass.LOCAL,
    Column("dimension", String(12), primary_key=True),
    Column("monthly", Boolean, primary_key=True),  # of a whole calendar month, else of one day
    Column("starts_on", Date, primary_key=True),  # the month's first day, or the day
    Column("origin", String(12), primary_key=True),
    Column("member", String(160), primary_key=True),
    amount("net"),  # revenue in the company's currency
    amount("cost"),  # cost of sales in the company's currency
)
sales_sum.info[SCRATCH] = True

sales_sum_mark = table(
    "sales_sum_mark",
    DataClass.LOCAL,
    Column("source", String(12), primary_key=True),  # journal | history
    Column("site", String(8), primary_key=True),
    Column("through", BigInteger, nullable=False),  # the last number read: of the journal, or of the command log
    Column("writer", String(32), nullable=False),  # who moved it last: of two that add up at once, one counts
)
sales_sum_mark.info[SCRATCH] = True
