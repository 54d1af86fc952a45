"""The customer's yes to a part: lines are ticked at the keyboard, the total follows, the rest stays offered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import orders, quotes
from app.services.document_lines import LineInput, OfferedLine
from app.services.quotes import NewQuote
from app.views.dialogs.accept import AcceptDialog
from app.views.quotes import PLACE
from tests.desk import Desk, unhurried
from tests.views.accessible import unnamed
from tests.views.office import ORDER, closed, dialog, press_next


@pytest.fixture
def desk(sqlite_database):
    made: Any = Desk(unhurried(sqlite_database)).found()
    pump, hose = made.product("PUMP", "180"), made.product("HOSE", "18.40")
    lines = (
        OfferedLine(pump, Decimal(10)),
        OfferedLine(pump, Decimal(10), unit_price=Decimal(210), name="Steel pump", choice="alternative"),
        LineInput(hose, Decimal(50)),
        OfferedLine(hose, Decimal(5), name="Spare hose", choice="optional"),
    )
    new = NewQuote(made.customer("Cascade Medical"), lines, discount_amount=Decimal("100.01"))
    made.quote_id = made.do("quote.create", lambda tx: quotes.create(tx, new))
    made.do("quote.send", lambda tx: quotes.send(tx, made.quote_id))
    return made


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


def accepting(desk, open_window, qtbot):
    """The Accept dialog of the quote, and its window."""
    window = open_window((PLACE, ORDER))
    window.show_place("quotes")
    screen = window.screen_on_show
    screen.context.open("quote", desk.quote_id)
    qtbot.waitUntil(lambda: screen.page.document is not None and screen.page.isVisible())
    screen.context.commands["quote.accept"].trigger()
    return dialog(AcceptDialog, qtbot)


def tick(asked, number):
    """Space on a line."""
    asked.lines.view.pick(number)
    QTest.keyClick(asked.lines.view, Qt.Key.Key_Space)


def names(asked):
    return [line.name for line in asked.lines.rows.ticked()]


def ordered(desk):
    """The lines by order, as quantity and name."""
    found = {row.order_id for row in desk.read(quotes.lines, desk.quote_id)} - {None}
    return [[(line.quantity, line.name) for line in desk.read(orders.lines, order)] for order in sorted(found)]


def test_a_part_is_ordered_with_the_alternative_and_the_rest_stays_offered(desk, open_window, qtbot):
    asked = accepting(desk, open_window, qtbot)
    assert unnamed(asked) == []
    assert [line.name for line in asked.lines.rows.rows][1] == "Steel pump"
    whole = asked.lines.total.text()
    usual = names(asked)
    assert len(usual) == 2
    tick(asked, 1)
    assert names(asked) == ["Steel pump", usual[1]]
    tick(asked, 0)
    assert names(asked) == usual
    assert asked.lines.total.text() == whole
    tick(asked, 1)
    tick(asked, 2)
    assert names(asked) == ["Steel pump"]
    assert asked.lines.left() == 1
    shown = asked.lines.total.text()
    press_next(asked)
    qtbot.waitUntil(lambda: closed(AcceptDialog) and desk.read(quotes.get, desk.quote_id).state == "part")
    assert ordered(desk) == [[(10, "Steel pump")]]
    order_id = next(row.order_id for row in desk.read(quotes.lines, desk.quote_id) if row.order_id)
    order = desk.read(orders.get, order_id)
    assert f"{order.total:,.2f}" in shown
    assert order.discount_amount > 0


def test_the_rest_is_ordered_later_with_an_optional_line_and_nothing_is_ordered_twice(desk, open_window, qtbot):
    whole = desk.read(quotes.get, desk.quote_id)
    pump = desk.read(quotes.lines, desk.quote_id)[0]
    first = desk.do(
        "quote.accept", lambda tx: quotes.accept(tx, desk.quote_id, quotes.Acceptance(keep_lines=(pump.id,)))
    )
    asked = accepting(desk, open_window, qtbot)
    assert [line.position for line in asked.lines.rows.rows] == [3, 4]
    tick(asked, 0)
    press_next(asked)
    assert asked.isVisible()
    assert not closed(AcceptDialog), "an order of nothing is refused"
    tick(asked, 0)
    shown = asked.lines.total.text()
    total = desk.read(orders.get, first).total
    assert f"{whole.total - total:,.2f}" in shown, "both orders are what was offered"
    tick(asked, 1)
    press_next(asked)
    qtbot.waitUntil(lambda: closed(AcceptDialog) and desk.read(quotes.get, desk.quote_id).state == "accepted")
    assert [quantity for one in ordered(desk)[1:] for quantity, _ in one] == [50, 5]


def test_the_rest_can_be_given_up_at_once(desk, open_window, qtbot):
    asked = accepting(desk, open_window, qtbot)
    entry = asked.form.field("signature").parentWidget()
    assert not entry.isVisible(), "a typed name needs no room for a picture"
    asked.signed_as.setCurrentIndex(1)
    qtbot.waitUntil(lambda: entry.isVisible() and asked.pad.isVisible())
    asked.signed_as.setCurrentIndex(0)
    assert not asked.drop_rest.isEnabled()
    tick(asked, 2)
    QTest.keyClick(asked.drop_rest, Qt.Key.Key_Space)
    press_next(asked)
    qtbot.waitUntil(lambda: closed(AcceptDialog) and desk.read(quotes.get, desk.quote_id).state == "accepted")
