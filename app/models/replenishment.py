"""When a product is ordered again for a warehouse, and how much: the rule, and the arithmetic of it in whole grains."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Column, Date, Integer, String, Text, UniqueConstraint

from app.models.base import PRICE, DataClass, Exact, Moment, grains, key, reference, table


class Policy(StrEnum):
    """How a rule orders; ``position`` is what is on hand and on order less what is promised."""

    QUANTITY = "quantity"  # below the order point, one order quantity or as many as bring it back: (s, Q)
    TARGET = "target"  # below the order point, up to the target: (s, S)
    PERIODIC = "periodic"  # every so many days, up to the target: (R, S)


replenishment_rule = table(
    "replenishment_rule",
    DataClass.MASTER,
    key(),
    reference("product_id", "product"),
    reference("location_id", "location"),
    Column("policy", String(12), nullable=False),  # see Policy
    grains("order_point"),  # ordered when the position is below it; may be below zero
    grains("safety_stock"),  # the part of the order point beyond what is expected to be wanted
    grains("amount"),  # the order quantity, or the target to order up to
    grains("weekly"),  # what is expected to be wanted in a week; 0 where nobody worked it out
    Column("most", BigInteger),  # grains there is room for, or that sell before they expire; null: no limit
    Column("review_days", Integer, nullable=False),  # between two reviews, calendar days; 0: whenever asked
    Column("reviewed_on", Date),  # when it was ordered by last
    reference("supply_id", "product_supply", required=False),  # null: the preferred way
    reference("from_location_id", "location", required=False),  # brought from there; null: not brought
    Column("service_level", Exact(PRICE)),  # share of the pieces wanted that is to lie on the shelf; null: not said
    Column("reason", Text, nullable=False),  # in words and numbers, as it was when the rule was chosen
    Column("chosen_by", String(80), nullable=False),
    Column("chosen_at", Moment, nullable=False),
    UniqueConstraint("product_id", "location_id"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How a product is ordered again at a place; in grains.  ``most`` caps what is there and on order."""

    policy: Policy
    order_point: int
    amount: int
    most: int | None = None

    def wanted(self, position: int) -> int:
        """Give how many grains to order at a position: nothing while it has not fallen below the order point."""
        point = self.amount if self.policy == Policy.PERIODIC else self.order_point
        if position >= point:
            return 0
        if self.policy == Policy.QUANTITY and self.amount > 0:
            found = -(-(point - position) // self.amount) * self.amount
        else:
            found = max(self.amount, point) - position
        return found if self.most is None else max(0, min(found, self.most - position))

    @property
    def top(self) -> int:
        """The highest position the rule brings about."""
        top = self.order_point + self.amount if self.policy == Policy.QUANTITY else max(self.amount, self.order_point)
        return top if self.most is None else min(top, self.most)


SHORT_ONLY: Final = Rule(Policy.TARGET, 0, 0)
"""What holds where nobody made a rule: what is promised and not there is ordered, and no more."""
