"""Returns: what a customer may send back, what arrived, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, String, Text

from app.models.base import DataClass, Moment, grains, key, reference, table
from app.models.lines import document_columns


class ReturnState(StrEnum):
    """Where a return stands; but for ``cancelled`` it follows from its lines, see :func:`return_state`."""

    AUTHORISED = "authorised"
    PARTIAL = "partial"  # some arrived, more is awaited
    IN_REPAIR = "in_repair"  # all arrived, some of it is being repaired for the customer
    RECEIVED = "received"
    KEPT = "kept"  # nothing came, and nothing is awaited any more
    CANCELLED = "cancelled"


class Disposition(StrEnum):
    """What becomes of goods that come back."""

    CREDIT = "credit"
    REPLACE = "replace"
    EXCHANGE = "exchange"  # another product goes out for them
    REPAIR = "repair"  # repaired here, then sent back
    SEND_BACK = "send_back"  # not accepted: back to the customer as it came


NEXT: Final[dict[ReturnState, frozenset[ReturnState]]] = {
    ReturnState.AUTHORISED: frozenset(
        {ReturnState.PARTIAL, ReturnState.IN_REPAIR, ReturnState.RECEIVED, ReturnState.KEPT, ReturnState.CANCELLED}
    ),
    ReturnState.PARTIAL: frozenset({ReturnState.PARTIAL, ReturnState.IN_REPAIR, ReturnState.RECEIVED}),
    ReturnState.IN_REPAIR: frozenset({ReturnState.IN_REPAIR, ReturnState.RECEIVED}),
    ReturnState.RECEIVED: frozenset(),
    ReturnState.KEPT: frozenset(),
    ReturnState.CANCELLED: frozenset(),
}

AWAITED: Final = (ReturnState.AUTHORISED, ReturnState.PARTIAL)
"""The states in which goods are still to arrive."""

OURS: Final = frozenset({Disposition.CREDIT, Disposition.REPLACE, Disposition.EXCHANGE})
"""Dispositions by which the goods become ours again when they arrive; else they stay the customer's."""

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
    Column("replace", Boolean, nullable=False),  # all its goods are delivered again
    Column("received_at", Moment),
    Column("disposition", String(12), nullable=False, server_default=""),  # of all its lines; empty: they differ
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
    grains("received_good"),  # back on the shelf
    grains("received_scrap"),
    grains("received_repair", default="0"),  # for the customer, or, where the goods are ours again, blocked
    Column("finding", Text, nullable=False, server_default=""),  # what inspection found
    reference("lot_id", "lot", required=False),
    grains("refused", default="0"),  # arrived and goes back to the customer as it came
    grains("repaired", default="0"),  # of what is repaired for the customer: done, goes back to them
    grains("beyond_repair", default="0"),  # of what is repaired for the customer: could not be, scrapped
    grains("given_up", default="0"),  # authorised and not awaited any more
    grains("exchanged", default="0"),  # of what arrived, how much another line replaces at no charge
    grains("credited", default="0"),  # of what arrived, how much this return was credited for
    Column("disposition", String(12), nullable=False, server_default=""),  # empty: replaced or credited as head says
    Column("reason", Text, nullable=False, server_default=""),  # empty: the return's
    reference("exchange_product_id", "product", required=False),
    reference("exchange_line_id", "sales_order_line", required=False, index=True),  # the line given for it
    CheckConstraint("authorised > 0 AND received_good >= 0 AND received_scrap >= 0", name="within"),
)


@dataclass(frozen=True, slots=True)
class ReturnProgress:
    """How far one line of a return is, in grains; ``in_advance``: its replacement leaves before it arrives."""

    authorised: int
    received_good: int
    received_scrap: int
    received_repair: int
    refused: int
    repaired: int
    beyond_repair: int
    given_up: int
    exchanged: int
    credited: int
    disposition: Disposition
    in_advance: bool = False

    @property
    def arrived(self) -> int:
        """Here, or was."""
        return self.received_good + self.received_scrap + self.received_repair + self.refused

    @property
    def awaited(self) -> int:
        """Still to arrive."""
        return self.authorised - self.given_up - self.arrived

    @property
    def in_repair(self) -> int:
        """Here to be repaired for the customer, whose it still is."""
        return 0 if self.disposition in OURS else self.received_repair - self.repaired - self.beyond_repair

    @property
    def taken(self) -> int:
        """Kept by us for good: what the customer is credited, sent a new one or given another product for."""
        ours = self.received_repair if self.disposition in OURS else self.beyond_repair
        return self.received_good + self.received_scrap + ours

    @property
    def returned(self) -> int:
        """What counts as returned on the order line: taken, or going back to the customer."""
        return self.taken + self.refused + self.repaired

    @property
    def pending(self) -> int:
        """Announced or in repair: counted as with the customer, and not to be announced again."""
        return self.awaited + self.in_repair

    @property
    def advanced(self) -> int:
        """What opened the order line before it arrived."""
        return self.awaited if self.in_advance and self.disposition == Disposition.REPLACE else 0

    @property
    def opened(self) -> int:
        """What opened the order line again: to be shipped anew, or shipped back."""
        replaced = self.taken if self.disposition == Disposition.REPLACE else 0
        return replaced + self.refused + self.repaired + self.advanced

    @property
    def creditable(self) -> int:
        """What is still to be credited of what was taken; whether it was invoiced, the order knows."""
        return 0 if self.disposition == Disposition.REPLACE else self.taken - self.exchanged - self.credited


COUNTED: Final = tuple(
    name for name in ReturnProgress.__dataclass_fields__ if name not in {"disposition", "in_advance"}
)


def progress(row: Any, *, in_advance: bool, replace: bool) -> ReturnProgress:
    """Read a stored line; ``in_advance`` and ``replace`` are the return's."""
    usual = Disposition.REPLACE if replace else Disposition.CREDIT
    counts = {name: getattr(row, name) for name in COUNTED}
    return ReturnProgress(**counts, disposition=Disposition(row.disposition or usual), in_advance=in_advance)


def return_state(lines: Iterable[ReturnProgress]) -> ReturnState:
    """Compute where a return that was not called off stands."""
    known = list(lines)
    arrived = any(line.arrived for line in known)
    if any(line.awaited for line in known):
        return ReturnState.PARTIAL if arrived else ReturnState.AUTHORISED
    if any(line.in_repair for line in known):
        return ReturnState.IN_REPAIR
    return ReturnState.RECEIVED if arrived else ReturnState.KEPT
