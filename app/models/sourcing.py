"""Where each piece of an order line comes from: pegs between what is wanted and what will supply it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Date, Index, String, Text

from app.models.base import DataClass, Key, amount, grains, key, reference, table


class Demand(StrEnum):
    """What a peg supplies."""

    ORDER_LINE = "order_line"
    COMPONENT = "component"  # of a work order
    TRANSFER_LINE = "transfer_line"


class Supply(StrEnum):
    """What a peg is supplied by."""

    PURCHASE_LINE = "purchase_line"
    WORK_ORDER = "work_order"
    TRANSFER_LINE = "transfer_line"
    STOCK = "stock"


peg = table(
    "peg",
    DataClass.DOCUMENT,
    key(),
    Column("demand", String(16), nullable=False),  # see Demand
    Column("demand_id", Key, nullable=False),  # of the order line, component or transfer line
    reference("order_id", "sales_order", required=False, index=True),  # the order it is all for, over all levels
    Column("way", String(12), nullable=False),  # see supply.Way
    reference("location_id", "location"),  # where the demand takes it from
    Column("supply", String(16), nullable=False),  # see Supply
    Column("supply_id", Key),  # of the purchase line, work order or transfer line; null: stock
    reference("product_id", "product"),
    grains("quantity"),  # wanted of it
    grains("served"),  # came in and was promised to the demand, or went to the customer
    Column("ready_on", Date),  # when the demand can take it
    Column("reason", Text, nullable=False),  # why that day and this way, in words
    amount("cost"),  # of all of it, in the company's currency, as far as known
    Column("trouble", Text, nullable=False),  # what a person must decide, e.g. its purchase was cancelled
    CheckConstraint("quantity >= 0 AND served >= 0", name="within"),
    Index("ix_peg_demand", "demand_id"),
    Index("ix_peg_supply", "supply_id"),
)
