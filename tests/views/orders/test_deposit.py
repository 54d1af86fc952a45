"""A deposit is asked for by keyboard, with its tax shown before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from app.models.invoice import invoice
from app.services import orders
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.views.dialogs.deposit import DepositDialog
from app.views.places import PLACES
from tests.desk import Desk, unhurried
from tests.views.office import closed, dialog, press_next

WAIT = 15_000
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(sqlite_database):
    return Desk(unhurried(sqlite_database)).found(invoice_policy="order")


def deposits_of(desk, order_id):
    wanted = select(invoice.c.state, invoice.c.total, invoice.c.tax).where(
        invoice.c.order_id == order_id, invoice.c.kind == "deposit"
    )
    return desk.read(lambda c: c.execute(wanted).all())


def type_figure(asking, figure):
    asking.figure.selectAll()
    QTest.keyClicks(asking.figure, figure)
    asking.figure.editingFinished.emit()  # what leaving the field does, also where the test's window is not active


def test_a_deposit_is_asked_for_with_the_keyboard(desk, open_window, qtbot):
    lines = tuple(
        LineInput(kind="fee", name="Work", unit_price=Decimal(price), tax_codes=code)
        for price, code in (("100", "V21"), ("54.50", "V9"))
    )
    new = NewOrder(desk.customer(), lines)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    window = open_window(PLACES)
    window._context.open("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None, timeout=WAIT)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Y, CONTROL | SHIFT)
    asking = dialog(DepositDialog, qtbot)
    type_figure(asking, "200")
    qtbot.waitUntil(lambda: "between nothing and the whole order" in asking.reason.text(), timeout=WAIT)
    type_figure(asking, "50")
    qtbot.waitUntil(lambda: not asking.reason.text() and "87.75" in asking.shown(), timeout=WAIT)
    assert "50.00 + 10.50" in asking.shown()
    press_next(asking)
    qtbot.waitUntil(lambda: closed(DepositDialog) and len(deposits_of(desk, order_id)) == 1, timeout=WAIT)
    assert deposits_of(desk, order_id) == [("draft", Decimal("87.75"), Decimal("12.75"))]
