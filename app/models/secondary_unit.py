"""Lines in two units: sold by the piece and priced by the kilogram, or the other way round.

A line keeps the figure that was typed, in the unit it was typed in; the other one follows exactly.  So a second unit
that is chosen anew shows the same goods when the pieces were typed, and other goods when the weight was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from app.errors import Invalid
from app.models.rounding import Rational


@dataclass(frozen=True, slots=True)
class TwoUnitLine:
    """A quantity and a price in a line's unit and in its second unit.

    ``ratio`` is how many of the second unit are one of the line's unit; the customer's own goes before the product's.
    ``figure`` is the quantity as typed, of the second unit where ``in_second``; ``unit_price`` is the exact price for
    one of the line's unit, in the document's currency.  Prices and quantities are rounded only where they are shown.
    """

    ratio: Fraction
    figure: Fraction = Fraction(0)
    in_second: bool = False
    unit_price: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Refuse a ratio that is nothing or less.

        Raises:
            Invalid: see there.

        """
        if self.ratio <= 0:
            raise Invalid("ratio", "Say how much of the second unit one unit is: more than zero.")

    @property
    def quantity(self) -> Fraction:
        """The quantity in the line's unit."""
        return self.figure / self.ratio if self.in_second else self.figure

    @property
    def second_quantity(self) -> Fraction:
        """The quantity in the second unit."""
        return self.figure if self.in_second else self.figure * self.ratio

    @property
    def second_unit_price(self) -> Fraction:
        """The price for one of the second unit."""
        return self.unit_price / self.ratio

    def with_quantity(self, quantity: Rational) -> TwoUnitLine:
        """Type the quantity in the line's unit."""
        return replace(self, figure=Fraction(quantity), in_second=False)

    def with_second_quantity(self, quantity: Rational) -> TwoUnitLine:
        """Type the quantity in the second unit."""
        return replace(self, figure=Fraction(quantity), in_second=True)

    def with_unit_price(self, price: Rational) -> TwoUnitLine:
        """Type the price for one of the line's unit."""
        return replace(self, unit_price=Fraction(price))

    def with_second_unit_price(self, price: Rational) -> TwoUnitLine:
        """Type the price for one of the second unit."""
        return replace(self, unit_price=Fraction(price) * self.ratio)

    def with_second_unit(self, ratio: Fraction) -> TwoUnitLine:
        """Choose another second unit, ``ratio`` of which are one of the line's: what was typed stays as it is.

        The price stays that of the line's unit.

        Raises:
            Invalid: the ratio is nothing or less.

        """
        return replace(self, ratio=ratio)

    def with_unit(self, factor: Fraction) -> TwoUnitLine:
        """Choose another unit for the line, one of which is ``factor`` of the former; prices stay for the same goods.

        Raises:
            Invalid: the factor is nothing or less.

        """
        return replace(self, ratio=self.ratio * factor, unit_price=self.unit_price * factor)
