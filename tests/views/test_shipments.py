"""Shipments are packed, shipped and delivered by keyboard."""

from __future__ import annotations

import pytest

from app.views.dialogs.pack import PackDialog
from app.views.dialogs.ship import ShipDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, dialog, press_next, show_empty


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def show(company, open_window, qtbot):
    """Shows the list with its first row highlighted and read."""

    def go(tab: str = ""):
        window = open_window(PLACES)
        window.open_record("shipments", None, **({"tab": tab} if tab else {}))
        screen = window.screen_on_show
        qtbot.waitUntil(lambda: screen.panel.sheet is not None)
        return screen

    return go


def test_a_shipment_is_packed_shipped_and_delivered_by_ctrl_enter(company, show, qtbot):
    order_id = company.order({company.valve: 10, company.gasket: 4})
    company.pick_all(order_id)
    screen = show("to_pack")
    assert unnamed(screen.window()) == []
    press_next(screen.list.view)
    press_next(dialog(PackDialog, qtbot))
    screen.list.show_query(tab="packed")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and bool(screen.panel.sheet.packages))
    [package] = screen.panel.sheet.packages
    assert [(one.sku, one.quantity) for one in package.contents] == [("VAL-1", 10), ("GAS-1", 4)]
    assert f"SSCC {package.sscc}" in [line.second for line in screen.panel.lines.rows]
    press_next(screen.list.view)
    leave = dialog(ShipDialog, qtbot)
    qtbot.waitUntil(lambda: leave.carrier.findText("Meridian") >= 0)
    leave.carrier.setCurrentText("Meridian")
    leave.tracking.setText("MR555")
    press_next(leave)
    screen.list.show_query(tab="shipped")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "shipped")
    assert screen.panel.sheet.tracking_url == "https://meridian.example/t/MR555"
    press_next(screen.list.view)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "delivered")


def test_unpacking_is_undone(company, show, qtbot):
    order_id = company.order({company.valve: 10})
    company.pick_all(order_id)
    shipment_id = company.shipment_of(order_id)
    screen = show("to_pack")
    press_next(screen.list.view)
    press_next(dialog(PackDialog, qtbot))
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "packed") == shipment_id)
    screen.list.show_query(tab="packed")
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.state == "packed")
    screen.context.commands.start("shipment.unpack")
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "planned") == shipment_id)
    qtbot.waitUntil(lambda: bool(screen.context.undo.undo_text))
    screen.context.commands.start("edit.undo")
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "packed") == shipment_id)


def test_shipping_by_mistake_is_taken_back(company, show, qtbot):
    order_id = company.order({company.valve: 2})
    shipment_id = company.ship(order_id)
    screen = show("shipped")
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.id == shipment_id)
    screen.context.commands.start("shipment.call_back")
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "planned") not in {None, shipment_id})


def test_an_empty_list_says_what_belongs_there(company, open_window, qtbot):
    assert show_empty(open_window, qtbot, "shipments") == "No shipments yet"
