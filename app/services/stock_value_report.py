"""What stock was worth at the end of a day, by product and warehouse, for the balance sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, bindparam, func, select

from app.models.product import from_grains, product, shown
from app.models.stock import Place, location
from app.models.valuation import value_entry
from app.services.imports.formulas import guarded
from app.services.products import ONE

HEADINGS: Final = ("SKU", "Product", "Warehouse", "Quantity", "Unit", "Value", "Cost of one")
UNDER_WAY: Final = "(on its way)"


@dataclass(frozen=True, slots=True)
class StockValueLine:
    """One product at one warehouse, or on its way between two; ``quantity`` in stock units, exact."""

    sku: str
    name: str
    warehouse: str
    quantity: Fraction
    unit: str
    value: Decimal

    @property
    def unit_cost(self) -> Fraction | None:
        """What one stock unit cost, exactly; None where none was there."""
        return Fraction(self.value) / self.quantity if self.quantity else None


def at_day(connection: Connection, until: datetime) -> list[StockValueLine]:
    """Read what stock was worth just before a time (UTC), in the order of SKUs; nothing that was worth nothing.

    The time is when the next day begins where the company is.  What was booked since, also on goods of that day, is
    left out: the lines add up to what the journal's account of stock held at that time.
    """
    rows: list[tuple[Any, str]] = [(row, str(row.warehouse)) for row in connection.execute(_HERE, {"until": until})]
    rows += [(row, UNDER_WAY) for row in connection.execute(_UNDER_WAY, {"until": until})]
    lines = [
        StockValueLine(row.sku, row.name, place, from_grains(int(row.quantity), ONE, row.grain), row.unit, row.value)
        for row, place in rows
        if row.quantity or row.value
    ]
    return sorted(lines, key=lambda one: (one.sku, one.warehouse == UNDER_WAY, one.warehouse))


def total(lines: Iterable[StockValueLine]) -> Decimal:
    """Add up what the lines are worth."""
    return sum((one.value for one in lines), Decimal(0))


def as_csv(lines: Iterable[StockValueLine]) -> str:
    """Write the lines as CSV with a heading; texts that a spreadsheet would compute are guarded."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for one in lines:
        cost = one.unit_cost
        texts = (guarded(one.sku), guarded(one.name), guarded(one.warehouse), shown(one.quantity), guarded(one.unit))
        writer.writerow((*texts, f"{one.value:.2f}", "" if cost is None else shown(cost)))
    return stream.getvalue()


_E: Final = value_entry.c
_QUANTITY: Final = func.sum(_E.quantity, type_=BigInteger)
_VALUE: Final = func.sum(_E.value, type_=_E.value.type)
_PRODUCT: Final = (product.c.sku, product.c.name, product.c.unit, product.c.grain)
_BEFORE: Final = _E.at < bindparam("until", type_=_E.at.type)
_HERE: Final = (
    select(*_PRODUCT, location.c.name.label("warehouse"), _QUANTITY.label("quantity"), _VALUE.label("value"))
    .join(product, product.c.id == _E.product_id)
    .join(location, location.c.id == _E.location_id)
    .where(_BEFORE, ~_E.direct)
    .group_by(*_PRODUCT, location.c.id, location.c.name)
)
_UNDER_WAY: Final = (
    select(*_PRODUCT, (-_QUANTITY).label("quantity"), (-_VALUE).label("value"))
    .join(product, product.c.id == _E.product_id)
    .where(_BEFORE, _E.place == str(Place.TRANSIT))
    .group_by(*_PRODUCT)
)
