"""Payments are booked, used for invoices and taken back by keyboard."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from app.services import billing, journal, payments, receivables
from app.services.payments import NewPayment
from app.views.dialogs.bounce import BounceDialog
from app.views.dialogs.choose_customer import ChooseCustomerDialog
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.pay_back import PayBackDialog
from tests.views import small_company
from tests.views.office import PLACES, closed, dialog, press_next, show_empty
from tests.views.small_company import TODAY


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def show(company, open_window, qtbot):
    """Shows the list with its first row highlighted and read."""

    def go(tab: str = ""):
        window = open_window(PLACES)
        window.open_record("payments", None, **({"tab": tab} if tab else {}))
        screen = window.screen_on_show
        qtbot.waitUntil(lambda: screen.panel.sheet is not None)
        return screen

    return go


def pay(company, amount: str, received=TODAY):
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
    screen = show("unallocated")
    assert screen.panel.sheet.left == Decimal(50)
    press_next(screen.list.view)

    def amounts():
        return [company.read(lambda c, key=key: billing.get(c, key)).open_amount for key in keys]

    qtbot.waitUntil(lambda: amounts() == [Decimal("16.79"), Decimal(0)])  # 44.53 of two months ago first, then 5.47
    screen.list.show_query(tab="all")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and len(screen.panel.sheet.settled) == 2)
    screen.list.view.setFocus()
    QTest.keyClick(screen.list.view, Qt.Key.Key_Return)
    assert screen.panel.table.hasFocus(), "Enter goes on where its invoices are opened"
    screen.context.commands.start("payment.reverse")
    question = dialog(QMessageBox, qtbot)
    assert "Take PAY-00001 of 50.00 EUR back?" in question.text()
    question.defaultButton().click()
    qtbot.waitUntil(lambda: amounts() == [Decimal("22.26"), Decimal("44.53")])
    assert company.read(lambda c: receivables.payment_sheet(c, payment_id)).is_taken_back


def test_a_payment_that_bounced_is_booked_with_the_banks_fee(company, show, qtbot):
    pay(company, "50.00")
    screen = show("all")
    buttons = screen.panel.buttons
    assert buttons.minimumSizeHint().width() <= buttons.width(), "none is cut off"
    screen.context.commands.start("payment.bounce")
    asking = dialog(BounceDialog, qtbot)
    asking.fee.set_value(Decimal("8.50"))
    press_next(asking)
    qtbot.waitUntil(lambda: closed(BounceDialog))
    held = {code: amount for code, _, amount in company.read(journal.balances) if amount}
    assert held == {"1000": Decimal("-8.50"), "6855": Decimal("8.50")}


def test_money_on_account_is_paid_back_by_keyboard_and_undone(company, show, qtbot):
    for amount in ("5.00", "50.00"):
        pay(company, amount)
    screen = show("all")
    screen.list.view.setFocus()
    QTest.keyClick(screen.list.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    asking = dialog(PayBackDialog, qtbot)
    assert asking.amount.value() == 55, "all that is on account is proposed"
    asking.amount.set_value(Decimal("55.01"))
    press_next(asking)
    assert asking.isVisible(), "not more than there is"
    asking.amount.set_value(Decimal("12.50"))
    press_next(asking)
    qtbot.waitUntil(lambda: closed(PayBackDialog))
    assert [row[3] for row in company.read(receivables.unallocated)] == [Decimal("42.50")], "the oldest went first"
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: len(company.read(receivables.unallocated)) == 2)


def test_a_new_payment_asks_whose_it_is_first(company, show, qtbot):
    pay(company, "5.00")
    screen = show()
    QTest.keyClick(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    ask = dialog(ChooseCustomerDialog, qtbot)
    QTest.keyClicks(ask.customer, "summ")
    QTest.keyClick(ask.customer, Qt.Key.Key_Return)
    money = dialog(PayDialog, qtbot)
    money.amount.set_value(Decimal("12.50"))
    press_next(money)
    qtbot.waitUntil(lambda: company.read(receivables.count_unallocated) == 2)
    left = company.read(receivables.unallocated)
    assert [(row[2], row[3]) for row in left] == [("Summit Safety", Decimal("12.50")), ("Harbor & Finch", Decimal(5))]


def test_an_empty_list_says_what_belongs_there(company, open_window, qtbot):
    assert show_empty(open_window, qtbot, "payments") == "No payments yet"
