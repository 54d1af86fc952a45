"""Dashboards in the window: figures open their documents, tables are saved, all by keyboard and with a name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.models.figures import Dimension
from app.services import billing
from app.services.analytics import sales_sums
from app.services.figures_report import Often
from app.views import dashboards, invoices, report_saver
from app.views.dashboards.report_dialog import ReportDialog
from app.views.report_saver import ReportSaver
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, closed, dialog, press_next

WHERE = (*(one for one in PLACES if one.id != invoices.PLACE.id), invoices.PLACE, dashboards.PLACE)


@pytest.fixture
def company(sqlite_database):
    """Three valves were sold to Harbor, and two to Summit."""
    made = small_company.found(sqlite_database)
    for customer_id, pieces in ((made.harbor, 3), (made.summit, 2)):
        order_id = made.order({made.valve: pieces}, customer=customer_id)
        made.ship(order_id)
        invoice_id = made.invoice_of(order_id)
        made.do(lambda tx, one=invoice_id: billing.post(tx, one, date(2026, 11, 23)))
    return made


@pytest.fixture
def screen(company, open_window, qtbot):
    window = open_window(WHERE)
    window.open_record("dashboards", None)
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.boards["sales"].table.rows.rowCount() == 2)
    return shown


def test_sales_are_broken_down_by_whom_and_what_and_lead_to_their_invoices(company, screen, qtbot):
    board = screen.boards["sales"]
    assert unnamed(screen) == []
    assert not company.read(sales_sums.lag).is_long, "what was added up is kept"
    first = board.table.rows.row(0)
    assert first.now.revenue > board.table.rows.row(1).now.revenue > 0
    board.by.setCurrentIndex(board.by.findData(str(Dimension.PRODUCT)))
    qtbot.waitUntil(lambda: board.table.rows.rowCount() == 1)
    board.by.setCurrentIndex(board.by.findData(str(Dimension.CUSTOMER)))
    qtbot.waitUntil(lambda: board.table.rows.rowCount() == 2)
    board.table.view.pick(0)
    QTest.keyClick(board.table.view, Qt.Key.Key_Return)
    shown = screen.window().screen_on_show
    qtbot.waitUntil(lambda: shown.place_id == "invoices" and shown.list.table.rowCount() == 1)
    assert shown.list.table.row(0).customer_name == first.name
    assert set(shown.list.filters.chosen) == {"billed", "customer", "known"}


def test_the_period_is_chosen_and_remembered_and_a_figure_opens_what_it_counts(screen, qtbot):
    board = screen.boards["sales"]
    screen.period.setCurrentIndex(screen.period.findData("last_year"))
    qtbot.waitUntil(lambda: board.revenue.figure.text() == "0.00")
    screen.period.setCurrentIndex(screen.period.findData("this_month"))
    qtbot.waitUntil(lambda: board.revenue.figure.text() != "0.00")
    assert screen.context.settings.value("dashboards/period") == "this_month"
    QTest.keyClick(board.revenue, Qt.Key.Key_Return)
    shown = screen.window().screen_on_show
    qtbot.waitUntil(lambda: shown.place_id == "invoices" and shown.list.table.rowCount() == 2)


def test_every_tab_shows_its_figures(screen, qtbot):
    screen.choose("operations")
    operations = screen.boards["operations"]
    qtbot.waitUntil(lambda: operations.on_time_chart.chart.picture is not None)
    assert operations.picked.figure.text() == "2"
    screen.choose("receivables")
    receivables = screen.boards["receivables"]
    qtbot.waitUntil(lambda: receivables.table.rows.rowCount() == 2)
    assert receivables.customers.unit.text() == "of 2"
    screen.choose("inventory")
    inventory = screen.boards["inventory"]
    qtbot.waitUntil(lambda: inventory.table.rows.rowCount() > 0)
    QTest.keyClick(inventory.dead, Qt.Key.Key_Return)
    assert inventory.shown.currentData() == "dead"
    assert unnamed(screen) == []


def test_what_a_table_shows_is_saved_exactly_and_no_name_is_computed(company, screen, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "sales.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "CSV (*.csv)"))
    board = screen.boards["sales"]
    board.table.save_button.click()
    qtbot.waitUntil(lambda: path.exists() and path.stat().st_size > 0)
    heading, first, *_ = path.read_text("utf-8-sig").splitlines()
    assert heading.startswith("Name,Revenue,Share")
    name, revenue = first.split(",")[:2]
    assert (name, Decimal(revenue)) == (board.table.rows.row(0).name, board.table.rows.row(0).now.revenue)


def test_a_company_that_sold_nothing_is_told_what_to_do(sqlite_database, open_window, qtbot):
    small_company.found(sqlite_database)
    window = open_window(WHERE)
    window.open_record("dashboards", None)
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen.empty)
    assert screen.empty.title.text() == "No figures yet"


def test_the_paper_is_saved_now_and_from_then_on_when_a_month_is_over(company, screen, qtbot, tmp_path):
    QTest.qWaitForWindowActive(screen.window())
    QTest.keyClick(screen.tabs, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    asking = dialog(ReportDialog, qtbot)
    assert unnamed(asking) == []
    press_next(asking)
    assert "no such folder" in asking.folder.parentWidget().note.text()
    asking.folder.setText(str(tmp_path))
    asking.often.setCurrentIndex(asking.often.findData("month"))
    press_next(asking)
    qtbot.waitUntil(lambda: closed(ReportDialog) and bool(list(tmp_path.glob("*2026-10.pdf"))))
    saved = next(iter(tmp_path.glob("*.pdf")))
    qtbot.waitUntil(lambda: report_saver._read(screen.context, report_saver.SAVED) == "2026-10")
    saved.unlink()
    saver = ReportSaver(screen.context, screen)
    screen.context.tasks.wait()
    assert not saved.exists(), "it was saved already"
    report_saver.keep(screen.context, Often.WEEKLY, str(tmp_path))
    saver._day = None  # another day
    saver.look()
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("*-W47.pdf"))))
