"""Inventory: stock is found by place and lot, projected, and worked with by keyboard; what was wrong is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import lots, purchasing, suppliers, valuation
from app.services.database import Changes
from app.views import inventory, orders
from app.views.day_begin import DayBegin
from app.views.inventory.dialogs import LotDialog, MoveDialog, ReceiveDialog, ScrapDialog
from tests.views import yard as yards
from tests.views.accessible import unnamed
from tests.views.office import closed, dialog, press_next
from tests.views.small_company import MORNING

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def yard(database) -> yards.Yard:
    return yards.found(database)


@pytest.fixture
def screen(yard, open_window, qtbot):
    window = open_window((inventory.PLACE, orders.PLACE))
    window.show_place("inventory")
    shown = window.screen_on_show
    qtbot.waitUntil(lambda: shown.list.table.rowCount() == 4)
    qtbot.waitUntil(lambda: len(shown.list._spec.filter("warehouse").options) == 2)
    return shown


def skus(screen) -> list[str]:
    return [screen.list.table.row(n).sku for n in range(screen.list.table.rowCount())]


def cell(screen, column: str, row: int = 0) -> str:
    number = next(n for n, one in enumerate(screen.list.table.columns) if one.id == column)
    return screen.list.table.cell(row, number).plain()


def find(screen, qtbot, text: str, *found: str) -> None:
    screen.list.show_query(text=text)
    qtbot.waitUntil(lambda: skus(screen) == list(found))
    screen.list.view.pick(0)


def on_page(screen, qtbot, product_id: UUID):
    screen.context.open("stock", product_id)
    qtbot.waitUntil(lambda: screen.page.sheet is not None and screen.page.sheet.product.id == product_id)
    return screen.page


def test_stock_is_found_by_bin_lot_and_warehouse(screen, yard, qtbot):
    assert unnamed(screen.window()) == []
    assert [cell(screen, name, 2) for name in ("name", "on_hand", "free")] == ["Milk MLK-1", "14", "14"]
    find(screen, qtbot, "A-1", "GAS-1", "MLK-1")  # one lies in A-1, the other's usual bin is A-10
    find(screen, qtbot, "L-NEW", "MLK-1")
    screen.list.show_query(text="")
    screen.list.filters.set_filter("warehouse", str(yard.other))
    qtbot.waitUntil(lambda: skus(screen) == ["GAS-1"])
    assert cell(screen, "on_hand") == "7"  # only what is there
    screen.list.filters.set_filter("warehouse", "")
    screen.list.filters.set_filter("expiring", "yes")
    qtbot.waitUntil(lambda: skus(screen) == ["MLK-1"])
    assert cell(screen, "next") == "Until 24 Nov"


def test_what_comes_and_goes_is_told_day_by_day_with_its_documents(screen, yard, qtbot):
    company = yard.company
    company.order({company.valve: 1004}, promised=date(2026, 11, 30))
    supplier = company.do(lambda tx: suppliers.add(tx, suppliers.NewSupplier("Orbis", currency="EUR")))
    line = purchasing.NewLine(company.valve, Decimal(50), unit_price=Decimal(9), requested_on=date(2026, 12, 7))
    company.do(lambda tx: purchasing.write(tx, supplier, (line,), location_id=yard.main))
    screen.context.tasks.changed.emit(Changes({"purchase_line": frozenset()}))
    page = on_page(screen, qtbot, company.valve)
    qtbot.waitUntil(lambda: len(page.sheet.due) == 2)
    goes, comes = page.sheet.due
    assert (goes.kind, goes.grains // page.sheet.product.grain, goes.balance // page.sheet.product.grain) == (
        "order",
        -4,
        -4,
    )
    assert (comes.kind, comes.who, comes.on, comes.balance // page.sheet.product.grain) == (
        "purchase",
        "Orbis",
        date(2026, 12, 7),
        46,
    )
    figures = page.sheet.figures
    assert [one.grains for one in figures.balances(page.sheet.row.today)] == [0, goes.balance, comes.balance]
    page.show_part("due")
    page.tables.due_view.setFocus()
    page.tables.due_view.selectRow(0)
    QTest.keyClick(page.tables.due_view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.window().screen_on_show is not screen)  # the order is on show


def test_goods_are_received_into_a_bin_with_their_lot_and_taken_back(screen, yard, qtbot):
    find(screen, qtbot, "MLK-1", "MLK-1")
    QTest.keyClick(screen.window(), Qt.Key.Key_R, CONTROL)
    receive = dialog(ReceiveDialog, qtbot)
    QTest.keyClicks(receive.quantity, "12")
    QTest.keyClicks(receive.lot, "L-3")
    QTest.keyClicks(receive.bin, "b-1")
    receive.cost.setFocus()
    QTest.keyClicks(receive.cost, "0.75")
    press_next(receive)
    qtbot.waitUntil(lambda: yard.lying(yard.milk).get(("B-1", "L-3")) == 12)
    assert yard.company.read(lambda c: valuation.read(c, yard.milk)).value == 9
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: ("B-1", "L-3") not in yard.lying(yard.milk))
    assert yard.sheet(yard.milk).figures.on_hand == yard.sheet(yard.milk).figures.free
    screen.ask("stock.receive")
    again = dialog(ReceiveDialog, qtbot)
    QTest.keyClicks(again.quantity, "3")
    QTest.keyClicks(again.lot, "L-4")
    QTest.keyClicks(again.bin, "Z-9")
    press_next(again)
    qtbot.waitUntil(lambda: "no bin Z-9" in again.form._entries["bin"].note.text())
    assert ("", "L-4") not in yard.lying(yard.milk)


def test_goods_are_put_away_and_moved_back(screen, yard, qtbot):
    page = on_page(screen, qtbot, yard.company.valve)
    assert [one.unplaced for one in page.sheet.lies] == [True]
    QTest.keyClick(screen.window(), Qt.Key.Key_M, CONTROL)
    move = dialog(MoveDialog, qtbot)
    assert move.quantity.value() == 1000
    assert move.bin.text() == "A-2"  # its usual bin
    move.quantity.setText("600")
    press_next(move)
    qtbot.waitUntil(lambda: yard.lying(yard.company.valve) == {("A-2", ""): 600})
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: yard.lying(yard.company.valve) == {})


def test_scrapped_goods_need_a_reason_and_come_back_where_they_lay(screen, yard, qtbot):
    page = on_page(screen, qtbot, yard.milk)
    page.tables.lies_view.selectRow(1)
    QTest.keyClick(screen.window(), Qt.Key.Key_Delete, CONTROL)
    scrap = dialog(ScrapDialog, qtbot)
    assert scrap.spot.spot().lot == "L-NEW"
    QTest.keyClicks(scrap.quantity, "4")
    press_next(scrap)
    qtbot.waitUntil(lambda: "Say why" in scrap.form._entries["reason"].note.text())
    QTest.keyClicks(scrap.reason, "leaking")
    press_next(scrap)
    qtbot.waitUntil(lambda: yard.lying(yard.milk) == {("A-1", "L-OLD"): 5, ("A-2", "L-NEW"): 5})
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: yard.lying(yard.milk) == {("A-1", "L-OLD"): 5, ("A-2", "L-NEW"): 9})


def test_a_lot_is_blocked_released_and_both_can_be_taken_back(screen, yard, qtbot):
    find(screen, qtbot, "MLK-1", "MLK-1")
    QTest.keyClick(screen.window(), Qt.Key.Key_L, CONTROL)
    block = dialog(LotDialog, qtbot)
    block.lot.setCurrentText("L-NEW")
    QTest.keyClicks(block.reason, "recalled")
    press_next(block)
    new = yard.company.read(lambda c: lots.by_code(c, yard.milk, "L-NEW"))
    blocked = lambda: yard.company.read(lambda c: lots.get(c, new)).blocked  # noqa: E731
    qtbot.waitUntil(lambda: blocked() is True and closed(LotDialog))
    assert yard.sheet(yard.milk).figures.free // yard.sheet(yard.milk).product.grain == 5
    screen.ask("lot.release")
    release = dialog(LotDialog, qtbot)
    press_next(release)
    qtbot.waitUntil(lambda: blocked() is False)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: blocked() is True)


def test_a_new_day_blocks_what_is_over_its_last_day_once(screen, yard, context, qtbot):
    said: list[str] = []
    context.messages.offered.connect(lambda text, *_: said.append(text))
    days = [MORNING]
    context.tasks.now = lambda: days[-1]
    begin = DayBegin(context, screen)
    context.tasks.wait()
    days.append(MORNING + timedelta(days=2))
    begin.look()
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["1 lot is over its last day and is blocked now."]
    assert [one.lot for one in yard.sheet(yard.milk).lies if one.blocked] == ["L-OLD"]
    commands = yard.company.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM command_log").scalar_one())
    begin.look()
    DayBegin(context, screen)  # another desk opens on the same day
    context.tasks.wait()
    qtbot.wait(50)
    assert yard.company.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM command_log").scalar_one()) == commands


def test_a_movement_leads_to_the_order_it_was_for(screen, yard, qtbot):
    order_id = yard.company.order({yard.company.valve: 3})
    page = on_page(screen, qtbot, yard.company.valve)
    qtbot.waitUntil(lambda: any(one.kind == "order" for one in page.sheet.moved))
    first = page.sheet.moved[0]
    assert (first.kind, first.document_id) == ("order", order_id)
    page.show_part("moved")
    page.tables.moved_view.selectRow(0)
    QTest.keyClick(page.tables.moved_view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.window().screen_on_show is not screen)
