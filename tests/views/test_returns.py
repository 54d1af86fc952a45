"""Goods come back: announced, received good or broken, called off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models.returns import Disposition
from app.services import orders, returns
from app.services.returns import LineTerms, Terms
from app.views.day_begin import DayBegin
from app.views.dialogs.give_back import AuthoriseReturnDialog, ReceiveReturnDialog
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.office import PLACES, dialog, press_next, show_empty
from tests.views.small_company import MORNING, TODAY


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def show(company, open_window, qtbot):
    """Shows the list with its first row highlighted and read."""

    def go(tab: str = ""):
        window = open_window(PLACES)
        window.open_record("returns", None, **({"tab": tab} if tab else {}))
        screen = window.screen_on_show
        qtbot.waitUntil(lambda: screen.panel.sheet is not None)
        return screen

    return go


def test_goods_come_back(company, show, qtbot):
    first = company.order({company.valve: 10})
    company.ship(first)
    [line] = company.read(lambda connection: orders.lines(connection, first))
    company.do(lambda tx: returns.authorise(tx, first, {line.id: 3_600_000}, reason="Scratched"))
    screen = show()
    assert unnamed(screen.window()) == []
    screen.new_for(first)
    ask = dialog(AuthoriseReturnDialog, qtbot)
    assert [one.most for one in ask.table.rows.rows] == [9]
    ask.reason.setText("Too many")
    ask.table.rows.edited.emit(0, "chosen", "2")
    press_next(ask)
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 2)
    screen.list.view.pick(1)
    press_next(screen.list.view)
    arrived = dialog(ReceiveReturnDialog, qtbot)
    arrived.table.rows.edited.emit(0, "chosen", "1")
    arrived.table.rows.edited.emit(0, "broken", "1")
    press_next(arrived)
    screen.list.show_query(tab="received")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "received")
    [back] = screen.panel.sheet.lines
    assert (back.good, back.broken) == (1, 1)
    screen.list.show_query(tab="awaited")
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.state == "authorised")
    screen.context.commands.start("return.cancel")
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 0)


def test_a_replacement_leaves_at_once_and_what_comes_back_is_scanned(company, show, qtbot):
    order = company.order({company.valve: 10, company.cable: 4})
    company.ship(order)
    valve, cable = company.read(lambda connection: orders.lines(connection, order))
    company.do(lambda tx: returns.authorise(tx, order, {cable.id: 3_600_000}, reason="Too short"))
    screen = show("all")
    screen.new_for(order)
    ask = dialog(AuthoriseReturnDialog, qtbot)
    assert not ask.advance.isEnabled()
    ask.reason.setText("Leaks")
    ask.table.rows.edited.emit(0, "chosen", "3")
    ask.table.rows.edited.emit(0, "choice", "rep")
    assert ask.table.rows.rows[0].choice == "replace"
    ask.table.rows.edited.emit(1, "choice", "nothing")
    assert any("none of" in reason for reason in ask.table._wrong.values())
    ask.table.rows.edited.emit(1, "choice", "")
    ask.advance.setChecked(True)
    assert ask.expected.value() is not None
    press_next(ask)
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 2)
    screen.list.view.pick(0)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.in_advance)
    assert screen.panel.next.text().strip() == "Show the shipment"
    screen.context.commands.start("return.receive")
    arrived = dialog(ReceiveReturnDialog, qtbot)
    for code in ("8719327004418", "WB-BROKEN", "VAL-1", "8719327004418", "8719327004418", "4006381333931"):
        arrived.scan(code)
    assert "not on this return" in arrived.said.text()
    [line] = arrived.table.lines
    assert (line.chosen, line.more["broken"]) == (1, 2)
    press_next(arrived)
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "received")
    valve = company.read(lambda connection: orders.lines(connection, order))[0]
    assert (valve.returned, valve.returned_open, valve.advanced) == (3 * 3_600_000, 3 * 3_600_000, 0)


def test_an_empty_list_says_what_belongs_there(company, open_window, qtbot):
    assert show_empty(open_window, qtbot, "returns") == "No returns yet"


def test_a_replacement_whose_goods_are_not_back_is_charged_when_a_day_begins(company, show, qtbot):
    order = company.order({company.valve: 10})
    company.ship(order)
    [line] = company.read(lambda connection: orders.lines(connection, order))
    for pieces in (2, 1):
        terms = Terms(LineTerms(Disposition.REPLACE), in_advance=True, expected_on=TODAY)
        wanted = {line.id: pieces * 3_600_000}
        company.do(lambda tx, w=wanted, t=terms: returns.authorise(tx, order, w, reason="Leaks", terms=t))
        company.ship(order)
    screen = show()
    offers: list[tuple] = []
    screen.context.messages.offered.connect(lambda *offer: offers.append(offer))
    days = [MORNING]
    screen.context.tasks.now = lambda: days[-1]
    begin = DayBegin(screen.context, screen)
    screen.context.tasks.wait()
    days.append(MORNING + timedelta(days=1))
    begin.look()
    qtbot.waitUntil(lambda: bool(offers))
    [(text, button, show_them)] = offers
    assert (text.split(" sent")[0], button) == ("2 replacements", "Show")
    [line] = company.read(lambda connection: orders.lines(connection, order))
    assert line.quantity == 13
    show_them()
    qtbot.waitUntil(lambda: screen.window().screen_on_show is not screen)
