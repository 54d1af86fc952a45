"""Shipments are packed, shipped and delivered by keyboard."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.cartons import Box
from app.models.product import product
from app.services import packing_proposals
from app.views import cartons
from app.views.cartons.dialog import CartonDialog
from app.views.dialogs.pack import PackDialog
from app.views.dialogs.ship import ShipDialog
from app.views.picking.parts import Mood
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import CONTROL, PLACES, closed, dialog, press_next, show_empty


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


def test_cartons_are_proposed_changed_scanned_left_and_packed(company, show, qtbot):
    for code, kind, side in (("BOX", "parcel", 300), ("EUR", "pallet", 1200)):
        box = Box(code, (side, side, side), 200, 90_000, 100)
        company.do(lambda tx, c=code, k=kind, b=box: packing_proposals.add_carton(tx, c, c, b, kind=k))
    measured(company, company.valve, (200, 200, 200), 2_000)
    measured(company, company.gasket, (250, 250, 150), 50)
    order_id = company.order({company.valve: 4, company.gasket: 2})
    company.pick_all(order_id)
    screen = show("to_pack")
    press_next(screen.list.view)
    pack = dialog(PackDialog, qtbot)
    assert unnamed(pack) == []
    QTest.keyClick(pack, Qt.Key.Key_P, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(pack.plan.units) > 1)
    assert [row.kind for row in pack.rows.rows] == ["pallet", *["parcel"] * 5]
    QTest.keyClick(pack, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    before = pack.plan.to_text()
    pack.code.setText("CBL-1")
    QTest.keyClick(pack.code, Qt.Key.Key_Return)
    assert (pack.band.mood, pack.plan.to_text()) == (Mood.WRONG, before)
    pack.contents.edited.emit(0, "here", "9")
    assert (pack.contents.errors != {}, pack.plan.to_text()) == (True, before)
    pack.contents.edited.emit(0, "here", "1")
    pack.code.setText("VAL-1")
    QTest.keyClick(pack.code, Qt.Key.Key_Return)
    assert pack.band.mood is Mood.RIGHT
    pack.reject()
    qtbot.waitUntil(lambda: closed(PackDialog))
    press_next(screen.list.view)
    again = dialog(PackDialog, qtbot)
    assert sum(sum(one.scanned.values()) for one in again.plan.units) == 3_600_000
    press_next(again)
    assert "VAL-1" in again.band.detail  # told what is not scanned, and packed when it is said again
    press_next(again)
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "packed") is not None)
    kept = f"packing/{company.shipment_of(order_id, 'packed').hex}"
    qtbot.waitUntil(lambda: not screen.context.settings.contains(kept))


def test_cartons_are_set_up_by_keyboard(company, open_window, qtbot):
    window = open_window((*PLACES, cartons.PLACE))
    window.show_place("cartons")
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen._stack.currentWidget() is screen.empty)
    screen.context.commands.start("carton.add")
    new = dialog(CartonDialog, qtbot)
    new.code.setText("M3")
    press_next(new)
    qtbot.waitUntil(lambda: new.go.isEnabled() and "length" in new.form._entries["size"].note.text())
    for field, value in ((new.length, 40), (new.width_, 30), (new.height_, 25), (new.tare, 1), (new.most, 20)):
        field.set_value(Decimal(value))
    press_next(new)
    qtbot.waitUntil(lambda: [row.code for row in screen.rows.rows] == ["M3"])
    qtbot.waitUntil(lambda: closed(CartonDialog))
    screen.view.pick(0)
    screen.context.commands.start("carton.retire")
    qtbot.waitUntil(lambda: screen.rows.rows[0].active is False)
    assert company.read(packing_proposals.kinds_of) == []


def measured(company, product_id, size, weight_g):
    length, width, height = size
    values = {"length_mm": length, "width_mm": width, "height_mm": height, "weight_g": weight_g}
    company.do(lambda tx: tx.update(product, product_id, **values))


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
    qtbot.waitUntil(lambda: "unpacked" in screen.context.undo.undo_text)
    screen.context.commands.start("edit.undo")
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "packed") == shipment_id)


def test_a_shipment_notice_is_saved_as_document_and_as_table(company, show, qtbot, tmp_path):
    shipment_id = company.ship(company.order({company.valve: 2}))
    screen = show("shipped")
    for name, begins in (("notice.json", "{"), ("notice.csv", "shipment,order")):
        path = tmp_path / name
        screen.notices.save_to(shipment_id, path)
        qtbot.waitUntil(path.exists)
        assert path.read_text(encoding="utf-8").startswith(begins)
    assert "VAL-1" in path.read_text(encoding="utf-8")


def test_shipping_by_mistake_is_taken_back(company, show, qtbot):
    order_id = company.order({company.valve: 2})
    shipment_id = company.ship(order_id)
    screen = show("shipped")
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.id == shipment_id)
    screen.context.commands.start("shipment.call_back")
    qtbot.waitUntil(lambda: company.shipment_of(order_id, "planned") not in {None, shipment_id})


def test_an_empty_list_says_what_belongs_there(company, open_window, qtbot):
    assert show_empty(open_window, qtbot, "shipments") == "No shipments yet"
