"""How products may be had: suppliers and their prices, bills of materials, routes, working calendars."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from app.models.base import AMOUNT, PRICE, SCRATCH, DataClass, Exact, Moment, grains, key, reference, table


class Way(StrEnum):
    """How a piece comes to the customer."""

    STOCK = "stock"  # from the shelf of the warehouse it leaves from
    TRANSFER = "transfer"  # from another warehouse of ours
    BUY = "buy"  # bought for it, through our warehouse
    MAKE = "make"  # made in-house by a bill of materials
    ASSEMBLE = "assemble"  # put together from components that are bought for it
    OUTSOURCE = "outsource"  # made by a subcontractor, components sent along
    DROP_SHIP = "drop_ship"  # sent to the customer by a supplier or channel partner
    KIT = "kit"  # components are shipped, the kit is invoiced


supplier = table(
    "supplier",
    DataClass.MASTER,
    key(),
    Column("number", String(24), nullable=False, unique=True),
    Column("name", String(160), nullable=False, index=True),
    Column("street", Text, nullable=False, server_default=""),  # lines, separated by newlines
    Column("postal_code", String(20), nullable=False, server_default=""),
    Column("city", String(80), nullable=False, server_default=""),
    Column("region", String(80), nullable=False, server_default=""),
    Column("country", String(2), nullable=False, server_default=""),
    Column("vat_number", String(24), nullable=False, server_default=""),
    Column("email", String(120), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default=""),
    Column("currency", String(3), nullable=False),
    Column("payment_term", String(24), nullable=False),
    Column("our_number", String(40), nullable=False, server_default=""),  # our customer number with them
    Column("lead_days", Integer, nullable=False),  # working days, where a product says nothing else
    reference("calendar_id", "work_calendar", required=False),  # when they work; null: Monday to Friday
    Column("drop_ships", Boolean, nullable=False),
    Column("notes", Text, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("over_receipt", Exact(PRICE), nullable=False, server_default="0"),  # share above the order that is taken in
    Column("under_receipt", Exact(PRICE), nullable=False, server_default="0"),  # share below it that is complete
)

product_supply = table(
    "product_supply",
    DataClass.MASTER,
    key(),
    reference("product_id", "product", index=True),
    Column("way", String(12), nullable=False),  # see Way
    Column("rank", Integer, nullable=False),  # among equally cheap ones the lowest is taken
    Column("stock_first", Boolean, nullable=False),  # what lies free is used before the way
    reference("supplier_id", "supplier", required=False, index=True),  # buy, outsource, drop_ship
    reference("bill_id", "bill", required=False),  # make, assemble, outsource, kit
    Column("supplier_sku", String(60), nullable=False, server_default=""),
    Column("unit", String(24), nullable=False, server_default=""),  # what it is bought in; empty: the stock unit
    Column("lead_days", Integer),  # working days; null: the supplier's
    Column("minimum", Exact(PRICE)),  # of the unit
    Column("multiple", Exact(PRICE)),  # of the unit
    Column("active", Boolean, nullable=False),
)

supplier_price = table(
    "supplier_price",
    DataClass.HUB_ONLY,
    key(),
    reference("product_supply_id", "product_supply", index=True),
    Column("from_quantity", Exact(PRICE), nullable=False),  # of the unit it is bought in
    Column("price", Exact(PRICE), nullable=False),  # of one such unit, in the supplier's currency
    Column("valid_from", Date),
    Column("valid_to", Date),
)

bill = table(
    "bill",
    DataClass.MASTER,
    key(),
    reference("product_id", "product", index=True),
    Column("code", String(40), nullable=False, server_default=""),
    Column("quantity", Exact(PRICE), nullable=False),  # how much its lines make
    Column("unit", String(24), nullable=False),
    Column("numerator", BigInteger, nullable=False),  # one of the unit is numerator/denominator stock units
    Column("denominator", BigInteger, nullable=False),
    Column("lead_days", Integer, nullable=False),  # working days besides the steps of the route
    Column("active", Boolean, nullable=False),
    CheckConstraint("quantity > 0", name="positive"),
)

bill_line = table(
    "bill_line",
    DataClass.MASTER,
    key(),
    reference("bill_id", "bill", index=True),
    Column("position", Integer, nullable=False),
    reference("product_id", "product", index=True),
    Column("quantity", Exact(PRICE), nullable=False),
    Column("unit", String(24), nullable=False),
    Column("numerator", BigInteger, nullable=False),
    Column("denominator", BigInteger, nullable=False),
    Column("fixed", Boolean, nullable=False),  # the same quantity however many are made
    CheckConstraint("quantity > 0", name="positive"),
)

bill_step = table(
    "bill_step",
    DataClass.MASTER,
    key(),
    reference("bill_id", "bill", index=True),
    Column("position", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    reference("work_center_id", "work_center"),
    Column("setup_minutes", Exact(PRICE), nullable=False),
    Column("unit_minutes", Exact(PRICE), nullable=False),  # for one stock unit of what is made
)

work_center = table(
    "work_center",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("minutes_a_day", Integer, nullable=False),  # on a working day
    reference("calendar_id", "work_calendar", required=False),
    Column("active", Boolean, nullable=False),
    Column("hour_cost", Exact(AMOUNT), nullable=False, server_default="0"),  # of an hour of work, company currency
)

work_calendar = table(
    "work_calendar",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("weekdays", String(7), nullable=False),  # seven of 0 and 1, Monday first
)

calendar_day = table(
    "calendar_day",
    DataClass.HUB_ONLY,
    key(),
    reference("calendar_id", "work_calendar"),
    Column("on", Date, nullable=False),
    Column("working", Boolean, nullable=False),
    Column("note", String(80), nullable=False),
    UniqueConstraint("calendar_id", "on"),
)

soft_hold = table(
    "soft_hold",
    DataClass.LOCAL,
    key(),
    Column("holder", String(80), nullable=False),  # who types
    Column("window", String(40), nullable=False),  # which window of theirs, so that it can be let go as a whole
    reference("product_id", "product"),
    reference("location_id", "location"),
    grains("quantity"),
    Column("until", Moment, nullable=False),  # then it counts no more, whatever became of the window
    Index("ix_soft_hold_product", "product_id", "until"),
    Index("ix_soft_hold_window", "window"),
)
"""Pieces that somebody is about to sell in a quote or order not saved yet; shown to others, binding nobody."""
soft_hold.info[SCRATCH] = True
