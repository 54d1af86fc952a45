"""In which quantities a product is sold: from a minimum on, and in steps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from app.errors import Invalid
from app.models.product import shown
from app.models.rounding import Rational


@dataclass(frozen=True, slots=True)
class QuantityRules:
    """The least quantity of a sale and the step of quantities, both in the sale unit called ``unit``; 0 is no rule.

    They are checked in the sale unit whatever unit somebody types, exactly.  Steps count from zero, and only what is
    sold is checked: one piece of a package of ten may come back.
    """

    unit: str
    minimum: Fraction = Fraction(0)
    step: Fraction = Fraction(0)

    @property
    def default(self) -> Fraction:
        """The quantity a new line begins with, in the sale unit: the least that the rules allow, or one."""
        return self.at_least(self.minimum or self.step) or Fraction(1)

    def at_least(self, quantity: Rational) -> Fraction:
        """The least quantity the rules allow that is not below this one; both in the sale unit."""
        wanted = max(Fraction(quantity), self.minimum)
        return ceil(wanted / self.step) * self.step if self.step else wanted

    def check(self, quantity: Rational, factor: Fraction = Fraction(1)) -> None:
        """Refuse a quantity of a unit that holds ``factor`` sale units, if it breaks a rule.

        Raises:
            Invalid: it is below the minimum or between two steps; the text names the nearest that can be sold.

        """
        sold = Fraction(quantity) * factor
        if sold <= 0:
            return
        if sold < self.minimum:
            raise Invalid(
                "quantity",
                f"The smallest quantity of this product is {self._said(self.default)}. Type that or more.",
            )
        if self.step and (sold / self.step).denominator != 1:
            below, above = floor(sold / self.step) * self.step, self.at_least(sold)
            choices = [below, above] if below and below >= self.minimum else [above]
            raise Invalid(
                "quantity",
                f"This product is sold in steps of {self._said(self.step)}. "
                f"Type {' or '.join(self._said(each) for each in choices)}.",
            )

    def _said(self, quantity: Fraction) -> str:
        return f"{shown(quantity)} {self.unit}"
