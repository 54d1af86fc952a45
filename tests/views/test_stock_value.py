"""What stock is worth, by keyboard: the report of a day, layers, costing methods, and how it is begun."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.services import valuation, value_entries, value_sheets
from app.views import inventory, purchasing, stock_value
from app.views.dialogs.costing import CostingDialog
from app.views.inventory.dialogs import ReceiveDialog
from app.views.stock_value.dialogs import StartDialog, WorthDialog
from tests.supply_desk import supply_desk
from tests.valued_desk import valued_desk
from tests.views.accessible import unnamed
from tests.views.office import closed, dialog, press_next

PLACES = (stock_value.PLACE, inventory.PLACE, purchasing.PLACE)


@pytest.fixture
def desk(database):
    desk = valued_desk(database, "fifo")
    desk.buy(desk.means_to_buy("4.00"), 5)
    desk.take(desk.sensor, 5, "6.00")
    desk.take(desk.housing, 2, "10.00", location_id=desk.branch)
    return desk


@pytest.fixture
def screen(desk, open_window, qtbot):
    shown = opened(open_window)
    qtbot.waitUntil(lambda: rows(shown) == {"SENSOR": "50.00", "HOUSING": "20.00"})
    qtbot.waitUntil(lambda: shown.agreed is not None and shown.panel.sheet is not None)
    return shown


def opened(open_window):
    window = open_window(PLACES)
    window.show_place("stock_value")
    return window.screen_on_show


def rows(screen):
    found = (screen.list.table.row(n) for n in range(screen.list.table.rowCount()))
    return {row.sku: f"{row.value:.2f}" for row in found if row is not None}


def test_the_report_of_a_day_agrees_with_the_journal_and_is_saved(screen, desk, qtbot, tmp_path, monkeypatch):
    assert unnamed(screen.window()) == []
    header = screen.list.header
    assert "together 70.00 EUR; account 1300 holds 70.00 EUR" in header.chip.toolTip()
    assert header.chip.accessibleName() == "Agrees with account 1300"
    assert [(one.paper and one.paper.kind, one.value) for one in screen.panel.sheet.layers] == [
        ("purchase", 20),
        (None, 30),
    ]
    screen.list.filters.set_filter("warehouse", str(desk.branch))
    qtbot.waitUntil(lambda: rows(screen) == {"HOUSING": "20.00"})
    screen.list.filters.set_filter("warehouse", "")
    qtbot.waitUntil(lambda: len(rows(screen)) == 2)
    path = tmp_path / "value.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    screen.context.commands.start("value.export")
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: path.read_text("utf-8-sig").count("\n") == 3)
    saved = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert sum(Decimal(row["Value"]) for row in saved) == screen.agreed.total
    screen.context.commands.start("value.day")
    QTest.keyClicks(screen.day, "1-11")
    QTest.keyClick(screen.day, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.agreed.total == 0)
    assert screen.asked.day == date(2026, 11, 1)
    qtbot.waitUntil(lambda: rows(screen) == {})


def test_every_entry_is_a_key_away_and_leads_to_its_document(screen, desk, qtbot):
    screen.list.show_query(text="sensor")
    qtbot.waitUntil(lambda: list(rows(screen)) == ["SENSOR"])
    QTest.keyClick(screen.list.view, Qt.Key.Key_Return)
    window = screen.window()
    qtbot.waitUntil(lambda: window.screen_on_show.place_id == "inventory")
    page = window.screen_on_show.page
    qtbot.waitUntil(lambda: page.values.entries.rowCount() == 2)
    page.values.entries_view.pick(1)
    QTest.keyClick(page.values.entries_view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.screen_on_show.place_id == "purchasing")


def test_a_costing_method_says_what_it_does_before_it_is_saved(screen, desk, qtbot):
    screen.list.show_query(text="sensor")
    qtbot.waitUntil(lambda: list(rows(screen)) == ["SENSOR"])
    screen.list.view.pick(0)
    screen.context.commands.start("value.method")
    asked = dialog(CostingDialog, qtbot)
    qtbot.waitUntil(lambda: asked.effect.text() == "Nothing that is here changes.")
    QTest.keyClicks(asked.method, "m")
    qtbot.waitUntil(lambda: "10 units worth 50.00 EUR in 2 layers" in asked.effect.text())
    assert len(desk.read(value_sheets.read, desk.sensor, value_sheets.end_of(desk.now.date())).layers) == 2
    qtbot.waitUntil(asked.go.isEnabled)
    press_next(asked)
    qtbot.waitUntil(lambda: closed(CostingDialog))
    assert desk.read(valuation.read, desk.sensor).places[0].method == "average"
    assert (desk.worth(desk.sensor), desk.damages()) == ((10, "50.00"), [])


def test_goods_are_said_to_be_worth_less_with_the_difference_shown(screen, desk, qtbot):
    screen.list.show_query(text="sensor")
    qtbot.waitUntil(lambda: list(rows(screen)) == ["SENSOR"])
    screen.list.view.pick(0)
    screen.context.commands.start("value.say_worth")
    asked = dialog(WorthDialog, qtbot)
    QTest.keyClicks(asked.cost, "4,50")
    QTest.keyClick(asked.cost, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "5.00 EUR less" in asked.effect.text())
    press_next(asked)
    qtbot.waitUntil(lambda: closed(WorthDialog) and desk.worth(desk.sensor) == (10, "45.00"))
    qtbot.waitUntil(lambda: screen.agreed.total == 65)


def test_goods_booked_late_show_what_they_change_for_goods_that_left(screen, desk, qtbot):
    desk.sell(desk.sensor, 6)
    screen.context.open("stock", desk.sensor)
    shown = screen.window().screen_on_show
    qtbot.waitUntil(lambda: shown.page.sheet is not None and shown.page.sheet.figures.on_hand > 0)
    shown.ask("stock.receive")
    asked = dialog(ReceiveDialog, qtbot)
    for field, text in ((asked.quantity, "2"), (asked.came_on, "1-11"), (asked.cost, "1")):
        field.setFocus()
        QTest.keyClicks(field, text)
    QTest.keyClick(asked.cost, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "worth 10.00 more. Goods that left cost 8.00 less." in asked.effect.text())
    assert desk.worth(desk.sensor) == (4, "24.00")
    press_next(asked)
    qtbot.waitUntil(lambda: closed(ReceiveDialog) and desk.worth(desk.sensor) == (6, "34.00"))
    assert desk.damages() == []


def test_a_company_begins_to_keep_it_with_what_is_shown(database, open_window, qtbot):
    desk = supply_desk(database, stock_value=False)
    desk.receive(desk.sensor, 3)
    screen = opened(open_window)
    qtbot.waitUntil(screen.empty.isVisible)
    screen.context.commands.start("value.start")
    asked = dialog(StartDialog, qtbot)
    assert unnamed(asked) == []
    asked.rows.edited.emit(0, "cost", "x")
    qtbot.waitUntil(asked.go.isEnabled)
    press_next(asked)
    assert "not a cost" in asked.rows.error(0, 2)
    asked.rows.edited.emit(0, "cost", "2,50")
    qtbot.waitUntil(lambda: asked.rows.rows[0].value == Decimal("7.50") and asked.go.isEnabled())
    press_next(asked)
    qtbot.waitUntil(lambda: closed(StartDialog) and rows(screen) == {"SENSOR": "7.50"})
    assert desk.read(value_entries.books).keeps
    assert desk.damages() == []
