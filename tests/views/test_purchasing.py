"""Purchase orders from the list by keyboard: written, sent, confirmed, moved, received, shipped, ended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from sqlalchemy import select

from app.models.purchase import purchase_order
from app.models.shipment import shipment
from app.models.sourcing import Supply
from app.models.supply import Way
from app.services import orders, purchasing, shelves, warehouses
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.warehouses import NewBin
from app.views import purchasing as place
from app.views.purchasing.costs import CostDialog
from app.views.purchasing.dialogs import AddLineDialog, NewPurchaseDialog, ShippedDialog
from app.views.purchasing.receive import ReceiveDialog
from app.views.purchasing.terms import ConfirmDialog, EditDialog
from app.views.screen import Group, Place, Screen
from tests.supply_desk import GRAIN, supply_desk
from tests.valued_desk import valued_desk
from tests.views.accessible import unnamed
from tests.views.office import ORDER, closed, dialog, press_next

FRIDAY = date(2026, 11, 27)
PRINT = Place("print", "Print", "printer", Group.HIDDEN, lambda context: Screen(context, "print"), kinds=("print",))


@pytest.fixture
def desk(database):
    return supply_desk(database)


@pytest.fixture
def show(open_window, qtbot):
    def make(tab: str = "all") -> Any:
        window = open_window((place.PLACE, ORDER, PRINT))
        window.show_place("purchasing")
        screen = window.screen_on_show
        screen.list.show_query(tab=tab)
        return screen

    return make


def asked_for(desk, pieces=10, *, sent=True, product=None):
    """A purchase of sensors from Orbis, by way of supply: the id of the purchase order and of its line."""
    item = product or desk.sensor
    way = desk.way(item, Way.BUY, "4.50")
    line = desk.do("x", lambda tx: purchasing.propose(tx, way, pieces * GRAIN, None, location_id=desk.main))
    purchase_id = desk.read(lambda c: c.execute(select(purchase_order.c.id)).scalar_one())
    if sent:
        desk.do("x", lambda tx: purchasing.send(tx, purchase_id))
    return purchase_id, line


def lines(desk, purchase_id):
    return desk.read(purchasing.lines, purchase_id)


def state(desk, purchase_id):
    return desk.read(purchasing.get, purchase_id).state


def ready(screen, purchase_id, qtbot):
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.id == purchase_id)


def question(qtbot):
    """The question that is open."""
    found: list[QMessageBox] = []

    def there() -> bool:
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there)
    return found[0]


def answer_yes(box):
    QTest.keyClick(box.defaultButton(), Qt.Key.Key_Space)


def test_a_purchase_is_written_extended_changed_and_sent(desk, show, qtbot):
    desk.way(desk.sensor, Way.BUY, "4.50")
    screen = show()
    assert unnamed(screen.window()) == []
    screen.context.commands.start("purchase.new")
    new = dialog(NewPurchaseDialog, qtbot)
    QTest.keyClicks(new.supplier, "orb")
    QTest.keyClick(new.supplier, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: new.supplier.choice() is not None)
    QTest.keyClicks(new.fields.product, "sens")
    QTest.keyClick(new.fields.product, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: new.fields.product.choice() is not None)
    QTest.keyClicks(new.fields.quantity, "20")
    QTest.keyClick(new.fields.quantity, Qt.Key.Key_Return)
    press_next(new)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and closed(NewPurchaseDialog))
    purchase_id = screen.panel.sheet.head.id
    assert [(one.sku, one.quantity, one.unit_price) for one in lines(desk, purchase_id)] == [("SENSOR", 20, 4.5)]
    screen.context.commands.start("purchase.add_line")
    add = dialog(AddLineDialog, qtbot)
    QTest.keyClicks(add.fields.product, "hous")
    QTest.keyClick(add.fields.product, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: add.fields.product.choice() is not None)
    QTest.keyClicks(add.fields.quantity, "5")
    QTest.keyClick(add.fields.quantity, Qt.Key.Key_Return)
    press_next(add)
    qtbot.waitUntil(lambda: len(lines(desk, purchase_id)) == 2 and closed(AddLineDialog))
    screen.context.commands.start("purchase.edit")
    edit = dialog(EditDialog, qtbot)
    edit.table.rows.edited.emit(0, "quantity", "30")
    edit.table.rows.edited.emit(1, "quantity", "0")
    press_next(edit)
    qtbot.waitUntil(lambda: [one.quantity for one in lines(desk, purchase_id)] == [30] and closed(EditDialog))
    press_next(screen)
    box = question(qtbot)
    assert "Orbis" in box.text()
    answer_yes(box)
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "sent")
    qtbot.waitUntil(lambda: screen.window().screen_on_show.place_id == "print")


def test_a_day_the_supplier_moves_shows_the_order_it_hits_before_it_is_saved(desk, show, qtbot):
    purchase_id, line = asked_for(desk)
    order_id, order_line = desk.order(desk.sensor, 4, promised_on=FRIDAY)
    desk.peg(order_line, Supply.PURCHASE_LINE, line, 4, ready_on=FRIDAY)
    number = desk.read(orders.get, order_id).number
    screen = show("expected")
    ready(screen, purchase_id, qtbot)
    press_next(screen)
    told = dialog(ConfirmDialog, qtbot)
    QTest.keyClicks(told.reference, "AB-77")
    told.table.rows.edited.emit(0, "day", "2026-12-10")
    qtbot.waitUntil(lambda: bool(told.seen) and told.go.isEnabled())
    [hit] = told.seen
    assert (hit.order_number, hit.old, hit.new, hit.late) == (number, FRIDAY, date(2026, 12, 10), True)
    assert lines(desk, purchase_id)[0].expected_on != date(2026, 12, 10), "nothing is saved by looking"
    told.table.rows.edited.emit(0, "unit_price", "4,75")
    qtbot.waitUntil(told.go.isEnabled)
    press_next(told)
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "confirmed")
    [kept] = lines(desk, purchase_id)
    assert (kept.expected_on, kept.unit_price) == (date(2026, 12, 10), Decimal("4.75"))
    assert desk.read(purchasing.get, purchase_id).reference == "AB-77"
    qtbot.waitUntil(lambda: number in screen.panel.trouble.accessibleName())
    assert desk.damages() == []
    qtbot.waitUntil(lambda: "is confirmed" in screen.context.undo.undo_text)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "sent")
    assert lines(desk, purchase_id)[0].expected_on != date(2026, 12, 10)


def test_goods_come_in_part_into_a_bin_and_the_rest_is_closed_and_waited_for_again(desk, show, qtbot):
    purchase_id, _ = asked_for(desk)
    shelf = desk.do("x", lambda tx: warehouses.add_bin(tx, desk.main, NewBin("A-1")))
    screen = show("expected")
    ready(screen, purchase_id, qtbot)
    screen.context.commands.start("purchase.receive")
    came = dialog(ReceiveDialog, qtbot)
    came.rows.edited.emit(0, "quantity", "6")
    came.rows.edited.emit(0, "bin", "NOWHERE")
    press_next(came)
    qtbot.waitUntil(lambda: "NOWHERE" in came.form.banner.accessibleName())
    came.rows.edited.emit(0, "bin", "A-1")
    press_next(came)
    qtbot.waitUntil(lambda: lines(desk, purchase_id)[0].received == 6 * GRAIN)
    lying = desk.read(shelves.of_product, desk.sensor)
    assert [(one.bin_id, one.quantity // GRAIN) for one in lying] == [(shelf, 6)]
    qtbot.waitUntil(lambda: bool(screen.context.undo.undo_text) and closed(ReceiveDialog))
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: lines(desk, purchase_id)[0].received == 0)
    screen.context.undo.redo()
    qtbot.waitUntil(lambda: lines(desk, purchase_id)[0].received == 6 * GRAIN)
    screen.list.show_query(tab="begun")
    qtbot.waitUntil(lambda: screen.list.current() is not None and screen.list.current().begun)
    screen.context.commands.start("purchase.close")
    answer_yes(question(qtbot))
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "closed" and "is closed" in screen.context.undo.undo_text)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "confirmed")
    assert desk.damages() == []


def test_pieces_with_serial_numbers_need_one_each_and_too_many_are_refused_where_they_were_typed(desk, show, qtbot):
    meter = desk.product("METER", tracking="serial")
    purchase_id, _ = asked_for(desk, 2, product=meter)
    screen = show("sent")
    ready(screen, purchase_id, qtbot)
    screen.context.commands.start("purchase.receive")
    came = dialog(ReceiveDialog, qtbot)
    came.rows.edited.emit(0, "lot", "M1")
    press_next(came)
    qtbot.waitUntil(lambda: "2 pieces need as many serial numbers" in came.form.banner.accessibleName())
    came.rows.edited.emit(0, "quantity", "3")
    came.rows.edited.emit(0, "lot", "M1 M2 M3")
    press_next(came)
    qtbot.waitUntil(lambda: "Receive no more" in came.form.banner.accessibleName())
    came.rows.edited.emit(0, "quantity", "2")
    came.rows.edited.emit(0, "lot", "M1 M2")
    press_next(came)
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "closed")
    assert desk.damages() == []


def test_cancelling_what_an_order_waits_for_asks_and_a_draft_comes_back_with_undo(desk, show, qtbot):
    purchase_id, line = asked_for(desk, sent=False)
    order_id, order_line = desk.order(desk.sensor, 4)
    desk.peg(order_line, Supply.PURCHASE_LINE, line, 4)
    screen = show("to_send")
    ready(screen, purchase_id, qtbot)
    screen.context.commands.start("purchase.cancel")
    box = question(qtbot)
    assert desk.read(orders.get, order_id).number in box.informativeText()
    answer_yes(box)
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "cancelled" and bool(screen.context.undo.undo_text))
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: state(desk, purchase_id) == "draft")
    assert desk.damages() == []


def test_a_supplier_sends_a_drop_shipment_in_parts_with_its_tracking_number(desk, show, qtbot):
    desk.way(desk.sensor, Way.DROP_SHIP, "4.00")
    new = NewOrder(desk.customer_id, (LineInput(desk.sensor, Decimal(5)),))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    purchase_id = desk.read(lambda c: c.execute(select(purchase_order.c.id)).scalar_one())
    desk.do("x", lambda tx: purchasing.send(tx, purchase_id))
    desk.do("x", lambda tx: purchasing.confirm(tx, purchase_id))
    screen = show("expected")
    ready(screen, purchase_id, qtbot)
    press_next(screen)
    sent = dialog(ShippedDialog, qtbot)
    QTest.keyClicks(sent.carrier, "Meridian")
    QTest.keyClicks(sent.tracking, "MR-1")
    sent.table.rows.edited.emit(0, "chosen", "2")
    press_next(sent)
    qtbot.waitUntil(lambda: desk.read(orders.lines, order_id)[0].shipped == 2 * GRAIN)
    found = desk.read(lambda c: c.execute(select(shipment.c.tracking_number, shipment.c.kind)).one())
    assert tuple(found) == ("MR-1", "drop_ship")
    qtbot.waitUntil(lambda: bool(screen.panel.sheet and screen.panel.sheet.shipments))
    assert desk.damages() == []


def test_what_is_late_is_told_in_the_side_bar(desk, show, qtbot):
    purchase_id, _ = asked_for(desk)
    desk.do("x", lambda tx: purchasing.confirm(tx, purchase_id, expected_on=date(2026, 11, 20)))
    screen = show("late")
    ready(screen, purchase_id, qtbot)
    button = screen.window().navigation._buttons["purchasing"]
    qtbot.waitUntil(lambda: button.accessibleName() == "Purchasing 1 waiting, 1 late")
    assert screen.panel.trouble.isVisible()


def test_freight_and_another_price_are_shown_before_they_are_booked_and_taken_back(database, open_window, qtbot):
    desk = valued_desk(database)
    desk.take(desk.sensor, 4, "1.00")
    desk.sell(desk.sensor, 4)
    desk.buy(desk.means_to_buy("4.50"), 10)
    _, _, shipment_id = desk.sell(desk.sensor, 4)
    window = open_window((place.PLACE, ORDER, PRINT))
    window.show_place("purchasing")
    screen = window.screen_on_show
    screen.list.show_query(tab="all")
    qtbot.waitUntil(lambda: screen.list.current() is not None)
    screen.context.commands.start("purchase.correct_cost")
    asked = dialog(CostDialog, qtbot)
    assert unnamed(asked) == []
    QTest.keyClicks(asked.freight, "20")
    QTest.keyClick(asked.freight, Qt.Key.Key_Return)
    asked.rows.edited.emit(0, "price", "x")
    qtbot.waitUntil(asked.go.isEnabled)
    press_next(asked)
    assert "not a price" in asked.rows.error(0, 3)
    asked.rows.edited.emit(0, "price", "5")
    qtbot.waitUntil(lambda: asked.preview is not None and asked.preview.total == 25)
    number = desk.read(lambda c: c.execute(select(shipment.c.number).where(shipment.c.id == shipment_id)).scalar_one())
    [effect] = asked.effects.rows
    assert (effect.place, effect.number, effect.value) == ("Cost of goods sold", number, Decimal(10))
    assert desk.worth(desk.sensor) == (6, "27.00"), "nothing is booked by looking"
    press_next(asked)
    qtbot.waitUntil(lambda: closed(CostDialog) and desk.worth(desk.sensor) == (6, "42.00"))
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: desk.worth(desk.sensor) == (6, "27.00"))
    assert desk.damages() == []
