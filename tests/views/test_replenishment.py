"""Replenishment by keyboard: proposals with their reason, a quantity typed, ordered, taken back; order points set."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.replenishment import Policy
from app.models.supply import Way
from app.services import purchasing, replenishing, replenishment_orders, replenishment_rules
from app.services.replenishment_aims import Aim, Point, Study
from app.services.replenishment_orders import Chosen
from app.services.replenishment_rules import NewRule
from app.views.places import PLACES
from app.views.replenishment.rules import picture
from tests.supply_desk import GRAIN, supply_desk

WAIT = 20_000
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(sqlite_database):
    """Sensors are four below their order point; housings are promised, and nobody said how to get any."""
    desk = supply_desk(sqlite_database)
    desk.way(desk.sensor, Way.BUY, "4.00")
    rule = NewRule(desk.sensor, desk.main, Policy.TARGET, 5 * GRAIN, 20 * GRAIN, reason="2 wanted a week.")
    desk.do("replenishment.set", lambda tx: replenishment_rules.put(tx, [rule]))
    desk.receive(desk.sensor, 1)
    desk.order(desk.housing, 3)
    return desk


@pytest.fixture
def window(desk, open_window):
    return open_window(PLACES)


def shown(window, qtbot, count):
    window.show_place("replenishment")
    screen = window.screen_of("replenishment")
    qtbot.waitUntil(lambda: len(screen.rows.rows) == count, timeout=WAIT)
    return screen


def ordered(desk):
    drafts = desk.rows("SELECT ordered FROM purchase_line")
    return [row.ordered // GRAIN for row in drafts]


def test_a_typed_quantity_is_ordered_by_one_key_and_taken_back(desk, window, qtbot):
    screen = shown(window, qtbot, 2)
    assert [line.proposal.sku for line in screen.rows.ticked()] == ["SENSOR"]  # nobody said how housings may be had
    assert "below the order point 5, ordered up to 20. 2 wanted a week." in screen.reason.text()
    screen.rows.edited.emit(0, "order", "many")
    assert "SENSOR" in screen.title.text()
    assert "Type a quantity of unit" in screen.rows.errors[0, "order"]
    screen.rows.edited.emit(0, "order", "25")
    assert screen.count.text() == "1 of 2 ticked, 100.00"
    window.activateWindow()
    screen.view.setFocus()
    QTest.keyClick(screen.view, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: ordered(desk) == [25], timeout=WAIT)
    qtbot.waitUntil(lambda: [line.proposal.sku for line in screen.rows.rows] == ["HOUSING"], timeout=WAIT)
    window._context.undo.undo()
    qtbot.waitUntil(lambda: ordered(desk) == [], timeout=WAIT)
    qtbot.waitUntil(lambda: len(screen.rows.rows) == 2, timeout=WAIT)


def test_what_another_clerk_has_ordered_is_left_out_and_named(desk, window, qtbot):
    screen = shown(window, qtbot, 2)
    screen.rows.edited.emit(0, "order", "25")  # what was typed is kept while others work
    proposals = desk.read(lambda c: replenishing.propose(c, desk.now))
    chosen = [Chosen(one, one.grains) for one in proposals if one.sku == "SENSOR"]
    desk.do("replenishment.order", lambda tx: replenishment_orders.order(tx, chosen))
    screen.order()
    qtbot.waitUntil(lambda: "SENSOR" in screen.banner.accessibleName(), timeout=WAIT)
    assert ordered(desk) == [19]


def test_with_nothing_to_order_the_screen_says_so(desk, window, qtbot):
    way = desk.way(desk.housing, Way.BUY, "9.00")
    desk.do("purchase.propose", lambda tx: purchasing.propose(tx, way, 3 * GRAIN, None, location_id=desk.main))
    desk.receive(desk.sensor, 20)
    window.show_place("replenishment")
    screen = window.screen_of("replenishment")
    qtbot.waitUntil(lambda: screen.stack.currentIndex() == 1, timeout=WAIT)


def test_what_is_too_much_stands_on_a_tab_of_its_own(desk, window, qtbot):
    desk.receive(desk.sensor, 40)
    window.show_place("replenishment")
    screen = window.screen_of("replenishment")
    qtbot.waitUntil(lambda: len(screen.rows.rows) == 1, timeout=WAIT)
    screen.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: len(screen.surplus.rows) == 1, timeout=WAIT)
    [one] = screen.surplus.rows
    assert (one.sku, one.written(one.grains), one.written(one.beyond)) == ("SENSOR", "41", "21")
    screen.tabs.setCurrentIndex(0)
    assert screen.stack.currentWidget() is screen.view


def test_order_points_are_tried_on_last_year_and_used_by_one_key(desk, window, qtbot):
    for weeks_ago in range(1, 31):
        desk.order(desk.sensor, 2 + weeks_ago % 3, requested_on=desk.now.date() - timedelta(days=7 * weeks_ago))
    window.show_place("replenishment")
    window._context.commands.start("replenishment.rules")
    screen = window.screen_of("replenishment_rules")
    qtbot.waitUntil(lambda: screen.found is not None, timeout=WAIT)
    assert screen.found.suggestions[0].sku == "SENSOR"
    assert "from the shelf" in screen.why.text()
    before = desk.read(replenishment_rules.all_of)
    screen.use_ticked()
    qtbot.waitUntil(lambda: desk.read(replenishment_rules.all_of) != before, timeout=WAIT)
    [rule] = desk.read(replenishment_rules.all_of)
    assert (rule.policy, rule.service_level) == (Policy.QUANTITY, Decimal("0.95"))
    window._context.undo.undo()
    qtbot.waitUntil(lambda: desk.read(replenishment_rules.all_of)[0].policy == Policy.TARGET, timeout=WAIT)


def test_today_and_the_proposal_stand_on_the_picture_beside_what_was_possible():
    line = (Point(500, 100), Point(900, 300), Point(980, 700))
    drawn = picture(Study(Aim(), (), line, Point(600, 200), Point(900, 300), 52, 3))
    assert drawn.places == [100, 200, 300, 700]
    assert drawn.series[0].values == [Decimal(50), Decimal(70), Decimal(90), Decimal(98)]
    assert drawn.series[1].values == [None, None, Decimal(90), None]
    assert drawn.series[2].values == [None, Decimal(60), None, None]
