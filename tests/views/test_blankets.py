"""Blanket orders by keyboard: agreed, called off, more than is left only when that is allowed, closed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.services import blankets, orders, products
from app.services.blankets import Agreed, NewBlanket
from app.services.parties import get
from app.views.blankets.dialogs import CallOffDialog, NewBlanketDialog
from app.views.places import PLACES
from tests.supply_desk import MONDAY, supply_desk
from tests.views.office import closed, dialog, press_next

WAIT = 15_000


@pytest.fixture
def desk(sqlite_database):
    return supply_desk(sqlite_database)


def left(desk, blanket_id):
    line = desk.read(lambda c: blankets.read(c, blanket_id)).lines[0]
    return line.in_unit(line.left)


def type_quantity(asked, text):
    view = asked.table.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_F2)
    cell = view.findChild(QLineEdit)
    QTest.keyClicks(cell, text)
    QTest.keyClick(cell, Qt.Key.Key_Return)
    QTest.qWait(20)  # the cell's editor goes
    press_next(asked)


def test_one_is_agreed_by_keyboard(desk, open_window, qtbot):
    window = open_window(PLACES)
    window.show_place("blankets")
    screen = window.screen_on_show
    screen.new()
    asked = dialog(NewBlanketDialog, qtbot)
    QTest.keyClicks(asked.customer, desk.read(lambda c: get(c, desk.customer_id)).name)
    qtbot.waitUntil(lambda: bool(asked.customer.choice() or asked.customer._choices), timeout=WAIT)
    QTest.keyClick(asked.customer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked.customer.choice() is not None, timeout=WAIT)
    asked.lines.put(0, {"sku": "NOWHERE", "quantity": "2"})
    asked._look(0, "sku")
    qtbot.waitUntil(lambda: "no product NOWHERE" in asked.lines.first_error(), timeout=WAIT)
    sku = desk.read(lambda c: products.get(c, desk.pump)).sku
    asked.lines.put(0, {"sku": sku.lower(), "quantity": "12", "price": "3.25"})
    asked._look(0, "sku")
    qtbot.waitUntil(lambda: bool(asked.lines.rows.rows[0].get("name")), timeout=WAIT)
    press_next(asked)
    qtbot.waitUntil(lambda: closed(NewBlanketDialog) and screen.list.current() is not None, timeout=WAIT)
    blanket_id = screen.list.current().id
    (line,) = desk.read(lambda c: blankets.read(c, blanket_id)).lines
    assert (line.in_unit(line.agreed), line.unit_price) == (Fraction(12), Decimal("3.25"))


def test_a_part_is_called_off_and_more_than_is_left_only_when_that_is_allowed(desk, open_window, qtbot):
    new = NewBlanket(desk.customer_id, (Agreed(desk.pump, Decimal(10), Decimal(9)),), MONDAY)
    blanket_id = desk.do("blanket.add", lambda tx: blankets.add(tx, new))
    window = open_window(PLACES)
    window.show_place("blankets")
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.list.current() is not None, timeout=WAIT)
    press_next(screen)
    asked = dialog(CallOffDialog, qtbot)
    type_quantity(asked, "11")
    assert asked.isVisible()
    asked.beyond.setChecked(True)
    type_quantity(asked, "12")
    qtbot.waitUntil(lambda: closed(CallOffDialog) and window.screen_on_show.kind == "order", timeout=WAIT)
    (called,) = desk.read(lambda c: blankets.read(c, blanket_id)).orders
    assert [line.quantity for line in desk.read(lambda c: orders.lines(c, called.id))] == [Decimal(12)]
    assert left(desk, blanket_id) == 0


def test_one_is_closed_and_the_same_key_opens_it_again(desk, open_window, qtbot):
    new = NewBlanket(desk.customer_id, (Agreed(desk.pump, Decimal(10), Decimal(9)),), MONDAY)
    blanket_id = desk.do("blanket.add", lambda tx: blankets.add(tx, new))
    window = open_window(PLACES)
    window.show_place("blankets")
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.list.current() is not None, timeout=WAIT)

    def state():
        return desk.read(lambda c: blankets.get(c, blanket_id)).state

    window._context.commands["blanket.close"].trigger()
    qtbot.waitUntil(lambda: state() == "closed", timeout=WAIT)
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 0, timeout=WAIT)  # it is not among the open ones
    screen.list.choose_tab("all")
    qtbot.waitUntil(lambda: screen.list.current() is not None, timeout=WAIT)
    window._context.commands["blanket.close"].trigger()
    qtbot.waitUntil(lambda: state() == "open", timeout=WAIT)


def test_without_any_it_says_what_they_are_for(open_window, qtbot, desk):
    window = open_window(PLACES)
    window.show_place("blankets")
    screen = window.screen_on_show
    empty = screen.list._stack.widget(1)
    qtbot.waitUntil(lambda: screen.list._stack.currentWidget() is empty, timeout=WAIT)
    assert empty.title.text() == "No blanket orders yet"
