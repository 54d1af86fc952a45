"""The days a dashboard is about, and the days they are compared with."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.models.books import Period

A_DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
_QUARTER: Final = 3
_YEAR: Final = 12


class Choice(StrEnum):
    """The periods one may choose."""

    LAST_WEEK = "last_week"  # Monday to Sunday
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    TWELVE_MONTHS = "twelve_months"  # the running month and the eleven before it


@dataclass(frozen=True, slots=True)
class Days:
    """From ``first`` to ``last``, both within."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are asked about, those of the period before, and those a year ago.

    Of a period that is still running, only as many days of the others count as have passed of it, so that like is
    compared with like.
    """

    choice: Choice
    now: Days
    before: Days
    year_ago: Days


def span(choice: Choice, today: date) -> Span:
    """Give the days of a period as seen on a day; a week is compared with the same weekdays 52 weeks before."""
    if choice is Choice.LAST_WEEK:
        monday = today - timedelta(days=today.weekday()) - WEEK
        return Span(choice, _week(monday), _week(monday - WEEK), _week(monday - 52 * WEEK))
    months, back = _SHAPES[choice]
    if choice is Choice.TWELVE_MONTHS:
        begin = months_back(today.replace(day=1), _YEAR - 1)
    else:
        begin = months_back(date(today.year, (today.month - 1) // months * months + 1, 1), back * months)
    end = months_back(begin, -months) - A_DAY
    last = min(end, today)
    return Span(choice, Days(begin, last), _earlier(begin, last, end, months), _earlier(begin, last, end, _YEAR))


def _week(monday: date) -> Days:
    return Days(monday, monday + WEEK - A_DAY)


def _earlier(begin: date, last: date, end: date, months: int) -> Days:
    """Move days back by whole months; a whole period becomes a whole one, whatever days its months have."""
    first = months_back(begin, months)
    if last == end:
        return Days(first, months_back(end + A_DAY, months) - A_DAY)
    return Days(first, months_back(last, months))


def months_back(day: date, months: int) -> date:
    """Give the same day some months before; the month's last day where it has no such day."""
    number = day.year * _YEAR + day.month - 1 - months
    year, month = divmod(number, _YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_months(day: date, count: int = _YEAR) -> list[date]:
    """Give the first days of the last months up to that of a day, the earliest first."""
    return [months_back(Period.of(day).first, number) for number in range(count - 1, -1, -1)]


_SHAPES: Final = {
    Choice.THIS_MONTH: (1, 0),
    Choice.LAST_MONTH: (1, 1),
    Choice.THIS_QUARTER: (_QUARTER, 0),
    Choice.LAST_QUARTER: (_QUARTER, 1),
    Choice.THIS_YEAR: (_YEAR, 0),
    Choice.LAST_YEAR: (_YEAR, 1),
    Choice.TWELVE_MONTHS: (_YEAR, 0),
}
"""How many months a period has, and how many periods back it is."""
