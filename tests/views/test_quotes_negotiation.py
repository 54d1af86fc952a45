"""A negotiation at the keyboard: what the customer asks is typed, answered line by line, and the versions compared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.models.approval import ApprovalRule, RuleKind
from app.services import approvals, negotiation, quotes, today
from app.services.document_lines import LineInput, OfferedLine
from app.services.quotes import NewQuote
from app.views.quotes import PLACE
from app.views.quotes.counter import AnswerDialog, CounterDialog
from app.views.quotes.rounds import state_of
from app.views.today.needs import sentence
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
    )
    new = NewQuote(made.customer("Cascade Medical"), lines)
    made.quote_id = made.do("quote.create", lambda tx: quotes.create(tx, new))
    made.do("quote.send", lambda tx: quotes.send(tx, made.quote_id))
    return made


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


def typed(view, column: int, text: str) -> None:
    """Type into a cell of the current row."""
    view.setFocus()
    view.setCurrentIndex(view.model().index(view.currentIndex().row(), column))
    view.edit(view.currentIndex())
    editor = view.viewport().findChildren(QLineEdit)[-1]
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.qWait(0)


def test_what_a_customer_asks_is_typed_answered_and_compared(desk, open_window, qtbot):
    window = open_window((PLACE, ORDER))
    window.show_place("quotes")
    screen = window.screen_on_show
    context = screen.context
    context.open("quote", desk.quote_id, rounds=True)
    page = screen.negotiating.page
    qtbot.waitUntil(lambda: page.found is not None and page.isVisible())
    assert unnamed(page) == []

    context.commands["quote.counter"].trigger()
    asking = dialog(CounterDialog, qtbot)
    typed(asking.view, 2, "165")
    asking.view.pick(2)
    typed(asking.view, 3, "80")
    typed(asking.view, 5, "more of them")
    press_next(asking)
    qtbot.waitUntil(lambda: closed(CounterDialog) and len(page.counter_rows.rows) == 2)
    assert state_of(page.found.head, page.found.head.valid_until) == ("negotiating", "v1")
    asked = sorted(page.counter_rows.cell(number, 2).plain() for number in range(2))
    assert asked == ["price 165.00", "qty 80 more of them"]

    place = next(n for n, row in enumerate(page.counter_rows.rows) if row.quantity)
    page.counters.pick(place)
    context.commands["quote.counter_accept"].trigger()
    qtbot.waitUntil(lambda: page.found.head.open_counters == 1)
    page.counters.clearSelection()
    page.counters.setCurrentIndex(page.counter_rows.index(-1, -1))
    context.commands["quote.counter_answer"].trigger()
    answer = dialog(AnswerDialog, qtbot)
    notes = [answer.form.field(name).parentWidget().note.text() for name in ("unit_price", "quantity")]
    assert notes == ["Offered 180.00, asked 165.00.", "Empty: as offered, 10."]
    answer.price.selectAll()
    QTest.keyClicks(answer.price, "172")
    press_next(answer)
    qtbot.waitUntil(lambda: closed(AnswerDialog) and page.found.head.open_counters == 0)

    assert page.nothing.text().startswith("Version 2 is not sent yet."), "a draft cannot be answered"

    told = [page.pairs.cell(number, 7).plain() for number in range(3)]
    assert told == ["changed price −8", "same", "changed quantity +30"]
    assert "→" in page.total.text()
    context.undo.undo()
    qtbot.waitUntil(lambda: page.found.head.open_counters == 1)
    assert desk.read(quotes.lines, desk.quote_id)[0].unit_price == 180
    assert [len(one.counters) for one in desk.read(negotiation.rounds, desk.quote_id)] == [0, 2]


def test_an_approval_is_asked_for_in_the_window_and_not_given_by_who_asked(desk, open_window, qtbot):
    rules = (ApprovalRule(RuleKind.AMOUNT, Decimal(1000)),)
    desk.do("approval.set_rules", lambda tx: approvals.set_rules(tx, rules))
    desk.do("quote.revise", lambda tx: quotes.revise(tx, desk.quote_id))
    window = open_window((PLACE, ORDER))
    window.show_place("quotes")
    screen = window.screen_on_show
    screen.context.open("quote", desk.quote_id)
    qtbot.waitUntil(lambda: screen.page.document is not None and screen.page.isVisible())
    screen.context.commands["quote.ask_approval"].trigger()
    qtbot.waitUntil(lambda: len(desk.read(approvals.waiting)) == 1)
    assert desk.read(approvals.waiting)[0].why == "amount 2720 (3020 with the dearest choice), more than 1000"
    needs = desk.database.read(lambda connection: today.read(connection, desk.now)).needs
    assert [(need.kind, need.number) for need in needs] == [("approval", "Q-00001")]
    assert sentence(needs[0], desk.now.date()).title == "Q-00001 waits for approval"
