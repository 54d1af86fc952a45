"""Several records at once: what can be done is done, one report says what could not be and why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QMessageBox

from app.services import orders
from app.services.database import Changes
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.views.bulk import BulkReport
from app.views.places import PLACES
from tests.views import small_company
from tests.views.office import dialog


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def screen(company, open_window):
    window = open_window(PLACES)
    window.show_place("orders")
    return window.screen_on_show


def drafts(company, count):
    new = NewOrder(company.harbor, (LineInput(company.valve, Decimal(1)),))
    return [company.do(lambda tx: orders.create(tx, new)) for _ in range(count)]


def states(company, keys):
    return [company.read(lambda connection, key=key: orders.get(connection, key)).state for key in keys]


def tick(screen, keys, qtbot):
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == len(keys))
    screen.list.table.check_all(checked=True)


def test_three_of_thirty_fail_and_the_rest_is_done(company, screen, qtbot):
    empty = [company.do(lambda tx: orders.create(tx, NewOrder(company.harbor, ()))) for _ in range(3)]
    good = drafts(company, 27)
    screen.context.tasks.changed.emit(Changes({"sales_order": frozenset()}))
    tick(screen, empty + good, qtbot)
    screen.confirm()
    dialog(QMessageBox, qtbot).defaultButton().click()  # they all have the same goods: it was asked about
    report = dialog(BulkReport, qtbot)
    assert set(states(company, good)) == {"confirmed"}
    assert set(states(company, empty)) == {"draft"}
    assert sorted(one.label for one in report.failures) == ["SO-00001", "SO-00002", "SO-00003"]
    assert {one.reason for one in report.failures} == {
        f"Order {one.label} has no lines. Add one, then confirm it." for one in report.failures
    }
    company.do(lambda tx: orders.add_line(tx, empty[0], LineInput(company.valve, Decimal(2))))
    report.submit()
    qtbot.waitUntil(lambda: states(company, empty)[0] == "confirmed")
    again = dialog(BulkReport, qtbot)
    assert sorted(one.label for one in again.failures) == ["SO-00002", "SO-00003"]
    again.reject()


def test_when_all_can_be_done_one_sentence_says_so(company, screen, qtbot):
    keys = drafts(company, 4)
    screen.context.tasks.changed.emit(Changes({"sales_order": frozenset()}))
    tick(screen, keys, qtbot)
    screen.confirm()
    asked = dialog(QMessageBox, qtbot)
    assert "same goods" in asked.text()
    with qtbot.waitSignal(screen.context.messages.said) as said:
        asked.defaultButton().click()
    assert said.args == ["4 orders are confirmed."]
    assert set(states(company, keys)) == {"confirmed"}
