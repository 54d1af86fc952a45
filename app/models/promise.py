"""Available to promise: what can still be sold of a product, and on which day, without breaking a promise.

Pure arithmetic over dated receipts and promises in whole grains.  The rule is the cumulative one: what may be promised
on a day is the lowest projected balance from that day on, so that an accepted promise never makes an earlier one late.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Flow:
    """Grains that come in or are promised to leave on a day; a day in the past counts as today."""

    on: date
    grains: int


@dataclass(frozen=True, slots=True)
class Portion:
    """So many grains on one day."""

    on: date
    grains: int


@dataclass(frozen=True, slots=True)
class Split:
    """The answer to a quantity: what can leave on which day, earliest first; ``missing`` cannot be said at all."""

    portions: tuple[Portion, ...]
    missing: int

    @property
    def ready_on(self) -> date | None:
        """The day all of it is there; None where some of it is missing or nothing was asked."""
        return self.portions[-1].on if self.portions and not self.missing else None


class Projection:
    """The balance of one product at one place, day by day from ``today`` on.

    What comes in and what leaves on the same day meet: goods received in the morning may leave in the evening.
    """

    __slots__ = ("_changes", "_days", "_lowest", "_start", "today")

    def __init__(
        self, today: date, on_hand: int = 0, receipts: Iterable[Flow] = (), promises: Iterable[Flow] = ()
    ) -> None:
        """Start with ``on_hand`` free grains; below zero where more is promised than there is."""
        self.today, self._start = today, on_hand
        self._changes: dict[date, int] = {}
        self._days: list[date] = []
        self._lowest: list[int] | None = None
        for flow in receipts:
            self.add(flow.on, flow.grains)
        for flow in promises:
            self.add(flow.on, -flow.grains)

    def add(self, on: date, grains: int) -> None:
        """Let ``grains`` come in on a day; leave, where they are less than zero."""
        day = max(on, self.today)
        change = self._changes.pop(day, 0) + grains
        if change:
            self._changes[day] = change
        self._lowest = None

    def copy(self) -> Projection:
        """Give one that may be changed on its own."""
        other = Projection(self.today, self._start)
        other._changes.update(self._changes)
        other._days, other._lowest = self._days, self._lowest  # neither is ever changed in its place
        return other

    def balances(self) -> list[Portion]:
        """The balance at the end of today and of each day on which it changes."""
        return [Portion(day, balance) for day, balance in zip(self._sorted_days(), self._sums(), strict=True)]

    def figures(self) -> list[Portion]:
        """What may be promised from today and from each day on which that changes, below zero where short."""
        lowest = self._lows()
        found = [Portion(self._days[0], lowest[0])]
        for day, low in zip(self._days[1:], lowest[1:], strict=True):
            if low != found[-1].grains:
                found.append(Portion(day, low))
        return found

    def available(self, on: date) -> int:
        """How much more may leave on a day: the lowest balance from then on, never below zero."""
        lowest = self._lows()
        return max(0, lowest[max(0, bisect_right(self._days, on) - 1)])

    def earliest(self, grains: int) -> date | None:
        """The first day on which ``grains`` more can leave at once; None where no receipt known will do."""
        lowest = self._lows()
        return next((day for day, low in zip(self._days, lowest, strict=True) if low >= grains), None)

    def split(self, grains: int, *, from_day: date | None = None, until: date | None = None) -> Split:
        """Answer a quantity in portions: what can leave first, and the rest on the days it comes free.

        ``from_day``: nothing is wanted earlier; ``until``: what comes free later does not count.
        """
        portions = list[Portion]()
        start = max(from_day or self.today, self.today)
        left = grains
        days = [start, *(day for day in self._sorted_days() if day > start and (until is None or day <= until))]
        taken = 0
        for day in days:
            more = min(left, self.available(day) - taken)
            if more > 0:
                portions.append(Portion(day, more))
                taken, left = taken + more, left - more
            if not left:
                break
        return Split(tuple(portions), left)

    def _sorted_days(self) -> list[date]:
        if self._lowest is None:
            self._days = sorted({self.today, *self._changes})
        return self._days

    def _sums(self) -> list[int]:
        changes = [self._changes.get(day, 0) for day in self._sorted_days()]
        return list(accumulate(changes, initial=self._start))[1:]

    def _lows(self) -> list[int]:
        if self._lowest is None:
            self._lowest = list(accumulate(reversed(self._sums()), min))[::-1]
        return self._lowest


def available_now(records: Iterable[tuple[int, int]], *, allow_negative: bool = False) -> int:
    """What is available at a place: quantity less reserved, counted over all its records.

    More reserved in one record eats up what is free in another; the answer is below zero only when asked for.
    """
    found = sum(quantity - reserved for quantity, reserved in records)
    return found if allow_negative else max(0, found)


@dataclass(frozen=True, slots=True)
class PlannedShipment:
    """A shipment planned for a day: of each product so many grains."""

    on: date
    grains: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EarlyPlan:
    """When a planned shipment could go: all of it, the first part of it, and how much of it that part is."""

    whole_on: date
    first_on: date
    share_first: Fraction


def plan_early(
    today: date, receipts: Mapping[str, Sequence[Flow]], shipments: Mapping[str, PlannedShipment]
) -> dict[str, EarlyPlan]:
    """Tell of planned shipments whether they could go earlier, each by itself with all others as planned.

    Free on a day for a line is the lowest projected balance from that day on with the line's own grains put back.  A
    line goes on the first day on which all of it is free.  Where there is no such day before the planned one, what is
    free today goes today and the rest as planned.
    """
    projections = dict[str, Projection]()
    for product in {name for each in shipments.values() for name in each.grains}:
        leaving = [Flow(each.on, each.grains[product]) for each in shipments.values() if product in each.grains]
        projections[product] = Projection(today, 0, receipts.get(product, ()), leaving)
    found = {}
    for name, planned in shipments.items():
        lines = [
            _early_line(projections[product], planned.on, grains)
            for product, grains in planned.grains.items()
            if grains
        ]
        found[name] = _early_plan(lines, planned)
    return found


def _early_line(projection: Projection, planned_on: date, grains: int) -> Split:
    without = projection.copy()
    without.add(planned_on, grains)
    day = without.earliest(grains)
    if day is not None and day < planned_on:
        return Split((Portion(day, grains),), 0)
    first = min(grains, without.available(without.today)) if planned_on > without.today else 0
    rest = Portion(planned_on, grains - first)
    return Split((Portion(without.today, first), rest) if first else (rest,), 0)


def _early_plan(lines: Sequence[Split], planned: PlannedShipment) -> EarlyPlan:
    portions = [portion for line in lines for portion in line.portions]
    if not portions:
        return EarlyPlan(planned.on, planned.on, Fraction(1))
    first_on = min(portion.on for portion in portions)
    first = sum(portion.grains for portion in portions if portion.on == first_on)
    return EarlyPlan(
        max(portion.on for portion in portions), first_on, Fraction(first, sum(p.grains for p in portions))
    )
