"""A list page on a real database, driven as a user drives it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import delete, update

from app.services.database import Changes
from app.views.list_page import ListPage
from app.views.saved_filters import SavedFilters
from tests.views import demo


def numbers(page, count=4):
    column = [column.id for column in page.table.columns].index("number")
    return [page.table.index(row, column).data() for row in range(min(count, page.table.rowCount()))]


def shown(qtbot, page, expected):
    qtbot.waitUntil(lambda: numbers(page, len(expected)) == expected and page._count.text() != "")


def touch(context, *tables):
    context.tasks.changed.emit(Changes({table: frozenset() for table in tables}))


def test_the_list_shows_rows_count_sum_and_tab_counts(page, qtbot):
    assert numbers(page) == ["SO-10482", "SO-10481", "SO-10480", "SO-10479"]
    assert page._count.text() == "64 orders"
    qtbot.waitUntil(lambda: page.tabs._counts == {"open": 64, "due": 7, "backorder": 1, "hold": 1})


def test_typing_finds_and_escape_brings_everything_back(page, qtbot):
    QTest.keyClicks(page.filters.search, "harb")
    qtbot.waitUntil(lambda: page._count.text() == "8 orders")
    QTest.keyClick(page.filters.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page._count.text() == "64 orders")


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(page, qtbot):
    header = page.view.horizontalHeader()
    column = [column.id for column in page.table.columns].index("total")

    def click():
        middle = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(middle, 10))

    click()
    shown(qtbot, page, ["SO-10468", "SO-10481"])
    click()
    shown(qtbot, page, ["SO-10469", "SO-10477"])


def test_keys_move_open_tick_and_copy(page, qtbot):
    view, opened = page.view, []
    page.opened.connect(opened.append)
    page._enter_table()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current_row().number == "SO-10481"
    QTest.keyClick(view, Qt.Key.Key_Space)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.bulk._sum.text() == "35,351.69 EUR")
    assert page.bulk.isVisible()
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().mimeData().text().splitlines()
    assert text[0].split("\t") == ["SO-10481", "Summit Safety AB", "92559", "Wed 25 Nov", "Confirmed", "20,547.19"]
    assert len(text) == 2
    assert "<th>Total EUR</th>" in QGuiApplication.clipboard().mimeData().html()
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.bulk._count.text() == "64 selected"
    assert page.bulk._sum.text() == "412,806.90 EUR"
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert [row.number for row in opened] == ["SO-10480"]


def test_a_bulk_action_gets_every_ticked_record_also_all_but_one(page, window, qtbot):
    screen = window.screen_of("demo_orders")
    page.table.check_all(checked=True)
    page.table.toggle(0)
    window._context.commands.start("demo.hold")
    qtbot.waitUntil(lambda: len(screen.done) == 1)
    assert len(screen.done[0]) == 63
    assert page.table.key(0) not in screen.done[0]


def test_commands_wait_for_a_row(page, window, qtbot):
    commands = window._context.commands
    page.filters.search.setText("no such order")
    qtbot.waitUntil(lambda: page._count.text() == "0 orders")
    assert not commands["demo.pack"].isEnabled()
    page.filters.search.setText("")
    qtbot.waitUntil(lambda: page._count.text() == "64 orders")
    page.view.pick(2)
    assert commands["demo.pack"].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.screen_of("demo_orders").done == [[page.table.key(2)]]


def test_a_change_elsewhere_shows_in_place_and_the_highlight_stays_on_its_record(page, qtbot, context, database):
    page.view.pick(3)
    chosen, picked = page.view.current_row(), []
    page.picked.connect(picked.append)
    page.view.verticalScrollBar().setValue(76)
    with database.engine.begin() as connection:
        connection.execute(delete(demo.order).where(demo.order.c.number == "SO-10481"))
        connection.execute(update(demo.order).where(demo.order.c.id == chosen.id).values(state="packed", share=None))
    touch(context, "demo_order")
    qtbot.waitUntil(lambda: page._count.text() == "63 orders")
    assert page.view.currentIndex().row() == 2
    assert page.view.current_row().number == chosen.number
    assert page.view.verticalScrollBar().value() == 76
    assert picked[-1].state == "packed", "the panel hears of the change"


def test_a_hidden_list_reads_again_when_it_is_shown(page, window, qtbot, context, database):
    window.show_place("today")
    with database.engine.begin() as connection:
        connection.execute(delete(demo.order).where(demo.order.c.number == "SO-10481"))
    touch(context, "demo_order")
    window.show_place("demo_orders")
    qtbot.waitUntil(lambda: page._count.text() == "63 orders")


def test_filters_are_chips_and_can_be_kept_as_a_tab(page, qtbot, context):
    page.choose_tab("all")
    page.filters.set_filter("state", "backorder")
    qtbot.waitUntil(lambda: page._count.text() == "1 order")
    page.filters.set_order("-total")
    page.save_tab()
    assert page.tabs.current_id == "own1"
    kept = SavedFilters(context.settings, "demo_orders", demo.SPEC.tabs)
    assert kept.tab("own1").title == "Backorder"
    assert (kept.tab("own1").filters, kept.tab("own1").order) == ({"state": "backorder"}, "-total")
    kept.remove("own1")
    assert SavedFilters(context.settings, "demo_orders", demo.SPEC.tabs).tabs == demo.SPEC.tabs


def test_a_tab_of_ones_own_can_be_renamed_changed_and_removed(page, qtbot):
    page.filters.set_filter("due_until", "today")
    page.save_tab()
    page._open_tab_menu("own1", QPoint(0, 0))
    texts = [action.text() for action in page._tab_menu.actions()]
    assert texts == ["Keep the present filter here", "Rename…", "Remove"]
    page._tab_menu.close()
    page.rename_tab("own1", "Urgent")
    assert page.tabs.tabText(page.tabs.currentIndex()) == "Urgent"
    page.filters.set_filter("due_until", "week")
    page.keep_in_tab("own1")
    assert page.saved.tab("own1").filters == {"state": "open", "due_until": "week"}
    page.remove_tab("own1")
    assert page.tabs.current_id == "open"
    qtbot.waitUntil(lambda: page._count.text() == "64 orders")
    page._open_tab_menu("open", QPoint(0, 0))
    assert page.tabs.count() == len(demo.SPEC.tabs), "the list's own tabs have no menu"


def test_a_line_moves_while_a_list_takes_long_and_never_for_a_moment(page, qtbot):
    page._busy.set_busy(True)
    page._busy.set_busy(False)
    qtbot.wait(300)
    assert not page._busy.shown
    page._busy.set_busy(True)
    qtbot.waitUntil(lambda: page._busy.shown)
    page._busy.set_busy(False)
    assert not page._busy.shown


def test_columns_can_be_hidden_and_sized_and_are_kept(page, context, qtbot):
    menu = page.view.choose_columns()
    next(action for action in menu.actions() if action.text() == "PO number").setChecked(False)
    menu.close()
    page.view.setColumnWidth(1, 133)
    again = ListPage(context, "Orders", demo.SPEC, scope="demo_orders")
    qtbot.addWidget(again)
    section = [column.id for column in again.table.columns].index("po")
    assert again.view.isColumnHidden(section)
    assert again.view.columnWidth(1) == 133
    again.table.close()


def test_an_empty_book_says_what_belongs_there(window, page, qtbot, context, database):
    page.choose_tab("all")
    with database.engine.begin() as connection:
        connection.execute(delete(demo.order))
    touch(context, "demo_order")
    qtbot.waitUntil(lambda: page._stack.currentIndex() == 1)
    page.filters.search.setText("x")
    qtbot.waitUntil(lambda: page._stack.currentIndex() not in (0, 1))  # nothing found, not nothing there


def test_the_panel_gives_way_in_a_narrow_window(window, page, qtbot):
    panel = window.screen_of("demo_orders").panel
    assert panel.isVisible()
    window.resize(1100, 800)
    qtbot.waitUntil(lambda: not panel.isVisible())
    window.resize(1440, 900)
    qtbot.waitUntil(panel.isVisible)
    panel.close_button.click()
    assert not panel.isVisible()


def test_sixteen_orders_and_the_details_fit_a_usual_window(page):
    rows = page.view.viewport().height() // page.view.rowHeight(0)
    assert rows >= 16
    widths = [page.view.columnWidth(section) for section in range(page.table.columnCount())]
    assert sum(widths) <= page.view.viewport().width() + 1


def test_a_search_that_finds_nothing_says_so_and_can_be_cleared(qtbot, page):
    page.filters.search.setText("zzzz")
    page.reload()
    qtbot.waitUntil(lambda: page._stack.currentWidget() is not page.view)
    nothing = page._stack.currentWidget()
    assert nothing.title.text() == "No orders found"
    nothing.findChild(QPushButton).click()
    qtbot.waitUntil(lambda: page._stack.currentWidget() is page.view)
    assert page.table.rowCount() > 0
    assert page.filters.search.text() == ""
    assert page.filters.chosen == {}
