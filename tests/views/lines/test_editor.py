"""Lines typed at the keyboard: what may be chosen of a quote, and what is in its total."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.services import quotes, stock
from app.services.document_lines import LineInput
from app.services.quotes import NewQuote
from app.views.quotes import PLACE
from tests.desk import Desk, unhurried
from tests.views.office import ORDER

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def desk(sqlite_database):
    return Desk(unhurried(sqlite_database)).found()


@pytest.fixture
def writing(desk, open_window, qtbot):
    """A draft of a quote of a pump, a steel pump and a hose, to be typed on."""
    pump, steel, hose = desk.product("PUMP", "180"), desk.product("STEEL", "210"), desk.product("HOSE", "20")
    lines = tuple(LineInput(one, Decimal(10)) for one in (pump, steel, hose))
    desk.do("stock.receive", lambda tx: stock.receive(tx, pump, Decimal(9), unit_cost=Decimal(70)))
    new = NewQuote(desk.customer("Cascade"), lines)
    quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, new))
    window = open_window((PLACE, ORDER))
    window.show_place("quotes")
    page = window.screen_on_show.page
    window.screen_on_show.context.open("quote", quote_id)
    qtbot.waitUntil(lambda: page.document is not None and page.isVisible())
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    page.editor.table.setFocus()
    return page


def press(page, row: int, key: Qt.Key, modifier=ALT) -> None:
    page.editor.table.pick(row)
    QTest.keyClick(page.editor.table, key, modifier)


def total_rows(page) -> dict[str, str]:
    return {label.text(): value.text() for label, value in page.totals._pairs}


def test_lines_are_offered_as_optional_and_as_alternatives_with_two_keys(writing, desk, qtbot):
    page, rows = writing, writing.editor.rows
    press(page, 1, Qt.Key.Key_A)
    press(page, 2, Qt.Key.Key_O)
    assert [rows.cell(n, 1).plain() for n in range(3)] == [
        "Valve PUMP PUMP",
        "Valve STEEL Alternative to 1 · STEEL",
        "Valve HOSE Optional · HOSE",
    ]
    assert [rows.cell(n, len(rows.columns) - 1).text for n in range(3)] == ["1,800.00", "(2,100.00)", "(200.00)"]
    assert total_rows(page)["Subtotal, 1 line"] == "1,800.00"
    assert "2 lines to choose are in no total" in total_rows(page)

    press(page, 0, Qt.Key.Key_A)  # there is nothing above it that it could replace
    press(page, 0, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    assert [line.choice for line in page.editor.lines()] == ["", "alternative", "optional"]
    press(page, 2, Qt.Key.Key_O)  # once more: included
    page.finish(lambda: None)
    qtbot.waitUntil(page.is_saved)
    stored = desk.read(quotes.lines, page.document.head.id)
    assert [(row.choice, row.amount) for row in stored] == [("", 1800), ("alternative", 2100), ("", 200)]
    assert desk.read(quotes.get, page.document.head.id).untaxed == 2000
    page.context.undo.undo()
    assert [line.choice for line in page.editor.lines()] == ["", "alternative", "optional"]


def test_the_margin_follows_what_is_typed_says_when_it_is_below_cost_and_can_be_hidden(writing, qtbot):
    page, rows = writing, writing.editor.rows
    amount = len(rows.columns) - 1
    qtbot.waitUntil(lambda: rows.cell(0, amount).second == "margin 61.1 %")
    assert rows.cell(1, amount).second == ""  # nobody knows what it costs
    assert total_rows(page)["Cost, without 2 lines that have none"] == "700.00"
    assert total_rows(page)["Margin 61.1 %"] == "1,100.00"

    page.editor.table.setCurrentIndex(rows.index(0, [one.id for one in rows.columns].index("unit_price")))
    page.editor.table.edit(page.editor.table.currentIndex())
    price = page.editor.table.viewport().findChildren(QLineEdit)[-1]
    price.selectAll()
    QTest.keyClicks(price, "60")
    QTest.keyClick(price, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows.cell(0, amount).second == "loss 16.7 %")
    assert total_rows(page)["Loss 16.7 %"] == "−100.00"

    QTest.keyClick(page.editor.table, Qt.Key.Key_M, ALT)
    assert rows.cell(0, amount).second == ""
    assert not [name for name in total_rows(page) if "ost" in name]


def test_sections_subtotals_and_notes_are_typed_with_their_keys_and_moved(writing, desk, qtbot):
    page, rows = writing, writing.editor.rows
    amount = len(rows.columns) - 1
    page.editor.add.setFocus()
    QTest.keyClick(page.editor.add, Qt.Key.Key_H, ALT)
    name = page.editor.table.viewport().findChildren(QLineEdit)[-1]
    name.selectAll()
    QTest.keyClicks(name, "Hoses")
    QTest.keyClick(name, Qt.Key.Key_Return)
    QTest.qWait(0)
    press(page, 3, Qt.Key.Key_Up)  # above the hose
    QTest.keyClick(page.editor.table, Qt.Key.Key_U, ALT)
    assert [line.kind for line in page.editor.lines()] == ["product", "product", "section", "product", "subtotal"]
    assert [rows.cell(n, 1).text for n in (2, 4)] == ["Hoses", "Subtotal"]
    assert (rows.cell(2, amount).text, rows.cell(4, amount).text) == ("", "200.00")
    assert total_rows(page)["Subtotal, 3 lines"] == "4,100.00"
    press(page, 4, Qt.Key.Key_Up)
    press(page, 3, Qt.Key.Key_Up)  # now it sums up the pumps
    assert rows.cell(2, amount).text == "3,900.00"
    page.finish(lambda: None)
    qtbot.waitUntil(page.is_saved)
    stored = [(row.kind, row.name, row.amount) for row in desk.read(quotes.lines, page.document.head.id)]
    assert stored[2:4] == [("subtotal", "", 0), ("section", "Hoses", 0)]
