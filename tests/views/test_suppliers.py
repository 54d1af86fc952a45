"""Suppliers from the list by keyboard: added, changed with undo, shown with what they supply and what is on order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.supply import Way
from app.services import purchasing, suppliers
from app.services.database import Changes
from app.services.supply_ways import PriceBreak
from app.views import suppliers as place
from app.views.suppliers.dialogs import SupplierDialog
from tests.supply_desk import GRAIN, supply_desk
from tests.views.accessible import unnamed
from tests.views.office import ORDER, dialog, press_next


@pytest.fixture
def desk(database):
    return supply_desk(database)


@pytest.fixture
def screen(desk, open_window, qtbot):
    window = open_window((place.PLACE, ORDER))
    window.show_place("suppliers")
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.panel.sheet is not None)
    return shown


def orbis(desk):
    return desk.read(suppliers.get, desk.orbis)


def type_over(field, text):
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_supplier_is_added_with_lead_time_and_tolerance(desk, screen, qtbot):
    assert unnamed(screen.window()) == []
    screen.context.commands.start("supplier.new")
    new = dialog(SupplierDialog, qtbot)
    QTest.keyClicks(new.fields["name"], "Kestrel Valves")
    type_over(new.lead_days, "7")
    type_over(new.over, "5")
    press_next(new)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.name == "Kestrel Valves")
    made = screen.panel.sheet.head
    assert (made.lead_days, made.over_receipt, made.currency) == (7, Decimal("0.05"), "EUR")


def test_a_changed_lead_time_is_taken_back_with_undo(desk, screen, qtbot):
    screen.context.commands.start("supplier.edit")
    change = dialog(SupplierDialog, qtbot)
    type_over(change.lead_days, "9")
    press_next(change)
    qtbot.waitUntil(lambda: orbis(desk).lead_days == 9 and bool(screen.context.undo.undo_text))
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: orbis(desk).lead_days == 3)


def test_the_panel_tells_prices_by_quantity_and_what_is_on_order(desk, screen, qtbot):
    breaks = (PriceBreak(Decimal("4.50")), PriceBreak(Decimal("3.90"), Decimal(50)))
    way = desk.way(desk.sensor, Way.BUY, prices=breaks, minimum=Decimal(10), multiple=Decimal(5))
    desk.do("x", lambda tx: purchasing.propose(tx, way, 10 * GRAIN, None, location_id=desk.main))
    screen.context.tasks.changed.emit(Changes({"product_supply": frozenset()}))
    qtbot.waitUntil(lambda: bool(screen.panel.sheet.products) and bool(screen.panel.sheet.purchases))
    cells = [screen.panel.products.cell(0, column).plain() for column in range(4)]
    assert cells == ["Valve SENSOR SENSOR  Bought", "10 units by 5", "3 d", "4.50 50+ 3.90"]
    assert screen.panel.sheet.purchases[0].total == 45
