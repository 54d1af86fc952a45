"""Goods come back: announced, received good or broken, called off."""

from __future__ import annotations

import pytest

from app.services import orders, returns
from app.views.dialogs.give_back import AuthoriseReturnDialog, ReceiveReturnDialog
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
    arrived.table.rows.edited.emit(0, "second", "1")
    press_next(arrived)
    screen.list.show_query(tab="received")
    qtbot.waitUntil(lambda: screen.panel.sheet is not None and screen.panel.sheet.head.state == "received")
    [back] = screen.panel.sheet.lines
    assert (back.good, back.broken) == (1, 1)
    screen.list.show_query(tab="awaited")
    qtbot.waitUntil(lambda: screen.panel.row is not None and screen.panel.row.state == "authorised")
    screen.context.commands.start("return.cancel")
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 0)


def test_an_empty_list_says_what_belongs_there(company, open_window, qtbot):
    assert show_empty(open_window, qtbot, "returns") == "No returns yet"
