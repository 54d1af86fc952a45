"""A pro-forma invoice is shown from the page of an order and from the list, by keyboard."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import orders
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.views.places import PLACES
from tests.desk import Desk, unhurried

WAIT = 15_000
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_pro_forma_invoice_is_shown_from_the_page_and_from_the_list(sqlite_database, open_window, qtbot):
    desk = Desk(unhurried(sqlite_database)).found()
    new = NewOrder(desk.customer(), (LineInput(kind="fee", name="Work", unit_price=Decimal(100), tax_codes="V21"),))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    number = desk.read(orders.get, order_id).number
    window = open_window(PLACES)
    window._context.open("order", order_id)
    screen = window.screen_of("orders")
    qtbot.waitUntil(lambda: screen.page.overview is not None, timeout=WAIT)

    def shown(widget, key):
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        widget.setFocus()
        QTest.keyClick(widget, key, CONTROL | SHIFT)
        printed = window.screen_of("print")
        qtbot.waitUntil(lambda: printed.paper is not None, timeout=WAIT)
        paper, printed.paper = printed.paper, None
        window._context.navigator.back()
        return paper.title

    assert shown(screen.page.table, Qt.Key.Key_V) == f"Pro-forma invoice PF-{number}"
    assert shown(screen.page.table, Qt.Key.Key_G) == f"Pro-forma invoice PF-{number}-R"
    window.show_place("orders")
    qtbot.waitUntil(lambda: screen.list.current() is not None, timeout=WAIT)
    assert shown(screen.list.view, Qt.Key.Key_V) == f"Pro-forma invoice PF-{number}"
