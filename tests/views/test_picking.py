"""The picking screen, driven by a scanner as the system sends its keys, and by the keyboard."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from sqlalchemy import select

from app.models.base import new_id
from app.models.product import GRAIN, product_substitute
from app.models.shipment import pick, pick_line
from app.services import orders, picking
from app.views import picking as screens
from app.views.picking.parts import Mood
from app.views.picking.round import PickingRound
from tests.views import small_company
from tests.views.accessible import unnamed

CONTROL = Qt.KeyboardModifier.ControlModifier
ANSWER_MS = 50


class Scanner:
    """Types as a scanner does: keys at a few milliseconds, then Enter; scans follow each other at 20 ms."""

    def __init__(self, window):
        self._window, self._clock = window, 1_000

    def scan(self, code: str, gap_ms: int = 20) -> None:
        self._clock += gap_ms
        for character in code:
            self._press(character, ord(character.upper()))
        self._press("\r", Qt.Key.Key_Return)

    def _press(self, text: str, key: int) -> None:
        self._clock += 1
        target = self._window.focusWidget() or self._window
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._clock)
            QCoreApplication.sendEvent(target, event)


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def desk(company, open_window, qtbot):
    """Opens the picking screen on the list of an order; gives screen, scanner and the sounds made."""

    def start(order_id):
        window = open_window((screens.PLACE, screens.ROUND))
        window.open_record("pick", company.pick_of(order_id))
        screen = window.screen_on_show
        assert isinstance(screen, PickingRound)
        qtbot.waitUntil(lambda: screen.walk is not None)
        heard: list[str] = []
        screen.sounds.played.connect(heard.append)
        return screen, Scanner(window), heard

    return start


def taken(screen) -> list[int]:
    stops = screen.walk.sheet.stops
    return [int(stop.shown(screen.walk.taken(stop))) for stop in stops]


def booked(company, order_id) -> list[int]:
    """What the database holds as picked, in walking order."""
    lines = select(pick_line.c.picked, pick_line.c.bin).join(pick, pick.c.id == pick_line.c.pick_id)
    rows = company.read(lambda connection: connection.execute(lines.where(pick.c.order_id == order_id)).all())
    return [row.picked // 3_600_000 for row in sorted(rows, key=lambda row: (len(row.bin), row.bin))]


def test_two_hundred_scans_at_20_ms_are_all_counted_and_each_is_answered_at_once(company, desk, qtbot):
    order_id = company.order({company.valve: 200, company.gasket: 1})
    screen, scanner, heard = desk(order_id)
    answered = []
    for number in range(200):
        before = perf_counter()
        scanner.scan("8719327004418" if number % 2 else "VAL-1")
        answered.append(perf_counter() - before)
    assert taken(screen) == [200, 0]
    assert screen.band.mood is Mood.RIGHT
    assert "200 of 200" in screen.band.title
    assert heard == ["right"] * 199 + ["done"]
    assert median(answered) * 1000 < ANSWER_MS


def test_a_scan_never_lands_in_the_field_that_has_the_keyboard(company, desk):
    screen, scanner, _ = desk(company.order({company.valve: 5}))
    assert screen.stop.field.hasFocus()
    scanner.scan("VAL-1")
    assert screen.stop.field.text() == ""
    assert taken(screen) == [1]


def test_a_wrong_scan_is_seen_heard_and_changes_nothing(company, desk, qtbot):
    order_id = company.order({company.valve: 5, company.gasket: 2})
    screen, scanner, heard = desk(order_id)
    scanner.scan("VAL-1")
    scanner.scan("8719327004432")  # a product that is not on this list
    assert taken(screen) == [1, 0]
    assert (screen.band.mood, screen.band.title) == (Mood.WRONG, "Wrong item: put it back")
    assert heard == ["right", "wrong"]
    qtbot.waitUntil(lambda: "CBL-1 (Cable)" in screen.band.detail)
    assert not screen.stop.all.isEnabled()
    screen.take_all()
    assert taken(screen) == [1, 0]
    scanner.scan("A-2")  # the right bin settles it
    assert screen.band.mood is Mood.RIGHT
    scanner.scan("VAL-1")
    assert taken(screen) == [2, 0]
    assert booked(company, order_id) == [0, 0]


def test_everything_can_be_done_by_scanning_alone(company, desk, qtbot):
    order_id = company.order({company.valve: 5, company.gasket: 2, company.cable: 40})
    screen, scanner, _ = desk(order_id)
    for code in ("VAL-1", "WB-ALL", "GAS-1", "WB-UNDO", "WB-SKIP", "WB-ALL", "WB-ALL", "WB-DONE"):
        scanner.scan(code)
    qtbot.waitUntil(lambda: screen.band.title.endswith("is complete"))
    assert booked(company, order_id) == [5, 40, 2]  # by length of the bin's name: A-2, B-1, A-10


def test_short_books_what_was_found_and_plans_the_rest_again(company, desk, qtbot):
    order_id = company.order({company.valve: 5})
    screen, _, _ = desk(order_id)
    QTest.keyClicks(screen.stop.field, "3")
    QTest.qWait(60)  # a person types slower than a scanner
    QTest.keyClick(screen.stop.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: taken(screen) == [3])
    QTest.keyClick(screen, Qt.Key.Key_F8)
    assert screen.walk.current is None
    assert screen.end.title.text() == "1 line short"
    QTest.keyClick(screen, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: screen.walk is None)
    assert sorted(booked(company, order_id)) == [0, 3]  # done with 3; a new list asks for the other two


def test_what_was_not_found_is_replaced_by_a_substitute(company, desk, qtbot):
    pair = {
        "id": new_id(),
        "product_id": company.valve,
        "substitute_id": company.cable,
        "rank": 1,
        "both_ways": False,
    }
    company.do(lambda tx: tx.insert(product_substitute, pair))
    order_id = company.order({company.valve: 5})
    screen, _, _ = desk(order_id)
    QTest.keyClicks(screen.stop.field, "3")
    QTest.qWait(60)
    QTest.keyClick(screen.stop.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: taken(screen) == [3])
    QTest.keyClick(screen, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: screen.end.rest.count() == 3)
    screen.end.rest.setFocus()
    QTest.keyClick(screen.end.rest, Qt.Key.Key_End)
    assert "replace VAL-1 by 2 CBL-1" in screen.end.rest.currentText()
    QTest.keyClick(screen, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: screen.walk is None)
    valve, cable = company.read(lambda connection: orders.lines(connection, order_id))
    assert (valve.cancelled, valve.picked) == (2 * GRAIN, 3 * GRAIN)
    assert (cable.sku, cable.quantity, cable.reserved) == ("CBL-1", 2, 2 * GRAIN)


def test_leaving_keeps_what_was_counted(company, desk, qtbot, context):
    screen, scanner, _ = desk(company.order({company.valve: 5, company.gasket: 2}))
    for code in ("VAL-1", "VAL-1", "WB-SKIP"):
        scanner.scan(code)
    QTest.keyClick(screen, Qt.Key.Key_Escape)
    window = screen.window()
    assert window.screen_on_show.place_id == "picking"
    assert window.navigation.isVisible()
    other = PickingRound(context)  # as if the program had been started anew
    qtbot.addWidget(other)
    other._open(screen.walk.sheet.id)
    qtbot.waitUntil(lambda: other.walk is not None)
    assert taken(other) == [2, 0]
    assert other.walk.current.sku == "GAS-1"
    assert "Going on" in other.band.detail


def test_a_list_changed_by_somebody_else_is_read_again(company, desk, qtbot, context):
    order_id = company.order({company.valve: 5})
    screen, scanner, _ = desk(order_id)
    scanner.scan("VAL-1")
    pick_id = company.pick_of(order_id)
    context.tasks.run(screen, "pick.complete", lambda tx: picking.complete(tx, pick_id))
    qtbot.waitUntil(lambda: "is complete" in screen.band.title)
    assert screen.walk is None


def test_it_can_be_read_at_three_metres_and_touched_with_gloves(company, desk):
    screen, _, _ = desk(company.order({company.valve: 5}))
    assert screen.stop.bin.font().pixelSize() == 116
    small = [one.text() for one in screen.findChildren(QLabel) if one.text() and one.font().pixelSize() < 16]
    assert small == []
    buttons = [one for one in screen.findChildren(QAbstractButton) if one.isVisible()]
    assert {one.text() for one in buttons if one.height() < 56} == set()
    assert not screen.window().navigation.isVisible()
    assert unnamed(screen) == []


def test_the_list_shows_lines_by_bin_and_opens_the_picking_screen(company, open_window, qtbot):
    company.order({company.cable: 40, company.gasket: 2, company.valve: 5})
    window = open_window((screens.PLACE, screens.ROUND))
    screen = window.screen_on_show or window.screen_of("picking")
    window.show_place("picking")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None)
    assert [stop.bin for stop in screen.panel.lines.rows] == ["A-2", "A-10", "B-1"]
    assert unnamed(window) == []
    QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
    assert window.screen_on_show.place_id == "pick_round"
