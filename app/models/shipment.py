"""Deliveries: the planned shipment of an order, its pick lists, its packages, and which step may follow."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Text

from app.models.base import DataClass, Moment, grains, key, reference, table
from app.models.lines import document_columns


class PickState(StrEnum):
    """Where a pick list stands."""

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

SHIPMENT_NEXT: Final[dict[ShipmentState, frozenset[ShipmentState]]] = {
    ShipmentState.PLANNED: frozenset({ShipmentState.PACKED, ShipmentState.SHIPPED, ShipmentState.CANCELLED}),
    ShipmentState.PACKED: frozenset({ShipmentState.PLANNED, ShipmentState.SHIPPED}),
    ShipmentState.SHIPPED: frozenset({ShipmentState.DELIVERED}),
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
    Column("packages", Integer, nullable=False),
    Column("weight_g", Integer, nullable=False),
    Column("shipped_at", Moment),
    Column("delivered_at", Moment),
    Index("ix_shipment_state", "state", "id"),
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
)

package_line = table(
    "package_line",
    DataClass.DOCUMENT,
    key(),
    reference("package_id", "package", index=True),
    reference("order_line_id", "sales_order_line", index=True),
    grains("quantity"),
    CheckConstraint("quantity > 0", name="positive"),
)
