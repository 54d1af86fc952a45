"""Lists are chosen by what hurries and put into a wave, which is begun, printed or given up, by keyboard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.shipment import pick
from app.services import orders, warehouses, waves
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.warehouses import NewBin
from app.views.places import PLACES
from tests.store import Store

WAIT = 15_000
CONTROL = Qt.KeyboardModifier.ControlModifier
SOON, LATER = date(2026, 11, 23), date(2026, 12, 7)


@pytest.fixture
def hall(database):
    """Valves lie in zone A, pumps in zone C; three orders have open lists, one of them due later."""
    hall = Store(database)
    hall.open()
    new = [NewBin("C-1", "C", 1, 1)]
    hall.bins["C-1"] = hall.do("bin.add", lambda tx: warehouses.add_bins(tx, hall.main, new))[0]
    hall.valve, hall.pump = hall.product("VALVE", units={}), hall.product("PUMP", units={})
    hall.put(hall.valve, 50, "A-2")
    hall.put(hall.pump, 50, "C-1")
    hall.lists = [sell(hall, hall.valve, SOON), sell(hall, hall.pump, SOON), sell(hall, hall.valve, LATER)]
    return hall


def sell(hall, product, due):
    new = NewOrder(hall.buyer, (LineInput(product, Decimal(2)),), promised_on=due)
    order_id = hall.do("order.create", lambda tx: orders.create(tx, new))
    hall.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return hall.one(pick, order_id, "open")


@pytest.fixture
def screen(hall, open_window, qtbot):
    window = open_window(PLACES)
    window.show_place("picking")
    window._context.commands.start("pick.waves")
    screen = window.screen_of("waves")
    qtbot.waitUntil(lambda: len(screen.rows.rows) == 3, timeout=WAIT)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    screen.view.setFocus()
    return screen


def tick(screen, *places):
    for place in places:
        screen.view.pick(place)
        QTest.keyClick(screen.view, Qt.Key.Key_Space)


def test_ticked_lists_become_a_wave_with_a_tote_for_each_and_it_is_begun(hall, screen, qtbot):
    tick(screen, 0, 1)
    assert screen.header.about.text() == "2 of 3 lists ticked, 2 lines"
    screen.totes.setText("T-7 T-9")
    QTest.keyClick(screen.view, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: len(screen.waves.rows) == 1 and len(screen.rows.rows) == 1, timeout=WAIT)
    wave = screen.waves.rows[0]
    assert sorted(row.tote for row in hall.read(lambda c: waves.lists(c, wave.id))) == ["T-7", "T-9"]
    assert (wave.lists, wave.done) == (2, 0)
    QTest.keyClick(screen.view, Qt.Key.Key_G, CONTROL)
    qtbot.waitUntil(lambda: screen.window().screen_on_show is not screen, timeout=WAIT)
    walk = screen.window().screen_on_show
    qtbot.waitUntil(lambda: walk.walk is not None and len(walk.walk.sheet.stops) == 2, timeout=WAIT)


def test_lists_are_found_by_zone_and_day(hall, screen, qtbot):
    screen.zone.setCurrentIndex(screen.zone.findData("C"))
    screen.zone.activated.emit(0)
    qtbot.waitUntil(lambda: [one.pick_id for one in screen.rows.rows] == [hall.lists[1]], timeout=WAIT)
    screen.zone.setCurrentIndex(0)
    screen.zone.activated.emit(0)
    screen.due.setFocus()
    QTest.keyClicks(screen.due, "today")
    QTest.keyClick(screen.due, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: {one.pick_id for one in screen.rows.rows} == set(hall.lists[:2]), timeout=WAIT)


def test_too_few_totes_are_refused_at_their_field_and_a_wave_is_taken_back(hall, screen, qtbot):
    tick(screen, 0, 1)
    screen.totes.setText("T-7")
    QTest.keyClick(screen.view, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: "tote" in screen.form._entries["totes"].note.text(), timeout=WAIT)
    assert not screen.waves.rows
    screen.totes.setText("")
    QTest.keyClick(screen.view, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: len(screen.waves.rows) == 1, timeout=WAIT)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: not screen.waves.rows and len(screen.rows.rows) == 3, timeout=WAIT)


def test_a_zone_wave_offers_its_zones_with_their_stops(hall, screen, qtbot):
    screen.method.setCurrentIndex(2)
    tick(screen, 0, 1, 2)
    QTest.keyClick(screen.view, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: len(screen.waves.rows) == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: screen.walk_zone.count() == 2, timeout=WAIT)
    assert [screen.walk_zone.itemText(n) for n in range(2)] == ["Zone A, 2 stops", "Zone C, 1 stop"]
