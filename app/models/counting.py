"""Count lists: which shelves somebody counts without seeing what the books say, and what came of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, String, Text

from app.models.base import DataClass, Moment, key, reference, table
from app.models.lines import document_columns


class CountState(StrEnum):
    """Where a count list stands."""

    OPEN = "open"
    BOOKED = "booked"
    CANCELLED = "cancelled"


COUNT_NEXT: Final[dict[CountState, frozenset[CountState]]] = {
    CountState.OPEN: frozenset({CountState.BOOKED, CountState.CANCELLED}),
    CountState.BOOKED: frozenset({CountState.OPEN}),  # booked by mistake: the booking is taken back
    CountState.CANCELLED: frozenset(),
}

stock_count = table(
    "stock_count",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    reference("location_id", "location"),
    Column("note", Text, nullable=False),
    Column("booked_at", Moment),
    Index("ix_stock_count_state", "state", "id"),
)

stock_count_line = table(
    "stock_count_line",
    DataClass.DOCUMENT,
    key(),
    reference("count_id", "stock_count", index=True),
    reference("product_id", "product", index=True),
    reference("bin_id", "storage_bin", required=False, index=True),
    reference("lot_id", "lot", required=False),
    Column("position", Integer, nullable=False),
    Column("counted", BigInteger),  # grains; null: not counted yet
    Column("expected", BigInteger),  # grains the books had there when it was counted; the counter does not see it
    Column("recount", Boolean, nullable=False),  # to be counted once more before it is booked
    Column("counted_by", String(80), nullable=False),
    Column("counted_at", Moment),
    CheckConstraint("counted >= 0", name="floor"),
)
