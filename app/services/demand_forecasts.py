"""Forecasts of demand: a run over all products, kept as it was made, and what people say beside it.

A run is computed by a process of its own (:mod:`app.services.demand_forecast_work`), with progress and cancel, and
written as one command.  Nothing of an earlier run is changed, so that each can be judged by what came.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound, Unavailable
from app.models.base import Key, new_id
from app.models.demand import (
    Bucket,
    bucket_after,
    bucket_of,
    demand_event,
    demand_plan,
    forecast,
    forecast_override,
    forecast_run,
)
from app.models.product import product
from app.services.database import Database
from app.services.progress import Progress
from app.services.statements import Prepared
from app.services.transaction import Transaction

HORIZON: Final = {Bucket.DAY: 28, Bucket.WEEK: 16, Bucket.MONTH: 12}
"""Buckets forecast unless another number is asked for."""
LONGEST: Final = 104
_WORK: Final = "app.services.demand_forecast_work"
_HEAR_EVERY_S: Final = 0.1
_URGENT: Final = 10**6
PATIENCE: Final = (0, 7, 21)
"""Days that products of class A, B and C may wait in the list of what runs out."""
_ENDED: Final = (
    "The forecast ended before it was done; nothing was changed. Run it again, and where it happens again, close other "
    "programs: it needs memory for the whole history."
)


@dataclass(frozen=True, slots=True)
class ForecastPeriod:
    """One bucket, by its first day, of one product at one warehouse."""

    product_id: UUID
    location_id: UUID
    bucket: Bucket
    starts_on: date


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What will change demand from a day to a day, by how many percent, of a product, a category, or everything."""

    name: str
    starts_on: date
    ends_on: date
    percent: Decimal
    product_id: UUID | None = None
    category: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a product beside its history: which one it will sell like, and when it ends."""

    analogue_id: UUID | None = None
    analogue_percent: Decimal = Decimal(100)
    ends_on: date | None = None


def run(
    database: Database,
    *,
    by: str,
    at: datetime,
    today: date,
    progress: Progress,
    bucket: Bucket = Bucket.WEEK,
    horizon: int = 0,
) -> UUID:
    """Forecast all products at all warehouses from the bucket under way on, and keep the result; give the run's id.

    Raises:
        Invalid: the horizon is too long.
        Unavailable: the process that computes ended early.
        Cancelled: the user stopped it; nothing was written.

    """
    buckets = horizon or HORIZON[bucket]
    if not 0 < buckets <= LONGEST:
        raise Invalid("horizon", f"A forecast reaches over 1 to {LONGEST} periods.")
    starts_on = bucket_of(today, bucket)
    made = _compute((database.url, today, bucket, starts_on, buckets), progress)
    outcome = database.run("forecast.run", lambda tx: _keep(tx, bucket, starts_on, buckets, made), by=by, at=at)
    return outcome.value


def _compute(order: tuple[Any, ...], progress: Progress) -> list[Any]:
    """Let a process of its own compute; what it says comes through a pipe."""
    spawning = get_context("spawn")
    ours, theirs = spawning.Pipe(duplex=False)
    working = spawning.Process(target=_work, args=(theirs, order), daemon=True)
    working.start()
    theirs.close()
    done = 0
    try:
        while True:
            if ours.poll(_HEAR_EVERY_S):
                said, value = ours.recv()
                if said == "done":
                    return list(value)
                done = value
            progress.step(done, 100)
    except EOFError as error:
        raise Unavailable(_ENDED) from error
    finally:
        working.terminate()
        working.join()
        ours.close()


def _work(pipe: Pipe, order: tuple[Any, ...]) -> None:
    """Compute, in the process of its own: only there is numpy loaded."""
    work: Any = import_module(_WORK)
    made = work.compute(work.Order(*order), lambda done: pipe.send(("step", done)))
    pipe.send(("done", made))
    pipe.close()


def _keep(tx: Transaction, bucket: Bucket, starts_on: date, horizon: int, made: Sequence[Any]) -> UUID:
    run_id = new_id()
    head = {"id": run_id, "bucket": str(bucket), "starts_on": starts_on, "horizon": horizon, "series": len(made)}
    tx.insert(forecast_run, {**head, "by": tx.by, "at": tx.at})
    if made:
        tx.insert(forecast, *(_row(run_id, one, tx.at.date()) for one in made))
    tx.record("forecast.made", run_id, series=len(made))
    return run_id


def _row(run_id: UUID, one: Any, today: date) -> dict[str, Any]:
    low_95, low_80, high_80, high_95 = (json.dumps(list(each)) for each in one.quantiles)
    return {
        "id": new_id(),
        "run_id": run_id,
        "product_id": one.product_id,
        "location_id": one.location_id,
        "method": one.method,
        "demand_class": one.demand_class,
        "points": json.dumps(list(one.points)),
        "low_95": low_95,
        "low_80": low_80,
        "high_80": high_80,
        "high_95": high_95,
        "naive": json.dumps(list(one.naive)),
        "expected": sum(one.points),
        "last_year": one.last_year,
        "history": one.history,
        "judged": one.judged,
        "mase": one.mase,
        "rmsse": one.rmsse,
        "wape": one.wape,
        "bias": one.bias,
        "naive_wape": one.naive_wape,
        "value_class": one.value_class,
        "spread_class": one.spread_class,
        "runs_out_on": one.runs_out_on,
        "rank": rank_of(one.value_class, one.runs_out_on, one.bias, today),
    }


def rank_of(value_class: str, runs_out_on: date | None, bias: Decimal | None, today: date) -> int:
    """Give the place of a forecast among the exceptions, the lowest first.

    First what runs out, the sooner the earlier, where a B may wait a week longer than an A, and a C three; then what
    was expected much too high or too low; the rest by value.
    """
    by_value = "ABC".find(value_class)
    if runs_out_on is not None:
        return ((runs_out_on - today).days + PATIENCE[by_value]) * 3 + by_value
    off = min(abs(bias), Decimal(9)) if bias is not None else Decimal(0)
    return _URGENT * (1 + by_value) - int(off * 10_000)


def latest_run(connection: Connection) -> Any:
    """Give the last run (models.demand.forecast_run), None where there is none."""
    return _LATEST.first(connection)


# what people say ---------------------------------------------------------------------------------------


def override(tx: Transaction, period: ForecastPeriod, quantity: int | None, reason: str) -> UUID:
    """Expect another quantity (grains) in a bucket than the statistics say, for a reason; None takes that back.

    The statistics stay beside it, and both are judged by what comes.

    Raises:
        Invalid: there is no reason, the quantity is below zero, the day begins no bucket, or it is over.

    """
    said = reason.strip()
    if not said and quantity is not None:
        raise Invalid("reason", "Say why another quantity is expected: it is judged by what comes.")
    if quantity is not None and quantity < 0:
        raise Invalid("quantity", "Type a quantity from zero up.")
    if bucket_of(period.starts_on, period.bucket) != period.starts_on:
        raise Invalid("starts_on", f"No {period.bucket} begins on this day.")
    if bucket_after(period.starts_on, period.bucket) <= tx.at.date():
        raise Invalid("starts_on", "This period is over: what was wanted in it is known.")
    row_id = new_id()
    where = {"product_id": period.product_id, "location_id": period.location_id}
    when = {"bucket": str(period.bucket), "starts_on": period.starts_on, "by": tx.by, "at": tx.at}
    tx.insert(forecast_override, {"id": row_id, **where, **when, "quantity": quantity, "reason": said})
    tx.record("forecast.overridden", period.product_id, starts_on=period.starts_on.isoformat(), reason=said)
    return row_id


def overrides(connection: Connection, product_id: UUID, location_id: UUID, bucket: Bucket) -> dict[date, Any]:
    """Give what people said last of each bucket (models.demand.forecast_override), by its first day."""
    return {start: rows[-1] for start, rows in said_before(connection, product_id, location_id, bucket).items()}


def said_before(connection: Connection, product_id: UUID, location_id: UUID, bucket: Bucket) -> dict[date, list[Any]]:
    """Give all that people ever said of each bucket, in the order they said it, by its first day."""
    found: dict[date, list[Any]] = {}
    for row in _OVERRIDES.all(connection, product=product_id, place=location_id, bucket=str(bucket)):
        found.setdefault(row.starts_on, []).append(row)
    return found


def add_event(tx: Transaction, new: NewEvent) -> UUID:
    """Say what will change demand: from then on history is read without its effect, and forecasts with it.

    Raises:
        Invalid: it has no name, ends before it begins, or takes away more than everything.

    """
    if not new.name.strip():
        raise Invalid("name", "Name the event, e.g. Spring fair.")
    if new.ends_on < new.starts_on:
        raise Invalid("ends_on", "It ends before it begins.")
    if new.percent <= -100:
        raise Invalid("percent", "No more than 99 % of demand can be taken away.")
    event_id = new_id()
    values = {"name": new.name.strip(), "starts_on": new.starts_on, "ends_on": new.ends_on, "percent": new.percent}
    concerns = {"product_id": new.product_id, "category": new.category.strip()}
    tx.insert(demand_event, {"id": event_id, **values, **concerns, "active": True})
    tx.record("demand.event_added", event_id, name=new.name.strip())
    return event_id


def drop_event(tx: Transaction, event_id: UUID) -> None:
    """Let an event change nothing any more.

    Raises:
        NotFound: it does not exist.

    """
    tx.lock(demand_event, event_id, "Event")
    tx.update(demand_event, event_id, active=False)
    tx.record("demand.event_dropped", event_id)


def events(connection: Connection) -> list[Any]:
    """Give the events in force (models.demand.demand_event), the latest first."""
    return _EVENTS.all(connection)


def set_plan(tx: Transaction, product_id: UUID, plan: Plan) -> None:
    """Say what a product is expected to sell like while it is new, and its last day.

    Raises:
        NotFound: a product does not exist.
        Invalid: it is to sell like itself, or like less than nothing.

    """
    tx.lock(product, product_id, "Product")
    if plan.analogue_id == product_id:
        raise Invalid("analogue_id", "Choose another product than itself.")
    if plan.analogue_id is not None and _PRODUCT.first(tx.connection, id=plan.analogue_id) is None:
        raise NotFound("Product", str(plan.analogue_id))
    if plan.analogue_percent <= 0:
        raise Invalid("analogue_percent", "Type a share above zero.")
    values = {"analogue_id": plan.analogue_id, "analogue_percent": plan.analogue_percent, "ends_on": plan.ends_on}
    known = _PLAN.first(tx.connection, product=product_id)
    if known is None:
        tx.insert(demand_plan, {"id": new_id(), "product_id": product_id, **values})
    else:
        tx.update(demand_plan, known.id, **values)
    tx.record("demand.planned", product_id)


def plan_of(connection: Connection, product_id: UUID) -> Plan:
    """Give what was said of a product; nothing where nobody has."""
    row = _PLAN.first(connection, product=product_id)
    return Plan() if row is None else Plan(row.analogue_id, row.analogue_percent, row.ends_on)


_LATEST: Final = Prepared(select(forecast_run).order_by(forecast_run.c.at.desc(), forecast_run.c.id.desc()).limit(1))
_OVERRIDES: Final = Prepared(
    select(forecast_override)
    .where(
        forecast_override.c.product_id == bindparam("product", type_=Key),
        forecast_override.c.location_id == bindparam("place", type_=Key),
        forecast_override.c.bucket == bindparam("bucket", type_=forecast_override.c.bucket.type),
    )
    .order_by(forecast_override.c.starts_on, forecast_override.c.at, forecast_override.c.id)
)
_EVENTS: Final = Prepared(
    select(demand_event).where(demand_event.c.active).order_by(demand_event.c.starts_on.desc(), demand_event.c.id)
)
_PLAN: Final = Prepared(select(demand_plan).where(demand_plan.c.product_id == bindparam("product", type_=Key)))
_PRODUCT: Final = Prepared(select(product.c.id).where(product.c.id == bindparam("id", type_=Key)))
