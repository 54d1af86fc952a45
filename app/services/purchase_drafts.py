"""Drafts of purchase orders: where their goods go, which one a new line joins, how large a line becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotFound
from app.models.base import Key, new_id
from app.models.order import sales_order, sales_order_line
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.stock import location
from app.models.supply import Way
from app.services import companies, journal, products, purchase_lines
from app.services.parties import Address
from app.services.purchase_lines import Wanted
from app.services.statements import Prepared
from app.services.suppliers import Supplier
from app.services.supply_ways import SupplyWay
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Target:
    """Where the goods go: an address as JSON, and for a drop shipment the customer's order and the line's unit."""

    location_id: UUID
    ship_to: str
    order_id: UUID | None = None
    order_line_id: UUID | None = None
    unit: str = ""


def target_of(connection: Connection, location_id: UUID, order_line_id: UUID | None) -> Target:
    """Find where goods for a place of ours, or for a customer's order line, are sent.

    Raises:
        NotFound: the place or the order line does not exist.

    """
    place = _PLACE.first(connection, location=location_id)
    if place is None:
        raise NotFound("Warehouse", location_id)
    if order_line_id is None:
        ours = companies.get(connection)
        name = f"{ours.name}, {place.name}" if place.name else ours.name
        own = place if place.street or place.city else ours
        address = Address(name, own.street, own.postal_code, own.city, "", own.country or ours.country)
        return Target(location_id, address.to_json())
    line = _ORDER_LINE.first(connection, line=order_line_id)
    if line is None:
        raise NotFound("Order line", order_line_id)
    return Target(location_id, line.ship_to or line.shipping_address, line.order_id, order_line_id, line.unit)


def open_draft(tx: Transaction, supplier: Supplier, target: Target) -> Any:
    """Lock the draft to a supplier that a line may join: same place, address, currency and order; None without one."""
    for row in _DRAFTS.all(tx.connection, supplier=supplier.id):
        same = (row.location_id, row.order_id, row.currency, row.ship_to)
        if same != (target.location_id, target.order_id, supplier.currency, target.ship_to):
            continue
        head = tx.lock(purchase_order, row.id, "Purchase order")
        if head.state == PurchaseState.DRAFT:  # it may have been sent while we waited
            return head
    return None


def new_draft(tx: Transaction, supplier: Supplier, target: Target, notes: str = "") -> Any:
    """Make a draft to a supplier without lines and give its row.

    Raises:
        Invalid: no rate of the supplier's currency is known.

    """
    purchase_id = new_id()
    rate = journal.converter(tx.connection, supplier.currency, tx.at.date()).rate
    number = tx.number("PO", purchase_id)
    tx.insert(
        purchase_order,
        {
            "id": purchase_id,
            "number": number,
            "state": str(PurchaseState.DRAFT),
            "supplier_id": supplier.id,
            "supplier_name": supplier.name,
            "supplier_address": supplier.address.to_json(),
            "location_id": target.location_id,
            "order_id": target.order_id,
            "ship_to": target.ship_to,
            "currency": supplier.currency,
            "exchange_rate": rate,
            "payment_term": supplier.payment_term,
            "ordered_on": tx.at.date(),
            "expected_on": None,
            "reference": "",
            "sent_at": None,
            "notes": notes,
            "total": Decimal(0),
        },
    )
    tx.record("purchase.written", purchase_id, number=number, supplier=supplier.name)
    return tx.lock(purchase_order, purchase_id, "Purchase order")


def wanted_of(
    tx: Transaction, way: SupplyWay, grains: int, needed_on: date | None, target: Target, work_order_id: UUID | None
) -> Wanted:
    """Complete what a new line asks for from the way of supply.

    Raises:
        Invalid: the quantity cannot be written in any unit of the product.

    """
    known = products.get(tx.connection, way.product_id)
    quantity, unit = _quantity(way, known, grains, target.order_line_id or work_order_id, target.unit)
    due = purchase_lines.earliest(tx.connection, way, tx.at.date())
    return Wanted(
        product=known,
        quantity=quantity,
        unit=unit,
        unit_price=purchase_lines.price_in(way, known, quantity, unit, tx.at.date()),
        requested_on=needed_on,
        expected_on=max(due, needed_on) if needed_on else due,
        supplier_sku=way.supplier_sku,
        supply_id=way.id,
        order_line_id=target.order_line_id,
        work_order_id=work_order_id,
    )


def resize(tx: Transaction, head: Any, line: Any, way: SupplyWay | None, grains: int) -> None:
    """Make a draft's line ask for ``grains``, at the price its quantity has now.

    Raises:
        Invalid: the quantity cannot be written in any unit of the product.

    """
    known = products.get(tx.connection, line.product_id)
    if way is None:
        quantity, unit = purchase_lines.exact_quantity(known, [line.unit], grains)
        price = purchase_lines.converted(line.unit_price, known.factor(line.unit), known.factor(unit), inverse=True)
    else:
        quantity, unit = _quantity(way, known, grains, line.order_line_id or line.work_order_id, line.unit)
        price = purchase_lines.price_in(way, known, quantity, unit, tx.at.date())
    factor = known.factor(unit)
    tx.update(
        purchase_line,
        line.id,
        unit=unit or known.unit,
        numerator=factor.numerator,
        denominator=factor.denominator,
        **purchase_lines.amounts(known, quantity, unit, price, purchase_lines.decimals_of(tx.connection, head)),
    )


def _quantity(
    way: SupplyWay, known: products.Product, grains: int, exactly: UUID | None, unit: str
) -> tuple[Decimal, str]:
    """Give quantity and unit: what goes on to a customer or a work order is exactly as much."""
    if exactly is not None or way.way == Way.DROP_SHIP:
        return purchase_lines.exact_quantity(known, [way.unit, unit], grains)
    return purchase_lines.orderable(known, way, grains), way.unit


_PLACE: Final = Prepared(select(location).where(location.c.id == bindparam("location", type_=Key)))
_ORDER_LINE: Final = Prepared(
    select(
        sales_order_line.c.ship_to,
        sales_order_line.c.unit,
        sales_order.c.id.label("order_id"),
        sales_order.c.shipping_address,
    )
    .join(sales_order, sales_order.c.id == sales_order_line.c.order_id)
    .where(sales_order_line.c.id == bindparam("line", type_=Key))
)
_DRAFTS: Final = Prepared(
    select(
        purchase_order.c.id,
        purchase_order.c.location_id,
        purchase_order.c.order_id,
        purchase_order.c.currency,
        purchase_order.c.ship_to,
    )
    .where(
        purchase_order.c.supplier_id == bindparam("supplier", type_=Key),
        purchase_order.c.state == PurchaseState.DRAFT,
    )
    .order_by(purchase_order.c.id)
)
