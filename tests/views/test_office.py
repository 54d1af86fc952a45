"""Shipments, returns, invoices and payments, driven by the keyboard on a small company."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from app.services import billing, orders, payments, receivables, returns
from app.services.payments import NewPayment
from app.views import invoices, shipments
from app.views import payments as payment_screens
from app.views import returns as return_screens
from app.views.dialogs.bill import CreditDialog, PostInvoiceDialog
from app.views.dialogs.choose_customer import ChooseCustomerDialog
from app.views.dialogs.give_back import AuthoriseReturnDialog, ReceiveReturnDialog
from app.views.dialogs.pack import PackDialog
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.ship import ShipDialog
from app.views.screen import Group, Place, Screen
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.small_company import TODAY

CONTROL = Qt.KeyboardModifier.ControlModifier
PLACES = (invoices.PLACE, payment_screens.PLACE, shipments.PLACE, return_screens.PLACE, invoices.WRITING)
ORDER = Place("orders", "Orders", "file-text", Group.SELL, lambda context: Screen(context, "orders"), kinds=("order",))
PRINT = Place("print", "Print", "printer", Group.HIDDEN, lambda context: Screen(context, "print"))


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def show(company, open_window, qtbot):
    """Shows a place with its first row highlighted and read."""

    def go(place_id: str, tab: str = ""):
        window = open_window((*PLACES, ORDER, PRINT))
        window.open_record(place_id, None, **({"tab": tab} if tab else {}))
        screen = window.screen_on_show
        qtbot.waitUntil(lambda: screen.panel.sheet is not None)
        return screen

    return go


def dialog(kind, qtbot):
    """The dialog of a kind, once it is open."""
    found = []

    def there():
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there)
    return found[0]


def press_next(widget):
    if not isinstance(widget, QDialog):  # the offscreen platform does not go back to the window by itself
        widget.window().activateWindow()
        QTest.qWaitForWindowActive(widget.window())
    QTest.keyClick(widget, Qt.Key.Key_Return, CONTROL)


# invoices --------------------------------------------------------------------------------------------


def test_a_draft_is_posted_and_paid_by_ctrl_enter(company, show, qtbot):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    screen = show("invoices")
    assert screen.panel.number.text() == "Invoice draft"
    assert [line.sku for line in screen.panel.lines.rows] == ["VAL-1"]
    press_next(screen.list.view)
    press_next(dialog(PostInvoiceDialog, qtbot))
    invoice_id = company.invoice_of(order_id)
    qtbot.waitUntil(lambda: company.read(lambda c: billing.get(c, invoice_id)).state == "posted")
    screen.list.show_query(tab="open")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and bool(screen.panel.sheet.bookings))
    assert screen.panel.number.text() == "INV-00001"
    assert [one.amount for one in screen.panel.journal.rows] == [Decimal("222.64"), Decimal("-38.64"), Decimal(-184)]
    press_next(screen.list.view)
    pay = dialog(PayDialog, qtbot)
    qtbot.waitUntil(lambda: pay.amount.value() == Decimal("222.64"))
    press_next(pay)
    qtbot.waitUntil(lambda: company.read(lambda c: billing.get(c, invoice_id)).state == "paid")
    screen.list.show_query(tab="all")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and bool(screen.panel.sheet.settled))
    assert [(one.payment_number, one.amount) for one in screen.panel.sheet.settled] == [
        ("PAY-00001", Decimal("222.64"))
    ]


def test_ticked_drafts_are_posted_together_after_one_question(company, show, qtbot):
    ids = [company.order({company.valve: number}) for number in (1, 2, 3)]
    for order_id in ids:
        company.ship(order_id)
    screen = show("invoices")
    screen.list.table.check_all(checked=True)
    screen.context.commands.start("invoice.post")
    question = dialog(QMessageBox, qtbot)
    assert question.text() == "Post 3 invoices?"
    question.defaultButton().click()
    numbers = [company.invoice_of(order_id) for order_id in ids]
    qtbot.waitUntil(lambda: {company.read(lambda c, k=key: billing.get(c, k)).state for key in numbers} == {"posted"})


def test_a_part_is_credited(company, show, qtbot):
    order_id = company.order({company.valve: 10, company.gasket: 4})
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    company.do(lambda tx: billing.post(tx, invoice_id, TODAY))
    screen = show("invoices", "open")
    screen.context.commands.start("invoice.credit")
    credit = dialog(CreditDialog, qtbot)
    credit.part.setChecked(True)
    credit.table.rows.edited.emit(0, "chosen", "3")
    press_next(credit)
    open_amount = Decimal("233.77") - Decimal("66.79")
    qtbot.waitUntil(lambda: company.read(lambda c: billing.get(c, invoice_id)).open_amount == open_amount)
    left = company.read(lambda c: receivables.invoice_sheet(c, invoice_id)).creditable
    assert sorted(quantity for _, quantity in left) == [4, 7]


def test_an_invoice_without_an_order_is_written_posted_and_found(company, open_window, qtbot):
    window = open_window((*PLACES, ORDER, PRINT))
    window.open_record("new_invoice", None, customer=company.summit)
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.editor.draft is not None)
    assert unnamed(window) == []
    QTest.keyClicks(screen.editor.add, "gask")
    QTest.keyClick(screen.editor.add, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.editor.lines()) == 1)
    screen.editor.rows.edited.emit(0, "quantity", "10")
    press_next(screen.editor.table)
    qtbot.waitUntil(lambda: window.screen_on_show.place_id == "invoices")
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.panel.sheet is not None)
    assert shown.panel.sheet.head.total == Decimal("27.83")
    assert shown.panel.sheet.head.customer_name == "Summit Safety"


# payments --------------------------------------------------------------------------------------------


def pay(company, amount: str, received: date = TODAY):
    new = NewPayment(company.harbor, Decimal(amount), received)
    return company.do(lambda tx: payments.receive(tx, new))


def test_what_is_left_of_a_payment_goes_to_the_oldest_invoices_and_is_taken_back(company, show, qtbot):
    keys = []
    for number, days in ((1, 0), (2, -60)):
        order_id = company.order({company.valve: number})
        company.ship(order_id)
        keys.append(company.invoice_of(order_id))
        company.do(lambda tx, key=keys[-1], on=TODAY + timedelta(days=days): billing.post(tx, key, on))
    payment_id = pay(company, "50.00")
    screen = show("payments", "unallocated")
    assert screen.panel.sheet.left == Decimal(50)
    press_next(screen.list.view)

    def amounts():
        return [company.read(lambda c, key=key: billing.get(c, key)).open_amount for key in keys]

    qtbot.waitUntil(lambda: amounts() == [Decimal("16.79"), Decimal(0)])  # 44.53 of two months ago first, then 5.47
    screen.list.show_query(tab="all")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and len(screen.panel.sheet.settled) == 2)
    screen.context.commands.start("payment.reverse")
    question = dialog(QMessageBox, qtbot)
    assert "Take PAY-00001 of 50.00 EUR back?" in question.text()
    question.defaultButton().click()
    qtbot.waitUntil(lambda: amounts() == [Decimal("22.26"), Decimal("44.53")])
    assert company.read(lambda c: receivables.payment_sheet(c, payment_id)).is_taken_back


def test_a_new_payment_asks_whose_it_is_first(company, show, qtbot):
    pay(company, "5.00")
    screen = show("payments")
    QTest.keyClick(screen, Qt.Key.Key_N, CONTROL)
    ask = dialog(ChooseCustomerDialog, qtbot)
    QTest.keyClicks(ask.customer, "summ")
    QTest.keyClick(ask.customer, Qt.Key.Key_Return)
    money = dialog(PayDialog, qtbot)
    money.amount.set_value(Decimal("12.50"))
    press_next(money)
    qtbot.waitUntil(lambda: company.read(receivables.count_unallocated) == 2)
    left = company.read(receivables.unallocated)
    assert [(row[2], row[3]) for row in left] == [("Summit Safety", Decimal("12.50")), ("Harbor & Finch", Decimal(5))]


# shipments -------------------------------------------------------------------------------------------


def test_a_shipment_is_packed_shipped_and_delivered_by_ctrl_enter(company, show, qtbot):
    order_id = company.order({company.valve: 10, company.gasket: 4})
    company.pick_all(order_id)
    screen = show("shipments", "to_pack")
    assert unnamed(screen.window()) == []
    press_next(screen.list.view)
    press_next(dialog(PackDialog, qtbot))
    screen.list.show_query(tab="packed")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and bool(screen.panel.sheet.packages))
    [package] = screen.panel.sheet.packages
    assert [(one.sku, one.quantity) for one in package.contents] == [("VAL-1", 10), ("GAS-1", 4)]
    assert f"SSCC {package.sscc}" in [line.second for line in screen.panel.lines.rows]
    press_next(screen.list.view)
    leave = dialog(ShipDialog, qtbot)
    qtbot.waitUntil(lambda: leave.carrier.findText("Meridian") >= 0)
    leave.carrier.setCurrentText("Meridian")
    leave.tracking.setText("MR555")
    press_next(leave)
    screen.list.show_query(tab="shipped")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "shipped")
    assert screen.panel.sheet.tracking_url == "https://meridian.example/t/MR555"
    press_next(screen.list.view)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "delivered")


def test_unpacking_is_undone(company, show, qtbot):
    order_id = company.order({company.valve: 10})
    company.pick_all(order_id)
    shipment_id = company.shipment_of(order_id)
    screen = show("shipments", "to_pack")
    press_next(screen.list.view)
    press_next(dialog(PackDialog, qtbot))
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "packed") == shipment_id)
    screen.list.show_query(tab="packed")
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.state == "packed")
    screen.context.commands.start("shipment.unpack")
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "planned") == shipment_id)
    qtbot.waitUntil(lambda: bool(screen.context.undo.undo_text))
    screen.context.commands.start("edit.undo")
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "packed") == shipment_id)


# returns ---------------------------------------------------------------------------------------------


def test_goods_come_back(company, show, qtbot):
    first = company.order({company.valve: 10})
    company.ship(first)
    [line] = company.read(lambda connection: orders.lines(connection, first))
    company.do(lambda tx: returns.authorise(tx, first, {line.id: 3_600_000}, reason="Scratched"))
    screen = show("returns")
    assert unnamed(screen.window()) == []
    screen.new_for(first)
    ask = dialog(AuthoriseReturnDialog, qtbot)
    assert [one.most for one in ask.table.rows.rows] == [9]
    ask.reason.setText("Too many")
    ask.table.rows.edited.emit(0, "chosen", "2")
    press_next(ask)
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 2)
    screen.list.view.pick(1)
    press_next(screen.list.view)
    arrived = dialog(ReceiveReturnDialog, qtbot)
    arrived.table.rows.edited.emit(0, "chosen", "1")
    arrived.table.rows.edited.emit(0, "second", "1")
    press_next(arrived)
    screen.list.show_query(tab="received")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "received")
    [back] = screen.panel.sheet.lines
    assert (back.good, back.broken) == (1, 1)
    screen.list.show_query(tab="awaited")
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.state == "authorised")
    screen.context.commands.start("return.cancel")
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 0)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("invoices", "No invoices yet"),
        ("payments", "No payments yet"),
        ("shipments", "No shipments yet"),
        ("returns", "No returns yet"),
    ],
)
def test_an_empty_list_says_what_belongs_there(company, open_window, qtbot, place, words):
    window = open_window((*PLACES, ORDER, PRINT))
    window.show_place(place)
    screen = window.screen_on_show
    screen.list.filters.take({}, "")
    screen.list.reload()
    empty = screen.list._stack.widget(1)
    qtbot.waitUntil(lambda: screen.list._stack.currentWidget() is empty)
    assert empty.title.text() == words
