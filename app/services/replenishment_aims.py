"""What order points are to do, and what was found when they were worked out: values that windows show.

They are worked out in :mod:`app.services.replenishment_study`, which brings numpy with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.models.product import shown
from app.services.replenishment_rules import NewRule, StoredRule


@dataclass(frozen=True, slots=True)
class Aim:
    """What rules are to do: the share of pieces served from the shelf; what an order and a year of holding cost.

    ``order_cost`` is in the company's currency, ``holding_share`` a share of what goods are worth, a year.
    """

    level: Decimal = Decimal("0.95")
    order_cost: Decimal = Decimal(20)
    holding_share: Decimal = Decimal("0.20")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule for a product at a warehouse, beside the one there is; ``cover`` is how many weeks its top lasts."""

    rule: NewRule
    before: StoredRule | None
    sku: str
    name: str
    unit: str
    grain: int
    warehouse: str
    kind: str
    cover: Decimal | None

    def written(self, grains: int) -> str:
        """Write grains of the product in its stock unit."""
        return shown(Fraction(grains, self.grain))


@dataclass(frozen=True, slots=True)
class Point:
    """Per thousand of the pieces wanted that were served from the shelf, and the stock's worth, on average.

    The worth is in whole units of the company's currency.
    """

    served: int
    worth: int


@dataclass(frozen=True, slots=True)
class Study:
    """What was found: rules, the line of all that was possible, today's rules and the proposed ones on it."""

    aim: Aim
    suggestions: tuple[Suggestion, ...]
    line: tuple[Point, ...]
    today: Point | None
    proposed: Point | None
    weeks: int
    items: int
