"""Products and their units.

A product's stock is counted in *grains*: the stock unit divided into ``grain`` equal parts, chosen
once when the product is made so that every unit it is sold in, with four decimal places, is a
whole number of them.  One of a product stocked in dozens is then exactly 1/12 dozen in the ledger,
and twelve of them are exactly one dozen.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Text, UniqueConstraint

from app.errors import Invalid
from app.models.base import PRICE, DataClass, Exact, Moment, key, reference, table

GRAIN: Final = 3_600_000
"""Parts of the stock unit when no unit asks for more: 1/360 with four decimal places."""

FINEST_GRAIN: Final = 10**15
"""Most parts of a stock unit; pounds and ounces of a product stocked in kilograms need 10^14."""

MOST_GRAINS: Final = 10**18
"""Most grains of one line or move, so that what is stored fits 64 bits."""

product = table(
    "product",
    DataClass.MASTER,
    key(),
    Column("sku", String(60), nullable=False, unique=True),
    Column("name", String(200), nullable=False, index=True),
    Column("description", Text, nullable=False, server_default=""),
    Column("kind", String(8), nullable=False),  # goods | service
    Column("unit", String(24), nullable=False),  # the stock unit
    Column("grain", BigInteger, nullable=False),
    Column("list_price", Exact(PRICE), nullable=False),  # company currency, per stock unit
    Column("tax_codes", String(120), nullable=False, server_default=""),  # separated by spaces
    Column("barcode", String(60), nullable=False, server_default="", index=True),
    Column("category", String(80), nullable=False, server_default=""),
    Column("bin", String(24), nullable=False, server_default=""),
    Column("weight_g", Integer),
    Column("invoice_policy", String(8), nullable=False, server_default=""),  # see InvoicePolicy; empty: the order's
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("tracking", String(8), nullable=False, server_default="none"),  # none | lot | serial
    Column("shelf_life_days", Integer),  # from receipt to expiry, where the supplier gives no date
    Column("length_mm", Integer),
    Column("width_mm", Integer),
    Column("height_mm", Integer),
    Column("sale_unit", String(24), nullable=False, server_default=""),  # what it is sold in; empty: the stock unit
    Column("sale_minimum", Exact(PRICE)),  # of the sale unit
    Column("sale_step", Exact(PRICE)),  # of the sale unit, from the minimum on
    Column("over_delivery", Exact(PRICE)),  # share above the order that may be shipped; null: the company's
    Column("under_delivery", Exact(PRICE)),  # share below the order that still counts as complete
    Column("costing", String(8), nullable=False, server_default=""),  # average | fifo; empty: the company's
    Column("sourced", Boolean, nullable=False, server_default="0"),  # has active rows in product_supply
    Column("composed", Boolean, nullable=False, server_default="0"),  # goods sold with what their bill names besides
    Column("tax_class", String(24), nullable=False, server_default=""),  # what tax rules look at; empty: its kind
)

product_unit = table(
    "product_unit",
    DataClass.MASTER,
    key(),
    reference("product_id", "product"),
    Column("unit", String(24), nullable=False),
    Column("numerator", BigInteger, nullable=False),  # one of this unit is numerator/denominator stock units
    Column("denominator", BigInteger, nullable=False),
    Column("barcode", String(60), nullable=False, server_default="", index=True),
    UniqueConstraint("product_id", "unit"),
)

product_substitute = table(
    "product_substitute",
    DataClass.MASTER,
    key(),
    reference("product_id", "product", index=True),
    reference("substitute_id", "product", index=True),
    Column("rank", Integer, nullable=False),  # the lowest is offered first
    Column("both_ways", Boolean, nullable=False),
    UniqueConstraint("product_id", "substitute_id"),
)

customer_item = table(
    "customer_item",
    DataClass.MASTER,
    key(),
    reference("customer_id", "customer"),
    reference("product_id", "product"),
    Column("number", String(60), nullable=False),  # how the customer calls it; or the barcode on their label
    UniqueConstraint("customer_id", "number"),
    Index("ix_customer_item_product", "product_id"),
)


def grain_for(factors: list[Fraction]) -> int:
    """Choose the grain of a new product sold in units of these factors (stock units in one of each).

    Raises:
        Invalid: no grain is fine enough for all of them.

    """
    grain = GRAIN
    for factor in factors:
        grain = lcm(grain, (factor / 10_000).denominator)
    if grain > FINEST_GRAIN:
        raise Invalid("units", "These units cannot be counted exactly together. Sell them as products of their own.")
    return grain


def to_grains(quantity: Decimal, factor: Fraction, grain: int) -> int:
    """Turn ``quantity`` of a unit that holds ``factor`` stock units into whole grains, exactly.

    Raises:
        Invalid: the product cannot be divided that finely, or the quantity is too large.

    """
    if not quantity.is_finite():
        raise Invalid("quantity", "Type a number.")
    top, bottom = quantity.as_integer_ratio()
    whole, rest = divmod(top * factor.numerator * grain, bottom * factor.denominator)
    if rest:
        raise Invalid("quantity", f"{quantity:f} is finer than this product's stock is counted. Use fewer decimals.")
    if abs(whole) > MOST_GRAINS:
        raise Invalid("quantity", "This quantity is too large.")
    return whole


def from_grains(grains: int, factor: Fraction, grain: int) -> Fraction:
    """How many of a unit that holds ``factor`` stock units are ``grains``; the inverse of :func:`to_grains`."""
    return Fraction(grains * factor.denominator, grain * factor.numerator)


def shown(quantity: Fraction) -> str:
    """Write a quantity for people: whole where it is whole, else at most four decimals."""
    scaled = round(quantity * 10_000)
    return f"{Decimal(scaled).scaleb(-4).normalize() + 0:f}"
