"""Purchase orders: what we ask a supplier for, into our warehouse or straight to a customer."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Integer, String, Text, text

from app.models.base import PRICE, DataClass, Exact, Key, Moment, amount, grains, key, reference, table
from app.models.lines import document_columns


class PurchaseState(StrEnum):
    """Where a purchase order stands."""

    DRAFT = "draft"  # proposed; lines may still be added for other orders
    SENT = "sent"
    CONFIRMED = "confirmed"  # the supplier gave dates
    CLOSED = "closed"  # nothing more will come
    CANCELLED = "cancelled"


NEXT: Final[dict[PurchaseState, frozenset[PurchaseState]]] = {
    PurchaseState.DRAFT: frozenset({PurchaseState.SENT, PurchaseState.CONFIRMED, PurchaseState.CANCELLED}),
    PurchaseState.SENT: frozenset({PurchaseState.CONFIRMED, PurchaseState.CLOSED, PurchaseState.CANCELLED}),
    PurchaseState.CONFIRMED: frozenset({PurchaseState.CLOSED, PurchaseState.CANCELLED}),
    PurchaseState.CLOSED: frozenset({PurchaseState.CONFIRMED}),
    PurchaseState.CANCELLED: frozenset({PurchaseState.DRAFT}),
}

purchase_order = table(
    "purchase_order",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    reference("supplier_id", "supplier"),
    Column("supplier_name", String(160), nullable=False),
    Column("supplier_address", Text, nullable=False),  # JSON snapshot
    reference("location_id", "location"),  # where the goods come to; the books' place for a drop shipment too
    reference("order_id", "sales_order", required=False, index=True),  # the customer's order, for a drop shipment
    Column("ship_to", Text, nullable=False),  # JSON snapshot
    Column("currency", String(3), nullable=False),
    Column("exchange_rate", Exact(PRICE), nullable=False),  # units of this currency for one of the company's
    Column("payment_term", String(24), nullable=False),
    Column("ordered_on", Date, nullable=False),
    Column("expected_on", Date),  # the last of its lines
    Column("reference", String(80), nullable=False),  # the supplier's number of it
    Column("sent_at", Moment),
    Column("notes", Text, nullable=False),  # printed
    amount("total"),
    Index("ix_purchase_order_state", "state", "id"),
    Index("ix_purchase_order_supplier", "supplier_id", "state", "id"),
)

purchase_line = table(
    "purchase_line",
    DataClass.DOCUMENT,
    key(),
    reference("purchase_id", "purchase_order", index=True),
    Column("position", Integer, nullable=False),
    reference("product_id", "product"),
    Column("sku", String(60), nullable=False),
    Column("supplier_sku", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    Column("quantity", Exact(PRICE), nullable=False),  # as typed, of the unit
    Column("unit", String(24), nullable=False),
    Column("numerator", BigInteger, nullable=False),
    Column("denominator", BigInteger, nullable=False),
    Column("unit_price", Exact(PRICE), nullable=False),  # of one unit, in the purchase order's currency
    amount("net"),
    grains("ordered"),
    grains("received"),  # came in, or went to the customer for a drop shipment
    grains("cancelled"),
    Column("requested_on", Date),
    Column("expected_on", Date),  # what the supplier says, else what the lead time gives
    reference("work_order_id", "work_order", required=False, index=True),  # what a subcontractor makes
    reference("supply_id", "product_supply", required=False),  # how it was proposed: prices, minimum, multiple
    Column("order_line_id", Key),  # the customer's order line that a drop shipment delivers
    CheckConstraint("ordered >= 0 AND received >= 0 AND cancelled >= 0", name="within"),
)

OPEN: Final = "ordered - cancelled - received > 0"
"""The condition of a line that is still to come, word for word as queries must write it to use its index."""

open_purchase_line = Index(
    "ix_purchase_line_open", purchase_line.c.product_id, sqlite_where=text(OPEN), postgresql_where=text(OPEN)
)
