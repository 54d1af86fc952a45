"""The books in the window: read by tab, a month closed and opened again, an entry by hand, accounts, files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from python_calamine import CalamineWorkbook

from app.services import billing, integrity
from app.services.books import chart, reports
from app.views import accounting
from app.views.accounting.dialogs import (
    AccountDialog,
    DropRuleDialog,
    EntryDialog,
    HandOverDialog,
    ReopenDialog,
    RuleDialog,
)
from tests.services.documents.reading import text
from tests.views import small_company
from tests.views.office import PLACES, closed, dialog, press_next
from tests.views.small_company import TODAY

BACK = date(2026, 10, 14)


@pytest.fixture
def company(sqlite_database):
    company = small_company.found(sqlite_database)
    for on in (BACK, TODAY):
        order_id = company.order({company.valve: 10})
        company.ship(order_id)
        invoice_id = company.invoice_of(order_id)
        company.do(lambda tx, key=invoice_id, on=on: billing.post(tx, key, on))
    return company


@pytest.fixture
def screen(company, open_window, qtbot):
    window = open_window((*PLACES, accounting.PLACE))
    window.open_record("accounting", None)
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.rows["journal"].rowCount() == 3)
    return screen


def show(screen, qtbot, tab, rows):
    screen.choose(tab)
    qtbot.waitUntil(lambda: len(screen._found.rows) == rows)


def test_each_report_shows_the_stored_figures_and_enter_leads_to_the_account(screen, company, qtbot):
    show(screen, qtbot, "trial", 3)
    assert [row.closing for row in screen.rows["trial"].rows] == [Decimal(x) for x in ("445.28", "-77.28", "-368")]
    screen.view.opened.emit(screen.rows["trial"].rows[0])
    qtbot.waitUntil(lambda: screen.rows["sheet"].rowCount() == 1)
    assert (screen.report.id, screen.account.text()) == ("sheet", "1200")
    assert "Before 222.64" in screen._sums.text()
    show(screen, qtbot, "open", 2)
    show(screen, qtbot, "taxes", 1)
    assert screen.rows["taxes"].rows[0].tax == Decimal("38.64")
    rate = next(one for one in screen.report.columns if one.id == "rate")
    assert rate.cell(screen.rows["taxes"].rows[0]).plain() == "21 %"
    screen.month_before()
    qtbot.waitUntil(lambda: screen.rows["taxes"].rows[0].base == Decimal(184))
    show(screen, qtbot, "journal", 3)
    screen.words.setText("nobody")
    assert screen.rows["journal"].rowCount() == 0
    screen.words.setText("1770 harbor")
    assert screen.rows["journal"].rowCount() == 3


def test_the_arrows_lead_open_items_from_month_end_to_month_end(screen, qtbot):
    show(screen, qtbot, "open", 2)
    screen.last.set_value(date(2026, 3, 31))  # the first day, which is hidden, stays in November
    ends = []
    for step in (screen.month_after, screen.month_before, screen.month_before):
        step()
        ends.append(screen.last.value())
    assert ends == [date(2026, 4, 30), date(2026, 3, 31), date(2026, 2, 28)]
    assert screen._back.isVisible()


def test_a_month_is_closed_and_opened_again(screen, company, qtbot, monkeypatch):
    show(screen, qtbot, "periods", 2)
    screen.view.pick(1)
    monkeypatch.setattr(QMessageBox, "open", lambda box: box.buttons()[0].click())
    screen.context.commands.start("accounting.close")
    qtbot.waitUntil(lambda: screen.rows["periods"].rows[1].closed)
    screen.view.pick(1)
    screen.context.commands.start("accounting.reopen")
    asking = dialog(ReopenDialog, qtbot)
    press_next(asking)
    asking.reason.setText("A bill came late")
    qtbot.waitUntil(asking.go.isEnabled)
    press_next(asking)
    qtbot.waitUntil(lambda: not screen.rows["periods"].rows[1].closed)
    assert screen.rows["periods"].rows[1].reason == "A bill came late"


def test_an_entry_is_booked_by_hand_and_taken_back(screen, company, qtbot):
    screen.context.commands.start("accounting.book")
    asking = dialog(EntryDialog, qtbot)
    asking.text.setText("Bank fees November")
    typed = asking.lines.rows.edited
    for place, column, value in (
        (0, "account", "6855"),
        (0, "debit", "4.50"),
        (1, "account", "1000"),
        (1, "credit", "4.40"),
    ):
        typed.emit(place, column, value)
    assert asking.rest.text() == "0.10 more in debit than in credit."
    press_next(asking)
    qtbot.waitUntil(asking.go.isEnabled)
    assert not closed(EntryDialog)
    typed.emit(1, "credit", "4.50")
    assert asking.rest.text() == "Debit and credit are equal."
    press_next(asking)
    qtbot.waitUntil(lambda: screen.rows["journal"].rowCount() == 5)
    qtbot.waitUntil(lambda: closed(EntryDialog))
    screen.view.pick(3)
    assert screen.view.current_row().text == "Bank fees November"
    screen.context.commands.start("accounting.take_back")
    qtbot.waitUntil(lambda: screen.rows["journal"].rowCount() == 7)
    assert company.read(integrity.check) == []


def test_an_account_is_added_and_sales_are_sent_to_it(screen, company, qtbot):
    screen.choose("accounts")
    qtbot.waitUntil(lambda: screen.rows["accounts"].rowCount() > 10)
    screen.context.commands.start("accounting.add_account")
    asking = dialog(AccountDialog, qtbot)
    asking.code.setText("4010")
    asking.name.setText("Sales of valves")
    asking.kind.setCurrentIndex(asking.kind.findData("income"))
    press_next(asking)
    qtbot.waitUntil(lambda: closed(AccountDialog) and "4010" in {row.code for row in screen.rows["accounts"].rows})
    screen.view.pick([row.code for row in screen.rows["accounts"].rows].index("4010"))
    screen.context.commands.start("accounting.rule")
    asking = dialog(RuleDialog, qtbot)
    asking.tax.setCurrentIndex(asking.tax.findData("V21"))
    press_next(asking)
    qtbot.waitUntil(lambda: closed(RuleDialog))
    (rule,) = company.read(chart.rules)
    assert (rule.tax_code, rule.account) == ("V21", "4010")
    qtbot.waitUntil(lambda: "sales of V21" in screen.view.current_row().uses)
    screen.context.commands.start("accounting.remove_rule")
    asking = dialog(DropRuleDialog, qtbot)
    assert asking.rule.currentText() == "Sales of any category with V21"
    press_next(asking)
    qtbot.waitUntil(lambda: closed(DropRuleDialog))
    assert company.read(chart.rules) == []
    screen.context.commands.start("edit.undo")
    qtbot.waitUntil(lambda: company.read(chart.rules) == [rule])


def test_reports_are_saved_and_the_journal_is_handed_over(screen, company, qtbot, tmp_path, monkeypatch):
    def answer(name):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))

    show(screen, qtbot, "trial", 3)
    for name in ("balance.xlsx", "balance.pdf"):
        answer(name)
        screen.context.commands.start("accounting.save")
        qtbot.waitUntil((tmp_path / name).exists)
    read = CalamineWorkbook.from_path(tmp_path / "balance.xlsx").get_sheet_by_index(0).to_python()
    assert read[1][0] == "1200"
    assert read[1][3:] == [222.64, 222.64, 0.0, 445.28]
    said = text((tmp_path / "balance.pdf").read_bytes())
    for wanted in ("Trial balance", "Delta Trading", "Trade receivables", "445.28"):
        assert wanted in said
    answer("batch.csv")
    screen.context.commands.start("accounting.hand_over")
    asking = dialog(HandOverDialog, qtbot)
    asking.adviser.set_value(Decimal(1234))
    asking.client.set_value(Decimal(7))
    press_next(asking)
    qtbot.waitUntil((tmp_path / "batch.csv").exists)
    rows = (tmp_path / "batch.csv").read_bytes().decode("cp1252").split("\r\n")
    assert rows[0].startswith('"EXTF";700;21;')
    balance = company.read(lambda c: reports.trial_balance(c, TODAY.replace(day=1), TODAY))
    assert sum(Decimal(row.split(";")[0].replace(",", ".")) for row in rows[2:] if row) == sum(
        one.debit for one in balance
    )
