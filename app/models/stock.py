"""The append-only stock ledger and the levels kept beside it.

A move takes a product's grains from one place and gives them to another, so the ledger balances by
construction.  Inside a location there are four places: *free*, *promised* (to an order line, still
on the shelf), *picked* (off the shelf, not shipped) and *blocked* (there, but not for sale: waiting
for inspection or repair, expired); on hand is their sum.  Outside there are supplier, customer,
adjustment (counts), scrap, transit (between two of our warehouses), production (consumed by and made
by work orders) and history (taken over from another system; goods go back there when such an import is undone).

A second ledger says where on the shelves things lie: *shelf moves* of a product's grains, of a lot
where it has lots, between bins.  What the shelf ledger does not place (of free, promised and blocked)
is *unplaced*: it lies at the product's usual bin.  Products with lots or serial numbers are always placed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

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

from app.models.base import AMOUNT, DataClass, Exact, Key, Moment, grains, key, reference, table


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
    BLOCKED = "blocked"
    TRANSIT = "transit"
    PRODUCTION = "production"


INSIDE: Final = (Place.FREE, Place.PROMISED, Place.PICKED, Place.BLOCKED)
"""The places that are on hand; none may fall below zero."""

SHELVED: Final = frozenset({Place.FREE, Place.PROMISED, Place.BLOCKED})
"""The places that lie on shelves; what is picked lies with the packers."""

NOWHERE: Final = UUID(int=0)
"""Stands for no bin or no lot in a shelf's key."""


class Tracking(StrEnum):
    """How a product's pieces are told apart."""

    NONE = "none"
    LOT = "lot"  # pieces of one batch share a lot number
    SERIAL = "serial"  # each piece has its own number


location = table(
    "location",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("owner", String(8), nullable=False),  # the site that may take from it
    Column("active", Boolean, nullable=False),
    Column("kind", String(16), nullable=False, server_default="warehouse"),  # warehouse | subcontractor
    Column("street", Text, nullable=False, server_default=""),  # lines, separated by newlines
    Column("postal_code", String(20), nullable=False, server_default=""),
    Column("city", String(80), nullable=False, server_default=""),
    Column("country", String(2), nullable=False, server_default=""),
    Column("rank", Integer, nullable=False, server_default="0"),  # which one goods leave from first; the lowest is main
    Column("transfer_days", Integer, nullable=False, server_default="1"),  # working days from here to another of ours
    reference("supplier_id", "supplier", required=False),  # whose yard it is, for a subcontractor
)

storage_bin = table(
    "storage_bin",
    DataClass.HUB_ONLY,
    key(),
    reference("location_id", "location"),
    Column("code", String(24), nullable=False),
    Column("zone", String(24), nullable=False, server_default=""),
    Column("aisle", Integer, nullable=False, server_default="0"),  # where it stands, for the walking order
    Column("bay", Integer, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("kind", String(12), nullable=False, server_default="shelf"),  # shelf | pick_face | bulk | staging
    Column("active", Boolean, nullable=False),
    UniqueConstraint("location_id", "code"),
)

lot = table(
    "lot",
    DataClass.DOCUMENT,
    key(),
    reference("product_id", "product"),
    Column("code", String(60), nullable=False),  # lot or serial number
    Column("expires_on", Date),
    Column("blocked", Boolean, nullable=False, server_default="0"),  # not for sale: all of it on shelves is blocked
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("product_id", "code"),
    Index("ix_lot_code", "code"),
    Index("ix_lot_expires", "expires_on"),
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
    grains("blocked", default="0"),
    grains("shelved", default="0"),  # of free, promised and blocked, what the shelf ledger places
    grains("asked", default="0"),  # of what is unplaced, asked for by open pick lists
    Column("tracked", Boolean, nullable=False, server_default="0"),  # the product has lots or serial numbers
    Column("costing", String(8), nullable=False, server_default=""),  # average | fifo; empty: it has no value yet
    Column("value", Exact(AMOUNT), nullable=False, server_default="0"),  # of all on hand, company currency
    Column("cost", String(120), nullable=False, server_default=""),  # exact, of one grain; empty: found from layers
    CheckConstraint("free >= 0 AND promised >= 0 AND picked >= 0", name="floor"),
    CheckConstraint("free < 4611686018427387904", name="ceiling"),  # 2^62: SQLite adds larger ones as floats
)

shelf_move = table(
    "shelf_move",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    reference("product_id", "product"),
    reference("location_id", "location"),
    reference("lot_id", "lot", required=False),
    reference("from_bin_id", "storage_bin", required=False),  # with from_shelf false: it was not on a shelf before
    reference("to_bin_id", "storage_bin", required=False),
    Column("from_shelf", Boolean, nullable=False),
    Column("to_shelf", Boolean, nullable=False),
    Column("quantity", BigInteger, nullable=False),  # grains, more than zero
    Column("line_id", Key, index=True),  # the order line or work component served, where there is one
    Column("document_id", Key),
    Column("reason", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("quantity > 0", name="positive"),
    Index("ix_shelf_move_product", "product_id", "id"),
    Index("ix_shelf_move_lot", "lot_id", "id"),
)

shelf_stock = table(
    "shelf_stock",
    DataClass.LOCAL,
    Column("product_id", Key, primary_key=True),
    Column("location_id", Key, primary_key=True),
    Column("bin_id", Key, primary_key=True),  # NOWHERE: in no bin
    Column("lot_id", Key, primary_key=True),  # NOWHERE: without a lot
    grains("quantity"),
    grains("allocated"),  # of it, asked for by open pick lists
    grains("missing", default="0"),  # of it, looked for by a picker and not found: not asked for before it is counted
    CheckConstraint("quantity >= 0 AND allocated >= 0 AND allocated <= quantity", name="floor"),
    Index("ix_shelf_stock_bin", "bin_id"),
    Index("ix_shelf_stock_lot", "lot_id"),
)
