"""Collective invoices from the list: what goes together is shown, ticked and posted; a customer is told how often."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from app.models.invoice import invoice
from app.services import parties
from app.views.customers import CustomerDialog
from app.views.dialogs.collect import CollectDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, press_next

WAIT = 15_000


@pytest.fixture
def company(sqlite_database):
    company = small_company.found(sqlite_database)
    company.do(lambda tx: parties.change(tx, company.summit, {"invoice_rhythm": "monthly"}, {}))
    return company


def opened(qtbot) -> CollectDialog:
    """The dialog once it is open; nothing can be posted yet."""

    def found() -> list[CollectDialog]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, CollectDialog) and one.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1, timeout=WAIT)
    return found()[0]


def test_two_deliveries_are_shown_together_and_posted_as_one_invoice(company, open_window, qtbot):
    orders = [company.order({company.valve: number}, customer=company.summit) for number in (2, 3)]
    for order_id in orders:
        company.ship(order_id)
    window = open_window(PLACES)
    window.open_record("invoices", None)
    screen = window.screen_on_show
    screen.context.commands.start("invoice.collect")
    asked = opened(qtbot)
    qtbot.waitUntil(lambda: bool(asked.left.rows), timeout=WAIT)
    assert "is for the next run" in asked.left.rows[0].reason  # the month is not over
    assert not asked.go.isEnabled()
    asked.early.setChecked(True)
    qtbot.waitUntil(lambda: len(asked.groups.rows) == 1, timeout=WAIT)
    assert unnamed(asked) == []
    assert [one.book.id for one in asked.orders.rows] == orders
    total = asked.groups.rows[0].total
    press_next(asked)
    made = select(invoice).where(invoice.c.orders == 2)
    qtbot.waitUntil(lambda: company.read(lambda c: c.execute(made).first()) is not None, timeout=WAIT)
    head = company.read(lambda c: c.execute(made).one())
    assert (head.total, head.state) == (total, "posted")
    window.open_record("invoice", head.id)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and bool(screen.panel.sheet.orders), timeout=WAIT)
    assert sum(row.amount for row in screen.panel.orders.rows) == total > Decimal(0)
    screen.panel.orders_table.opened.emit(screen.panel.orders.rows[1])
    qtbot.waitUntil(lambda: window.screen_on_show.place_id == "orders", timeout=WAIT)


def test_a_customer_says_how_often_invoices_come(company, open_window, qtbot):
    window = open_window(PLACES)
    known = company.read(lambda c: parties.get(c, company.summit))
    asked = CustomerDialog(window._context, known, parent=window)
    asked.open()
    assert asked.rhythm.currentData() == "monthly"
    asked.rhythm.setCurrentIndex(asked.rhythm.findData("weekly"))
    press_next(asked)
    qtbot.waitUntil(
        lambda: company.read(lambda c: parties.get(c, company.summit)).invoice_rhythm == "weekly", timeout=WAIT
    )
