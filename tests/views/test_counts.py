"""Counts: a list is made, counted blind by scanner and keyboard, compared with the books, counted again, booked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.services import counting, papers
from app.services.papers import Wanted
from app.views import counts, inventory
from app.views.counts.dialogs import FoundDialog, NewCountDialog
from tests.views import yard as yards
from tests.views.accessible import unnamed
from tests.views.office import dialog, press_next


@pytest.fixture
def yard(database) -> yards.Yard:
    return yards.found(database)


@pytest.fixture
def window(yard, open_window, qtbot):
    made = open_window((inventory.PLACE, counts.PLACE))
    made.show_place("counts")
    return made


@pytest.fixture
def page(window, qtbot):
    """A list of all that lies in bins, made by keyboard."""
    screen = window.screen_on_show
    screen.context.commands.start("count.new")
    new = dialog(NewCountDialog, qtbot)
    qtbot.waitUntil(lambda: new.told.text() == "2 places to count")
    assert unnamed(window) == []
    press_next(new)
    qtbot.waitUntil(lambda: screen.page.sheet is not None)
    qtbot.waitUntil(lambda: len(screen.page.lines.rows) == 2)
    return screen.page


def counted(page) -> list[str]:
    return [f"{one.lot} {one.counted}" for one in page.sheet.lines]


def cells_of(table, row: int) -> list[str]:
    return [table.cell(row, column).plain() for column in range(table.columnCount())]


def test_a_list_is_counted_blind_with_the_scanner_and_by_keyboard(page, window, yard, qtbot):
    assert "5" not in " ".join(cells_of(page.lines, 0))  # what the books say is nowhere
    page.scan("A-2")  # a bin leads to its line
    assert page.lines_view.currentIndex().row() == 1
    for n in (1, 2):
        page.scan("L-NEW")
        qtbot.waitUntil(lambda n=n: counted(page)[1] == f"L-NEW {n}")
    page.scan("8719327004418")
    assert "not on this list" in page.told.text()
    page._stand_at(0)
    QTest.keyClick(page.lines_view, Qt.Key.Key_4)
    editor = page.lines_view.focusWidget()
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: counted(page) == ["L-OLD 4", "L-NEW 2"])
    assert page.lines_view.currentIndex().row() == 1  # on to the next line
    assert yard.lying(yard.milk) == {("A-1", "L-OLD"): 5, ("A-2", "L-NEW"): 9}  # nothing is booked yet


def test_differences_are_shown_counted_again_and_only_then_booked(page, window, yard, qtbot):
    screen = window.screen_on_show
    page._typed(0, "counted", "4")
    page._typed(1, "counted", "2")
    qtbot.waitUntil(lambda: counted(page) == ["L-OLD 4", "L-NEW 2"])
    press_next(window)  # Ctrl+Enter shows the differences first
    qtbot.waitUntil(lambda: page.compares)
    qtbot.waitUntil(lambda: "2 of 2 lines differ" in page.told.text())
    assert [cells_of(page.differences, row)[2:7] for row in (0, 1)] == [
        ["L-NEW", "9", "2", "−7", "−14.00"],
        ["L-OLD", "5", "4", "−1", "−2.00"],
    ]
    page.differences_view.selectRow(0)
    screen.context.commands.start("count.again")
    qtbot.waitUntil(lambda: page.sheet.left == 1)
    screen.book()
    qtbot.wait(100)
    assert page.sheet.is_open  # it is refused: a line is to be counted again
    page.show_part("enter")
    page._typed(1, "counted", "9")
    qtbot.waitUntil(lambda: page.sheet.left == 0)
    press_next(window)
    qtbot.waitUntil(lambda: page.compares)
    press_next(window)
    qtbot.waitUntil(lambda: page.sheet.state == "booked")
    assert yard.lying(yard.milk) == {("A-1", "L-OLD"): 4, ("A-2", "L-NEW"): 9}
    window.screen_on_show.context.undo.undo()
    qtbot.waitUntil(lambda: page.sheet.state == "open")
    assert yard.lying(yard.milk) == {("A-1", "L-OLD"): 5, ("A-2", "L-NEW"): 9}
    window.screen_on_show.context.undo.redo()
    qtbot.waitUntil(lambda: page.sheet.state == "booked")


def test_what_lies_where_the_list_does_not_ask_is_noted(page, window, yard, qtbot):
    window.screen_on_show.context.commands.start("count.found")
    found = dialog(FoundDialog, qtbot)
    QTest.keyClicks(found.product, "MLK")
    QTest.keyClick(found.product, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: found.product.choice() is not None)
    QTest.keyClicks(found.bin, "B-1")
    QTest.keyClicks(found.lot, "L-NEW")
    found.quantity.set_value(Decimal(2))
    press_next(found)
    qtbot.waitUntil(lambda: counted(page) == ["L-OLD None", "L-NEW None", "L-NEW 2"])


def test_the_sheet_is_printed_without_what_the_books_say(page, yard):
    count_id = page.sheet.id
    printed = yard.company.read(lambda c: papers.build(c, [Wanted("count", count_id)]))
    assert printed.title == f"Count sheet {page.sheet.number}"
    assert printed.pdf.startswith(b"%PDF")
    assert printed.pdf == yard.company.read(lambda c: papers.build(c, [Wanted("count", count_id)])).pdf


def test_a_product_in_bins_is_counted_by_a_list_from_the_inventory(window, yard, qtbot):
    window.show_place("inventory")
    screen = window.screen_on_show
    screen.list.show_query(text="MLK-1")
    qtbot.waitUntil(lambda: screen.list.table.rowCount() == 1)
    screen.list.view.pick(0)
    screen.count()
    qtbot.waitUntil(lambda: window.screen_on_show is not screen)
    page = window.screen_on_show.page
    qtbot.waitUntil(lambda: page.sheet is not None and len(page.sheet.lines) == 2)
    screen.context.undo.undo()
    qtbot.waitUntil(
        lambda: yard.company.read(lambda c: c.execute(counting.stock_count.select()).one().state) == "cancelled"
    )
