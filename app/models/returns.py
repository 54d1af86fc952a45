"""Returns: what a customer may send back, what arrived, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, String, Text

from app.models.base import DataClass, Moment, grains, key, reference, table
from app.models.lines import document_columns


class ReturnState(StrEnum):
    """Where a return stands."""

    AUTHORISED = "authorised"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Disposition(StrEnum):
    """What becomes of goods that come back."""

    CREDIT = "credit"
    REPLACE = "replace"
    REPAIR = "repair"  # repaired here, then sent back
    SEND_BACK = "send_back"  # not accepted: back to the customer as it came


NEXT: Final[dict[ReturnState, frozenset[ReturnState]]] = {
    ReturnState.AUTHORISED: frozenset({ReturnState.RECEIVED, ReturnState.CANCELLED}),
    ReturnState.RECEIVED: frozenset(),
    ReturnState.CANCELLED: frozenset(),
}

goods_return = table(
    "goods_return",
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
    Column("reason", Text, nullable=False),
    Column("replace", Boolean, nullable=False),  # deliver the goods again instead of crediting them
    Column("received_at", Moment),
    Column("disposition", String(12), nullable=False, server_default=""),  # see Disposition; empty: as `replace` says
    Column("reason_code", String(24), nullable=False, server_default=""),
    Column("expected_on", Date),
    Column("in_advance", Boolean, nullable=False, server_default="0"),  # the replacement leaves before this arrives
    Index("ix_goods_return_state", "state", "id"),
)

goods_return_line = table(
    "goods_return_line",
    DataClass.DOCUMENT,
    key(),
    reference("return_id", "goods_return", index=True),
    reference("order_line_id", "sales_order_line", index=True),
    reference("product_id", "product"),
    grains("authorised"),
    grains("received_good"),
    grains("received_scrap"),
    grains("received_repair", default="0"),
    Column("finding", Text, nullable=False, server_default=""),  # what inspection found
    reference("lot_id", "lot", required=False),
    CheckConstraint("authorised > 0 AND received_good >= 0 AND received_scrap >= 0", name="within"),
)
