"""Working days and hours in Rotterdam, as points in time (UTC)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
SATURDAY: Final = 5
HOLIDAYS: Final = frozenset({(1, 1), (4, 27), (12, 25), (12, 26)})
"""Month and day of the Dutch public holidays that have a fixed date."""
BRIDGED: Final = frozenset({(12, 24), (12, 27), (12, 28), (12, 29), (12, 30), (12, 31), (1, 2)})
"""Days between the years on which hardly anyone orders."""


def is_workday(day: date) -> bool:
    """Tell whether the company works on ``day``."""
    return day.weekday() < SATURDAY and (day.month, day.day) not in HOLIDAYS


def last_workday_before(day: date) -> date:
    """Give the last day before ``day`` on which the company works."""
    return workdays_after(day, -1)


def workdays_after(day: date, count: int) -> date:
    """Count working days from ``day``; negative counts go back, and 0 gives ``day`` itself."""
    step = DAY if count > 0 else -DAY
    for _ in range(abs(count)):
        day += step
        while not is_workday(day):
            day += step
    return day


def moment(day: date, minute: int) -> datetime:
    """Give the point in time (UTC) of a minute of the day, as the clock on a wall in Rotterdam shows it.

    Central European Time, one hour ahead of UTC; summer time from the last Sunday of March to the last
    Sunday of October (EU directive 2000/84/EC).  Only for daytime: the nights of the change are not met.
    """
    ahead = 2 if _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10) else 1
    return datetime.combine(day, time(), UTC) + timedelta(minutes=minute - 60 * ahead)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
