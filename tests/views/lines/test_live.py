"""When a typed line can leave is told at each key, and what one window is about to sell shows in the others."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.models.base import new_id
from app.models.product import GRAIN, product_substitute
from app.models.supply import Way
from app.services import orders, promising
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.line_promises import Typed
from app.services.orders import NewOrder
from app.services.progress import Cancelled
from app.views.lines import live
from app.views.places import PLACES
from tests.supply_desk import supply_desk
from tests.views.conftest import NOON, make_context

WAIT = 15_000
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(database):
    """Ten pumps lie free; Orbis sends more in three working days; a valve may be sold in a pump's place."""
    desk = supply_desk(database)
    desk.way(desk.pump, Way.BUY, "12.50")
    desk.valve = desk.product("VALVE")
    desk.receive(desk.pump, 10)
    desk.receive(desk.valve, 40)
    pair = {"id": new_id(), "product_id": desk.pump, "substitute_id": desk.valve, "rank": 1, "both_ways": False}
    desk.do("product.substitute", lambda tx: tx.insert(product_substitute, pair))
    return desk


@pytest.fixture
def elsewhere(context, database, settings):
    """What a window on another computer stands on, over the same books."""
    books = Database(database.url)
    made = make_context(books, settings)
    yield made
    made.tasks.wait()
    books.close()


def draft(desk, quantity=1, *, confirm=False):
    """An order of pumps, to be typed on."""
    lines = (LineInput(desk.pump, Decimal(quantity)),)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(desk.customer_id, lines)))
    if confirm:
        desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def write(window, qtbot, order_id):
    """The editor of an order, once its promise is known."""
    window._context.open("edit_order", order_id)
    page = window.screen_of("order_writing").page
    qtbot.waitUntil(lambda: page.document is not None and page.document.head.id == order_id, timeout=WAIT)
    editor = page.editor
    qtbot.waitUntil(lambda: all(editor.live.outlook(line.id) for line in editor.lines()), timeout=WAIT)
    return editor


def type_quantity(window, qtbot, editor, text):
    """Type a quantity into the first line and leave the cell open."""
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    editor._edit_cell(0, "quantity")
    cell = QApplication.focusWidget()
    QTest.keyClicks(cell, text)
    return cell


def told(editor):
    """Day and reason of the first line as its table and its panel say them."""
    column = next(n for n, one in enumerate(editor.rows.columns) if one.id == "ready")
    return editor.rows.cell(0, column).plain(), editor.promise.reason.text()


def pieces(desk, product_id, window=""):
    """What may be promised to others, and what is held, in pieces."""
    at = NOON + timedelta(seconds=1)
    found = desk.read(lambda c: promising.available(c, product_id, at=at, window=window))
    return found.available // GRAIN, found.held // GRAIN


def test_day_and_reason_follow_each_key_before_the_cell_is_left(desk, open_window, qtbot):
    window = open_window(PLACES)
    editor = write(window, qtbot, draft(desk))
    assert told(editor) == ("now 1 from stock", "1 in stock")
    cell = type_quantity(window, qtbot, editor, "14")
    qtbot.waitUntil(lambda: told(editor)[0] == "Thu 26 Nov 10 from stock · 4 buy", timeout=WAIT)
    assert told(editor)[1] == "10 in stock; 4 from Orbis, due Thu 26 Nov"
    assert editor.lines()[0].quantity == 1  # nothing was taken yet
    QTest.keyClick(cell, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: told(editor)[0] == "now 1 from stock", timeout=WAIT)


def test_a_key_stops_older_questions_and_its_own_is_not_overtaken_by_that_about_all_lines(
    desk, context, monkeypatch, qtbot
):
    asked, go = list[tuple[int, str]](), Event()
    read = live.line_promises.read

    def slow(connection, question, *, at, progress):
        entry = len(question.lines), str(question.lines[0].grains // GRAIN)
        try:
            while len(question.lines) == 1 and entry[1] in {"12", "14"} and not go.wait(0.01):
                progress.step(0, 0)
            found = read(connection, question, at=at, progress=progress)
        except Cancelled:
            asked.append((*entry, "stopped"))
            raise
        asked.append((*entry, "answered"))
        return found

    monkeypatch.setattr(live.line_promises, "read", slow)
    others = tuple(Typed(new_id(), desk.valve, GRAIN) for _ in range(live.FEW))
    first = new_id()
    promise = live.LivePromise(context, context.tasks)
    promise.start()

    def type_(pieces):
        promise.set_lines((Typed(first, desk.pump, pieces * GRAIN), *others), first)

    type_(1)
    qtbot.waitUntil(lambda: promise.told is not None, timeout=WAIT)
    type_(2)
    qtbot.waitUntil(lambda: promise.outlook(first).grains == 2 * GRAIN, timeout=WAIT)
    type_(12)
    type_(14)
    qtbot.wait(live.WHOLE_AFTER_MS + 150)  # by now all lines would have been asked about, had no key come
    go.set()
    qtbot.waitUntil(lambda: promise.outlook(first).grains == 14 * GRAIN, timeout=WAIT)
    assert asked[-2:] == [(1, "12", "stopped"), (1, "14", "answered")]
    qtbot.waitUntil(lambda: asked[-1] == (1 + live.FEW, "14", "answered"), timeout=WAIT)
    promise.stop()


def test_the_pieces_of_a_typed_line_are_taken_in_another_window_until_the_page_is_left(
    desk, elsewhere, open_window, qtbot
):
    mine, theirs = open_window(PLACES), open_window(PLACES, desk=elsewhere)
    first, second = draft(desk), draft(desk, 4)
    watching = write(theirs, qtbot, second)
    assert told(watching)[0] == "now 4 from stock"
    editor = write(mine, qtbot, first)
    type_quantity(mine, qtbot, editor, "8")
    with qtbot.waitSignal(watching.live.changed, timeout=WAIT):
        pass
    qtbot.waitUntil(lambda: told(watching)[0] == "Thu 26 Nov 2 from stock · 2 buy", timeout=WAIT)
    assert "8 more in windows of others" in watching.promise.free.text()
    assert told(editor)[0] == "now 8 from stock"  # its own pieces are not taken from it
    mine.show_place("orders")
    qtbot.waitUntil(lambda: told(watching)[0] == "now 4 from stock", timeout=WAIT)


def test_a_window_that_closes_gives_back_what_it_held(desk, open_window, context, qtbot):
    window = open_window(PLACES)
    editor = write(window, qtbot, draft(desk))
    type_quantity(window, qtbot, editor, "8")
    qtbot.waitUntil(lambda: pieces(desk, desk.pump) == (2, 8), timeout=WAIT)
    window.close()
    qtbot.waitUntil(lambda: pieces(desk, desk.pump) == (10, 0), timeout=WAIT)


def test_a_page_left_open_holds_nothing_after_some_minutes(desk, open_window, context, monkeypatch, qtbot):
    window = open_window(PLACES)
    editor = write(window, qtbot, draft(desk))
    type_quantity(window, qtbot, editor, "8")
    qtbot.waitUntil(lambda: pieces(desk, desk.pump) == (2, 8), timeout=WAIT)
    monkeypatch.setattr(context.tasks, "now", lambda: NOON + live.HELD_FOR - timedelta(minutes=6))
    editor.live.beat()
    context.tasks.wait()
    assert pieces(desk, desk.pump) == (2, 8)
    monkeypatch.setattr(context.tasks, "now", lambda: NOON + live.HELD_FOR + timedelta(seconds=1))
    editor.live.beat()
    qtbot.waitUntil(lambda: pieces(desk, desk.pump) == (10, 0), timeout=WAIT)


def test_what_a_confirmed_order_has_already_stays_its_own(desk, open_window, qtbot):
    order_id = draft(desk, 10, confirm=True)
    window = open_window(PLACES)
    editor = write(window, qtbot, order_id)
    assert told(editor)[0] == "now 10 from stock"
    type_quantity(window, qtbot, editor, "12")
    qtbot.waitUntil(lambda: told(editor)[0] == "Thu 26 Nov 10 from stock · 2 buy", timeout=WAIT)
    assert pieces(desk, desk.pump)[1] == 0


def test_a_substitute_is_taken_by_key_and_taken_back(desk, open_window, qtbot):
    window = open_window(PLACES)
    editor = write(window, qtbot, draft(desk, 14))
    editor.table.setFocus()
    editor.table.pick(0)
    qtbot.waitUntil(lambda: "VALVE" in editor.promise._buttons[0].text(), timeout=WAIT)
    assert "40 free" in editor.promise._buttons[0].text()
    QTest.keyClick(editor.table, Qt.Key.Key_1, ALT)
    qtbot.waitUntil(lambda: editor.lines()[0].product.sku == "VALVE", timeout=WAIT)
    assert editor.lines()[0].quantity == 14
    qtbot.waitUntil(lambda: told(editor)[0] == "now 14 from stock", timeout=WAIT)
    window._context.undo.undo()
    assert editor.lines()[0].product.sku == "PUMP"
