"""A forecast is made from what was ordered, kept as it was made, and people say beside it what they know."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.models.base import new_id
from app.models.demand import Bucket, forecast
from app.services import demand_forecasts, demand_outlook
from app.services.demand_forecasts import ForecastPeriod, NewEvent, Plan
from app.services.progress import Cancelled, Quiet
from tests.supply_desk import GRAIN, SupplyDesk

TODAY = date(2026, 11, 2)  # a Monday
WEEKS = 30


@pytest.fixture
def desk(sqlite_database):
    made = SupplyDesk(sqlite_database).open()
    for week in range(1, WEEKS + 1):
        made.order(made.pump, 9 + week % 3, requested_on=TODAY - timedelta(weeks=week))
    return made


def run(desk, **asked):
    asked = {"by": "ann", "at": desk.now, "today": TODAY, "progress": Quiet(), **asked}
    return demand_forecasts.run(desk.database, **asked)


def made(desk, run_id):
    statement = select(forecast).where(forecast.c.run_id == run_id)
    return {row.product_id: row for row in desk.read(lambda connection: connection.execute(statement).all())}


def test_a_process_of_its_own_forecasts_and_the_run_is_kept(desk):
    fair = NewEvent("Fair", date(2026, 11, 9), date(2026, 11, 15), Decimal(100), desk.pump)
    desk.do("event.add", lambda tx: demand_forecasts.add_event(tx, fair))
    desk.do("demand.plan", lambda tx: demand_forecasts.set_plan(tx, desk.sensor, Plan(desk.pump, Decimal(50))))
    desk.do("demand.plan", lambda tx: demand_forecasts.set_plan(tx, desk.pump, Plan(ends_on=date(2026, 12, 6))))
    run_id = run(desk, horizon=8)
    found = made(desk, run_id)
    points = [Decimal(one) / GRAIN for one in json.loads(found[desk.pump].points)]
    assert points[0] == pytest.approx(Decimal(10), abs=Decimal("0.7")), "ten a week"
    assert points[1] == pytest.approx(2 * points[0], rel=Decimal("0.1")), "twice as many at the fair"
    assert points[5:] == [0, 0, 0], "nothing after its last day"
    low, high = json.loads(found[desk.pump].low_95), json.loads(found[desk.pump].high_95)
    assert low[0] < json.loads(found[desk.pump].points)[0] < high[0]
    assert found[desk.sensor].expected > 0, "as half of the pump it will sell like"
    assert Decimal(json.loads(found[desk.sensor].points)[0]) / GRAIN == pytest.approx(points[0] / 2, rel=Decimal("0.2"))
    assert found[desk.pump].runs_out_on == TODAY, "there is no stock at all"
    assert found[desk.pump].mase < 1
    assert found[desk.pump].judged == sum(9 + week % 3 for week in range(1, 9)) * GRAIN, "eight weeks were held back"
    assert (found[desk.sensor].wape, found[desk.sensor].judged) == (None, 0), "nothing could be known of it"
    assert desk.read(demand_forecasts.latest_run).id == run_id
    assert not desk.damages()


class Stopping(Quiet):
    def step(self, done, total, text=""):
        if done:
            raise Cancelled


def test_cancel_ends_the_process_and_writes_nothing(desk):
    before = desk.fingerprint()
    with pytest.raises(Cancelled):
        run(desk, progress=Stopping())
    assert desk.fingerprint() == before


def test_a_person_expects_something_else_for_a_reason_and_takes_it_back(desk):
    week = ForecastPeriod(desk.pump, desk.main, Bucket.WEEK, date(2026, 11, 9))

    def expect(quantity, reason, period=week):
        desk.do("forecast.override", lambda tx: demand_forecasts.override(tx, period, quantity, reason))

    expect(25 * GRAIN, "Harbor opens a branch")
    said = desk.read(demand_forecasts.overrides, desk.pump, desk.main, Bucket.WEEK)
    assert [(day, one.quantity // GRAIN, one.reason, one.by) for day, one in said.items()] == [
        (date(2026, 11, 9), 25, "Harbor opens a branch", "ann")
    ]
    expect(None, "")
    assert desk.read(demand_forecasts.overrides, desk.pump, desk.main, Bucket.WEEK)[week.starts_on].quantity is None
    for quantity, reason, starts_on, field in (
        (5, "", week.starts_on, "reason"),
        (-5, "less", week.starts_on, "quantity"),
        (5, "a Tuesday", date(2026, 11, 10), "starts_on"),
        (5, "late", date(2026, 10, 19), "starts_on"),
    ):
        with pytest.raises(Invalid) as refused:
            expect(quantity, reason, ForecastPeriod(desk.pump, desk.main, Bucket.WEEK, starts_on))
        assert refused.value.field == field


def test_stock_runs_out_on_the_day_forecast_and_orders_use_it_up():
    shelf = new_id(), new_id()
    supply = demand_outlook.Supply(date(2026, 11, 4), {shelf: 30})  # a Wednesday
    week = date(2026, 11, 2)
    assert supply.runs_out_on(shelf, [7] * 8, week, Bucket.WEEK) == date(2026, 12, 4)
    supply.receipts[shelf] = [(date(2026, 12, 4), 1)]
    assert supply.runs_out_on(shelf, [7] * 8, week, Bucket.WEEK) == date(2026, 12, 5)
    supply.waiting[shelf] = [(date(2026, 11, 12), 28), (date(2026, 11, 13), 7)]
    assert supply.runs_out_on(shelf, [7] * 8, week, Bucket.WEEK) == date(2026, 11, 14), "more is ordered than forecast"
    assert supply.runs_out_on(shelf, [0] * 8, week, Bucket.WEEK) == date(2026, 11, 15)
    supply.waiting[shelf] = [(date(2026, 11, 3), 31)]
    assert supply.runs_out_on(shelf, [7] * 8, week, Bucket.WEEK) == date(2026, 11, 4), "late orders take it at once"
    assert demand_outlook.Supply(week, {shelf: 99}).runs_out_on(shelf, [7] * 8, week, Bucket.WEEK) is None


@pytest.mark.parametrize(
    ("value", "out", "bias", "before"),
    [("B", TODAY, None, ("A", date(2026, 11, 11), None)), ("A", None, Decimal("0.5"), ("A", None, Decimal("0.1")))],
)
def test_what_runs_out_first_stands_first_then_what_is_forecast_wrongly(value, out, bias, before):
    assert demand_forecasts.rank_of(value, out, bias, TODAY) < demand_forecasts.rank_of(*before, TODAY)
