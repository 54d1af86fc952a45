"""An order is stopped and let go on by keyboard, and one that looks entered twice is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from app.services import order_stops, orders, overview, recurring_orders
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.views import format as written
from app.views.dialogs.hold import DecideDialog, HoldDialog
from app.views.dialogs.repeat import RepeatDialog
from app.views.places import PLACES
from tests.supply_desk import MONDAY, supply_desk
from tests.views.accessible import unnamed
from tests.views.office import closed, dialog, press_next

WAIT = 15_000


@pytest.fixture
def desk(sqlite_database):
    desk = supply_desk(sqlite_database)
    desk.receive(desk.pump, 30)
    return desk


def write(desk, *, confirmed):
    new = NewOrder(desk.customer_id, (LineInput(desk.pump, Decimal(4)),), promised_on=MONDAY, customer_po="PO-9")
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    if confirmed:
        desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def show(open_window, qtbot, order_id):
    window = open_window(PLACES)
    window._context.open("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None, timeout=WAIT)
    return page


def press(page, key):
    page.window().activateWindow()
    QTest.qWaitForWindowActive(page.window())
    page.table.setFocus()
    QTest.keyClick(page.table, key, Qt.KeyboardModifier.ControlModifier)


def state(desk, order_id):
    return desk.read(lambda c: overview.read(c, order_id)).order


def test_an_order_is_put_on_hold_with_a_reason_and_released_by_its_next_step(desk, open_window, qtbot):
    order_id = write(desk, confirmed=True)
    page = show(open_window, qtbot, order_id)
    press(page, Qt.Key.Key_H)
    asked = dialog(HoldDialog, qtbot)
    assert unnamed(asked) == []
    press_next(asked)
    qtbot.waitUntil(lambda: "Say why" in asked.form._entries["reason"].note.text(), timeout=WAIT)
    asked.reason.setCurrentText("Address to be checked")
    press_next(asked)
    qtbot.waitUntil(lambda: closed(HoldDialog) and page.overview.order.stage == "on_hold", timeout=WAIT)
    assert "On hold: Address to be checked" in page.banner.accessibleName()
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.overview.order.hold, timeout=WAIT)
    assert state(desk, order_id).stage == "confirmed"


def test_what_becomes_of_a_shipment_that_was_called_off_is_decided_line_by_line(desk, open_window, qtbot):
    order_id = write(desk, confirmed=True)
    planned = desk.read(lambda c: overview.read(c, order_id)).paper("shipment", "planned")
    desk.do("shipment.call_off", lambda tx: order_stops.call_off(tx, planned.id))
    page = show(open_window, qtbot, order_id)
    press(page, Qt.Key.Key_Return)
    asked = dialog(DecideDialog, qtbot)
    (choice,) = asked.choices.values()
    choice.setCurrentIndex(1)
    press_next(asked)
    qtbot.waitUntil(lambda: closed(DecideDialog) and not page.overview.lines[0].undecided, timeout=WAIT)
    assert desk.read(lambda c: overview.read(c, order_id)).lines[0].cancelled == 4


def test_an_order_that_looks_entered_twice_is_confirmed_after_a_question(desk, open_window, qtbot):
    first, second = write(desk, confirmed=True), write(desk, confirmed=False)
    page = show(open_window, qtbot, second)
    press(page, Qt.Key.Key_Return)
    asked = dialog(QMessageBox, qtbot)
    assert state(desk, first).number in asked.text()
    assert state(desk, second).state == "draft"
    asked.defaultButton().click()
    qtbot.waitUntil(lambda: page.overview.order.state == "confirmed", timeout=WAIT)


def test_an_order_is_given_again_every_two_weeks_and_then_no_more(desk, open_window, qtbot):
    order_id = write(desk, confirmed=True)
    page = show(open_window, qtbot, order_id)
    page._context.commands["order.repeat"].trigger()
    asked = dialog(RepeatDialog, qtbot)
    asked.every.set_value(Decimal(2))
    asked.rhythm.setCurrentIndex(0)
    days = [page._context.today() + timedelta(weeks=2 * place) for place in range(3)]
    asked.first.set_value(days[0])
    asked._show()
    assert f"Next: {written.full_day(days[0])}, {written.full_day(days[1])}" in asked.days.text()
    press_next(asked)
    qtbot.waitUntil(lambda: closed(RepeatDialog), timeout=WAIT)
    repeat_id, how, _ = desk.read(lambda c: recurring_orders.of_order(c, order_id))
    assert how.every == 2
    desk.do("order.write_due", lambda tx: recurring_orders.write_due(tx, repeat_id, days[0]))
    page._context.commands["order.repeat"].trigger()
    longer = dialog(RepeatDialog, qtbot)
    longer.until.set_value(days[2])
    longer._show()
    assert longer.days.text() == f"Next: {written.full_day(days[1])}, {written.full_day(days[2])}"
    press_next(longer)
    qtbot.waitUntil(lambda: closed(RepeatDialog), timeout=WAIT)
    assert desk.read(lambda c: recurring_orders.of_order(c, order_id))[:2] == (
        repeat_id,
        replace(how, ends_on=days[2]),
    )
    page._context.commands["order.repeat"].trigger()
    again = dialog(RepeatDialog, qtbot)
    again.over.setChecked(True)
    press_next(again)
    qtbot.waitUntil(lambda: closed(RepeatDialog), timeout=WAIT)
    assert desk.read(lambda c: recurring_orders.of_order(c, order_id)) is None
