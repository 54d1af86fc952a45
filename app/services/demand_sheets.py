"""All of one product's demand at a warehouse as a screen shows it, and how good forecasts were, by group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotFound
from app.models.base import Key
from app.models.demand import Bucket, bucket_after, bucket_of, buckets_between, forecast, forecast_run
from app.models.product import product
from app.models.rounding import round_decimals
from app.models.stock import location
from app.services import demand_forecasts, demand_history, demand_outlook
from app.services.demand_history import Asked
from app.services.statements import Prepared

SHOWN: Final = {Bucket.DAY: 91, Bucket.WEEK: 78, Bucket.MONTH: 36}
"""Buckets of history on show."""
A_YEAR: Final = {Bucket.DAY: 364, Bucket.WEEK: 52, Bucket.MONTH: 12}
_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class Expected:
    """One coming bucket, in stock units; ``said`` is what a person expects instead, with the reason."""

    starts_on: date
    point: Decimal
    low_95: Decimal
    low_80: Decimal
    high_80: Decimal
    high_95: Decimal
    last_year: Decimal
    said: Decimal | None = None
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ValueAdded:
    """How far off past forecasts were, as shares of what was wanted; what a person added is the difference.

    Forecast value added (Gilliland, The Business Forecasting Deal, 2010): the error of a simpler forecast less that of
    the one that was used; above zero, the work on it made it better.
    """

    buckets: int
    naive: Decimal
    statistics: Decimal
    used: Decimal

    @property
    def by_statistics(self) -> Decimal:
        """What the statistics improved on the naive forecast."""
        return self.naive - self.statistics

    @property
    def by_people(self) -> Decimal:
        """What overrides improved on the statistics."""
        return self.statistics - self.used


@dataclass(frozen=True, slots=True)
class DemandSheet:
    """A product at a warehouse: quantities in stock units, rounded to thousandths for reading."""

    head: Any  # a row of models.demand.forecast, with sku, name, unit, grain and warehouse
    bucket: Bucket
    made_on: date
    history: tuple[tuple[date, Decimal], ...]
    ahead: tuple[Expected, ...]
    here: Decimal
    runs_out_on: date | None
    cover_days: int
    value_added: ValueAdded | None


@dataclass(frozen=True, slots=True)
class GroupAccuracy:
    """Errors of a group of forecasts, weighted by what was wanted at list price; None: nothing could be judged."""

    group: str
    forecasts: int
    wape: Decimal | None
    naive_wape: Decimal | None
    bias: Decimal | None
    mase: Decimal | None
    rmsse: Decimal | None


def read(connection: Connection, forecast_id: UUID, today: date) -> DemandSheet:
    """Read all of one forecast, with the history behind it and stock as it is now.

    Raises:
        NotFound: the forecast does not exist.

    """
    head = _HEAD.first(connection, id=forecast_id)
    if head is None:
        raise NotFound("Forecast", str(forecast_id))
    bucket, shelf = Bucket(head.bucket), (head.product_id, head.location_id)
    begins = bucket_after(head.starts_on, bucket, -SHOWN[bucket] - A_YEAR[bucket])
    asked = Asked(begins, head.starts_on - timedelta(days=1), bucket, (), [head.product_id], head.location_id)
    wanted = {one.starts_on: _units(one.grains, head.grain) for one in demand_history.read(connection, asked)}
    shown = bucket_after(head.starts_on, bucket, -SHOWN[bucket])
    first = max(shown, bucket_after(head.starts_on, bucket, -max(1, head.history)))
    days = buckets_between(first, head.starts_on - timedelta(days=1), bucket)
    supply = demand_outlook.read(connection, [head.product_id], today)
    said = demand_forecasts.overrides(connection, head.product_id, head.location_id, bucket)
    points = used(json.loads(head.points), head.starts_on, bucket, said)
    ahead_from = head.starts_on
    return DemandSheet(
        head,
        bucket,
        head.at.date(),
        tuple((day, wanted.get(day, Decimal(0))) for day in days),
        _ahead(head, bucket, wanted, said),
        _units(supply.here.get(shelf, 0), head.grain),
        supply.runs_out_on(shelf, points, ahead_from, bucket),
        supply.cover_days(shelf, points, ahead_from, bucket),
        value_added(connection, head, bucket, today),
    )


def used(points: Sequence[int], starts_on: date, bucket: Bucket, said: dict[date, Any]) -> list[int]:
    """Give the grains to plan by: what a person expects where one said so, else the statistics."""
    found = list(points)
    for number in range(len(found)):
        spoken = said.get(bucket_after(starts_on, bucket, number))
        if spoken is not None and spoken.quantity is not None:
            found[number] = spoken.quantity
    return found


def value_added(connection: Connection, head: Any, bucket: Bucket, today: date) -> ValueAdded | None:
    """Judge past forecasts of a product at a warehouse by what came; None while no forecast bucket is over.

    Of each bucket that is over the last run made by its first day counts, and what a person had said by then.
    """
    runs = _RUNS.all(connection, product=head.product_id, place=head.location_id, bucket=str(bucket))
    over = bucket_of(today, bucket)
    if not runs or runs[0].starts_on >= over:
        return None
    asked = Asked(runs[0].starts_on, over - timedelta(days=1), bucket, (), [head.product_id], head.location_id)
    came = {one.starts_on: one.grains for one in demand_history.read(connection, asked)}
    said = demand_forecasts.said_before(connection, head.product_id, head.location_id, bucket)
    errors, wanted, count = [0, 0, 0], 0, 0
    for start in buckets_between(runs[0].starts_on, over - timedelta(days=1), bucket):
        known = [run for run in runs if run.starts_on <= start and run.at.date() <= start]
        place = len(list(buckets_between(known[-1].starts_on, start, bucket))) - 1 if known else -1
        points = json.loads(known[-1].points) if known else []
        if not 0 <= place < len(points):
            continue
        spoken = [one.quantity for one in said.get(start, ()) if one.at.date() <= start]
        final = spoken[-1] if spoken and spoken[-1] is not None else points[place]
        actual = came.get(start, 0)
        for number, one in enumerate((json.loads(known[-1].naive)[place], points[place], final)):
            errors[number] += abs(one - actual)
        wanted, count = wanted + actual, count + 1
    if not count or not wanted:
        return None
    naive, statistics, final_ = (round_decimals(Fraction(one, wanted), 4) for one in errors)
    return ValueAdded(count, naive, statistics, final_)


def accuracy(connection: Connection, run_id: UUID, by: str = "value_class") -> list[GroupAccuracy]:
    """Tell how good a run's methods were on the buckets held back, by group and for all, worst group first.

    ``by`` is value_class, spread_class, demand_class, method or category.
    """
    rows = _JUDGED.all(connection, run=run_id)
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, by) or "–", []).append(row)
    found = [_judged(group, members) for group, members in groups.items()]
    found.sort(key=lambda one: -(one.wape or Decimal(0)))
    return [_judged("", rows), *found] if rows else []


def _judged(group: str, rows: Sequence[Any]) -> GroupAccuracy:
    known = [row for row in rows if row.wape is not None]
    weights = [Fraction(row.judged, row.grain) * Fraction(max(row.list_price, Decimal("0.01"))) for row in known]
    whole = sum(weights, Fraction(0))

    def mean(column: str) -> Decimal | None:
        if not whole:
            return None
        pairs = [(getattr(row, column), weight) for row, weight in zip(known, weights, strict=True)]
        total = sum((weight for value, weight in pairs if value is not None), Fraction(0))
        if not total:
            return None
        share = sum((Fraction(value) * weight for value, weight in pairs if value is not None), Fraction(0)) / total
        return round_decimals(share, 4)

    measures = (mean(name) for name in ("wape", "naive_wape", "bias", "mase", "rmsse"))
    return GroupAccuracy(group, len(rows), *measures)


def _ahead(head: Any, bucket: Bucket, wanted: dict[date, Decimal], said: dict[date, Any]) -> tuple[Expected, ...]:
    columns = [json.loads(getattr(head, name)) for name in ("points", "low_95", "low_80", "high_80", "high_95")]
    found = list[Expected]()
    for number, figures in enumerate(zip(*columns, strict=True)):
        start = bucket_after(head.starts_on, bucket, number)
        before = wanted.get(bucket_after(start, bucket, -A_YEAR[bucket]), Decimal(0))
        point, low_95, low_80, high_80, high_95 = (_units(one, head.grain) for one in figures)
        one = Expected(start, point, low_95, low_80, high_80, high_95, before)
        spoken = said.get(start)
        if spoken is not None and spoken.quantity is not None:
            other = _units(spoken.quantity, head.grain)
            one = replace(one, said=other, reason=spoken.reason, by=spoken.by)
        found.append(one)
    return tuple(found)


def _units(grains: int, grain: int) -> Decimal:
    """Write grains in stock units, to thousandths: for reading, not for the books."""
    return round_decimals(Fraction(grains, grain), _DECIMALS)


_HEAD: Final = Prepared(
    select(
        forecast,
        forecast_run.c.bucket,
        forecast_run.c.starts_on,
        forecast_run.c.at,
        product.c.sku,
        product.c.name,
        product.c.unit,
        product.c.grain,
        location.c.name.label("warehouse"),
    )
    .select_from(
        forecast.join(forecast_run, forecast_run.c.id == forecast.c.run_id)
        .join(product, product.c.id == forecast.c.product_id)
        .join(location, location.c.id == forecast.c.location_id)
    )
    .where(forecast.c.id == bindparam("id", type_=Key))
)
_RUNS: Final = Prepared(
    select(forecast.c.points, forecast.c.naive, forecast_run.c.starts_on, forecast_run.c.at)
    .select_from(forecast.join(forecast_run, forecast_run.c.id == forecast.c.run_id))
    .where(
        forecast.c.product_id == bindparam("product", type_=Key),
        forecast.c.location_id == bindparam("place", type_=Key),
        forecast_run.c.bucket == bindparam("bucket", type_=forecast_run.c.bucket.type),
    )
    .order_by(forecast_run.c.starts_on, forecast_run.c.at)
)
_JUDGED: Final = Prepared(
    select(
        forecast.c.judged,
        forecast.c.wape,
        forecast.c.naive_wape,
        forecast.c.bias,
        forecast.c.mase,
        forecast.c.rmsse,
        forecast.c.value_class,
        forecast.c.spread_class,
        forecast.c.demand_class,
        forecast.c.method,
        product.c.category,
        product.c.grain,
        product.c.list_price,
    )
    .select_from(forecast.join(product, product.c.id == forecast.c.product_id))
    .where(forecast.c.run_id == bindparam("run", type_=Key))
)
