"""Demand and what is expected of it: buckets of time, what a person leaves out, forecasts as they were made.

A forecast is never changed: the next run makes another one, so that each can be judged by what came.  What a person
says of a bucket stands beside the statistics and does not replace them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, String, Text, UniqueConstraint

from app.models.base import PRICE, DataClass, Exact, Moment, grains, key, reference, table

_MONTHS: Final = 12


class Bucket(StrEnum):
    """How long a bucket of demand is: a day, a week from Monday to Sunday (ISO 8601), or a calendar month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


SEASON: Final = {Bucket.DAY: 7, Bucket.WEEK: 52, Bucket.MONTH: 12}
"""Buckets after which the week (of days) or the year begins again."""


def bucket_of(day: date, bucket: Bucket) -> date:
    """Give the first day of the bucket in which a day lies."""
    if bucket is Bucket.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket is Bucket.MONTH else day


def bucket_after(start: date, bucket: Bucket, count: int = 1) -> date:
    """Give the first day of the bucket so many after (before, below zero) the one that begins on ``start``."""
    if bucket is Bucket.MONTH:
        months = start.year * _MONTHS + start.month - 1 + count
        return date(months // _MONTHS, months % _MONTHS + 1, 1)
    return start + timedelta(days=count * (7 if bucket is Bucket.WEEK else 1))


def buckets_between(first: date, last: date, bucket: Bucket) -> Iterator[date]:
    """Give the first days of all buckets from that of ``first`` to that of ``last``."""
    start = bucket_of(first, bucket)
    while start <= last:
        yield start
        start = bucket_after(start, bucket)


demand_exclusion = table(
    "demand_exclusion",
    DataClass.MASTER,
    key(),
    reference("order_line_id", "sales_order_line"),
    Column("reason", String(200), nullable=False),
    Column("left_out", Boolean, nullable=False),  # false: taken in again
    Column("by", String(80), nullable=False),  # who said so last
    Column("at", Moment, nullable=False),
    UniqueConstraint("order_line_id"),
)
"""Order lines that say nothing about what will be wanted: a project of once, a mistake, what came back."""

demand_event = table(
    "demand_event",
    DataClass.MASTER,
    key(),
    Column("name", String(120), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),  # its last day
    Column("percent", Exact(PRICE), nullable=False),  # more (or less, below zero) than without it
    reference("product_id", "product", required=False),  # null: all of the category
    Column("category", String(80), nullable=False),  # empty: every category
    Column("active", Boolean, nullable=False),
)
"""What is known to change demand for some days: a promotion, a fair, a holiday."""

demand_plan = table(
    "demand_plan",
    DataClass.MASTER,
    key(),
    reference("product_id", "product"),
    reference("analogue_id", "product", required=False),  # forecast as this one while its own history is short
    Column("analogue_percent", Exact(PRICE), nullable=False),  # how much of the analogue's demand
    Column("ends_on", Date),  # the last day it is wanted; null: goes on
    UniqueConstraint("product_id"),
)
"""What is known of a product that its history does not say."""

forecast_run = table(
    "forecast_run",
    DataClass.LEDGER,
    key(),
    Column("bucket", String(8), nullable=False),  # Bucket
    Column("starts_on", Date, nullable=False),  # the first bucket that is forecast
    Column("horizon", Integer, nullable=False),  # how many buckets
    Column("series", Integer, nullable=False),  # products at warehouses that were forecast
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_forecast_run_at", "at"),
)

forecast = table(
    "forecast",
    DataClass.LEDGER,
    key(),
    reference("run_id", "forecast_run"),
    reference("product_id", "product"),
    reference("location_id", "location"),
    Column("method", String(40), nullable=False),  # the one that counts most
    Column("demand_class", String(16), nullable=False),  # smooth | erratic | intermittent | lumpy | new
    Column("points", Text, nullable=False),  # JSON: expected grains of each bucket
    Column("low_95", Text, nullable=False),  # JSON: grains, the 2.5 % quantile of each bucket
    Column("low_80", Text, nullable=False),  # 10 %
    Column("high_80", Text, nullable=False),  # 90 %
    Column("high_95", Text, nullable=False),  # 97.5 %
    Column("naive", Text, nullable=False),  # JSON: what the naive forecast says
    grains("expected"),  # the sum of points
    grains("last_year"),  # wanted in the buckets a year before them
    Column("history", Integer, nullable=False),  # buckets since the first demand
    grains("judged"),  # wanted in the last buckets, which were held back to judge the method by
    Column("mase", Exact(PRICE)),  # null: not enough history to judge
    Column("rmsse", Exact(PRICE)),
    Column("wape", Exact(PRICE)),
    Column("bias", Exact(PRICE)),  # share of what was wanted: above zero, too much was expected
    Column("naive_wape", Exact(PRICE)),
    Column("value_class", String(1), nullable=False),  # A | B | C by the value wanted in a year
    Column("spread_class", String(1), nullable=False),  # X | Y | Z by how much demand varies
    Column("runs_out_on", Date),  # the day stock and what is on its way end, if all comes as expected
    Column("rank", BigInteger, nullable=False),  # exceptions first: the lowest is the most urgent
    Index("ix_forecast_run_rank", "run_id", "rank"),
    Index("ix_forecast_product", "product_id", "location_id"),
)

forecast_override = table(
    "forecast_override",
    DataClass.LEDGER,
    key(),
    reference("product_id", "product"),
    reference("location_id", "location"),
    Column("bucket", String(8), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("quantity", BigInteger),  # grains; null: as the statistics say, from now on
    Column("reason", String(200), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_forecast_override_product", "product_id", "location_id", "starts_on"),
)
"""What a person expects instead; the last row of a bucket counts."""
