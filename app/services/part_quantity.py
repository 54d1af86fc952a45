"""Part of a line's quantity written as a quantity again: in its own unit, or in another one of its product.

One piece of a pack of twelve is no finite number of packs.  It is then written in a unit in which it is one, at
the price of that unit, so that quantity times price still says what is charged.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from app.errors import Invalid
from app.models.base import PRICE
from app.models.rounding import Rounding, round_decimals
from app.services import products


def written(connection: Connection, row: Any, typed: Fraction) -> dict[str, Any]:
    """Write ``typed`` of a stored line's unit: quantity, unit with its factor, and the price of one.

    Raises:
        Invalid: it is a finite number of none of the product's units.

    """
    quantity = finite(typed)
    if quantity is not None:
        return _columns(quantity, row.unit, Fraction(row.numerator, row.denominator), row.unit_price)
    if row.product_id is not None:
        product = products.get(connection, row.product_id)
        factor = Fraction(row.numerator, row.denominator)
        for unit, other in ((product.unit, Fraction(1)), *sorted(product.units.items())):
            quantity = finite(typed * factor / other)
            if quantity is not None:
                price = round_decimals(Fraction(row.unit_price) * other / factor, PRICE, Rounding.HALF_UP)
                return _columns(quantity, unit, other, price)
    raise Invalid("quantity", f"{row.sku}: this part of a {row.unit} cannot be written as a quantity.")


def finite(exact: Fraction) -> Decimal | None:
    """Write a quantity with the decimals a document keeps, or None where that is not exact."""
    scaled = exact * 10**PRICE
    return Decimal(scaled.numerator).scaleb(-PRICE).normalize() + 0 if scaled.denominator == 1 else None


def _columns(quantity: Decimal, unit: str, factor: Fraction, price: Decimal) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "unit": unit,
        "numerator": factor.numerator,
        "denominator": factor.denominator,
        "unit_price": price,
    }
