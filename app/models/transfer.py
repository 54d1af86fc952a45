"""Transfers: goods on their way from one of our warehouses to another."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Text, text

from app.models.base import DataClass, Moment, grains, key, reference, table
from app.models.lines import document_columns


class TransferState(StrEnum):
    """Where a transfer stands."""

    PLANNED = "planned"  # goods are promised to it where it starts
    SHIPPED = "shipped"  # all that will leave is on its way
    RECEIVED = "received"
    CANCELLED = "cancelled"


NEXT: Final[dict[TransferState, frozenset[TransferState]]] = {
    TransferState.PLANNED: frozenset({TransferState.SHIPPED, TransferState.CANCELLED}),
    TransferState.SHIPPED: frozenset({TransferState.RECEIVED}),
    TransferState.RECEIVED: frozenset(),
    TransferState.CANCELLED: frozenset(),
}

transfer = table(
    "transfer",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    reference("from_location_id", "location"),
    reference("to_location_id", "location"),
    reference("work_order_id", "work_order", required=False, index=True),  # components sent to a subcontractor
    Column("ships_on", Date),
    Column("expected_on", Date),
    Column("shipped_at", Moment),
    Column("received_at", Moment),
    Column("notes", Text, nullable=False),
    Index("ix_transfer_state", "state", "id"),
)

transfer_line = table(
    "transfer_line",
    DataClass.DOCUMENT,
    key(),
    reference("transfer_id", "transfer", index=True),
    Column("position", Integer, nullable=False),
    reference("product_id", "product"),
    Column("sku", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    grains("wanted"),
    grains("reserved"),  # promised to it where it starts
    grains("shipped"),
    grains("received"),
    grains("lost"),  # shipped and never arrived
    grains("cancelled"),
    reference("lot_id", "lot", required=False),
    CheckConstraint(
        "wanted >= 0 AND reserved >= 0 AND received >= 0 AND lost >= 0 AND received + lost <= shipped", name="within"
    ),
)

OPEN: Final = "wanted - cancelled - received - lost > 0"
"""The condition of a line of which more will arrive, word for word as queries must write it."""

open_transfer_line = Index(
    "ix_transfer_line_open", transfer_line.c.product_id, sqlite_where=text(OPEN), postgresql_where=text(OPEN)
)
