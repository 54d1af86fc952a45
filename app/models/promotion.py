"""Promotions, the coupons that open them, and what they did to orders."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Integer, String, UniqueConstraint

from app.models.base import PRICE, DataClass, Exact, Key, amount, key, reference, table


class Benefit(StrEnum):
    """What a promotion gives."""

    PERCENT = "percent"  # per cent off
    AMOUNT = "amount"  # an amount of money off
    GOODS = "goods"  # goods on a line of their own, free or at a price


class Target(StrEnum):
    """What a reduction is taken off."""

    LINES = "lines"  # every piece that counts for the promotion
    ORDER = "order"  # all goods of the order, but those excluded
    CHEAPEST = "cheapest"  # the cheapest of the pieces that count


class Running(StrEnum):
    """Whether promotions look after an order; empty: nobody has asked yet."""

    NOT_YET = ""
    ON = "on"
    OFF = "off"  # a person took them back; they stay away


promotion = table(
    "promotion",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(120), nullable=False),  # the reason customers are shown
    Column("benefit", String(8), nullable=False),
    Column("target", String(8), nullable=False),
    Column("priority", Integer, nullable=False),  # the lowest goes first
    Column("exclusive", Boolean, nullable=False),  # where it gives something, none after it does
    Column("unit", String(24), nullable=False),  # counts products of this stock unit only; empty: of any
    Column("skip_discounted", Boolean, nullable=False),  # lines with a discount of their own are left out
    Column("with_tax", Boolean, nullable=False),  # its amounts are with tax
    Column("repeats", Boolean, nullable=False),  # once for each time its threshold is reached
    Column("most", Integer),  # how often in one order; null: any number of times
    Column("needs_coupon", Boolean, nullable=False),
    Column("starts_on", Date),  # null: always ran
    Column("ends_on", Date),  # the last day; null: none
    Column("active", Boolean, nullable=False),
)

promotion_step = table(
    "promotion_step",
    DataClass.HUB_ONLY,
    key(),
    reference("promotion_id", "promotion", index=True),
    Column("min_quantity", Exact(PRICE), nullable=False),  # pieces that count, in stock units
    amount("min_amount"),  # of the order's goods, in the company's currency
    Column("figure", Exact(PRICE), nullable=False),  # per cent, an amount, or the price of goods it gives
    Column("quantity", Exact(PRICE), nullable=False),  # of goods it gives, or how many of the cheapest pieces
    reference("product_id", "product", required=False),  # what goods it gives
    Column("at_list", Boolean, nullable=False),  # the goods it gives are charged at their list price
)
"""From where on a promotion gives what: of the steps that an order reaches, the highest counts."""

promotion_product = table(
    "promotion_product",
    DataClass.HUB_ONLY,
    key(),
    reference("promotion_id", "promotion", index=True),
    reference("product_id", "product"),
    Column("excluded", Boolean, nullable=False),  # never counts and never gets cheaper
)
"""What counts for a promotion; without a row that is not excluded, every product does."""

coupon = table(
    "coupon",
    DataClass.HUB_ONLY,
    key(),
    reference("promotion_id", "promotion", index=True),
    Column("code", String(40), nullable=False, unique=True),  # upper case
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("most_uses", Integer),  # null: any number of orders
    Column("most_per_customer", Integer),
    reference("customer_id", "customer", required=False),  # whose it is; null: anybody's
    Column("uses", Integer, nullable=False),  # orders that it stands on
    Column("active", Boolean, nullable=False),
    CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="limit"),
)

order_coupon = table(
    "order_coupon",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order", index=True),
    reference("coupon_id", "coupon", index=True),
    reference("customer_id", "customer"),
    UniqueConstraint("order_id", "coupon_id"),
)
"""A coupon that stands on an order; the row goes when it is taken off or the order is cancelled."""

order_promotion = table(
    "order_promotion",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order", index=True),
    reference("promotion_id", "promotion"),
    Column("position", Integer, nullable=False),  # in the order they were worked out
    Column("order_line_id", Key, nullable=False),
    Column("added", Boolean, nullable=False),  # the line is there because of the promotion
    Column("own_percent", Exact(PRICE), nullable=False),  # the line's discount without promotions
    Column("set_percent", Exact(PRICE), nullable=False),  # with all of them, as it was written on the line
    amount("amount"),  # what this promotion took off the line's amount, in the order's currency
    Column("reason", String(200), nullable=False),
)
"""What a promotion did to a line of an order, and how to take it back."""
