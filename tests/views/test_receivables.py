"""Receivables in the window: levels are typed, letters drafted and sent, a dispute written down and rejected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from app.models.dunning import RunState, Why
from app.services import billing, disputes, dunning_levels, dunning_sheets, payments
from app.services.billing import FreeInvoice
from app.services.disputes import NewDispute
from app.services.document_lines import LineInput
from app.services.dunning_levels import PROPOSED
from app.services.payments import NewPayment
from app.views import printing
from app.views import receivables as place
from app.views.receivables.dialogs import (
    BlockDialog,
    CreditedDialog,
    DisputeDialog,
    LevelsDialog,
    PaidDialog,
    RejectDialog,
    StatementDialog,
)
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, closed, dialog, press_next

TODAY = date(2026, 11, 4)
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFTED = CONTROL | Qt.KeyboardModifier.ShiftModifier


def owe(made, customer_id, amount: str):
    """Invoice an amount that was due at once."""
    line = LineInput(kind="fee", name="Goods", unit_price=Decimal(amount), tax_codes="")
    key = made.do(lambda tx: billing.write(tx, FreeInvoice(customer_id, (line,), payment_term="NET0")))
    made.do(lambda tx: billing.post(tx, key, date(2026, 11, 2)))
    return key


@pytest.fixture
def company(sqlite_database):
    made = small_company.found(sqlite_database)
    for amount in ("500", "80"):
        owe(made, made.harbor, amount)
    return made


@pytest.fixture
def screen(company, open_window, qtbot):
    window = open_window((*PLACES, printing.PLACE, place.PLACE))
    window.open_record("receivables", None)
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.ageing.rowCount() == 1)
    return shown


def test_levels_are_offered_letters_drafted_sent_and_shown_as_they_print(company, screen, qtbot):
    assert unnamed(screen) == []
    assert screen.reminders_card.note.text() == "no levels are set up: press Levels first"
    press_next(screen)
    levels = dialog(LevelsDialog, qtbot)
    assert unnamed(levels) == []
    press_next(levels)
    qtbot.waitUntil(lambda: closed(LevelsDialog) and screen.reminders_card.note.text() == "1 letter is due")
    assert company.read(dunning_levels.read).levels[0].name == "Payment reminder"
    press_next(screen)
    qtbot.waitUntil(lambda: screen.reminders_card.note.text() == "1 drafted, to be sent")
    screen.send()
    box = dialog(QMessageBox, qtbot)
    box.defaultButton().click()
    window = screen.window()
    qtbot.waitUntil(lambda: window.screen_on_show is not screen and window.screen_on_show.paper is not None)
    assert window.screen_on_show.paper.title == "Payment reminder DL-00001"
    (run,) = company.read(dunning_sheets.runs)
    assert (run.state, run.letters) == (RunState.SENT, 1)


def test_a_dispute_is_written_down_and_rejected(company, screen, qtbot):
    window = screen.window()
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    new = dialog(DisputeDialog, qtbot)
    assert unnamed(new) == []
    amounts = []
    for number in range(new.invoice.count()):
        new.invoice.setCurrentIndex(number)
        amounts.append(new.amount.value())
    assert sorted(amounts) == [80, 500], "the amount is what is open of the invoice that is chosen"
    new.invoice.setCurrentIndex(amounts.index(500))
    new.amount.set_value(Decimal(120))
    QTest.keyClicks(new.reason, "Scratched")
    press_next(new)
    qtbot.waitUntil(lambda: closed(DisputeDialog) and screen.disputes.rowCount() == 1)
    assert screen.claims.rows[0].claimed == 380
    screen.disputes_view.selectRow(0)
    screen.reject_dispute()
    told = dialog(RejectDialog, qtbot)
    QTest.keyClicks(told.answer, "Signed for without remark")
    press_next(told)
    qtbot.waitUntil(lambda: closed(RejectDialog) and screen.disputes.rowCount() == 0)
    assert [row.outcome for row in company.read(lambda c: disputes.of_customer(c, company.harbor))] == ["rejected"]


def test_an_invoice_is_kept_out_and_a_statement_is_shown(company, screen, qtbot, tmp_path):
    company.do(lambda tx: dunning_levels.save(tx, PROPOSED.levels))
    screen.reload()
    qtbot.waitUntil(lambda: screen.claims.rows[0].why == Why.DUE)
    screen.claims_view.selectRow(0)
    number = screen.claims.rows[0].number
    screen.block_claim()
    block = dialog(BlockDialog, qtbot)
    QTest.keyClicks(block.reason, "Pays on Friday")
    press_next(block)
    owe(company, company.summit, "30")
    other = screen.claims.rows[1]
    pay = NewPayment(company.harbor, other.open_amount, TODAY, allocations={other.invoice_id: other.open_amount})
    company.do(lambda tx: payments.receive(tx, pay))
    chosen = screen.claims_view.current_row
    qtbot.waitUntil(lambda: closed(BlockDialog))
    screen.reload()
    qtbot.waitUntil(lambda: [row.customer for row in screen.claims.rows] == ["Summit Safety", "Harbor & Finch"])
    assert (chosen().number, chosen().reason) == (number, "Pays on Friday"), "it stays the highlighted one"
    known = screen.context.commands
    qtbot.waitUntil(known["dunning.unblock"].isEnabled)
    assert not known["dunning.block"].isEnabled()
    known.start("dunning.unblock")
    qtbot.waitUntil(lambda: chosen().why == Why.DUE)
    known.start("edit.undo")
    qtbot.waitUntil(lambda: chosen().reason == "Pays on Friday")
    screen.save_to(tmp_path / "ageing.csv")
    assert "Summit Safety" in (tmp_path / "ageing.csv").read_text(encoding="utf-8")
    screen.ask_statement()
    press_next(dialog(StatementDialog, qtbot))
    window = screen.window()
    qtbot.waitUntil(lambda: window.screen_on_show is not screen and window.screen_on_show.paper is not None)
    assert window.screen_on_show.paper.title.startswith("Statement of account")


def test_disputes_are_solved_by_a_credit_note_and_by_a_payment(company, open_window, qtbot):
    large, small = sorted(company.read(lambda c: payments.open_invoices(c, company.harbor)), key=lambda one: -one.total)
    for one in (large, small):
        new = NewDispute(one.id, one.total, "Never came", date(2026, 11, 3))
        company.do(lambda tx, new=new: disputes.open_one(tx, new))
    window = open_window((*PLACES, printing.PLACE, place.PLACE))
    window.open_record("receivables", None)
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.disputes.rowCount() == 2)
    said: list[str] = []
    screen.context.messages.said.connect(lambda *words: said.append(str(words[0])))
    screen.disputes_view.selectRow(0)
    QTest.keyClick(window, Qt.Key.Key_C, SHIFTED)
    qtbot.waitUntil(lambda: bool(said))
    assert f"No credit note for {large.number} is posted" in said[0]
    company.do(lambda tx: billing.credit(tx, large.id, date(2026, 11, 4)))
    QTest.keyClick(window, Qt.Key.Key_C, SHIFTED)
    credited = dialog(CreditedDialog, qtbot)
    assert unnamed(credited) == []
    press_next(credited)
    qtbot.waitUntil(lambda: closed(CreditedDialog) and screen.disputes.rowCount() == 1)
    screen.context.commands.start("dispute.paid")
    paid = dialog(PaidDialog, qtbot)
    press_next(paid)
    qtbot.waitUntil(lambda: paid.form.banner.isVisible() and paid.go.isEnabled())
    pay = NewPayment(company.harbor, Decimal(80), date(2026, 11, 4), allocations={small.id: Decimal(80)})
    company.do(lambda tx: payments.receive(tx, pay))
    press_next(paid)
    qtbot.waitUntil(lambda: closed(PaidDialog) and screen.disputes.rowCount() == 0)
    solved = company.read(lambda c: disputes.of_customer(c, company.harbor))
    assert [row.outcome for row in solved] == ["paid", "credited"]
