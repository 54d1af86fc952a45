"""A purchase order as people look at it: its lines, whom each piece is for, and what another day would do to them.

Quantities are grains of the line's product; ``grains_per_unit`` turns the line's unit into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.models.company import payment_term
from app.models.order import sales_order
from app.models.purchase import PurchaseState, purchase_order
from app.models.shipment import shipment
from app.models.stock import location
from app.services import delays, pegs, products, purchase_lines, purchasing, suppliers, work_orders, work_sheets
from app.services.delays import Hit
from app.services.lists import PURCHASES
from app.services.products import Product
from app.services.suppliers import Supplier
from app.services.work_sheets import WantedBy


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line: in its unit at ``unit_price`` of one; ``expected_on`` is the day the supplier or the lead time says."""

    id: UUID
    product: Product
    supplier_sku: str
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Decimal
    ordered: int
    received: int
    cancelled: int
    grains_per_unit: Fraction
    requested_on: date | None
    expected_on: date | None
    wanted_by: tuple[WantedBy, ...]

    @property
    def open(self) -> int:
        """What is still to come."""
        return max(0, self.ordered - self.cancelled - self.received)

    def in_unit(self, grains: int) -> Fraction:
        """Give grains in the line's unit."""
        return Fraction(grains) / self.grains_per_unit


@dataclass(frozen=True, slots=True)
class Sent:
    """A drop shipment that the supplier sent."""

    id: UUID
    number: str
    carrier: str
    tracking_number: str


@dataclass(frozen=True, slots=True)
class PurchaseSheet:
    """All of one purchase order; ``order_number`` and ``customer`` are those of a drop shipment."""

    head: Any
    supplier: Supplier
    location: str
    terms: str
    order_number: str
    customer: str
    lines: tuple[SheetLine, ...]
    shipments: tuple[Sent, ...]

    @property
    def is_open(self) -> bool:
        """Whether it was sent and is not ended."""
        return self.head.state in {PurchaseState.SENT, PurchaseState.CONFIRMED}

    @property
    def waiting(self) -> tuple[WantedBy, ...]:
        """Who still waits for something of it."""
        return tuple(one for line in self.lines for one in line.wanted_by if one.grains > one.served)


def read(connection: Connection, purchase_id: UUID) -> PurchaseSheet:
    """Read a purchase order with all that belongs to it.

    Raises:
        NotFound: it does not exist.

    """
    head = purchasing.get(connection, purchase_id)
    rows = purchase_lines.of_purchase(connection, purchase_id)
    known = products.get_many(connection, [row.product_id for row in rows])
    order = connection.execute(
        select(sales_order.c.number, sales_order.c.customer_name).where(sales_order.c.id == head.order_id)
    ).first()
    place = connection.execute(select(location.c.name).where(location.c.id == head.location_id)).scalar_one()
    terms = connection.execute(select(payment_term.c.name).where(payment_term.c.code == head.payment_term)).scalar()
    sent = connection.execute(
        select(shipment.c.id, shipment.c.number, shipment.c.carrier, shipment.c.tracking_number)
        .where(shipment.c.purchase_id == purchase_id)
        .order_by(shipment.c.id)
    )
    return PurchaseSheet(
        head=head,
        supplier=suppliers.get(connection, head.supplier_id),
        location=place,
        terms=terms or head.payment_term,
        order_number=order.number if order else "",
        customer=order.customer_name if order else "",
        lines=tuple(_line(connection, row, known[row.product_id]) for row in rows),
        shipments=tuple(Sent(*row) for row in sent),
    )


def hits(connection: Connection, days: Mapping[UUID, date]) -> list[Hit]:
    """List the order lines that would come on another day if lines came on ``days``; nothing is changed."""
    found = [hit for line_id, day in days.items() for hit in delays.hits(connection, line_id, day)]
    return sorted(found, key=lambda hit: (hit.told or date.max, hit.order_number, hit.order_line_id))


def count(connection: Connection, today: date) -> tuple[int, int]:
    """Count the drafts to be sent, and the purchase orders of which something is late."""
    drafts = select(func.count()).select_from(purchase_order).where(purchase_order.c.state == PurchaseState.DRAFT)
    late = select(func.count()).select_from(purchase_order).where(PURCHASES.filters["late"](today))
    return connection.execute(drafts).scalar_one(), connection.execute(late).scalar_one()


def _line(connection: Connection, row: Any, known: Product) -> SheetLine:
    return SheetLine(
        id=row.id,
        product=known,
        supplier_sku=row.supplier_sku,
        name=row.name,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=row.unit_price,
        net=row.net,
        ordered=row.ordered,
        received=row.received,
        cancelled=row.cancelled,
        grains_per_unit=Fraction(row.numerator, row.denominator) * row.grain,
        requested_on=row.requested_on,
        expected_on=row.expected_on,
        wanted_by=(
            *(work_sheets.wanted_by(connection, one) for one in pegs.of_supply(connection, row.id)),
            *_work(connection, row),
        ),
    )


def _work(connection: Connection, row: Any) -> list[WantedBy]:
    """The work order that a subcontractor's work is for: no peg is needed to tell."""
    if row.work_order_id is None:
        return []
    head = work_orders.get(connection, row.work_order_id)
    day = row.expected_on
    return [WantedBy("work_order", head.id, head.number, "", row.ordered, row.received, day, head.due_on, "")]
