"""The key figures of a company in plain Python: what the machine expects the books to say."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from uuid import UUID


class PlainBooks:
    """Goods in grains by product and order line; money in each customer's currency."""

    def __init__(self) -> None:
        self.on_hand: defaultdict[UUID, int] = defaultdict(int)
        self.shipped: defaultdict[UUID, int] = defaultdict(int)
        self.returned: defaultdict[UUID, int] = defaultdict(int)
        self.invoiced: defaultdict[UUID | None, Decimal] = defaultdict(Decimal)
        self.paid: defaultdict[UUID | None, Decimal] = defaultdict(Decimal)
        self.balance: defaultdict[UUID, Decimal] = defaultdict(Decimal)

    def ship(self, product: UUID, line: UUID, grains: int) -> None:
        self.on_hand[product] -= grains
        self.shipped[line] += grains

    def give_back(self, product: UUID, line: UUID, good: int, scrap: int) -> None:
        self.on_hand[product] += good
        self.returned[line] += good + scrap

    def post(self, customer: UUID, order: UUID | None, total: Decimal) -> None:
        self.invoiced[order] += total
        self.balance[customer] += total

    def pay(self, customer: UUID, amount: Decimal) -> None:
        self.balance[customer] -= amount

    def settle(self, order: UUID | None, amount: Decimal) -> None:
        self.paid[order] += amount
