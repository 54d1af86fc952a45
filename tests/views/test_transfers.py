"""Transfers from the list by keyboard: planned, sent, received in part, lost on the way, called off."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from sqlalchemy import select

from app.models.sourcing import Supply
from app.models.transfer import transfer
from app.services import orders, transfers
from app.views import transfers as place
from app.views.transfers.dialogs import ArrivedDialog, LostDialog, NewTransferDialog, ShipDialog
from tests.supply_desk import GRAIN, supply_desk
from tests.views.accessible import unnamed
from tests.views.office import ORDER, closed, dialog, press_next


@pytest.fixture
def desk(database):
    made = supply_desk(database)
    made.south = made.warehouse("SOUTH")
    made.receive(made.sensor, 10)
    return made


@pytest.fixture
def show(open_window, qtbot):
    def make(tab: str = "all") -> Any:
        window = open_window((place.PLACE, ORDER))
        window.show_place("transfers")
        screen = window.screen_on_show
        screen.list.show_query(tab=tab)
        return screen

    return make


def planned(desk, pieces=8):
    """A transfer of sensors to the south: its id and the line's."""
    line = desk.do(
        "transfer.plan",
        lambda tx: transfers.plan(
            tx, desk.sensor, pieces * GRAIN, from_location=desk.main, to_location=desk.south, needed_on=None
        ),
    )
    return desk.read(lambda c: c.execute(select(transfer.c.id)).scalar_one()), line


def head(desk, transfer_id):
    return desk.read(transfers.get, transfer_id)


def ready(screen, transfer_id, qtbot):
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.id == transfer_id)


def test_goods_are_planned_over_to_another_warehouse_by_typing(desk, show, qtbot):
    screen = show()
    assert unnamed(screen.window()) == []
    screen.context.commands.start("transfer.new")
    new = dialog(NewTransferDialog, qtbot)
    QTest.keyClicks(new.product, "sens")
    QTest.keyClick(new.product, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: new.product.choice() is not None)
    QTest.keyClicks(new.quantity, "4")
    QTest.keyClick(new.quantity, Qt.Key.Key_Return)
    press_next(new)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None)
    assert [one.reserved // GRAIN for one in screen.panel.sheet.lines] == [4]
    assert desk.level(desk.sensor) == (6, 4)


def test_sent_received_in_part_and_the_rest_is_lost_where_an_order_waited_for_it(desk, show, qtbot):
    transfer_id, line = planned(desk)
    order_id, order_line = desk.order(desk.sensor, 6)
    desk.peg(order_line, Supply.TRANSFER_LINE, line, 3, location_id=desk.south)
    number = desk.read(orders.get, order_id).number
    screen = show("planned")
    ready(screen, transfer_id, qtbot)
    press_next(screen)
    sent = dialog(ShipDialog, qtbot)
    press_next(sent)
    qtbot.waitUntil(lambda: head(desk, transfer_id).state == "shipped")
    screen.list.show_query(tab="going")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.going and closed(ShipDialog))
    press_next(screen)
    came = dialog(ArrivedDialog, qtbot)
    came.table.rows.edited.emit(0, "chosen", "5")
    press_next(came)
    qtbot.waitUntil(lambda: desk.read(transfers.lines, transfer_id)[0].received == 5 * GRAIN)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.lines[0].going == 3 * GRAIN)
    screen.context.commands.start("transfer.lose")
    lost = dialog(LostDialog, qtbot)
    assert number in [one.number for one in screen.panel.sheet.lines[0].wanted_by]
    lost.table.rows.edited.emit(0, "chosen", "3")
    press_next(lost)
    qtbot.waitUntil(lambda: head(desk, transfer_id).state == "received")
    assert desk.read(transfers.lines, transfer_id)[0].lost == 3 * GRAIN
    assert desk.damages() == []


def test_a_transfer_that_has_not_left_is_called_off_after_asking(desk, show, qtbot):
    transfer_id, _ = planned(desk)
    screen = show("planned")
    ready(screen, transfer_id, qtbot)
    screen.context.commands.start("transfer.cancel")
    boxes: list[QMessageBox] = []

    def there() -> bool:
        boxes[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()]
        return bool(boxes)

    qtbot.waitUntil(there)
    QTest.keyClick(boxes[0].defaultButton(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: head(desk, transfer_id).state == "cancelled")
    assert desk.level(desk.sensor) == (10, 0)
