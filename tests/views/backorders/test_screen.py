"""What waits, why and for what; and short stock shared out anew with every piece shown first."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import orders, parties
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.parties import NewCustomer
from app.views.places import PLACES
from tests.supply_desk import GRAIN, MONDAY, supply_desk

WAIT = 15_000
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(database):
    """Ten pumps lie free; a customer without a class has them all, one of class A came later and waits for six."""
    desk = supply_desk(database)
    desk.receive(desk.pump, 10)
    desk.best = desk.do("customer.add", lambda tx: parties.add(tx, NewCustomer("Best Buyer")))
    desk.do("customer.change", lambda tx: parties.change(tx, desk.best, {"priority": "A"}, {"priority": ""}))
    desk.first = sell(desk, desk.customer_id, 10)
    desk.second = sell(desk, desk.best, 6)
    return desk


def sell(desk, buyer, quantity):
    lines = (LineInput(desk.pump, Decimal(quantity)),)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(buyer, lines, promised_on=MONDAY)))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


@pytest.fixture
def window(desk, open_window):
    return open_window(PLACES)


def cells_of(rows, number=0):
    return [rows.cell(number, n).plain() for n in range(len(rows.columns))]


def reserved(desk, order_id):
    return desk.line(order_id).reserved // GRAIN


def test_a_line_that_waits_stands_with_its_reason_and_is_found_by_it(desk, window, qtbot):
    window.show_place("backorders")
    screen = window.screen_of("backorders")
    qtbot.waitUntil(lambda: len(screen.rows.rows) == 1, timeout=WAIT)
    row = cells_of(screen.rows)
    assert row[0] == f"{desk.read(orders.get, desk.second).number} Best Buyer"
    assert row[4] == "6 units"
    assert screen.title.text() == "6 units of PUMP wait"
    qtbot.waitUntil(lambda: screen.substitutes.count() == 1, timeout=WAIT)
    screen.search()
    QTest.keyClicks(screen.filter, "harbor")
    assert screen.stack.currentWidget() is screen.none
    QTest.keyClick(screen.filter, Qt.Key.Key_Escape)
    assert len(screen.rows.rows) == 1


def test_what_came_in_meanwhile_takes_a_line_off_the_list(desk, window, qtbot):
    window.show_place("backorders")
    screen = window.screen_of("backorders")
    qtbot.waitUntil(lambda: len(screen.rows.rows) == 1, timeout=WAIT)
    desk.receive(desk.pump, 6)
    screen.reload()
    qtbot.waitUntil(lambda: not screen.rows.rows, timeout=WAIT)
    assert screen.stack.currentIndex() == 1


def test_each_moved_piece_is_explained_and_all_of_them_move_by_one_key(desk, window, qtbot):
    window.show_place("backorders")
    window._context.commands.start("backorder.rebalance")
    screen = window.screen_of("rebalance")
    qtbot.waitUntil(lambda: screen.found is not None, timeout=WAIT)
    row = cells_of(screen.rows)
    assert row[1] == "6"
    assert (row[3], row[5]) == ("Share", "Win")
    assert "wins over" in screen.why.text()
    assert reserved(desk, desk.second) == 0  # shown, not done
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(screen.view, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: reserved(desk, desk.second) == 6, timeout=WAIT)
    assert reserved(desk, desk.first) == 4
    qtbot.waitUntil(lambda: screen.header.about.text() == "nothing moves", timeout=WAIT)
    window._context.undo.undo()
    qtbot.waitUntil(lambda: (reserved(desk, desk.first), reserved(desk, desk.second)) == (10, 0), timeout=WAIT)


def test_nothing_moves_when_an_order_changed_after_it_was_shown(desk, window, qtbot):
    window._context.open("rebalance")
    screen = window.screen_of("rebalance")
    qtbot.waitUntil(lambda: screen.found is not None, timeout=WAIT)
    shown = screen.found
    desk.receive(desk.pump, 2)
    screen.accept_all()
    qtbot.waitUntil(lambda: screen.found is not None and screen.found is not shown, timeout=WAIT)
    assert "nothing was moved" in screen.banner.accessibleName()
    assert reserved(desk, desk.first) == 10
    assert sum(piece.grains for piece in screen.found.moved) == 4 * GRAIN


def test_other_rules_show_other_moves(desk, window, qtbot):
    window._context.open("rebalance")
    screen = window.screen_of("rebalance")
    qtbot.waitUntil(lambda: screen.found is not None, timeout=WAIT)
    screen.classes["A"].setFocus()
    while screen.classes["A"].currentText() != "Lose: gives up what it has":
        QTest.keyClick(screen.classes["A"], Qt.Key.Key_Down)
    screen.classes["A"].activated.emit(0)
    qtbot.waitUntil(lambda: screen.found is not None and not screen.found.moved, timeout=WAIT)
    assert "nothing moves" in screen.header.about.text()
