"""Work centers and calendars, set up by keyboard and used at once by what is planned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.supply import Way
from app.services import calendars, work_orders
from app.services.bills import Step
from app.views import work_centers as place
from app.views.work_centers.dialogs import CalendarDialog, CenterDialog, DayDialog
from tests.supply_desk import GRAIN, supply_desk
from tests.views import office
from tests.views.accessible import unnamed
from tests.views.office import press_next


def dialog(kind, qtbot):
    """The dialog of a kind, once the keyboard is in it."""
    found = office.dialog(kind, qtbot)
    qtbot.waitUntil(found.isActiveWindow)
    return found


@pytest.fixture
def desk(database):
    return supply_desk(database)


@pytest.fixture
def screen(desk, open_window):
    window = open_window((place.PLACE,))
    window.show_place("work_centers")
    return window.screen_on_show


def test_a_calendar_with_a_holiday_and_a_work_center_are_typed_in(screen, desk, qtbot):
    start = screen.context.commands.start
    assert unnamed(screen.window()) == []
    start("calendar.add")
    new = dialog(CalendarDialog, qtbot)
    QTest.keyClicks(new.code, "SIX")
    QTest.keyClick(new.code, Qt.Key.Key_Tab)
    QTest.keyClicks(new.name, "Six days")
    QTest.keyClick(new.days[5], Qt.Key.Key_Space)
    press_next(new)
    qtbot.waitUntil(lambda: [row.weekdays for row in screen.calendars.rows] == ["1111110"])
    start("calendar.use")
    qtbot.waitUntil(lambda: screen.calendars.rows[0].ours)
    start("calendar.set_day")
    day = dialog(DayDialog, qtbot)
    QTest.keyClicks(day.on, "25-12")
    QTest.keyClick(day.on, Qt.Key.Key_Tab)
    QTest.keyClicks(day.note, "Christmas")
    press_next(day)
    qtbot.waitUntil(lambda: [row.on for row in screen.days.rows] == [date(2026, 12, 25)])
    ours = desk.read(calendars.ours)
    assert (ours.works_on(date(2026, 12, 25)), ours.works_on(date(2026, 12, 26))) == (False, True)
    start("work_center.add")
    center = dialog(CenterDialog, qtbot)
    QTest.keyClicks(center.code, "MILL")
    QTest.keyClick(center.code, Qt.Key.Key_Tab)
    QTest.keyClicks(center.name, "Mill")
    QTest.keyClick(center.name, Qt.Key.Key_Tab)
    center.hours.selectAll()
    QTest.keyClicks(center.hours, "7.5")
    QTest.keyClick(center.hours, Qt.Key.Key_Tab)
    center.cost.selectAll()
    QTest.keyClicks(center.cost, "62.50")
    press_next(center)
    qtbot.waitUntil(lambda: [row.minutes_a_day for row in screen.centers.rows] == [450])
    assert [row.hour_cost for row in screen.centers.rows] == [Decimal("62.50")]


def test_how_full_a_work_center_is_stands_beside_it_and_a_change_is_undone(screen, desk, qtbot):
    center = desk.center("LATHE", 120)
    desk.bill((Step("Turn", center, Decimal(0), Decimal(60)),))
    way = desk.way(desk.pump, Way.MAKE)
    due = date(2026, 11, 27)
    desk.do("work.plan", lambda tx: work_orders.plan(tx, way, 4 * GRAIN, due, location_id=desk.main))
    screen.context.open("work_centers")
    qtbot.waitUntil(lambda: [row.booked for row in screen.centers.rows] == [240])
    assert screen.centers.rows[0].capacity == 1200
    screen.centers_view.pick(0)
    screen.context.commands.start("work_center.change")
    change = dialog(CenterDialog, qtbot)
    change.hours.setFocus()
    change.hours.selectAll()
    QTest.keyClicks(change.hours, "0")
    press_next(change)
    qtbot.waitUntil(lambda: "at least one" in change.form._entries["minutes_a_day"].note.text())
    change.hours.selectAll()
    QTest.keyClicks(change.hours, "8")
    press_next(change)
    qtbot.waitUntil(lambda: screen.centers.rows[0].capacity == 4800 and screen.context.undo.undo_text != "")
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: screen.centers.rows[0].capacity == 1200)
    screen.context.commands.start("work_center.drop")
    qtbot.waitUntil(lambda: screen.centers.rows == [])
