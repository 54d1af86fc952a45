"""What is settled without money, by keyboard: discounts, write-offs, overpayments, credit notes and refunds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.payment_terms import After, Part
from app.services import billing, cash_application, payment_terms, payments, receivables
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.payment_terms import Terms
from app.services.payments import NewPayment
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.refund import RefundDialog
from app.views.dialogs.settle import TakeBackDialog, UseCreditDialog, WriteOffDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, closed, dialog, press_next
from tests.views.small_company import TODAY

ALT, SHIFTED = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
EARLY = Terms("2IN10", "2 % in 10 days, net 30", (Part(after=After(days=30)),), Decimal(2), 10)


class Office:
    """The company with its invoices, and the Invoices screen on one of them."""

    def __init__(self, company, open_window, qtbot):
        self.company, self.qtbot = company, qtbot
        self._open_window, self._window = open_window, None

    def invoice(self, price: str, posted: date = date(2026, 11, 20)):
        line = LineInput(kind="fee", name="Hire", quantity=Decimal(1), unit_price=Decimal(price), tax_codes="V21")
        new = FreeInvoice(self.company.harbor, (line,), payment_term="2IN10")
        key = self.company.do(lambda tx: billing.write(tx, new))
        self.company.do(lambda tx: billing.post(tx, key, posted))
        return key

    def credit(self, price: str):
        """A credit note for an invoice that was paid, so that it owes all of it."""
        key = self.invoice(price)
        total = self.open(key)
        new = NewPayment(self.company.harbor, total, TODAY, allocations={key: total})
        self.company.do(lambda tx: payments.receive(tx, new))
        return self.company.do(lambda tx: billing.credit(tx, key, TODAY))

    def open(self, key) -> Decimal:
        return self.company.read(lambda c: billing.get(c, key)).open_amount

    def standing(self, key):
        found = self.company.read(lambda c: cash_application.standing(c, key))
        return [(one.kind, one.amount, one.reason) for one in found]

    def show(self, key):
        self._window = self._window or self._open_window(PLACES)
        self._window.open_record("invoice", key)
        screen = self._window.screen_on_show
        self.qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.id == key)
        return screen

    def pay(self, key):
        screen = self.show(key)
        screen.context.commands.start("invoice.pay")
        found = dialog(PayDialog, self.qtbot)
        assert unnamed(found) == []
        return screen, found


@pytest.fixture
def office(sqlite_database, open_window, qtbot):
    company = small_company.found(sqlite_database)
    company.do(lambda tx: payment_terms.save(tx, EARLY))
    return Office(company, open_window, qtbot)


def type_amount(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Tab)


def test_one_key_takes_the_discount_and_the_amount_follows_until_it_is_too_late(office, qtbot):
    key = office.invoice("100")
    screen, pay = office.pay(key)
    assert pay.amount.value() == Decimal("121.00")
    assert pay.take.text() == "Take 2.42 off INV-00001 for paying by Mon 30 Nov 2026 (Alt+D)"
    QTest.keyClick(pay.amount, Qt.Key.Key_D, ALT)
    assert pay.amount.value() == Decimal("118.58")
    QTest.keyClick(pay.amount, Qt.Key.Key_D, ALT)
    assert pay.amount.value() == Decimal("121.00")
    type_amount(pay.amount, "118.58")
    QTest.keyClick(pay.amount, Qt.Key.Key_D, ALT)
    assert pay.amount.value() == Decimal("118.58"), "what came in stays: it is the invoice less the discount"
    type_amount(pay.amount, "50")
    press_next(pay)
    assert "Pay 118.58" in next(iter(pay.rows.errors.values()))
    type_amount(pay.day, "1-12")
    assert (pay.take.isVisible(), pay.give_up.isVisible()) == (False, True)
    type_amount(pay.day, "30-11")
    QTest.keyClick(pay.amount, Qt.Key.Key_D, ALT)
    type_amount(pay.amount, "118.58")
    press_next(pay)
    qtbot.waitUntil(lambda: closed(PayDialog) and office.open(key) == 0)
    assert office.standing(key) == [("discount", Decimal("2.42"), "")]
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: office.open(key) == Decimal(121))
    assert office.standing(key) == []


def test_a_rest_is_written_off_and_an_overpayment_kept_only_with_a_reason(office, qtbot):
    key = office.invoice("100", date(2026, 10, 1))
    screen, pay = office.pay(key)
    type_amount(pay.amount, "120.70")
    assert not pay.take.isVisible(), "the ten days are over"
    QTest.keyClick(pay.amount, Qt.Key.Key_W, ALT)
    assert pay.focusWidget() is pay.reason
    press_next(pay)
    qtbot.waitUntil(pay.go.isEnabled)
    assert (pay.isVisible(), office.open(key)) == (True, Decimal(121))
    QTest.keyClicks(pay.reason, "Their bank took a fee")
    press_next(pay)
    qtbot.waitUntil(lambda: closed(PayDialog) and office.open(key) == 0)
    assert office.standing(key) == [("write_off", Decimal("0.30"), "Their bank took a fee")]
    qtbot.waitUntil(lambda: len(screen.panel.settled.rows) == 2)
    assert [screen.panel.settled.cell(row, 0).text for row in (0, 1)] == ["PAY-00001", "written off"]
    other = office.invoice("10")
    _, pay = office.pay(other)
    type_amount(pay.amount, "15")
    QTest.keyClick(pay.amount, Qt.Key.Key_K, ALT)
    assert pay.left.text() == "2.90 EUR is kept as income."
    QTest.keyClicks(pay.reason, "Does not want it back")
    press_next(pay)
    qtbot.waitUntil(lambda: closed(PayDialog) and office.open(other) == 0)
    assert office.company.read(receivables.count_unallocated) == 0


def test_an_invoice_is_written_off_in_part_and_that_is_taken_back(office, qtbot):
    key = office.invoice("100")
    screen = office.show(key)
    QTest.keyClick(screen.list.view, Qt.Key.Key_W, SHIFTED)
    ask = dialog(WriteOffDialog, qtbot)
    assert unnamed(ask) == []
    press_next(ask)
    assert ask.isVisible(), "nothing is given up without a reason"
    ask.amount.set_value(Decimal(20))
    QTest.keyClicks(ask.reason, "Agreed on the phone")
    press_next(ask)
    qtbot.waitUntil(lambda: closed(WriteOffDialog) and office.open(key) == Decimal(101))
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: office.open(key) == Decimal(121))
    screen.context.undo.redo()
    qtbot.waitUntil(lambda: office.open(key) == Decimal(101))
    screen.context.commands.start("deduction.take_back")
    back = dialog(TakeBackDialog, qtbot)
    assert unnamed(back) == []
    press_next(back)
    qtbot.waitUntil(lambda: closed(TakeBackDialog) and office.open(key) == Decimal(121))
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: office.standing(key) == [("write_off", Decimal(20), "Agreed on the phone")])


def test_a_credit_note_is_used_for_an_invoice_and_the_rest_is_refunded(office, qtbot):
    note, other = office.credit("100"), office.invoice("60")
    screen = office.show(note)
    QTest.keyClick(screen.list.view, Qt.Key.Key_U, CONTROL)
    use = dialog(UseCreditDialog, qtbot)
    assert unnamed(use) == []
    assert use.left.text() == "48.40 EUR stays open on the credit note."
    press_next(use)
    qtbot.waitUntil(lambda: closed(UseCreditDialog) and office.open(other) == 0)
    assert office.open(note) == Decimal("-48.40")
    qtbot.waitUntil(lambda: screen.panel.row.open_amount == Decimal("-48.40"))
    screen.context.commands.start("payment.refund")
    refund = dialog(RefundDialog, qtbot)
    assert unnamed(refund) == []
    type_amount(refund.amount, "50")
    press_next(refund)
    assert refund.isVisible(), "no more than the credit note owes"
    type_amount(refund.amount, "48.40")
    press_next(refund)
    qtbot.waitUntil(lambda: closed(RefundDialog) and office.open(note) == 0)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: office.open(note) == Decimal("-48.40"))
