"""Forecasts on the screen by keyboard: made with progress, exceptions first, said otherwise, lines left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app.errors import Unavailable
from app.models.demand import Bucket, demand_event, demand_exclusion, forecast_override
from app.services import demand_forecasts
from app.views import demand as place
from app.views.demand.accuracy import AccuracyDialog
from app.views.demand.dialogs import EventDialog, OverrideDialog, PlanDialog, WishesDialog
from tests.supply_desk import GRAIN, SupplyDesk
from tests.views.accessible import unnamed
from tests.views.conftest import NOON
from tests.views.office import ORDER, closed, dialog, press_next

TODAY = NOON.date()  # a Monday
HORIZON = 6


@dataclass
class Computed:
    """What the process of its own would send; its own test is tests/services/test_demand_forecasts.py."""

    product_id: object
    location_id: object
    runs_out_on: date | None
    method: str = "TSB"
    demand_class: str = "smooth"
    points: tuple = (10 * GRAIN,) * HORIZON
    quantiles: tuple = tuple((level * GRAIN,) * HORIZON for level in (4, 6, 14, 17))
    naive: tuple = (9 * GRAIN,) * HORIZON
    last_year: int = 50 * GRAIN
    history: int = 8
    judged: int = 60 * GRAIN
    mase: Decimal = Decimal("0.8")
    rmsse: Decimal = Decimal("0.9")
    wape: Decimal = Decimal("0.2")
    bias: Decimal = Decimal("0.05")
    naive_wape: Decimal = Decimal("0.3")
    value_class: str = "A"
    spread_class: str = "X"


@pytest.fixture
def desk(database):
    made = SupplyDesk(database).open()
    made.lines = [
        made.order(made.pump, 8 + week, requested_on=TODAY - timedelta(weeks=week))[1] for week in range(1, 4)
    ]
    return made


@pytest.fixture
def screen(desk, open_window, monkeypatch):
    computed = [
        Computed(desk.sensor, desk.main, None, value_class="C", wape=Decimal("0.5"), bias=Decimal("0.4")),
        Computed(desk.pump, desk.main, TODAY + timedelta(days=3)),
    ]
    monkeypatch.setattr(demand_forecasts, "_compute", lambda _order, _progress: computed)
    monkeypatch.setitem(demand_forecasts.HORIZON, Bucket.WEEK, HORIZON)
    window = open_window((place.PLACE, ORDER))
    window.show_place("demand")
    return window.screen_on_show


@pytest.fixture
def forecast(screen, qtbot):
    qtbot.waitUntil(screen.list.isVisible)
    QTest.keyClick(screen, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.card.chart.is_drawn)
    return screen


def type_into(field, typed):
    """Type into a field and go on to the next one."""
    field.setFocus()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_forecast_is_made_and_what_runs_out_stands_first(desk, forecast):
    assert unnamed(forecast.window()) == []
    assert forecast.list.current().sku == "PUMP"
    picture = forecast.panel.card.chart.picture
    assert [(one.name, one.values[-HORIZON - 1 : -HORIZON + 1]) for one in picture.series[:2]] == [
        ("Actual", [9, None]),
        ("Forecast", [None, 10]),
    ]
    assert [band.name for band in picture.bands] == ["95 % band", "80 % band"]
    assert "Days of cover" in [label.text() for label in forecast.panel.facts.findChildren(type(forecast.panel.name))]


def test_another_quantity_is_expected_for_a_reason_and_taken_back(desk, forecast, qtbot):
    forecast.open_row(forecast.list.current())  # Enter: the keyboard is in the picture
    chart = forecast.panel.card.chart
    QTest.keyClick(chart, Qt.Key.Key_End)
    QTest.keyClick(chart, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    said = dialog(OverrideDialog, qtbot)
    type_into(said.quantity, "25")
    press_next(said)
    qtbot.waitUntil(said.go.isEnabled)
    assert said.isVisible(), "a reason is asked for"
    type_into(said.reason, "new branch")
    press_next(said)
    qtbot.waitUntil(lambda: forecast.panel.said.text() != "")
    assert "25 units instead of 10. new branch (ann)" in forecast.panel.said.text()
    last = TODAY + timedelta(weeks=HORIZON - 1)
    rows = desk.read(lambda c: c.execute(select(forecast_override)).all())
    assert [(one.starts_on, one.quantity // GRAIN) for one in rows] == [(last, 25)]
    assert chart.picture.series[-1].values[-1] == 25
    forecast.context.undo.undo()
    qtbot.waitUntil(lambda: len(chart.picture.series) == 3)


def test_an_order_of_once_is_left_out_with_its_reason(desk, forecast, qtbot):
    QTest.keyClick(forecast, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    lines = dialog(WishesDialog, qtbot)
    press_next(lines)
    assert lines.isVisible(), "nothing is ticked yet"
    assert [one.quantity for one in lines.rows.rows] == [9, 10, 11]
    lines.view.setFocus()
    QTest.keyClick(lines.view, Qt.Key.Key_Space)
    type_into(lines.reason, "hotel project")
    press_next(lines)
    found = lambda: desk.read(lambda c: c.execute(select(demand_exclusion)).all())  # noqa: E731
    qtbot.waitUntil(lambda: len(found()) == 1)
    assert (found()[0].order_line_id, found()[0].reason) == (desk.lines[0], "hotel project")


def test_an_event_and_a_plan_are_typed(desk, forecast, qtbot):
    QTest.keyClick(forecast, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    event = dialog(EventDialog, qtbot)
    for field, typed in ((event.name, "Fair"), (event.starts_on, "+7"), (event.ends_on, "+9"), (event.percent, "40")):
        type_into(field, typed)
    press_next(event)
    found = lambda: desk.read(lambda c: c.execute(select(demand_event)).all())  # noqa: E731
    qtbot.waitUntil(lambda: len(found()) == 1)
    assert (found()[0].name, found()[0].percent, found()[0].starts_on) == ("Fair", 40, TODAY + timedelta(days=7))
    qtbot.waitUntil(lambda: closed(EventDialog))
    forecast.context.commands.start("demand.plan")
    plan = dialog(PlanDialog, qtbot)
    type_into(plan.ends_on, "+30")
    press_next(plan)
    qtbot.waitUntil(lambda: desk.read(demand_forecasts.plan_of, desk.pump).ends_on == TODAY + timedelta(days=30))


def test_the_accuracy_report_stands_beside_the_naive_forecast(desk, forecast, qtbot):
    forecast.context.commands.start("forecast.accuracy")
    report = dialog(AccuracyDialog, qtbot)
    qtbot.waitUntil(lambda: len(report.rows.rows) == 3)
    assert [one.group for one in report.rows.rows] == ["", "C", "A"], "all, then the worst group"
    assert report.rows.rows[0].wape == Decimal("0.35"), "both are worth the same"
    assert report.rows.index(0, 4).data() == "−5 %"
    report.accept()


def test_a_run_that_ends_early_says_so_and_keeps_what_was(desk, screen, qtbot, monkeypatch):
    def broken(_order, _progress):
        raise Unavailable("The forecast ended before it was done; nothing was changed.")

    monkeypatch.setattr(demand_forecasts, "_compute", broken)
    with qtbot.waitSignal(screen.context.messages.warned) as told:
        screen.context.commands.start("forecast.run")
    assert "nothing was changed" in str(told.args[0])
    assert screen.list.table.rowCount() == 0
