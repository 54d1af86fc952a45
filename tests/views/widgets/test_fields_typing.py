"""What is typed counts, however it is ended: by a key, by a click, by closing the window."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services import billing, orders, quotes, receivables
from app.services.document_lines import LineInput
from app.services.quotes import NewQuote
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.pick import PickDialog
from app.views.places import PLACES
from tests.views import small_company
from tests.views.conftest import NOON
from tests.views.office import CONTROL, dialog, press_next

WAIT = 15_000


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def window(company, open_window):
    return open_window(PLACES)


@pytest.fixture
def page(company, window, qtbot):
    """A draft quote of two valves, on show."""
    quote_id = company.do(
        lambda tx: quotes.create(tx, NewQuote(company.harbor, (LineInput(company.valve, Decimal(2)),)))
    )
    window.open_record("quote", quote_id)
    page = window.screen_of("quotes").page
    qtbot.waitUntil(lambda: page.document is not None, timeout=WAIT)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    return page


def type_over(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def sent(company, page):
    return company.read(lambda connection: quotes.get(connection, page.document.head.id))


def is_sent(company, page):
    return sent(company, page).state == "sent"


def test_a_po_number_typed_last_goes_out_with_the_quote(company, window, page, qtbot):
    type_over(page.po, "PO-77")
    press_next(window)
    qtbot.waitUntil(lambda: is_sent(company, page), timeout=WAIT)
    assert sent(company, page).customer_po == "PO-77"


def test_a_quantity_still_in_its_cell_goes_out_with_the_quote(company, window, page, qtbot):
    page.editor.start()
    QTest.keyClick(page.editor.add, Qt.Key.Key_Tab)
    cell = QApplication.focusWidget()
    cell.selectAll()
    QTest.keyClicks(cell, "12")
    QTest.keyClick(cell, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: is_sent(company, page), timeout=WAIT)
    lines = company.read(lambda connection: quotes.lines(connection, page.document.head.id))
    assert [line.quantity for line in lines] == [12]
    assert sent(company, page).total == Decimal("267.17")  # 12 × 18.40 and 21 %


def test_what_is_typed_while_the_last_change_is_saved_goes_out_too(company, window, page, qtbot):
    type_over(page.po, "PO-1")
    page.leave()  # saving has begun
    type_over(page.po, "PO-2")
    press_next(window)
    qtbot.waitUntil(lambda: is_sent(company, page), timeout=WAIT)
    assert sent(company, page).customer_po == "PO-2"


def test_a_date_that_cannot_be_read_stops_the_sending(company, window, page, qtbot):
    type_over(page.last_day, "sometime")
    press_next(window)
    assert page.last_day.property("error")
    qtbot.wait(200)
    assert not is_sent(company, page)


def test_closing_the_window_keeps_what_was_typed_a_moment_before(company, window, page, qtbot):
    type_over(page.po, "PO-78")
    page.leave()
    type_over(page.notes, "Call before delivery.")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    window._context.tasks.wait()
    head = sent(company, page)
    assert (head.customer_po, head.notes) == ("PO-78", "Call before delivery.")


def test_a_refused_discount_loses_nothing_else(company, window, page, qtbot):
    type_over(page.po, "PO-79")
    type_over(page.discount, "1.23456789012")
    QTest.keyClick(page.discount, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: bool(page.discount.property("error")), timeout=WAIT)
    type_over(page.discount, "5")
    QTest.keyClick(page.discount, Qt.Key.Key_Tab)
    qtbot.waitUntil(page.is_saved, timeout=WAIT)
    head = sent(company, page)
    assert (head.customer_po, head.discount_percent) == ("PO-79", 5)
    qtbot.waitUntil(page.banner.isHidden, timeout=WAIT)


def test_a_quote_somebody_else_changed_can_be_read_again(company, window, page, qtbot):
    quote_id, revision = page.document.head.id, page.document.head.revision
    company.do(lambda tx: quotes.change_head(tx, quote_id, revision, {"customer_po": "THEIRS"}))
    type_over(page.po, "MINE")
    QTest.keyClick(page.po, Qt.Key.Key_Tab)
    page.save()
    qtbot.waitUntil(page.read_again.isVisible, timeout=WAIT)
    page.read_again.click()
    qtbot.waitUntil(lambda: page.po.text() == "THEIRS", timeout=WAIT)
    assert page.is_saved()
    assert not page.banner.isVisible()


def open_invoice(company):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    company.do(lambda tx: billing.post(tx, invoice_id, NOON.date()))
    return order_id, invoice_id


def test_a_click_books_the_amount_that_was_typed(company, window, qtbot):
    order_id, invoice_id = open_invoice(company)
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.next_step == "payment.receive", timeout=WAIT)
    page.take_next_step()
    pay = dialog(PayDialog, qtbot)
    type_over(pay.amount, "100")
    QTest.mouseClick(pay.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.overview.order.paid_total > 0, timeout=WAIT)
    assert page.overview.order.paid_total == 100
    assert company.read(lambda connection: receivables.invoice_sheet(connection, invoice_id)).head.open_amount > 0


def test_a_day_that_cannot_be_read_books_no_payment(company, window, qtbot):
    order_id, _ = open_invoice(company)
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None and page.overview.next_step == "payment.receive", timeout=WAIT)
    page.take_next_step()
    pay = dialog(PayDialog, qtbot)
    type_over(pay.day, "the 40th")
    QTest.keyClick(pay.day, Qt.Key.Key_Return, CONTROL)
    assert pay.isVisible()
    assert pay.focusWidget() is pay.day
    assert company.read(lambda connection: orders.get(connection, order_id)).paid_total == 0
    pay.reject()


def test_a_dialog_begins_in_its_table_and_takes_the_quantity_being_typed(company, window, qtbot):
    order_id = company.order({company.valve: 5})
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None, timeout=WAIT)
    page.take_next_step()
    pick = dialog(PickDialog, qtbot)
    view = pick.table.view
    assert pick.focusWidget() is view
    QTest.keyClick(view, Qt.Key.Key_3)
    cell = QApplication.focusWidget()
    assert cell.text() == "3", "a digit begins to edit the quantity"
    QTest.keyClick(cell, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.overview.lines[0].picked > 0, timeout=WAIT)
    assert page.overview.lines[0].picked == 3
