"""The order's page: where each line comes from and when it leaves, and what can be said of one line, by keyboard."""

from __future__ import annotations

from decimal import Decimal

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.models.supply import Way
from app.services import orders, overview
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.views import format as written
from app.views.dialogs.amend import AmendDialog
from app.views.dialogs.order_line import AskForDialog, ChooseWayDialog, ReserveDialog, SendFromDialog, SendToDialog
from app.views.places import PLACES
from tests.supply_desk import GRAIN, MONDAY, supply_desk
from tests.views.office import dialog

WAIT = 15_000
TODAY = MONDAY
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(database):
    """Ten pumps lie in the main warehouse, twenty in another; Orbis sends more."""
    desk = supply_desk(database)
    desk.way(desk.pump, Way.BUY, "12.50")
    desk.receive(desk.pump, 10)
    desk.south = desk.warehouse("SOUTH")
    return desk


@pytest.fixture
def page(desk, open_window, qtbot):
    """The page of a confirmed order of fourteen pumps, promised for the day it was written."""
    lines = (LineInput(desk.pump, Decimal(14)),)
    new = NewOrder(desk.customer_id, lines, promised_on=TODAY)
    desk.order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, desk.order_id))
    desk.receive(desk.pump, 20, desk.south)  # too late for the promise
    window = open_window(PLACES)
    window._context.open("order", desk.order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None, timeout=WAIT)
    return page


def shown(page, column):
    number = next(n for n, one in enumerate(page.lines.columns) if one.id == column)
    return page.lines.cell(0, number).plain()


def press(page, key, modifiers=CONTROL | SHIFT):
    page.window().activateWindow()
    QTest.qWaitForWindowActive(page.window())
    page.table.setFocus()
    QTest.keyClick(page.table, key, modifiers)


def go(asked):
    QTest.keyClick(asked, Qt.Key.Key_Return, CONTROL)


def closed(asked):
    return lambda: not shiboken6.isValid(asked) or not asked.isVisible()


def type_amount(asked, text):
    """A digit begins to edit the quantity of the first row; Ctrl+Enter does it."""
    view = asked.table.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_F2)
    cell = view.findChild(QLineEdit)
    QTest.keyClicks(cell, text)
    QTest.keyClick(cell, Qt.Key.Key_Return)
    QTest.qWait(20)  # the cell's editor goes
    go(asked)


def line(desk):
    return desk.read(lambda c: overview.read(c, desk.order_id)).lines[0]


def test_a_line_tells_its_sources_its_day_and_the_purchase_it_waits_for(desk, page, qtbot):
    assert shown(page, "source") == "10 from stock 4 buy"
    assert shown(page, "ready") == "5 Nov"
    assert "Line 1 can leave" in page.banner.accessibleName()
    section = page.line_section
    assert (section.title.text(), section.day.text()) == ("Line 1 · PUMP", "ready 5 Nov")
    assert section.reason.text() == "4 from Orbis, due Thu 5 Nov"
    (source,) = line(desk).sources
    assert (source.number[:2], source.partner) == ("PO", "Orbis")


def test_a_part_of_a_line_leaves_from_another_warehouse_and_that_is_taken_back(desk, page, qtbot):
    press(page, Qt.Key.Key_F)
    asked = dialog(SendFromDialog, qtbot)
    type_amount(asked, "4")
    qtbot.waitUntil(lambda: "4 from another warehouse" in shown(page, "source"), timeout=WAIT)
    assert desk.level(desk.pump, desk.south) == (16, 4)
    assert shown(page, "ready") == "now"
    page.window()._context.undo.undo()
    qtbot.waitUntil(lambda: desk.level(desk.pump, desk.south) == (20, 0), timeout=WAIT)


def test_a_line_goes_to_another_address(desk, page, qtbot):
    press(page, Qt.Key.Key_A)
    asked = dialog(SendToDialog, qtbot)
    asked.known.setCurrentIndex(asked.known.count() - 1)
    for field, text in ((asked.street, "Quay 9"), (asked.city, "Delft")):
        field.setFocus()
        QTest.keyClicks(field, text)
    go(asked)
    qtbot.waitUntil(lambda: "Delft" in line(desk).ship_to, timeout=WAIT)


def test_a_line_wanted_later_than_its_order_is_in_time_for_that_day(desk, page, qtbot):
    press(page, Qt.Key.Key_D)
    asked = dialog(AskForDialog, qtbot)
    asked.day.setFocus()
    QTest.keyClicks(asked.day, "+8")
    QTest.keyClick(asked.day, Qt.Key.Key_Return)
    go(asked)
    qtbot.waitUntil(lambda: line(desk).requested_on is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: "can leave" not in page.banner.accessibleName(), timeout=WAIT)


def test_a_line_is_had_from_stock_alone_when_somebody_says_so(desk, page, qtbot):
    press(page, Qt.Key.Key_H)
    asked = dialog(ChooseWayDialog, qtbot)
    asked.way.setCurrentIndex(asked.way.findText("From stock"))
    go(asked)
    qtbot.waitUntil(lambda: shown(page, "source") == "10 from stock 4 missing", timeout=WAIT)
    assert line(desk).way == "stock"
    page.window()._context.undo.undo()
    qtbot.waitUntil(lambda: line(desk).way == "" and bool(line(desk).sources), timeout=WAIT)


def test_parts_are_reserved_by_hand_and_one_is_taken_back(desk, page, qtbot):
    for quantity in ("3", "2"):
        press(page, Qt.Key.Key_R)
        asked = dialog(ReserveDialog, qtbot)
        type_amount(asked, quantity)
        qtbot.waitUntil(
            lambda q=quantity: [grains for _, grains in line(desk).parts][-1:] == [int(q) * GRAIN], timeout=WAIT
        )
        qtbot.waitUntil(closed(asked), timeout=WAIT)
    assert desk.level(desk.pump) == (5, 5)
    page.line_steps.release_part(line(desk), line(desk).parts[0][0])
    qtbot.waitUntil(lambda: desk.level(desk.pump) == (8, 2), timeout=WAIT)


def test_an_amendment_shows_what_it_does_and_changes_nothing_before_it_is_agreed(desk, page, qtbot):
    window = page.window()
    press(page, Qt.Key.Key_E, CONTROL)
    writing = window.screen_of("order_writing")
    qtbot.waitUntil(lambda: writing.page.document is not None, timeout=WAIT)
    editor = writing.page.editor
    qtbot.waitUntil(lambda: bool(editor.lines()), timeout=WAIT)
    editor._edit_cell(0, "quantity")
    QTest.keyClicks(QApplication.focusWidget(), "11")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    QTest.qWait(20)
    before = desk.fingerprint()
    writing.show_whole()
    asked = dialog(AmendDialog, qtbot)
    qtbot.waitUntil(lambda: asked.shown is not None, timeout=WAIT)
    assert asked.rows.cell(0, 1).plain() == "14 → 11"
    assert "4 → 1" in asked.documents.text()
    head = desk.read(orders.get, desk.order_id)
    said = {label.text(): value.text() for label, value in asked.totals._pairs}
    assert said["Net"].startswith(f"{written.amount(head.untaxed)} → ")
    assert said["Tax"].count("→") == 1
    assert desk.fingerprint() == before
    go(asked)
    qtbot.waitUntil(lambda: line(desk).quantity == 11, timeout=WAIT)
    qtbot.waitUntil(lambda: page.isVisible() and shown(page, "source") == "10 from stock 1 buy", timeout=WAIT)
    window._context.undo.undo()
    qtbot.waitUntil(lambda: line(desk).quantity == 14, timeout=WAIT)


def test_an_amendment_that_is_refused_says_why_before_anything_is_done(desk, page, qtbot):
    window = page.window()
    window._context.open("edit_order", desk.order_id)
    writing = window.screen_of("order_writing")
    qtbot.waitUntil(lambda: bool(writing.page.editor.lines()), timeout=WAIT)
    writing.page.editor.remove_line(0)
    assert not writing.may_leave()  # it asks first
    QApplication.activeModalWidget().reject()
    other = desk.do(
        "order.change", lambda tx: orders.change_head(tx, desk.order_id, line_revision(desk), {"notes": "x"})
    )
    assert other is None
    writing.show_whole()
    asked = dialog_of(AmendDialog, qtbot)
    qtbot.waitUntil(lambda: bool(asked.form.banner.accessibleName()), timeout=WAIT)
    assert not asked.go.isEnabled()
    asked.reject()
    writing.page.drop_typed()


def line_revision(desk):
    return desk.read(orders.get, desk.order_id).revision


def dialog_of(kind, qtbot):
    found = []

    def there():
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there, timeout=WAIT)
    return found[0]
