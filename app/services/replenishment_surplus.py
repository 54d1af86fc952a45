"""Stock that is too much: more than the order point ever brings about, or nothing of it wanted for a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.models.product import product, shown
from app.models.stock import location, stock_level
from app.services import replenishment_demand, replenishment_rules
from app.services.stock_outlook import Shelf

WEEKS_JUDGED: Final = 52
LEAST_WEEKS: Final = 4
"""Less than what is wanted in these weeks beyond the top is not worth a word."""


class Surplus(StrEnum):
    """Why it is too much."""

    DEAD = "dead"  # nothing of it was wanted in the last year
    EXCESS = "excess"  # more is free than the order point and its quantity


@dataclass(frozen=True, slots=True)
class SurplusStock:
    """``grains`` that are free of a product at a warehouse, ``beyond`` of them too much.

    ``weeks`` is how long all that is free lasts at last year's pace, None where nothing was wanted.  ``worth`` is of
    what is too much at the list price, in the company's currency.
    """

    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    warehouse: str
    why: Surplus
    grains: int
    beyond: int
    weeks: Fraction | None
    worth: Fraction

    def written(self, grains: int) -> str:
        """Write grains of the product in its stock unit."""
        return shown(Fraction(grains, self.grain))


def read(connection: Connection, at: datetime) -> list[SurplusStock]:
    """Read what is too much at ``at`` (UTC), what is worth most first.

    What came in for the first time within the year is not called dead: nobody could want it before.
    """
    wanted = replenishment_demand.read(connection, at.date(), WEEKS_JUDGED)
    rules = {(one.product_id, one.location_id): one for one in replenishment_rules.all_of(connection)}
    level = stock_level.c
    rows = connection.execute(
        select(
            level.product_id,
            level.location_id,
            level.free,
            product.c.sku,
            product.c.name,
            product.c.unit,
            product.c.grain,
            product.c.list_price,
            product.c.created_at,
            func.coalesce(location.c.name, "").label("warehouse"),
        )
        .join(product, product.c.id == level.product_id)
        .join(location, location.c.id == level.location_id)
        .where(level.free > 0, location.c.kind == "warehouse", location.c.active)
    )
    found = list[SurplusStock]()
    for row in rows:
        shelf: Shelf = row.product_id, row.location_id
        total = sum(wanted.grains.get(shelf, ()))
        rule = rules.get(shelf)
        if not total and row.created_at.date() < wanted.first:
            why, beyond = Surplus.DEAD, row.free
        elif rule is not None and row.free - rule.rule.top > LEAST_WEEKS * total // WEEKS_JUDGED:
            why, beyond = Surplus.EXCESS, row.free - rule.rule.top
        else:
            continue
        weeks = Fraction(row.free * WEEKS_JUDGED, total) if total else None
        worth = Fraction(row.list_price) * Fraction(beyond, row.grain)
        told = row.sku, row.name, row.unit, row.grain, row.warehouse
        found.append(SurplusStock(row.product_id, *told, why, row.free, beyond, weeks, worth))
    return sorted(found, key=lambda one: (-one.worth, one.sku))
