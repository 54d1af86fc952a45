"""The append-only stock ledger and the levels kept beside it.

A move takes a product's grains from one place and gives them to another, so the ledger balances by
construction.  Inside a location there are three places: *free*, *promised* (to an order line, still
on the shelf) and *picked* (off the shelf, not shipped); on hand is their sum.  Outside there are
supplier, customer, adjustment (counts), scrap and history (taken over from another system).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, String

from app.models.base import DataClass, Key, Moment, grains, key, reference, table


class Place(StrEnum):
    """Where a stock move takes from or gives to."""

    FREE = "free"
    PROMISED = "promised"
    PICKED = "picked"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    ADJUSTMENT = "adjustment"
    SCRAP = "scrap"
    HISTORY = "history"


INSIDE: Final = (Place.FREE, Place.PROMISED, Place.PICKED)
"""The places that are on hand; none may fall below zero."""

location = table(
    "location",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("owner", String(8), nullable=False),  # the site that may take from it
    Column("active", Boolean, nullable=False),
)

stock_move = table(
    "stock_move",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("product_id", "product"),
    reference("location_id", "location"),
    Column("source", String(12), nullable=False),
    Column("target", String(12), nullable=False),
    Column("quantity", BigInteger, nullable=False),  # grains, more than zero
    Column("line_id", Key, index=True),  # the order line served, for promised, picked and customer
    Column("document_id", Key),  # receipt, count, pick, shipment or return
    Column("reason", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("quantity > 0", name="positive"),
    CheckConstraint("source <> target", name="moves"),
    Index("ix_stock_move_product", "product_id", "id"),
)

stock_level = table(
    "stock_level",
    DataClass.LOCAL,
    Column("product_id", Key, primary_key=True),
    Column("location_id", Key, primary_key=True),
    grains("free"),
    grains("promised"),
    grains("picked"),
    CheckConstraint("free >= 0 AND promised >= 0 AND picked >= 0", name="floor"),
    CheckConstraint("free < 4611686018427387904", name="ceiling"),  # 2^62: SQLite adds larger ones as floats
)
