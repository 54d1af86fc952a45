"""A supplier as people look at it: what is known of them, what they supply at which prices, what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.company import payment_term
from app.models.product import product
from app.models.purchase import PurchaseState, purchase_order
from app.models.supply import product_supply, work_calendar
from app.services import suppliers, supply_ways
from app.services.suppliers import Supplier
from app.services.supply_ways import PriceBreak, SupplyWay

PURCHASES_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Supplied:
    """A product they supply and how; quantities count the way's ``unit``, the lead time is working days."""

    product_id: UUID
    sku: str
    name: str
    unit: str
    way: SupplyWay

    def prices(self, on: date) -> tuple[PriceBreak, ...]:
        """The prices that hold on a day, by the quantity they begin at."""
        held = [
            one
            for one in self.way.prices
            if (one.valid_from is None or one.valid_from <= on) and (one.valid_to is None or on <= one.valid_to)
        ]
        return tuple(sorted(held, key=lambda one: one.from_quantity))


@dataclass(frozen=True, slots=True)
class Asked:
    """A purchase order that is not ended."""

    id: UUID
    number: str
    state: str
    expected_on: date | None
    total: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class SupplierSheet:
    """All of one supplier; an empty ``calendar`` stands for Monday to Friday."""

    head: Supplier
    calendar: str
    terms: str
    products: tuple[Supplied, ...]
    purchases: tuple[Asked, ...]


def read(connection: Connection, supplier_id: UUID) -> SupplierSheet:
    """Read a supplier with what they supply.

    Raises:
        NotFound: the supplier does not exist.

    """
    head = suppliers.get(connection, supplier_id)
    calendar = connection.execute(select(work_calendar.c.name).where(work_calendar.c.id == head.calendar_id)).scalar()
    terms = connection.execute(select(payment_term.c.name).where(payment_term.c.code == head.payment_term)).scalar()
    order = purchase_order.c
    asked = connection.execute(
        select(order.id, order.number, order.state, order.expected_on, order.total, order.currency)
        .where(order.supplier_id == supplier_id, order.state.in_(_OPEN))
        .order_by(order.id.desc())
        .limit(PURCHASES_SHOWN)
    )
    return SupplierSheet(
        head=head,
        calendar=calendar or "",
        terms=terms or head.payment_term,
        products=tuple(_supplied(connection, supplier_id)),
        purchases=tuple(Asked(*row) for row in asked),
    )


def _supplied(connection: Connection, supplier_id: UUID) -> Sequence[Supplied]:
    rows = connection.execute(
        select(product_supply.c.id, product.c.id.label("product_id"), product.c.sku, product.c.name, product.c.unit)
        .join(product, product.c.id == product_supply.c.product_id)
        .where(product_supply.c.supplier_id == supplier_id, product_supply.c.active)
        .order_by(product.c.sku, product_supply.c.rank)
    ).all()
    found = []
    for row in rows:
        way = supply_ways.get(connection, row.id)
        found.append(Supplied(row.product_id, row.sku, row.name, way.unit or row.unit, way))
    return found


_OPEN: Final = (PurchaseState.DRAFT, PurchaseState.SENT, PurchaseState.CONFIRMED)
