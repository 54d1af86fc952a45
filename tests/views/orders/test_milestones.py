"""Milestones are typed like a list, what they come to stands beside them, and one is invoiced by keyboard."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import billing, milestones
from app.views.dialogs.milestones import MilestonesDialog
from app.views.places import PLACES
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import closed, dialog, press_next

WAIT = 15_000


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


def test_a_plan_is_typed_and_its_first_milestone_invoiced(company, open_window, qtbot):
    order_id = company.order({company.valve: 10})
    window = open_window(PLACES)
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None, timeout=WAIT)
    total = page.overview.order.total
    window._context.commands.start("order.milestones")
    asked = dialog(MilestonesDialog, qtbot)
    assert unnamed(asked) == []
    for place, cells in enumerate((("Signing", "30%", "2026-12-01"), ("Acceptance", "50", "when it runs"))):
        for column, text in zip(("name", "share", "when"), cells, strict=True):
            asked.table.rows.edited.emit(place, column, text)
    qtbot.waitUntil(lambda: asked.table.rows.rows[1].get("asks") == "50.00", timeout=WAIT)
    assert f"{total:,.2f}" in asked.sums.text()
    asked.table.rows.edited.emit(1, "share", "half")
    press_next(asked)
    assert "Type a share" in asked.table.first_error()
    asked.table.rows.edited.emit(1, "share", "50")
    asked.table.view.setCurrentIndex(asked.table.rows.index(0, 0))
    QTest.keyClick(asked, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(
        lambda: any(one.number for one in company.read(lambda c: milestones.of_order(c, order_id))), timeout=WAIT
    )
    first, second = company.read(lambda c: milestones.of_order(c, order_id))
    head = company.read(lambda c: billing.get(c, first.invoice_id))
    assert (head.kind, head.state, head.total) == ("deposit", "posted", first.asks)
    assert (second.step.event, second.asks, second.is_invoiced) == ("when it runs", Decimal(50), False)
    assert first.step.due_on is not None
    again = MilestonesDialog(window._context, page.overview.order, parent=window)
    again.open()
    qtbot.waitUntil(again.go.isEnabled, timeout=WAIT)
    assert [row.get("share", "") for row in again.table.rows.rows] == ["30 %", "50.00", ""]
    again.submit()  # what was read is what is typed: nothing that is invoiced counts as changed
    qtbot.waitUntil(lambda: closed(MilestonesDialog), timeout=WAIT)
    assert company.read(lambda c: milestones.of_order(c, order_id)) == [first, second]
