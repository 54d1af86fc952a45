"""Invoices are posted, paid, credited and written by keyboard."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from app.services import billing, receivables
from app.views.dialogs.bill import CreditDialog, PostInvoiceDialog
from app.views.dialogs.pay import PayDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, dialog, press_next, show_empty
from tests.views.small_company import TODAY


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def show(company, open_window, qtbot):
    """Shows the list with its first row highlighted and read."""

    def go(tab: str = ""):
        window = open_window(PLACES)
        window.open_record("invoices", None, **({"tab": tab} if tab else {}))
        screen = window.screen_on_show
        qtbot.waitUntil(lambda: screen.panel.sheet is not None)
        return screen

    return go


def test_a_draft_is_posted_and_paid_by_ctrl_enter(company, show, qtbot):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    screen = show()
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
    screen = show()
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
    screen = show("open")
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
    window = open_window(PLACES)
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


def test_an_empty_list_says_what_belongs_there(company, open_window, qtbot):
    assert show_empty(open_window, qtbot, "invoices") == "No invoices yet"
