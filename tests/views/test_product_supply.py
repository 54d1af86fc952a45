"""How a product may be had, set up on its page by keyboard: ways, prices, bills of several levels, cycles told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.models.supply import Way
from app.services import bills, supply_ways
from app.services.bills import Component, NewBill, Step
from app.views import products as place
from app.views.product_supply.bill_dialog import BillDialog
from app.views.product_supply.tabs import BILL, USES
from app.views.product_supply.way_dialog import WayDialog
from tests.supply_desk import supply_desk
from tests.views import office
from tests.views.accessible import unnamed
from tests.views.office import press_next


def dialog(kind, qtbot):
    """The dialog of a kind, once the keyboard is in it."""
    found = office.dialog(kind, qtbot)
    qtbot.waitUntil(found.isActiveWindow)
    return found


@pytest.fixture
def desk(database):
    return supply_desk(database)


@pytest.fixture
def show(open_window, qtbot):
    """Opens the page of a product and gives the screen."""
    windows: list[Any] = []

    def make(product_id: Any) -> Any:
        if not windows:
            windows.append(open_window((place.PLACE,)))
        windows[0].open_record("product", product_id)
        screen = windows[0].screen_on_show
        qtbot.waitUntil(
            lambda: screen.page.supply.sheet is not None and screen.page.supply.sheet.product.id == product_id
        )
        return screen

    return make


def type_cell(table, row: int, column: int, text: str) -> None:
    """Type into a cell as a person does: the first key opens it, Enter leaves it."""
    table.view.setFocus()
    table.view.setCurrentIndex(table.rows.index(row, column))
    QTest.keyClick(table.view, text[0])
    [editor] = [one for one in table.view.findChildren(QLineEdit) if one.isVisible()]
    QTest.keyClicks(editor, text[1:])
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.qWait(10)  # Qt takes the cell a moment later


def ways(desk, product_id):
    return desk.read(supply_ways.of_product, product_id)


def test_a_supplier_with_minimum_and_prices_by_quantity_is_typed_in(desk, show, qtbot):
    screen = show(desk.sensor)
    assert unnamed(screen.window()) == []
    screen.context.commands.start("supply.add")
    new = dialog(WayDialog, qtbot)
    QTest.keyClicks(new.supplier, "orb")
    QTest.keyClick(new.supplier, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: new.supplier.choice() is not None)
    new.minimum.setFocus()
    QTest.keyClicks(new.minimum, "10")
    type_cell(new.prices, 0, 1, "22.80")
    type_cell(new.prices, 1, 0, "50")
    type_cell(new.prices, 1, 1, "cheap")
    press_next(new)
    qtbot.waitUntil(lambda: "cheap" in new.form.banner.accessibleName())
    assert ways(desk, desk.sensor) == []
    type_cell(new.prices, 1, 1, "19.90")
    press_next(new)
    qtbot.waitUntil(lambda: len(screen.page.supply.ways.rows) == 1)
    [way] = ways(desk, desk.sensor)
    assert (way.way, way.minimum, way.lead_days) == (Way.BUY, 10, 3)
    assert [(one.from_quantity, one.price) for one in way.prices] == [(0, Decimal("22.80")), (50, Decimal("19.90"))]
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: ways(desk, desk.sensor) == [])


def test_the_order_of_the_ways_is_changed_with_two_keys_and_one_is_taken_out(desk, show, qtbot):
    desk.bill()
    bought, made = desk.way(desk.pump, Way.BUY, "90"), desk.way(desk.pump, Way.MAKE)
    screen = show(desk.pump)
    screen.page.supply.ways_view.setFocus()
    screen.page.supply.ways_view.pick(1)
    screen.context.commands.start("supply.earlier")
    qtbot.waitUntil(lambda: [one.id for one in ways(desk, desk.pump)] == [made, bought])
    qtbot.waitUntil(lambda: screen.page.supply.current_way().way.id == made)
    screen.context.commands.start("supply.drop")
    qtbot.waitUntil(lambda: [one.id for one in ways(desk, desk.pump)] == [bought])
    qtbot.waitUntil(lambda: "not had this way" in screen.context.undo.undo_text)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: [one.id for one in ways(desk, desk.pump)] == [made, bought])


def test_a_way_is_changed_without_touching_what_was_not_typed(desk, show, qtbot):
    way = desk.way(desk.sensor, Way.BUY, "22.80", lead_days=8)
    screen = show(desk.sensor)
    screen.context.commands.start("supply.change")
    change = dialog(WayDialog, qtbot)
    assert (change.supplier.text(), change.way.isEnabled()) == ("Orbis", False)
    change.lead_days.selectAll()
    QTest.keyClicks(change.lead_days, "12")
    press_next(change)
    qtbot.waitUntil(lambda: desk.read(supply_ways.get, way).lead_days == 12)
    assert desk.read(supply_ways.get, way).prices[0].price == Decimal("22.80")


def test_a_bill_is_typed_with_components_and_route_and_told_at_once_what_cannot_be(desk, show, qtbot):
    desk.center("LATHE")
    screen = show(desk.pump)
    screen.context.commands.start("bill.write")
    bill = dialog(BillDialog, qtbot)
    type_cell(bill.components, 0, 0, "HOUSING")
    qtbot.waitUntil(lambda: bill.components.rows.rows[0].get("name") == "Valve HOUSING")
    type_cell(bill.components, 1, 0, "pump")
    qtbot.waitUntil(
        lambda: "PUMP would be made of itself: PUMP → PUMP" in bill.components.rows.errors.get((1, "sku"), "")
    )
    type_cell(bill.components, 1, 0, "nothing")
    qtbot.waitUntil(lambda: "no product nothing" in bill.components.rows.errors.get((1, "sku"), ""))
    press_next(bill)
    assert "SKU" in bill.form.banner.accessibleName()
    type_cell(bill.components, 1, 0, "sensor")
    qtbot.waitUntil(lambda: bill.components.rows.rows[1].get("sku") == "SENSOR")
    type_cell(bill.components, 1, 2, "2")
    type_cell(bill.steps, 0, 0, "Turn")
    type_cell(bill.steps, 0, 1, "mill")
    assert "no work center mill" in bill.steps.rows.errors[0, "center"]
    type_cell(bill.steps, 0, 1, "lathe")
    type_cell(bill.steps, 0, 3, "18")
    press_next(bill)
    qtbot.waitUntil(lambda: len(screen.page.supply.tree.rows) == 2)
    sheet = desk.read(bills.active, desk.pump)
    assert [(line.quantity, line.fixed) for line in sheet.lines] == [(1, False), (2, False)]
    assert [(step.name, step.unit_minutes) for step in sheet.steps] == [("Turn", 18)]
    assert sheet.head.code == "A"


def test_versions_stand_side_by_side_and_an_old_one_is_used_again(desk, show, qtbot):
    first = desk.bill(code="A")
    parts = (Component(desk.housing, Decimal(1)), Component(desk.sensor, Decimal(3)))
    second = desk.do("bill.add", lambda tx: bills.add(tx, NewBill(desk.pump, parts, code="B")))
    screen = show(desk.pump)
    tabs = screen.page.supply
    tabs.choose(BILL)
    assert [tabs.version.itemText(place) for place in range(2)] == ["Version B, in use", "A"]
    tabs.version.setCurrentIndex(1)
    tabs.version.activated.emit(1)
    qtbot.waitUntil(lambda: [row.quantity for row in tabs.tree.rows] == [1, 2])
    screen.context.commands.start("bill.use")
    qtbot.waitUntil(lambda: desk.read(bills.active, desk.pump).head.id == first)
    qtbot.waitUntil(lambda: "in use" in screen.context.undo.undo_text)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: desk.read(bills.active, desk.pump).head.id == second)


def test_the_tree_shows_all_levels_and_where_a_part_goes(desk, show, qtbot):
    desk.bill((Step("Turn", desk.center(), Decimal(5)),), quantity=Decimal(2))
    station = desk.product("STATION")
    manual = desk.product("MANUAL")
    parts = (Component(desk.pump, Decimal(4)), Component(manual, Decimal(1), fixed=True))
    desk.do("bill.add", lambda tx: bills.add(tx, NewBill(station, parts)))
    screen = show(station)
    tabs = screen.page.supply
    found = [(row.depth, row.sku, row.quantity, row.fixed) for row in tabs.tree.rows]
    assert found == [
        (0, "PUMP", 4, False),
        (1, "HOUSING", 2, False),
        (1, "SENSOR", 4, False),
        (0, "MANUAL", 1, True),
    ]
    show(desk.sensor)
    tabs.choose(USES)
    assert [(use.sku, use.quantity) for use in tabs.uses.rows] == [("PUMP", 2)]
    tabs.uses_view.pick(0)
    QTest.keyClick(tabs.uses_view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tabs.sheet.product.sku == "PUMP")


def test_the_list_tells_beside_it_how_a_product_may_be_had(desk, open_window, qtbot):
    desk.bill()
    desk.way(desk.pump, Way.MAKE)
    window = open_window((place.PLACE,))
    window.show_place("products")
    screen = window.screen_on_show
    screen.list.show_query(tab="active", text="PUMP")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.product.id == desk.pump)
    assert [row.way.way for row in screen.panel.ways.rows] == [Way.MAKE]
    assert [row.sku for row in screen.panel.tree.rows] == ["HOUSING", "SENSOR"]
