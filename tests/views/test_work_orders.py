"""Work orders from the list by keyboard: planned, sent out, released, reported, moved, cancelled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from sqlalchemy import select

from app.models.sourcing import Supply
from app.models.supply import Way
from app.models.work import work_order
from app.services import pegs, purchasing, suppliers, work_orders
from app.services.bills import Step
from app.views import work_orders as place
from app.views.work_orders.dialogs import MoveDialog, NewWorkDialog
from app.views.work_orders.output import PartsDialog, ReportDialog
from tests.supply_desk import GRAIN, supply_desk
from tests.views import office
from tests.views.accessible import unnamed
from tests.views.office import ORDER, press_next

THURSDAY, FRIDAY, MONDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30)


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
    def make(tab: str = "all") -> Any:
        window = open_window((place.PLACE, ORDER))
        window.show_place("work_orders")
        screen = window.screen_on_show
        screen.list.show_query(tab=tab)
        return screen

    return make


def plan(desk, way, pieces, due_on=FRIDAY):
    return desk.do("work.plan", lambda tx: work_orders.plan(tx, way, pieces * GRAIN, due_on, location_id=desk.main))


def stocked(desk):
    desk.bill((Step("Turn", desk.center("LATHE", 120), Decimal(0), Decimal(60)),))
    desk.receive(desk.housing, 4)
    desk.receive(desk.sensor, 9)
    return desk.way(desk.pump, Way.MAKE)


def head(desk, work):
    return desk.read(work_orders.get, work)


def counts(desk, work):
    return [(one.reserved // GRAIN, one.consumed // GRAIN) for one in desk.read(work_orders.components, work)]


def ready(screen, work, qtbot):
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.id == work)


def step(screen):
    """What the primary button of the panel offers."""
    return screen.panel.next.text().strip()


def dialogs(kind):
    """The dialogs of a kind that are open."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def test_something_is_planned_by_typing_its_name(desk, show, qtbot):
    stocked(desk)
    screen = show()
    assert unnamed(screen.window()) == []
    screen.context.commands.start("work.new")
    new = dialog(NewWorkDialog, qtbot)
    QTest.keyClicks(new.product, "pum")
    QTest.keyClick(new.product, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: new.way.count() == 1)
    assert new.way.currentText() == "Made here"
    QTest.keyClicks(new.quantity, "3")
    QTest.keyClick(new.quantity, Qt.Key.Key_Tab)
    QTest.keyClicks(new.due_on, "friday")
    press_next(new)
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 1 and screen.panel.sheet is not None)
    [planned] = desk.read(lambda c: c.execute(select(work_order)).all())
    assert (planned.ordered // GRAIN, planned.due_on, planned.sku) == (3, FRIDAY, "PUMP")
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: head(desk, planned.id).state == "cancelled")


def test_a_product_that_nobody_makes_is_told_so_at_its_field(desk, show, qtbot):
    desk.bill()
    screen = show()
    screen.new_for(desk.housing)
    new = dialog(NewWorkDialog, qtbot)
    qtbot.waitUntil(lambda: "no way to be made" in new.form._entries["product_id"].note.text())


def test_from_release_to_the_last_piece_with_one_key_and_scrap_and_a_spoilt_part(desk, show, qtbot):
    work = plan(desk, stocked(desk), 4)
    screen = show("planned")
    ready(screen, work, qtbot)
    assert step(screen) == "Release"
    press_next(screen)
    qtbot.waitUntil(lambda: head(desk, work).state == "released")
    screen.list.show_query(tab="released")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and step(screen) == "Report output")
    screen.context.commands.start("work.use")
    parts = dialog(PartsDialog, qtbot)
    parts.parts.rows.edited.emit(1, "chosen", "1")
    press_next(parts)
    qtbot.waitUntil(lambda: counts(desk, work) == [(4, 0), (8, 1)] and not dialogs(PartsDialog))
    press_next(screen)
    report = dialog(ReportDialog, qtbot)
    QTest.keyClicks(report.made, "2")
    QTest.keyClick(report.made, Qt.Key.Key_Tab)
    QTest.keyClicks(report.spoilt, "1")
    qtbot.waitUntil(lambda: [one.chosen for one in report.parts.lines] == [3, 6])
    report.parts.rows.edited.emit(0, "chosen", "4")
    press_next(report)
    qtbot.waitUntil(lambda: head(desk, work).made == 2 * GRAIN)
    assert (head(desk, work).scrapped // GRAIN, counts(desk, work)) == (1, [(0, 4), (2, 7)])
    assert desk.level(desk.pump) == (2, 0)
    screen.context.commands.start("work.finish")
    qtbot.waitUntil(lambda: head(desk, work).state == "done" and "is closed" in screen.context.undo.undo_text)
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: head(desk, work).state == "released")
    assert desk.damages() == []


def test_a_report_of_more_than_is_left_keeps_the_dialog_with_the_reason(desk, show, qtbot):
    work = plan(desk, stocked(desk), 4)
    desk.do("work.release", lambda tx: work_orders.release(tx, work))
    screen = show("released")
    ready(screen, work, qtbot)
    press_next(screen)
    report = dialog(ReportDialog, qtbot)
    QTest.keyClicks(report.made, "5")
    press_next(report)
    qtbot.waitUntil(lambda: "4 units are left to make" in report.form.banner.accessibleName())
    assert (report.isVisible(), head(desk, work).made) == (True, 0)


def test_moving_shows_whom_it_hits_before_it_is_saved_and_can_be_taken_back(desk, show, qtbot):
    way = stocked(desk)
    work = plan(desk, way, 4)
    _, line = desk.order(desk.pump, 4, requested_on=FRIDAY)
    desk.peg(line, Supply.WORK_ORDER, work, 4, ready_on=FRIDAY)
    screen = show("planned")
    ready(screen, work, qtbot)
    screen.context.commands.start("work.move")
    move = dialog(MoveDialog, qtbot)
    QTest.keyClick(move.starts_on, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(move.starts_on, "30-11")
    qtbot.waitUntil(lambda: [hit.late for hit in move.hits.rows] == [True] and move.go.isEnabled())
    assert "One order line comes later than promised." in move.outcome.text()
    assert head(desk, work).starts_on == THURSDAY
    press_next(move)
    qtbot.waitUntil(lambda: head(desk, work).starts_on == MONDAY and not dialogs(MoveDialog))
    [peg] = desk.read(pegs.of_supply, work)
    assert "promised for" in peg.trouble
    screen.context.undo.undo()
    qtbot.waitUntil(lambda: head(desk, work).starts_on == THURSDAY)
    assert desk.read(pegs.of_supply, work)[0].trouble == ""


def test_a_subcontractor_is_sent_the_components_then_it_is_released_and_received(desk, show, qtbot):
    desk.bill()
    desk.receive(desk.housing, 2)
    desk.receive(desk.sensor, 4)
    lathe = desk.supplier("Lathe Works", lead_days=2)
    work = plan(desk, desk.way(desk.pump, Way.OUTSOURCE, "30.00", supplier_id=lathe), 2)
    screen = show("planned")
    ready(screen, work, qtbot)
    assert step(screen) == "Send components"
    press_next(screen)
    qtbot.waitUntil(lambda: step(screen) == "Components arrived")
    press_next(screen)
    qtbot.waitUntil(lambda: step(screen) == "Release")
    assert desk.level(desk.sensor, desk.read(suppliers.find_yard, lathe)) == (0, 4)
    press_next(screen)
    qtbot.waitUntil(lambda: head(desk, work).state == "released")
    [asked] = screen.panel.sheet.services
    desk.do("purchase.send", lambda tx: purchasing.send(tx, asked.purchase_id))
    screen.list.show_query(tab="released")
    ready(screen, work, qtbot)
    qtbot.waitUntil(lambda: step(screen) == "Report output")
    press_next(screen)
    report = dialog(ReportDialog, qtbot)
    QTest.keyClicks(report.made, "2")
    press_next(report)
    qtbot.waitUntil(lambda: head(desk, work).state == "done")
    assert desk.level(desk.pump) == (2, 0)


def test_cancelling_asks_and_names_who_waits(desk, show, qtbot):
    work = plan(desk, stocked(desk), 4)
    _, line = desk.order(desk.pump, 4)
    desk.peg(line, Supply.WORK_ORDER, work, 4, ready_on=FRIDAY)
    screen = show("planned")
    ready(screen, work, qtbot)
    screen.context.commands.start("work.cancel")
    qtbot.waitUntil(lambda: bool(dialogs(QMessageBox)))
    [asked] = dialogs(QMessageBox)
    assert "SO-00001 Harbor & Finch waits for it." in asked.informativeText()
    assert head(desk, work).state == "planned"
    QTest.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: head(desk, work).state == "cancelled")


def test_the_list_tells_late_and_short_work_and_finds_it_by_its_customer(desk, show, qtbot):
    way = stocked(desk)
    short = plan(desk, way, 6)
    late = plan(desk, way, 1, date(2026, 11, 6))
    _, line = desk.order(desk.pump, 1)
    desk.peg(line, Supply.WORK_ORDER, late, 1)
    screen = show("short")
    ready(screen, short, qtbot)
    assert screen.list.table.rowCount() == 1
    assert screen.panel.trouble.accessibleName() == "Short of parts 3 HOUSING, 5 SENSOR"
    screen.list.show_query(tab="late")
    ready(screen, late, qtbot)
    screen.list.show_query(tab="all", text="harbor")
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 1)
    row = screen.list.table.row(0)
    assert (row.id, row.customer, row.short) == (late, "Harbor & Finch", False)
