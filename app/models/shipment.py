"""Deliveries: the planned shipment of an order, its pick lists, its packages, and which step may follow."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, LargeBinary, String, Text

from app.models.base import DataClass, Key, Moment, amount, grains, key, reference, table, where_filled
from app.models.lines import document_columns, original_columns


class PickState(StrEnum):
    """Where a pick list stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class WaveState(StrEnum):
    """Where a pick wave stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class ShipmentState(StrEnum):
    """Where a shipment stands."""

    PLANNED = "planned"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


PICK_NEXT: Final[dict[PickState, frozenset[PickState]]] = {
    PickState.OPEN: frozenset({PickState.DONE, PickState.CANCELLED}),
    PickState.DONE: frozenset(),
    PickState.CANCELLED: frozenset(),
}

PARCEL: Final = "parcel"
PALLET: Final = "pallet"

SHIPMENT_NEXT: Final[dict[ShipmentState, frozenset[ShipmentState]]] = {
    ShipmentState.PLANNED: frozenset({ShipmentState.PACKED, ShipmentState.SHIPPED, ShipmentState.CANCELLED}),
    ShipmentState.PACKED: frozenset({ShipmentState.PLANNED, ShipmentState.SHIPPED}),
    ShipmentState.SHIPPED: frozenset({ShipmentState.DELIVERED, ShipmentState.CANCELLED}),
    ShipmentState.DELIVERED: frozenset(),
    ShipmentState.CANCELLED: frozenset(),
}

shipment = table(
    "shipment",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    reference("order_id", "sales_order", index=True),
    Column("order_number", String(32), nullable=False),
    reference("customer_id", "customer"),
    Column("customer_name", String(160), nullable=False),
    reference("location_id", "location"),
    Column("ship_to", Text, nullable=False),  # JSON snapshot
    Column("carrier", String(80), nullable=False),
    Column("service", String(80), nullable=False),
    Column("tracking_number", String(80), nullable=False, index=True),
    Column("packages", Integer, nullable=False),  # handed to the carrier: what stands on a pallet goes with it
    Column("weight_g", Integer, nullable=False),
    Column("shipped_at", Moment),
    Column("delivered_at", Moment),
    Column("kind", String(12), nullable=False, server_default="own"),  # own | drop_ship
    reference("purchase_id", "purchase_order", required=False),  # whose goods a drop shipment delivers
    Column("expected_on", Date),  # when the carrier means to deliver
    *original_columns(),
    Index("ix_shipment_state", "state", "id"),
    Index("ix_shipment_shipped_at", "shipped_at"),
)

shipment_line = table(
    "shipment_line",
    DataClass.DOCUMENT,
    key(),
    reference("shipment_id", "shipment", index=True),
    reference("order_line_id", "sales_order_line", index=True),
    reference("product_id", "product"),
    Column("position", Integer, nullable=False),
    grains("planned"),
    grains("shipped"),
    CheckConstraint("planned >= 0 AND shipped >= 0", name="within"),
)

pick = table(
    "pick",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    reference("order_id", "sales_order", index=True),
    reference("shipment_id", "shipment", index=True),
    Column("order_number", String(32), nullable=False),
    Column("customer_name", String(160), nullable=False),
    reference("location_id", "location"),
    Column("lines", Integer, nullable=False),
    Column("picked_at", Moment),
    Column("picked_by", String(80), nullable=False),
    reference("wave_id", "pick_wave", required=False),
    where_filled("ix_pick_wave_id", "wave_id"),
    Column("tote", String(24), nullable=False, server_default=""),  # the tote its goods go into, in a batch
    Column("released_at", Moment),  # when its lines were given bins and lots; null: it has none
    Index("ix_pick_state", "state", "id"),
)

pick_line = table(
    "pick_line",
    DataClass.DOCUMENT,
    key(),
    reference("pick_id", "pick", index=True),
    reference("order_line_id", "sales_order_line", index=True),
    reference("product_id", "product"),
    Column("position", Integer, nullable=False),
    Column("bin", String(24), nullable=False),
    grains("wanted"),
    grains("picked"),
    CheckConstraint("wanted >= 0 AND picked >= 0", name="within"),
)

pick_wave = table(
    "pick_wave",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("method", String(12), nullable=False),  # order | batch | zone
    reference("location_id", "location"),
    Column("cut_off", Moment),  # when the carrier comes
    Column("note", Text, nullable=False),
    Index("ix_pick_wave_state", "state", "id"),
)

pick_take = table(
    "pick_take",
    DataClass.DOCUMENT,
    key(),
    reference("pick_line_id", "pick_line", index=True),
    reference("bin_id", "storage_bin", required=False),
    reference("lot_id", "lot", required=False),
    Column("position", Integer, nullable=False),  # in walking order
    grains("wanted"),
    grains("taken"),
    Column("picker", String(80), nullable=False),  # who works on it; empty: nobody yet
    grains("short", default="0"),  # of what was wanted, looked for and not found
    CheckConstraint("wanted >= 0 AND taken >= 0", name="within"),
)

carton = table(
    "carton",
    DataClass.HUB_ONLY,
    key(),
    Column("code", String(24), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("kind", String(8), nullable=False),  # parcel | pallet
    Column("length_mm", Integer, nullable=False),  # inside
    Column("width_mm", Integer, nullable=False),
    Column("height_mm", Integer, nullable=False),
    Column("tare_g", Integer, nullable=False),
    Column("most_g", Integer, nullable=False),  # heaviest it may be, packed
    amount("cost"),  # of one, in the company's currency
    Column("active", Boolean, nullable=False),
)

package = table(
    "package",
    DataClass.DOCUMENT,
    key(),
    reference("shipment_id", "shipment", index=True),
    Column("position", Integer, nullable=False),
    Column("sscc", String(18), nullable=False, unique=True),
    Column("weight_g", Integer, nullable=False),
    Column("length_mm", Integer, nullable=False),
    Column("width_mm", Integer, nullable=False),
    Column("height_mm", Integer, nullable=False),
    Column("tracking_number", String(80), nullable=False, index=True),
    reference("parent_id", "package", required=False),  # the pallet it stands on
    reference("carton_id", "carton", required=False),
    Column("kind", String(8), nullable=False, server_default="parcel"),  # parcel | pallet
    Column("own_g", Integer, nullable=False, server_default="0"),  # of a pallet: without the packages on it
)

package_line = table(
    "package_line",
    DataClass.DOCUMENT,
    key(),
    reference("package_id", "package", index=True),
    reference("order_line_id", "sales_order_line", index=True),
    grains("quantity"),
    reference("lot_id", "lot", required=False),
    where_filled("ix_package_line_lot_id", "lot_id"),
    CheckConstraint("quantity > 0", name="positive"),
)

shipment_lot = table(
    "shipment_lot",
    DataClass.DOCUMENT,
    key(),
    reference("shipment_line_id", "shipment_line", index=True),
    reference("lot_id", "lot", index=True),
    grains("quantity"),
    CheckConstraint("quantity > 0", name="positive"),
)

package_check = table(
    "package_check",
    DataClass.DOCUMENT,
    key(),
    reference("shipment_id", "shipment", index=True),
    Column("package_id", Key, nullable=False, unique=True),  # unpacking removes both
    Column("expected_g", Integer),  # what its contents and carton weigh; null: a product's weight is not known
    Column("weighed_g", Integer),
    Column("scanned_at", Moment),
    Column("scanned_by", String(80), nullable=False),
    Column("photo", LargeBinary),  # PNG or JPEG
)
