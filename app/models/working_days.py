"""Working days, and work placed on them: pure arithmetic of calendars and of capacity by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from app.errors import Invalid

DAY: Final = timedelta(days=1)
WEEKDAYS: Final = "1111100"
"""Monday to Friday, as a calendar writes its week."""
LONGEST_REST: Final = 366
"""Days in a row that a calendar may be closed; after that it is taken for one that never opens again."""
FARTHEST: Final = 3_660
"""Days that work is looked for a place on."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days there is work: seven of 0 and 1 from Monday on, and days that differ from their weekday."""

    weekdays: str = WEEKDAYS
    days: Mapping[date, bool] = field(default_factory=dict)

    def works_on(self, day: date) -> bool:
        """Tell whether ``day`` is a working day."""
        return self.days.get(day, self.weekdays[day.weekday()] == "1")

    def on_or_after(self, day: date) -> date:
        """Give the first working day that is not before ``day``.

        Raises:
            Invalid: the calendar has no working day within a year.

        """
        return self._find(day, DAY)

    def on_or_before(self, day: date) -> date:
        """Give the last working day that is not after ``day``.

        Raises:
            Invalid: the calendar has no working day within a year.

        """
        return self._find(day, -DAY)

    def add(self, day: date, count: int) -> date:
        """Count ``count`` working days from ``day``; below zero back; 0 gives the next working day on or after it.

        One working day after a Friday is the Monday, and so it is after the Saturday and Sunday between.

        Raises:
            Invalid: the calendar has no working day within a year.

        """
        if count == 0:
            return self.on_or_after(day)
        for _ in range(abs(count)):
            day = self.on_or_after(day + DAY) if count > 0 else self.on_or_before(day - DAY)
        return day

    def between(self, first: date, last: date) -> int:
        """Count the working days after ``first`` up to and with ``last``; negative when ``last`` is earlier."""
        if last < first:
            return -self.between(last, first)
        return sum(self.works_on(first + DAY * n) for n in range(1, (last - first).days + 1))

    def _find(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_REST):
            if self.works_on(day):
                return day
            day += step
        raise Invalid("calendar", "This calendar has no working day within a year. Open some of its days.")


MONDAY_TO_FRIDAY: Final = Calendar()


@dataclass(frozen=True, slots=True)
class Work:
    """A step to place: what does it (a work center's key), and how many minutes it takes."""

    center: object
    minutes: Fraction


@dataclass(frozen=True, slots=True)
class Slice:
    """Part of a step on one day: ``step`` is its place in the list of steps."""

    step: int
    on: date
    minutes: Fraction


Free = Callable[[object, date], Fraction]
"""Minutes that are free at a work center on a day; none on days without work."""


class _Places:
    """Free minutes by work center and day, less what was placed there just now."""

    def __init__(self, free: Free) -> None:
        self._free = free
        self._taken: dict[tuple[object, date], Fraction] = {}
        self.slices = list[Slice]()

    def take(self, step: int, work: Work, day: date, wanted: Fraction) -> Fraction:
        """Place what can be placed of a step on a day, and give how much that was."""
        taken = self._taken.get((work.center, day), Fraction(0))
        part = min(wanted, max(Fraction(0), self._free(work.center, day) - taken))
        if part > 0:
            self._taken[work.center, day] = taken + part
            self.slices.append(Slice(step, day, part))
        return part


def place_backward(steps: Sequence[Work], due_on: date, earliest: date, free: Free) -> list[Slice] | None:
    """Place steps as late as may be, the last ending on ``due_on``; None when that begins before ``earliest``.

    A step may begin on the day the one before it ends.  The steps are given, and the slices come, in working order.
    """
    places, day = _Places(free), due_on
    for step in range(len(steps) - 1, -1, -1):
        left = steps[step].minutes
        while left > 0:
            if day < earliest:
                return None
            left -= places.take(step, steps[step], day, left)
            if left > 0:
                day -= DAY
    return places.slices[::-1]


def place_forward(steps: Sequence[Work], earliest: date, free: Free) -> list[Slice]:
    """Place steps as early as they may be, none before ``earliest``.

    Raises:
        Invalid: no capacity is free within ten years.

    """
    places, day, last = _Places(free), earliest, earliest + DAY * FARTHEST
    for step, work in enumerate(steps):
        left = work.minutes
        while left > 0:
            if day > last:
                raise Invalid("work_center", "No capacity is free for this work. Add capacity to the work center.")
            left -= places.take(step, work, day, left)
            if left > 0:
                day += DAY
    return places.slices
