"""Lines of purchase orders: quantities a supplier can deliver, prices, dates and sums.  Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import PRICE, Key, new_id
from app.models.product import from_grains, product
from app.models.purchase import purchase_line, purchase_order
from app.models.rounding import Rounding, round_decimals, scaled
from app.services import calendars, companies, products, suppliers
from app.services.products import Product
from app.services.statements import Prepared
from app.services.supply_ways import SupplyWay
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one line asks for: ``quantity`` of ``unit`` at ``unit_price`` (of one, in the order's currency)."""

    product: Product
    quantity: Decimal
    unit: str
    unit_price: Decimal
    requested_on: date | None
    expected_on: date | None
    supplier_sku: str = ""
    supply_id: UUID | None = None
    order_line_id: UUID | None = None
    work_order_id: UUID | None = None


def row(purchase_id: UUID, position: int, wanted: Wanted, decimals: int) -> dict[str, Any]:
    """Give the row of a new line.

    Raises:
        Invalid: the quantity or price cannot be taken.

    """
    factor = wanted.product.factor(wanted.unit)
    return {
        "id": new_id(),
        "purchase_id": purchase_id,
        "position": position,
        "product_id": wanted.product.id,
        "sku": wanted.product.sku,
        "supplier_sku": wanted.supplier_sku,
        "name": wanted.product.name,
        "unit": wanted.unit or wanted.product.unit,
        "numerator": factor.numerator,
        "denominator": factor.denominator,
        "received": 0,
        "cancelled": 0,
        "requested_on": wanted.requested_on,
        "expected_on": wanted.expected_on,
        "work_order_id": wanted.work_order_id,
        "supply_id": wanted.supply_id,
        "order_line_id": wanted.order_line_id,
        **amounts(wanted.product, wanted.quantity, wanted.unit, wanted.unit_price, decimals),
    }


def amounts(known: Product, quantity: Decimal, unit: str, unit_price: Decimal, decimals: int) -> dict[str, Any]:
    """Give the columns that follow from quantity and price; the net amount is rounded half away from zero.

    Raises:
        Invalid: the quantity is not above zero or too fine, or the price is below zero.

    """
    if quantity <= 0:
        raise Invalid("quantity", f"Say how much of {known.sku} to order: more than zero.")
    if unit_price < 0:
        raise Invalid("unit_price", f"The price of {known.sku} cannot be below zero.")
    net = round_decimals(Fraction(quantity) * Fraction(unit_price), decimals)
    ordered = known.grains(quantity, unit)
    return {"quantity": quantity, "unit_price": unit_price, "net": net, "ordered": ordered}


def orderable(known: Product, way: SupplyWay, grains: int) -> Decimal:
    """Give the quantity of the way's unit to order for ``grains``: minimum and multiple kept, never less."""
    return way.rounded(known.quantity(grains, way.unit))


def exact_quantity(known: Product, units: Sequence[str], grains: int) -> tuple[Decimal, str]:
    """Write ``grains`` as a decimal quantity of the first unit that can: a drop shipment is what the customer gets.

    Raises:
        Invalid: none of the product's units can write it.

    """
    for unit in dict.fromkeys([*units, known.unit, *known.units]):
        millionths = known.quantity(grains, unit) * 10**PRICE
        if millionths.denominator == 1:
            return scaled(int(millionths), PRICE), unit
    raise Invalid("quantity", f"This part of {known.sku} cannot be written in any of its units. Change the order line.")


def price_in(way: SupplyWay, known: Product, quantity: Decimal, unit: str, on: date) -> Decimal:
    """Give the way's price of one ``unit`` at a quantity of it, nothing where none is known."""
    own, asked = known.factor(way.unit), known.factor(unit)
    units = converted(quantity, asked, own, rounding=Rounding.FLOOR)
    return converted(way.price(units, on) or Decimal(0), own, asked, inverse=True)


def converted(
    value: Decimal, source: Fraction, target: Fraction, *, inverse: bool = False, rounding: Rounding = Rounding.HALF_UP
) -> Decimal:
    """Turn a quantity (or with ``inverse`` a price of one) of a unit into another unit's; to six decimals."""
    if source == target:
        return value
    ratio = target / source if inverse else source / target
    return round_decimals(Fraction(value) * ratio, PRICE, rounding)


def earliest(connection: Connection, way: SupplyWay, on: date) -> date:
    """Give the day that goods come when they are ordered on a day: the lead time in the supplier's working days.

    Raises:
        Invalid: the way has no supplier.

    """
    if way.supplier_id is None:
        raise Invalid("supplier", "This way of supply has no supplier. Choose one in the product.")
    known = suppliers.get(connection, way.supplier_id)
    return calendars.read(connection, known.calendar_id).add(on, way.lead_days)


def of_purchase(connection: Connection, purchase_id: UUID) -> list[Any]:
    """Read the lines of a purchase order in their order, each with the ``grain`` and ``kind`` of its product."""
    return _LINES.all(connection, purchase=purchase_id)


def next_position(rows: Sequence[Any]) -> int:
    """Give the place of a line that is added behind those there are."""
    return max((one.position for one in rows), default=0) + 1


def grain_cost(line: Any, exchange_rate: Decimal, grain: int) -> Fraction | None:
    """What one grain of a line costs in the company's currency, exactly; None where no price is agreed yet."""
    if not line.unit_price:
        return None
    unit = Fraction(line.numerator, line.denominator) * grain
    return Fraction(line.unit_price) / (Fraction(exchange_rate) * unit)


def missing(line: Any) -> int:
    """How many grains of a line are still to come; never below zero."""
    return max(0, int(line.ordered - line.cancelled - line.received))


def shown_quantity(line: Any, grains: int) -> Fraction:
    """Give grains in the unit of a line."""
    return from_grains(grains, Fraction(line.numerator, line.denominator), line.grain)


def lock(tx: Transaction, line_id: UUID) -> tuple[Any, Any]:
    """Lock the purchase order of a line, which locks its lines as well; give both.

    Raises:
        NotFound: the line does not exist.

    """
    purchase_id = _PURCHASE_OF.value(tx.connection, line=line_id)
    if purchase_id is None:
        raise NotFound("Purchase line", line_id)
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    return head, find(of_purchase(tx.connection, purchase_id), line_id, head.number)


def find(rows: Sequence[Any], line_id: UUID, number: str) -> Any:
    """Find a line among those of its purchase order.

    Raises:
        NotAllowed: the line is not on it.

    """
    for one in rows:
        if one.id == line_id:
            return one
    raise NotAllowed(f"This line is not on purchase order {number}. Read it again.")


def sum_up(tx: Transaction, head: Any) -> None:
    """Store the purchase order's total and the last day that something is expected."""
    rows = of_purchase(tx.connection, head.id)
    days = [one.expected_on for one in rows if one.expected_on and missing(one)]
    values = {"total": sum((one.net for one in rows), Decimal(0)), "expected_on": max(days, default=head.expected_on)}
    tx.update(purchase_order, head.id, **values)


def decimals_of(connection: Connection, head: Any) -> int:
    """Read how many decimals amounts of a purchase order have."""
    return companies.decimals(connection, head.currency)


def product_of(connection: Connection, line: Any) -> Product:
    """Read the product of a line."""
    return products.get(connection, line.product_id)


_LINES: Final = Prepared(
    select(purchase_line, product.c.grain, product.c.kind)
    .join(product, product.c.id == purchase_line.c.product_id)
    .where(purchase_line.c.purchase_id == bindparam("purchase", type_=Key))
    .order_by(purchase_line.c.position)
)
_PURCHASE_OF: Final = Prepared(
    select(purchase_line.c.purchase_id).where(purchase_line.c.id == bindparam("line", type_=Key))
)
