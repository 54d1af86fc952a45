"""The axes of a chart: round numbers and days, few of them, written short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from app.views import format as written

STEPS: Final = 4
THOUSAND: Final = 1000
MILLION: Final = 1_000_000
_ROUND_STEPS: Final = (1, 2, 5, 10)
_DAY_STEPS: Final = (1, 2, 7, 14)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
_MONTHS_FROM: Final = 62
"""From so many days on, months are named instead of days."""
YEAR: Final = 12
_WHOLE_FROM: Final = 10


def ceiling(value: Decimal) -> Decimal:
    """The next round number above ``value``: 1, 2 or 5 times a power of ten, times the steps of the axis."""
    return _round_step(value / STEPS) * STEPS


def _round_step(part: Decimal) -> Decimal:
    power = Decimal(10) ** part.adjusted()
    return next(power * round_step for round_step in _ROUND_STEPS if power * round_step >= part)


def ticks(low: Decimal, high: Decimal, steps: int = STEPS) -> list[Decimal]:
    """Round numbers from at or below ``low`` to at or above ``high``, about ``steps`` apart; they take in zero exactly.

    Raises no error: ``high`` must be above ``low``.
    """
    assert high > low, "an axis has a length"
    step = _round_step((high - low) / steps)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [step * number for number in range(int(first), int(last) + 1)]


def thousands(value: Decimal) -> str:
    """Write an axis value: ``0``, ``750``, ``12 k``, ``−3 M``; below one with the digits it has."""
    size = abs(value)
    if size >= MILLION:
        return f"{written.quantity(round(value / MILLION, 1))} M"
    if size >= THOUSAND:
        return f"{written.quantity(round(value / THOUSAND, 1))} k"
    return written.quantity(round(value, 0 if size >= _WHOLE_FROM else 2))


def days(first: date, last: date, room: int) -> list[tuple[date, str]]:
    """Days to name between two, at most ``room`` of them: months with the year in January, or days of a short time."""
    span = (last - first).days
    if span >= _MONTHS_FROM:
        return _months(first, last, max(1, room))
    step = next((one for one in _DAY_STEPS if span // one < max(1, room)), span or 1)
    return [
        (day, written.short_day(day)) for day in (first + timedelta(days=ahead) for ahead in range(0, span + 1, step))
    ]


def _months(first: date, last: date, room: int) -> list[tuple[date, str]]:
    begin, end = first.year * YEAR + first.month - 1, last.year * YEAR + last.month - 1
    begin += first.day > 1
    step = next((one for one in _MONTH_STEPS if (end - begin) // one < room), _MONTH_STEPS[-1])
    named = [date(month // YEAR, month % YEAR + 1, 1) for month in range(begin, end + 1) if month % step == 0]
    write: Callable[[date], str] = _year if step >= YEAR else _month
    return [(day, write(day)) for day in named]


def _month(day: date) -> str:
    return f"{written.month(day)} {day.year}" if day.month == 1 else written.month(day)


def _year(day: date) -> str:
    return str(day.year)
