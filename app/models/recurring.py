"""Orders that are given again every so many weeks or months: on which days, until when."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, String

from app.models.base import DataClass, Key, key, reference, table
from app.models.lines import document_columns


class Rhythm(StrEnum):
    """What the distance between two orders is counted in."""

    WEEK = "week"
    MONTH = "month"


recurring_order = table(
    "recurring_order",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    reference("order_id", "sales_order", index=True),  # the order that is given again
    Column("every", Integer, nullable=False),
    Column("rhythm", String(8), nullable=False),
    Column("starts_on", Date, nullable=False),  # the first day; the others are counted from it
    Column("ends_on", Date),  # the last day an order may be written for; null: no end
    Column("written", Integer, nullable=False),  # how many orders were written
    Column("next_on", Date),  # null: no more are written
    Column("active", Boolean, nullable=False),
    Column("last_id", Key),  # the order written last
    Index("ix_recurring_order_next", "next_on", "id"),
)


LARGEST: Final = 120
"""The longest distance, in weeks or months."""


def occurrence(starts_on: date, every: int, rhythm: Rhythm, index: int) -> date:
    """Give the day of the order with an ``index`` from 0 on.

    Months are counted from the first day, so that one that began on the 31st comes on the last day of shorter months
    and on the 31st again where there is one.
    """
    if rhythm == Rhythm.WEEK:
        return starts_on + timedelta(weeks=every * index)
    year, month = divmod(starts_on.year * 12 + starts_on.month - 1 + every * index, 12)
    return date(year, month + 1, min(starts_on.day, monthrange(year, month + 1)[1]))


def next_days(starts_on: date, every: int, rhythm: Rhythm, ends_on: date | None, first: int, count: int) -> list[date]:
    """Give up to ``count`` days from the one with index ``first`` on, none after ``ends_on``."""
    found = [occurrence(starts_on, every, rhythm, first + place) for place in range(count)]
    return [day for day in found if ends_on is None or day <= ends_on]
