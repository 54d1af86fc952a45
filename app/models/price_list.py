"""Price lists: for whom they are, and their rules in the order in which they are asked."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, String

from app.models.base import PRICE, DataClass, Exact, Moment, key, reference, table, where_filled

HIGHEST_PRIORITY: Final = 999
CATEGORY_SEPARATOR: Final = "/"
"""Stands between a category and the one within it: ``Office/Chairs`` lies within ``Office``."""

price_list = table(
    "price_list",
    DataClass.MASTER,
    key(),
    Column("name", String(80), nullable=False, unique=True),
    Column("currency", String(3), nullable=False),  # of its prices; it serves documents in this currency
    Column("priority", Integer),  # the greater goes first, one without goes last; null: by how near it is
    Column("shows_discount", Boolean, nullable=False),  # a line shows the list price and a discount off it
    Column("starts_on", Date),
    Column("ends_on", Date),  # the last day
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

price_list_buyer = table(
    "price_list_buyer",  # for whom a list is; a row with nothing filled in: for everybody
    DataClass.MASTER,
    key(),
    reference("price_list_id", "price_list", index=True),
    reference("customer_id", "customer", required=False, index=True),
    Column("customer_group", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("campaign", String(40), nullable=False),
)

price_rule = table(
    "price_rule",
    DataClass.MASTER,
    key(),
    reference("price_list_id", "price_list"),
    Column("position", Integer, nullable=False),  # of the rules that fit, the first gives the price
    reference("product_id", "product", required=False),
    Column("category", String(80), nullable=False),  # and those within it; with no product either: all products
    Column("unit", String(24), nullable=False),  # only lines in this unit, priced per it; empty: per stock unit
    Column("min_quantity", Exact(PRICE), nullable=False),  # of the unit
    Column("max_quantity", Exact(PRICE)),  # of the unit, still included
    Column("starts_on", Date),
    Column("ends_on", Date),  # the last day
    Column("base", String(8), nullable=False),  # models.pricing.Base
    reference("base_list_id", "price_list", required=False),
    Column("fixed", Exact(PRICE)),  # in the list's currency, like every amount here
    Column("percent", Exact(PRICE), nullable=False),
    Column("amount", Exact(PRICE), nullable=False),
    Column("step", Exact(PRICE), nullable=False),
    Column("surcharge", Exact(PRICE), nullable=False),
    Column("min_margin", Exact(PRICE)),
    Column("max_margin", Exact(PRICE)),
    CheckConstraint("base <> 'fixed' OR fixed IS NOT NULL", name="fixed_has_a_price"),
    CheckConstraint("base <> 'other' OR base_list_id IS NOT NULL", name="other_has_a_list"),
    Index("ix_price_rule_list_product", "price_list_id", "product_id"),
    where_filled("ix_price_rule_base", "base_list_id"),
)
