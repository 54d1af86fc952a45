"""Plain counts of what came in of each product and was not lost: what a storekeeper would have on a slip of paper."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID


class Receipts:
    """Grains by product."""

    def __init__(self) -> None:
        self._there: dict[UUID, int] = defaultdict(int)

    def expect(self, product_id: UUID, grains: int) -> None:
        """Count what came in; what was lost is below zero."""
        self._there[product_id] += grains

    def of(self, product_id: UUID) -> int:
        return self._there[product_id]
