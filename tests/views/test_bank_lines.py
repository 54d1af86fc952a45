"""A bank's file is imported in the window, its lines are accepted, split, ignored and opened again by keyboard."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from app.services import billing, integrity, payments
from app.services.banking import proposals
from app.views import bank_lines
from app.views.bank_lines.dialogs import AssignDialog, BankAccountDialog, IgnoreDialog
from tests.services.banking.test_booking import camt
from tests.views import small_company
from tests.views.office import CONTROL, closed, dialog, press_next
from tests.views.small_company import TODAY

PLACES = (bank_lines.PLACE,)


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


@pytest.fixture
def owed(company):
    """Two posted invoices, 22.26 and 44.53."""
    keys = []
    for number in (1, 2):
        order_id = company.order({company.valve: number})
        company.ship(order_id)
        keys.append(company.invoice_of(order_id))
        company.do(lambda tx, key=keys[-1]: billing.post(tx, key, TODAY))
    return keys


@pytest.fixture
def screen(company, owed, open_window, qtbot, tmp_path):
    """The lines of a file whose account was not known before: one names an invoice, one is mixed, one is a fee."""
    file = tmp_path / "bank.xml"
    file.write_bytes(camt(("22.26", "INV-00001"), ("50.00", "both"), ("-4.50", "Fees"), name="Somebody"))
    window = open_window(PLACES)
    window.show_place("bank_lines")
    screen = window.screen_on_show
    screen.import_files([file])
    ask = dialog(BankAccountDialog, qtbot)
    ask.name.setText("House bank")
    press_next(ask)
    qtbot.waitUntil(lambda: closed(BankAccountDialog) and len(screen.proposals) == 3)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None)
    return screen


def amounts(company, owed) -> list[Decimal]:
    return [company.read(lambda c, key=key: billing.get(c, key)).open_amount for key in owed]


def waiting(company) -> int:
    return len(company.read(proposals.open_lines))


def pick(screen, qtbot, row: int) -> None:
    screen.list.view.pick(row)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.id == screen.list.current().id)


def press(screen, key, modifiers=CONTROL) -> None:
    screen.window().activateWindow()
    QTest.qWaitForWindowActive(screen.window())
    screen.list.view.setFocus()
    QTest.keyClick(screen.list.view, key, modifiers)


def test_a_statement_is_worked_off_by_keyboard(company, owed, screen, qtbot):
    assert "INV-00001: named, and paid in full." in screen.panel.reason.text()
    press(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: amounts(company, owed)[0] == 0)

    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 2 and len(screen.proposals) == 2)
    pick(screen, qtbot, 0)
    press(screen, Qt.Key.Key_M)
    assign = dialog(AssignDialog, qtbot)
    QTest.keyClicks(assign.customer, "harb")
    QTest.keyClick(assign.customer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "5.47" in assign.left.text())
    press_next(assign)
    qtbot.waitUntil(lambda: closed(AssignDialog) and amounts(company, owed)[1] == 0)

    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 1 and len(screen.proposals) == 1)
    pick(screen, qtbot, 0)
    press(screen, Qt.Key.Key_Backspace)
    ignore = dialog(IgnoreDialog, qtbot)
    press_next(ignore)
    qtbot.waitUntil(lambda: "Say why" in ignore.reason.toolTip())
    QTest.keyClicks(ignore.reason, "Bank fees")
    press_next(ignore)
    qtbot.waitUntil(lambda: closed(IgnoreDialog) and waiting(company) == 0)

    screen.list.show_query(tab="booked")
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 2)
    pick(screen, qtbot, 1)
    assert [one.amount for one in screen.panel.sheet.booked] == [Decimal(50)]
    screen.context.commands.start("bank_line.reopen")
    qtbot.waitUntil(lambda: amounts(company, owed) == [0, Decimal("44.53")])
    assert company.read(integrity.check) == []


def test_all_that_is_sure_is_booked_at_once_and_the_same_file_brings_nothing(company, owed, screen, qtbot, tmp_path):
    press(screen, Qt.Key.Key_Return, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    question = dialog(QMessageBox, qtbot)
    assert "Book 1 line?" in question.text()
    question.defaultButton().click()
    qtbot.waitUntil(lambda: waiting(company) == 2)
    assert amounts(company, owed) == [0, Decimal("44.53")]
    said = []
    screen.context.messages.said.connect(said.append)
    screen.import_files([tmp_path / "bank.xml"])
    qtbot.waitUntil(lambda: any("3 were here already" in one for one in said))
    assert waiting(company) == 2
    assert len(company.read(lambda c: payments.open_invoices(c, company.harbor))) == 1


def test_a_file_that_cannot_be_read_says_why_and_keeps_nothing(company, owed, screen, qtbot, tmp_path):
    told = []
    screen.context.messages.warned.connect(told.append)
    broken = tmp_path / "broken.xml"
    broken.write_bytes(camt(("5.00", "x"), closing="1.00"))
    screen.import_files([broken])
    qtbot.waitUntil(lambda: bool(told))
    assert "does not add up" in str(told[0])
    assert waiting(company) == 3
