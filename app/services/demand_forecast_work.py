"""The part of a forecast run that computes: it reads the books, knows numpy and writes nothing.

It runs in a process of its own (see :mod:`app.services.demand_forecasts`), so that the window stays free and never
loads numpy.  Statistics are floats here; what leaves are whole grains and millionths, rounded in :func:`_grains` and
:func:`_share`, nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, select

from app.models.demand import SEASON, Bucket, bucket_after, buckets_between, demand_event, demand_plan
from app.models.product import product
from app.services import demand_history, demand_outlook
from app.services.database import Database
from app.services.demand_history import Asked
from app.services.demand_outlook import Supply
from app.services.forecasting import accuracy, backtest, intervals, lead_time_demand
from app.services.forecasting.history import Floats, first_demand

LEVELS: Final = (0.025, 0.1, 0.9, 0.975)
CLASSES: Final = ("smooth", "erratic", "intermittent", "lumpy")
MEASURES: Final = ("mase", "rmsse", "wape", "bias", "naive_wape")
SHORT: Final = 8
"""Buckets of own history below which a product with an analogue is forecast as that."""
A_SHARE: Final = 0.8
B_SHARE: Final = 0.95
X_MOST: Final = 0.5
Y_MOST: Final = 1.0
"""Coefficients of variation up to which demand is steady (X), or varies (Y); the usual limits of ABC/XYZ analysis."""
YEAR: Final = {Bucket.DAY: 364, Bucket.WEEK: 52, Bucket.MONTH: 12}
_MILLIONTHS: Final = 1_000_000
_MOST_SHARE: Final = 1_000_000.0
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is to forecast: buckets from ``starts_on`` on, by the history of ``years`` before."""

    url: str
    today: date
    bucket: Bucket
    starts_on: date
    horizon: int
    years: int = 3


@dataclass(frozen=True, slots=True)
class Made:
    """The forecast of one product at one warehouse; quantities in grains, shares exact; see models.demand.forecast."""

    product_id: UUID
    location_id: UUID
    method: str
    demand_class: str
    points: tuple[int, ...]
    quantiles: tuple[tuple[int, ...], ...]
    naive: tuple[int, ...]
    last_year: int
    history: int
    judged: int
    mase: Decimal | None
    rmsse: Decimal | None
    wape: Decimal | None
    bias: Decimal | None
    naive_wape: Decimal | None
    value_class: str
    spread_class: str
    runs_out_on: date | None


@dataclass(frozen=True, slots=True)
class _Past:
    """History as arrays: ``units`` (series, buckets) in stock units, what is known of each series beside it."""

    keys: list[tuple[UUID, UUID]]
    products: dict[UUID, Any]
    units: Floats
    plans: dict[UUID, Any]
    lift: Floats  # (series, buckets + horizon) what events multiply demand with
    supply: Supply


def compute(order: Order, tell: Tell) -> list[Made]:
    """Forecast every product at every warehouse where it was wanted; ``tell`` is given how far it is, of 100."""
    database = Database(order.url)
    try:
        past = database.read(lambda connection: _read(connection, order))
    finally:
        database.close()
    tell(25)
    if not past.keys:
        return []
    return _forecast(order, past, tell)


def _read(connection: Connection, order: Order) -> _Past:
    last = bucket_after(order.starts_on, order.bucket, -1)
    first = bucket_after(order.starts_on, order.bucket, -order.years * YEAR[order.bucket])
    asked = Asked(first, order.starts_on - timedelta(days=1), order.bucket)
    wanted = select(product).where(product.c.active, product.c.kind == "goods")
    products = {row.id: row for row in connection.execute(wanted)}
    plans = {row.product_id: row for row in connection.execute(select(demand_plan))}
    demands = [one for one in demand_history.read(connection, asked) if one.of[0] in products]
    begun = min((one.starts_on for one in demands), default=last)
    starts = list(buckets_between(begun, last, order.bucket))
    place = {start: number for number, start in enumerate(starts)}
    keys = list(dict.fromkeys((one.of[0], one.of[1]) for one in demands))
    keys += _planned_only(plans, products, keys)
    row = {key: number for number, key in enumerate(keys)}
    grains = np.zeros((len(keys), len(starts)))
    for one in demands:
        grains[row[one.of[0], one.of[1]], place[one.starts_on]] += one.grains
    sizes = np.array([products[product_id].grain for product_id, _ in keys], dtype=np.float64)
    units = grains / sizes[:, None] if len(keys) else grains
    events = connection.execute(select(demand_event).where(demand_event.c.active)).all()
    ahead = [bucket_after(order.starts_on, order.bucket, number) for number in range(order.horizon)]
    lift = _lift(events, [*starts, *ahead], keys, products, order.bucket)
    supply = demand_outlook.read(connection, [product_id for product_id, _ in keys], order.today)
    return _Past(keys, products, units, plans, lift, supply)


def _planned_only(
    plans: dict[UUID, Any], products: dict[UUID, Any], keys: Sequence[tuple[UUID, UUID]]
) -> list[tuple[UUID, UUID]]:
    """Give products that nobody wanted yet, at the warehouses of their analogues."""
    places: dict[UUID, list[UUID]] = {}
    for product_id, location_id in keys:
        places.setdefault(product_id, []).append(location_id)
    return [
        (product_id, location_id)
        for product_id, plan in plans.items()
        if product_id in products and product_id not in places and plan.analogue_id
        for location_id in places.get(plan.analogue_id, ())
    ]


def _lift(
    events: Sequence[Any],
    starts: Sequence[date],
    keys: Sequence[tuple[UUID, UUID]],
    products: dict[UUID, Any],
    bucket: Bucket,
) -> Floats:
    """Return ``(series, buckets)`` what events multiply demand with: by their percent for the days they cover."""
    found = np.ones((len(keys), len(starts)))
    for event in events:
        share = np.array([_covered(event, start, bucket_after(start, bucket)) for start in starts], dtype=np.float64)
        factor = np.maximum(1 + np.array(event.percent, dtype=np.float64) / 100 * share, 0.01)
        rows = [number for number, (product_id, _) in enumerate(keys) if _concerns(event, products[product_id])]
        found[rows] *= factor
    return found


def _covered(event: Any, start: date, after: date) -> Fraction:
    """Give the share of a bucket's days that an event lasts."""
    days = (min(event.ends_on + timedelta(days=1), after) - max(event.starts_on, start)).days
    return Fraction(max(0, days), (after - start).days)


def _concerns(event: Any, row: Any) -> bool:
    if event.product_id is not None:
        return bool(event.product_id == row.id)
    return not event.category or row.category == event.category or row.category.startswith(f"{event.category}/")


def _forecast(order: Order, past: _Past, tell: Tell) -> list[Made]:
    count = past.units.shape[1]
    usual = past.units / past.lift[:, :count]
    _follow_analogues(usual, past)
    season = SEASON[order.bucket]
    found = backtest.forecast(usual, order.horizon, season)
    tell(55)
    how = intervals.calibrate(usual, 1)
    steps = [
        lead_time_demand.quantiles(usual, 1, np.array(LEVELS), how.family, mean=found.mean[:, step], spread=how.spread)
        for step in range(order.horizon)
    ]
    quantiles = np.stack(steps, axis=2)  # (series, levels, horizon)
    tell(75)
    lift = past.lift[:, count:]
    mean, quantiles = found.mean * lift, quantiles * lift[:, None, :]
    _end(mean, quantiles, past, order)
    naive = _naive(usual, order.horizon, season) * lift
    judged = _judge(usual, past.units, order.horizon, season)
    tell(95)
    classes = [CLASSES[number] for number in backtest.demand_class(usual, first_demand(usual)).tolist()]
    values, spreads = _value_classes(past, order), _spread_classes(usual)
    return [
        _made(order, past, row, found.chosen[row], classes[row], (mean, quantiles, naive), judged, values, spreads)
        for row in range(len(past.keys))
    ]


def _made(  # noqa: PLR0917  what was computed of all, and the number of one
    order: Order,
    past: _Past,
    row: int,
    method: str,
    demand_class: str,
    figures: tuple[Floats, Floats, Floats],
    judged: dict[str, Floats],
    values: list[str],
    spreads: list[str],
) -> Made:
    product_id, location_id = past.keys[row]
    grain: int = past.products[product_id].grain
    mean, quantiles, naive = figures
    count = past.units.shape[1]
    back = YEAR[order.bucket]
    a_year_ago = past.units[row, count - back : count - back + order.horizon] if count >= back else np.zeros(1)
    start = int(first_demand(past.units[row : row + 1])[0])
    points = _grains(mean[row], grain)
    shares = {name: _share(judged[name][row]) for name in MEASURES}
    return Made(
        product_id,
        location_id,
        str(method),
        demand_class if count > start else "new",
        points,
        tuple(_grains(one, grain) for one in quantiles[row]),
        _grains(naive[row], grain),
        sum(_grains(a_year_ago, grain)),
        count - start,
        _grains(judged["judged"][row : row + 1], grain)[0],
        value_class=values[row],
        spread_class=spreads[row],
        runs_out_on=past.supply.runs_out_on((product_id, location_id), points, order.starts_on, order.bucket),
        **shares,
    )


def _follow_analogues(usual: Floats, past: _Past) -> None:
    """Let a product with little history have had its analogue's demand before its own."""
    number = {key: row for row, key in enumerate(past.keys)}
    start = first_demand(usual)
    for row, (product_id, location_id) in enumerate(past.keys):
        plan = past.plans.get(product_id)
        if plan is None or plan.analogue_id is None or usual.shape[1] - start[row] >= SHORT:
            continue
        like = number.get((plan.analogue_id, location_id))
        if like is not None:
            share = np.array(plan.analogue_percent, dtype=np.float64) / 100
            usual[row, : start[row]] = usual[like, : start[row]] * share


def _end(mean: Floats, quantiles: Floats, past: _Past, order: Order) -> None:
    """Let nothing be wanted of a product after its last day."""
    starts = [bucket_after(order.starts_on, order.bucket, step) for step in range(order.horizon)]
    for row, (product_id, _) in enumerate(past.keys):
        plan = past.plans.get(product_id)
        if plan is not None and plan.ends_on is not None:
            over = [step for step, start in enumerate(starts) if start > plan.ends_on]
            mean[row, over] = 0.0
            quantiles[row][:, over] = 0.0


def _naive(usual: Floats, horizon: int, season: int) -> Floats:
    """Return ``(series, horizon)`` what was wanted a season before, or last, where the history is shorter."""
    count = usual.shape[1]
    if count >= season:
        return np.stack([usual[:, count - season + step % season] for step in range(horizon)], axis=1)
    return np.repeat(usual[:, -1:], horizon, axis=1)


def _judge(usual: Floats, own: Floats, horizon: int, season: int) -> dict[str, Floats]:
    """Forecast the last buckets from those before them, and compare with what came; nan where there is too little."""
    series, count = usual.shape
    held = min(horizon, count // 3)
    if held < 1 or count - held < SHORT:
        return {"judged": np.zeros(series), **{name: np.full(series, np.nan) for name in MEASURES}}
    before, came = usual[:, :-held], usual[:, -held:]
    said = backtest.forecast(before, held, season).mean
    naive = _naive(before, held, season)
    found = {
        "judged": came.sum(axis=1),
        "mase": accuracy.mase(came, said, before),
        "rmsse": accuracy.rmsse(came, said, before),
        "wape": accuracy.wape(came, said),
        "bias": accuracy.bias(came, said),
        "naive_wape": accuracy.wape(came, naive),
    }
    unknown = own[:, :-held].sum(axis=1) <= 0  # first wanted since, or only as its analogue: there is nothing to judge
    found["judged"][unknown] = 0.0
    for name in MEASURES:
        found[name][unknown] = np.nan
    return found


def _value_classes(past: _Past, order: Order) -> list[str]:
    """Give A to what makes up 80 % of a year's value at list prices, B up to 95 %, C to the rest."""
    prices = np.array([past.products[product_id].list_price for product_id, _ in past.keys], dtype=np.float64)
    worth = past.units[:, -YEAR[order.bucket] :].sum(axis=1) * prices
    ranked = np.argsort(-worth, kind="stable")
    before = np.cumsum(worth[ranked]) - worth[ranked]
    whole = max(worth.sum(), 1e-9)
    found = [""] * len(past.keys)
    for row, share in zip(ranked.tolist(), (before / whole).tolist(), strict=True):
        found[row] = "A" if share < A_SHARE and worth[row] > 0 else "B" if share < B_SHARE and worth[row] > 0 else "C"
    return found


def _spread_classes(usual: Floats) -> list[str]:
    mean = usual.mean(axis=1)
    variation = np.divide(usual.std(axis=1), mean, out=np.full_like(mean, np.inf), where=mean > 0)
    return ["X" if one <= X_MOST else "Y" if one <= Y_MOST else "Z" for one in variation.tolist()]


def _grains(units: Floats, grain: int) -> tuple[int, ...]:
    """Round statistics to whole grains: the one place where they become exact."""
    return tuple(int(one) for one in np.rint(np.maximum(units, 0.0) * grain).tolist())


def _share(value: Any) -> Decimal | None:
    """Round a statistic to millionths; None where there is none."""
    if not np.isfinite(value):
        return None
    return Decimal(int(np.rint(np.clip(value, -_MOST_SHARE, _MOST_SHARE) * _MILLIONTHS))) / _MILLIONTHS
