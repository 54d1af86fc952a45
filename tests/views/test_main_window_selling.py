"""Quotes and orders in the window, typed as a clerk types them: no mouse."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services import orders, quotes, stock
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.views.dialogs.accept import AcceptDialog
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.pick import PickDialog
from app.views.lines.pasting import PasteDialog
from app.views.places import PLACES
from tests.desk import Desk

WAIT = 15_000


@pytest.fixture
def desk(database):
    desk = Desk(database).found()
    desk.buyer = desk.customer()
    desk.products = [desk.product(f"VAL-{n:02}", f"{n}.50") for n in range(1, 11)]
    for product in desk.products:
        desk.do("stock.receive", lambda tx, product=product: stock.receive(tx, product, Decimal(50)))
    return desk


@pytest.fixture
def window(desk, open_window, qtbot):
    window = open_window(PLACES)
    window.show_place("quotes")
    return window


def dialog(qtbot, kind):
    found = []

    def there():
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return bool(found)

    qtbot.waitUntil(there, timeout=WAIT)
    return found[0]


def new_quote(window, desk, qtbot):
    screen = window.screen_of("quotes")
    screen.new_for(desk.buyer)
    qtbot.waitUntil(lambda: screen.page.document is not None, timeout=WAIT)
    return screen


def add(qtbot, editor, sku):
    before = len(editor.lines())
    editor.start()
    QTest.keyClicks(editor.add, sku)
    QTest.keyClick(editor.add, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(editor.lines()) == before + 1, timeout=WAIT)


def test_ten_lines_are_typed_without_the_mouse_and_saved(window, desk, qtbot):
    screen = new_quote(window, desk, qtbot)
    editor = screen.page.editor
    for number in range(1, 11):
        add(qtbot, editor, f"VAL-{number:02}")
    QTest.keyClick(editor.add, Qt.Key.Key_Tab)
    cell = QApplication.focusWidget()
    QTest.keyClicks(cell, "3*4")
    QTest.keyClick(cell, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.lines()[-1].quantity == Decimal(12), timeout=WAIT)
    qtbot.waitUntil(screen.page.is_saved, timeout=WAIT)

    head = screen.page.document.head
    qtbot.waitUntil(lambda: desk.read(quotes.get, head.id).total == editor.draft.totals.total, timeout=WAIT)
    stored = desk.read(quotes.lines, head.id)
    assert [row.sku for row in stored] == [f"VAL-{n:02}" for n in range(1, 11)]
    assert stored[-1].quantity == 12


def test_a_wrong_number_is_marked_at_its_cell_and_nothing_is_changed(window, desk, qtbot):
    screen = new_quote(window, desk, qtbot)
    editor = screen.page.editor
    add(qtbot, editor, "VAL-03")
    QTest.keyClick(editor.add, Qt.Key.Key_Tab)
    cell = QApplication.focusWidget()
    QTest.keyClicks(cell, "twelve")
    QTest.keyClick(cell, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(editor.rows.errors), timeout=WAIT)
    assert "not a number" in editor.rows.errors[0, "quantity"]
    assert editor.lines()[0].quantity == 1


def test_a_pasted_block_marks_what_is_wrong_takes_the_rest_and_is_undone_in_one_step(window, desk, qtbot):
    screen = new_quote(window, desk, qtbot)
    editor = screen.page.editor
    editor.paste("Artikel\tMenge\tPreis\nVAL-01\t5\t9.90\nNO-SUCH\t1\t1\nVAL-02\tmany\t3\nVAL-04\t2\t\n")
    paste = dialog(qtbot, PasteDialog)
    assert set(paste.rows.errors) == {(1, "sku"), (2, "quantity")}
    paste.submit()
    assert [(line.product.sku, line.quantity, line.unit_price) for line in editor.lines()] == [
        ("VAL-01", Decimal(5), Decimal("9.90")),
        ("VAL-04", Decimal(2), Decimal("4.50")),
    ]
    window._context.undo.undo()
    assert editor.lines() == ()
    window._context.undo.redo()
    assert len(editor.lines()) == 2


def test_lines_are_removed_and_moved_by_key_and_every_step_is_undone(window, desk, qtbot):
    screen = new_quote(window, desk, qtbot)
    editor = screen.page.editor
    for sku in ("VAL-01", "VAL-02", "VAL-03"):
        add(qtbot, editor, sku)

    def skus():
        return [line.product.sku for line in editor.lines()]

    editor.table.pick(2)
    QTest.keyClick(editor.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert skus() == ["VAL-01", "VAL-03", "VAL-02"]
    editor.table.pick(0)
    QTest.keyClick(editor.table, Qt.Key.Key_Delete)
    assert skus() == ["VAL-03", "VAL-02"]
    for _ in range(2):
        window._context.undo.undo()
    assert skus() == ["VAL-01", "VAL-02", "VAL-03"]


def test_a_signed_quote_becomes_the_confirmed_order(window, desk, qtbot):
    screen = new_quote(window, desk, qtbot)
    add(qtbot, screen.page.editor, "VAL-05")
    qtbot.waitUntil(screen.page.is_saved, timeout=WAIT)
    screen.accept_quote()
    accept = dialog(qtbot, AcceptDialog)
    qtbot.waitUntil(accept.go.isEnabled, timeout=WAIT)
    accept.po.setText("PO-77")
    accept.signed_as.setCurrentIndex(1)
    accept.submit()
    assert accept.isVisible(), "a drawn signature must be drawn"
    accept.signer.setText("Jo Finch")
    QTest.mousePress(accept.pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    QTest.mouseRelease(accept.pad, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    accept.submit()
    qtbot.waitUntil(lambda: window.screen_on_show is window.screen_of("orders"), timeout=WAIT)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None, timeout=WAIT)
    overview = page.overview
    assert (overview.order.state, overview.order.customer_po) == ("confirmed", "PO-77")
    assert overview.signature.image.startswith(b"\x89PNG")


def test_the_primary_button_leads_from_the_order_to_the_payment(window, desk, qtbot):
    new = NewOrder(desk.buyer, (LineInput(desk.products[0], Decimal(5)), LineInput(desk.products[1], Decimal(2))))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    words = []
    for step in ("order.confirm", "pick.complete", "shipment.pack", "shipment.ship", "invoice.post", "payment.receive"):
        qtbot.waitUntil(lambda step=step: page.overview is not None and page.overview.next_step == step, timeout=WAIT)
        words.append(page.next.text().strip())
        window._context.commands["order.next"].trigger()
        if step != "order.confirm":
            asked = dialog(qtbot, FormDialog)
            qtbot.waitUntil(asked.go.isEnabled, timeout=WAIT)
            asked.submit()
    qtbot.waitUntil(lambda: page.overview.order.state == "closed", timeout=WAIT)
    assert words == ["Confirm order", "Complete picking", "Pack", "Ship", "Post invoice", "Record payment"]
    assert page.overview.balance == 0
    assert desk.damages() == []


def test_what_is_picked_short_comes_back_on_a_new_list(window, desk, qtbot):
    new = NewOrder(desk.buyer, (LineInput(desk.products[0], Decimal(5)),))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    window.open_record("order", order_id)
    page = window.screen_of("orders").page
    qtbot.waitUntil(lambda: page.overview is not None, timeout=WAIT)
    page.take_next_step()
    pick = dialog(qtbot, PickDialog)
    pick.table.rows.setData(pick.table.rows.index(0, 2), "7")
    pick.submit()
    assert pick.isVisible(), "more than the list asks for is refused"
    pick.table.rows.setData(pick.table.rows.index(0, 2), "3")
    pick.submit()
    qtbot.waitUntil(lambda: page.overview.lines[0].picked == 3, timeout=WAIT)
    assert page.overview.paper("pick", "open") is not None
    assert page.overview.lines[0].reserved == 2
