"""What stock is worth by product at the end of a day: what the report's list shows.

The figures are summed from the value ledger, so that any day can be asked for.  Where all warehouses are asked for,
what is on its way between two of them is among them: the rows add up to the journal's account of stock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
)

from app.models.base import Key
from app.models.company import company
from app.models.product import product
from app.models.stock import NOWHERE, Place
from app.models.valuation import value_entry
from app.services.listing import Listing, Words


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: what was booked before ``until`` (UTC), at one warehouse, or what is on its way.

    Without both it is everything.
    """

    until: datetime
    location_id: UUID | None = None
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class ValueRow:
    """What a product was worth; ``quantity`` in grains, ``value`` in the company's currency."""

    id: UUID
    sku: str
    name: str
    category: str
    unit: str
    grain: int
    costing: str
    quantity: int
    value: Decimal

    @property
    def unit_cost(self) -> Fraction | None:
        """What one stock unit cost, exactly; None where none was there."""
        return Fraction(self.value) * self.grain / self.quantity if self.quantity else None


def value_list(scope: Callable[[], Scope]) -> Listing[ValueRow]:
    """Give the list of what products are worth; ``scope`` is asked, on any thread, whenever the list is read."""

    def place() -> UUID:
        return scope().location_id or NOWHERE

    def everything() -> bool:
        return scope().location_id is None and not scope().under_way

    def on_the_way() -> bool:
        return scope().location_id is None

    entry = value_entry.c
    whole = bindparam("everything", callable_=everything, type_=Boolean)
    way = bindparam("on_the_way", callable_=on_the_way, type_=Boolean)
    here = and_(~entry.direct, or_(whole, entry.location_id == bindparam("place", callable_=place, type_=Key)))
    going = and_(entry.place == str(Place.TRANSIT), way)
    before = entry.at < bindparam("until", callable_=lambda: scope().until, type_=entry.at.type)

    def summed(column: ColumnElement[Any], of_type: Any) -> ColumnElement[Any]:
        parts = case((here, column), else_=_NOTHING) - case((going, column), else_=_NOTHING)
        total = func.coalesce(func.sum(parts), _NOTHING, type_=of_type)
        found = select(total).where(entry.product_id == product.c.id, before)
        return found.correlate(product).scalar_subquery()

    quantity, value = summed(entry.quantity, BigInteger()), summed(entry.value, entry.value.type)
    return Listing(
        name="stock_value",
        row=_row,
        source=product,
        columns=(
            product.c.id,
            product.c.sku,
            product.c.name,
            product.c.category,
            product.c.unit,
            product.c.grain,
            _METHOD,
            quantity,
            value,
        ),
        tables=("product", "stock_level", "stock_layer", "company"),
        sorts={"sku": product.c.sku, "name": product.c.name, "category": product.c.category, "value": value},
        default_sort="value",
        default_descending=True,
        filters={"warehouse": lambda _: true(), "costing": lambda method: method == _METHOD},
        search=(Words(product.c.sku, product.c.name, product.c.barcode, product.c.category),),
        totals={"value": func.sum(value, type_=entry.value.type)},
        where=and_(product.c.kind == "goods", or_(quantity != 0, value != _NOTHING)),
    )


def _row(*columns: Any) -> ValueRow:
    key, sku, name, category, unit, grain, costing, quantity, value = columns
    return ValueRow(key, sku, name, category, unit, grain, costing, int(quantity), value)


_NOTHING: Final[ColumnElement[Any]] = literal_column("0")
_METHOD: Final[ColumnElement[Any]] = func.coalesce(
    func.nullif(product.c.costing, ""), select(company.c.costing).limit(1).scalar_subquery()
)
