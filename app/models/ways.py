"""How a product may be had, as values: sources with lead times, lots and prices, lanes between warehouses, capacity.

Whatever is stored of suppliers, bills and routes is read into these, so that planning is pure arithmetic.  Quantities
are whole grains of their own product; what is per piece of another is an exact fraction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil
from uuid import UUID

from app.models.promise import Projection
from app.models.supply import Way
from app.models.working_days import MONDAY_TO_FRIDAY, Calendar

MADE = frozenset({Way.MAKE, Way.ASSEMBLE, Way.OUTSOURCE, Way.KIT})
"""The ways that need components."""
PRICED = frozenset({Way.BUY, Way.DROP_SHIP, Way.OUTSOURCE})
"""The ways that somebody is paid for."""


@dataclass(frozen=True, slots=True)
class Item:
    """A product: how it is called and counted, and what one grain of it costs to replace, where that is known."""

    id: UUID
    name: str
    grain: int = 1
    cost: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A component: grains of it for one grain made, and grains of it once for all."""

    product_id: UUID
    each: Fraction
    once: int = 0

    def of(self, grains: int) -> int:
        """What is needed for ``grains``; a part of a grain is a whole one."""
        return ceil(self.each * grains) + self.once if grains else 0


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the route: minutes at a work center to set up, and for each grain made."""

    center_id: UUID
    setup: Fraction
    each: Fraction

    def minutes(self, grains: int) -> Fraction:
        """How long ``grains`` take."""
        return self.setup + self.each * grains


@dataclass(frozen=True, slots=True)
class Tier:
    """From this quantity on one grain costs so much, in the company's currency."""

    from_grains: int
    cost: Fraction


@dataclass(frozen=True, slots=True)
class Source:
    """One way to have a product, other than from a shelf of ours.

    ``lead_days`` are working days of ``calendar``: the supplier's for what is bought, sent by them or made by them;
    for what is made here, ours, besides the steps.  At least ``minimum`` is had at once, in multiples of ``multiple``.
    """

    id: UUID
    way: Way
    rank: int = 0
    partner: str = ""
    lead_days: int = 0
    calendar: Calendar = MONDAY_TO_FRIDAY
    minimum: int = 0
    multiple: int = 0
    tiers: tuple[Tier, ...] = ()
    needs: tuple[Need, ...] = ()
    steps: tuple[Step, ...] = ()
    stock_first: bool = True

    def lot(self, grains: int) -> int:
        """How much must be had so that ``grains`` are there."""
        most = max(grains, self.minimum)
        return -(-most // self.multiple) * self.multiple if self.multiple else most

    def price(self, grains: int) -> Fraction | None:
        """What one grain costs when so many are had, the cheapest that fits; None where no price is known for them."""
        return min((tier.cost for tier in self.tiers if tier.from_grains <= grains), default=None)


@dataclass(frozen=True, slots=True)
class Lane:
    """The way from another warehouse of ours: working days on the road."""

    from_place: UUID
    name: str
    days: int
    calendar: Calendar = MONDAY_TO_FRIDAY
    rank: int = 0

    def leaves(self, by: date) -> date:
        """The last day to leave so as to be there ``by`` a day."""
        return self.calendar.add(by, -self.days) if self.days else by

    def arrives(self, on: date) -> date:
        """The day it is there when it leaves ``on`` a day."""
        return self.calendar.add(on, self.days) if self.days else on


@dataclass(slots=True)
class Center:
    """A work center: minutes on each working day, and what is booked of them."""

    name: str
    minutes_a_day: int
    calendar: Calendar = MONDAY_TO_FRIDAY
    booked: dict[date, Fraction] = field(default_factory=dict)

    def free(self, day: date) -> Fraction:
        """Minutes that are free on a day."""
        if not self.calendar.works_on(day):
            return Fraction(0)
        return max(Fraction(0), self.minutes_a_day - self.booked.get(day, Fraction(0)))

    def book(self, day: date, minutes: Fraction) -> None:
        """Take minutes of a day; give them back where they are below zero."""
        self.booked[day] = self.booked.get(day, Fraction(0)) + minutes


@dataclass(slots=True)
class World:
    """All that a promise is made from.  Planning takes from its stock and capacity, so it is made anew for each run.

    ``stock`` is the projection of a product at a place; ``sources`` are the ways to have a product; ``lanes`` lead
    into a place; ``calendar`` is ours.
    """

    today: date
    items: Mapping[UUID, Item]
    stock: dict[tuple[UUID, UUID], Projection]
    sources: Mapping[UUID, Sequence[Source]] = field(default_factory=dict)
    lanes: Mapping[UUID, Sequence[Lane]] = field(default_factory=dict)
    centers: Mapping[UUID, Center] = field(default_factory=dict)
    calendar: Calendar = MONDAY_TO_FRIDAY

    def projection(self, product_id: UUID, place: UUID) -> Projection:
        """The balance of a product at a place; empty where nothing is known."""
        try:
            return self.stock[product_id, place]
        except KeyError:
            found = self.stock[product_id, place] = Projection(self.today)
            return found
