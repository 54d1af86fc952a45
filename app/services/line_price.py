"""The price of a line while it is being agreed: list price, margin, discount and unit price, each from the others.

A price is agreed for one *pricing unit*.  Where the quantity is typed in another unit the exact factor between
them goes into the line's total, never the rounded price of the typed unit: 20 pieces of a pack of four at
182,193.74 are 910,968.70, although one piece shows as 45,548.44.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.models.rounding import Rational, Rounding, round_decimals, round_step

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")


class Agreed(StrEnum):
    """Which of the three was typed; the other two follow from it."""

    PERCENT = "percent"
    AMOUNT = "amount"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class LinePrice:
    """A price for one pricing unit, in the document's currency.

    ``decimals`` are the places of a unit price, ``discount_decimals`` those of a percentage.  A margin is
    added to the list price first (``margin_percent``, then ``margin_amount``), the discount comes off that;
    ``value`` is what was typed last: a percentage, an amount per pricing unit, or the unit price.
    """

    list_price: Decimal
    decimals: int = 4
    discount_decimals: int = 2
    margin_percent: Decimal = ZERO
    margin_amount: Decimal = ZERO
    agreed: Agreed = Agreed.PERCENT
    value: Rational = ZERO
    rounding: Rounding = Rounding.HALF_UP

    @property
    def price_with_margin(self) -> Decimal:
        """The price that discounts come off."""
        raised = Fraction(self.list_price) * (100 + Fraction(self.margin_percent)) / 100
        return round_decimals(raised + Fraction(self.margin_amount), self.decimals, self.rounding)

    @property
    def unit_price(self) -> Decimal:
        """The price of one pricing unit after margin and discount."""
        return round_decimals(self.exact_unit_price, self.decimals, self.rounding)

    @property
    def exact_unit_price(self) -> Fraction:
        """The same as the line counts it: rounded like every price, but for one typed for another unit."""
        if self.agreed is Agreed.PRICE:
            return Fraction(self.value)
        full = self.price_with_margin
        if self.agreed is Agreed.AMOUNT:
            return Fraction(full) - Fraction(round_decimals(self.value, self.decimals, self.rounding))
        left = Fraction(full) * (100 - Fraction(self.discount_percent)) / 100
        return Fraction(round_decimals(left, self.decimals, self.rounding))

    @property
    def discount_amount(self) -> Decimal:
        """What the discount takes off one pricing unit; below zero a surcharge."""
        return self.price_with_margin - self.unit_price

    @property
    def discount_percent(self) -> Decimal:
        """The discount in percent of the price with margin; nothing where that is nothing."""
        if self.agreed is Agreed.PERCENT:
            return round_decimals(self.value, self.discount_decimals, self.rounding)
        full = Fraction(self.price_with_margin)
        if not full:
            return round_decimals(0, self.discount_decimals)
        return round_decimals((full - self.exact_unit_price) / full * 100, self.discount_decimals, self.rounding)

    def with_discount_percent(self, percent: Decimal) -> LinePrice:
        """Agree on a discount in percent."""
        return replace(self, agreed=Agreed.PERCENT, value=percent)

    def with_discount_amount(self, amount: Decimal) -> LinePrice:
        """Agree on an amount off one pricing unit."""
        return replace(self, agreed=Agreed.AMOUNT, value=amount)

    def with_unit_price(self, price: Rational, *, factor: Fraction = Fraction(1)) -> LinePrice:
        """Agree on the price of one typed unit, which holds ``factor`` pricing units."""
        return replace(self, agreed=Agreed.PRICE, value=Fraction(price) / factor)

    def price_of(self, factor: Fraction) -> Decimal:
        """Give the price of one typed unit of ``factor`` pricing units, as it is shown."""
        return round_decimals(self.exact_unit_price * factor, self.decimals, self.rounding)

    def line_total(self, quantity: Rational, *, factor: Fraction = Fraction(1), step: Decimal = CENT) -> Decimal:
        """Give quantity x price, exactly until it is rounded to the currency's ``step``."""
        return round_step(Fraction(quantity) * factor * self.exact_unit_price, step, self.rounding)
