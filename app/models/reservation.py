"""Reservations by hand: how much of an order line may be promised, in parts that are cancelled one by one."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Column, Integer

from app.models.base import DataClass, Moment, grains, key, reference, table


class ReservationState(StrEnum):
    """How far a line is that is reserved by hand."""

    NONE = "none"
    PARTLY_RESERVED = "partially reserved"
    RESERVED = "reserved"
    PARTLY_DELIVERED = "partially delivered"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


reservation = table(
    "reservation",
    DataClass.DOCUMENT,
    key(),
    reference("order_line_id", "sales_order_line", index=True),
    Column("position", Integer, nullable=False),
    grains("quantity"),
    Column("cancelled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("quantity > 0", name="positive"),
)
"""``sales_order_line.reserve_limit`` is the sum of those of a line that are not cancelled.

A line that a rebalancing run holds back has a limit without any.
"""


def state(*, wanted: int, reserved: int, delivered: int, cancelled: bool = False) -> ReservationState:
    """Compute how far a line is; ``cancelled``: it had reservations by hand and none is left."""
    if delivered >= wanted > 0:
        return ReservationState.DELIVERED
    if delivered:
        return ReservationState.PARTLY_DELIVERED
    if reserved >= wanted > 0:
        return ReservationState.RESERVED
    if reserved:
        return ReservationState.PARTLY_RESERVED
    return ReservationState.CANCELLED if cancelled else ReservationState.NONE
