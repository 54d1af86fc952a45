"""The window around the screens."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QWidget

from app.errors import NotAllowed
from app.views.commands import Command
from app.views.main_window import MainWindow
from app.views.stall_meter import StallMeter
from app.views.theme import Choice
from app.views.tokens import Size
from tests.views import demo
from tests.views.accessible import controls, focus_order, unnamed
from tests.views.conftest import destroy, make_context

CLASH = Command("more.search", "Search", "Search more.", "Ctrl+K")


def test_screens_are_made_when_first_visited_and_keys_go_there(window):
    assert set(window._screens) == {"demo_orders"}
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.screen_on_show.place_id == "today"
    QTest.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    assert window.screen_on_show.place_id == "returns"
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.screen_on_show.place_id == "demo_orders"
    assert not window._context.commands["window.back"].isEnabled()


class Shown(QObject):
    """Notes every window that is opened, even for a moment."""

    def __init__(self):
        super().__init__()
        self.windows = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


def test_building_screens_opens_no_stray_window(open_window, qapp, database):
    """A part that is shown before it has its place would flash up as a window and take the keyboard away."""
    with database.engine.begin() as connection:
        demo.fill(connection)
    shown = Shown()
    qapp.installEventFilter(shown)
    made = open_window(demo.PLACES)
    for place in demo.PLACES:
        made.show_place(place.id)
    qapp.removeEventFilter(shown)
    assert shown.windows == ["MainWindow"]
    assert QApplication.activeWindow() == made


def test_the_side_bar_shows_what_waits_and_folds_in_a_narrow_window(window, qtbot):
    button = window.navigation._buttons["demo_orders"]
    qtbot.waitUntil(lambda: button.accessibleName() == "Orders 64 waiting")
    assert window.navigation.width() == Size.SIDE_BAR
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: window.navigation.width() == Size.SIDE_BAR_ICONS)
    assert button.isVisible()


def test_a_slash_goes_to_the_filter_and_can_be_typed_there(window, page):
    page._enter_table()
    QTest.keyClick(page.view, "/")
    assert page.filters.search.hasFocus()
    QTest.keyClick(page.filters.search, "/")
    assert page.filters.search.text() == "/"


def test_a_question_mark_lists_the_keys_and_they_can_be_changed(window, qtbot, page):
    page._enter_table()
    QTest.keyClick(page.view, "?")
    dialog = window._key_page
    assert dialog.isVisible()
    assert unnamed(dialog) == []
    dialog._set("demo.new", "Ctrl+P")
    assert "already used by “Print”" in dialog.note.text()
    dialog._set("demo.new", "Ctrl+J")
    assert window._context.settings.value("keys/demo.new") == "Ctrl+J"
    dialog.accept()


def test_what_is_said_is_shown_and_undo_is_one_click(window):
    done = []
    window._context.messages.offer("Order SO-1 is confirmed.", "Undo", lambda: done.append(1))
    assert window.toast.isVisible()
    window.toast.button.click()
    assert done == [1]
    assert not window.toast.isVisible()
    window._context.messages.error(NotAllowed("Order SO-1 is closed. Nothing was changed."))
    assert window.toast.label.text() == "Order SO-1 is closed. Nothing was changed."


def test_a_mistake_of_the_program_says_what_is_safe_and_hides_the_rest(window, qtbot):
    window._context.tasks.read(window, lambda _c: {}["x"], print)
    qtbot.waitUntil(lambda: any(child.isVisible() for child in boxes(window)))
    box = next(child for child in boxes(window) if child.isVisible())
    assert "Everything you saved before is safe" in box.text()
    assert "Traceback" not in box.text()
    assert "KeyError" in box.detailedText()
    box.close()


def boxes(window):
    return window.findChildren(QMessageBox)


def test_a_screen_reader_has_a_name_for_every_control_and_tab_reaches_every_button(window, page, qtbot):
    page.view.pick(0)
    page.table.toggle(1)
    for place in ("demo_orders", "returns"):
        window.show_place(place)
        assert unnamed(window) == []
    window.open_record("order", page.table.key(0))
    assert unnamed(window) == []
    window.show_place("demo_orders")
    reached = focus_order(window)
    missed = [
        button.accessibleName()
        for button in controls(window)
        if isinstance(button, QAbstractButton) and button.isEnabled() and button not in reached
    ]
    assert missed == []


def test_the_window_stays_quick_while_a_list_is_asked(window, page, qtbot):
    """The longest time nobody could click, over a storm of questions; generous, because the machine is shared."""
    meter = StallMeter()
    meter.start()
    for text in ("h", "ha", "har", "harb", "harbo", ""):
        page.filters.search.setText(text)
        qtbot.wait(20)
    qtbot.waitUntil(lambda: page._count.text() == "64 orders")
    assert meter.stop() < 250


def test_geometry_and_theme_are_kept(window, open_window, context, theme):
    window.resize(1380, 820)
    context.commands.start("theme.switch")
    window.close()
    assert context.settings.value("theme") == "dark"
    theme.choose(Choice.LIGHT)
    kept = context.settings.value("window/geometry")
    desk = make_context(context.database, context.settings)
    again = open_window(demo.PLACES, size=(1000, 700), desk=desk)
    assert again.restoreGeometry(kept)
    desk.tasks.wait()


def test_ids_and_keys_clash_at_the_start_not_later(context, theme):
    with pytest.raises(AssertionError, match="Ctrl"):
        MainWindow(context, (*demo.PLACES, replace(demo.PLACES[0], id="more", commands=(CLASH,))), theme)


def test_a_window_that_is_closed_leaves_nothing_behind(qtbot, context, theme, database):
    with database.engine.begin() as connection:
        demo.fill(connection)
    windows = [MainWindow(context, demo.PLACES, theme, "Delta")]
    windows[0].show()
    windows[0].show_place("demo_orders")
    view = windows[0].screen_of("demo_orders").page.view
    qtbot.waitUntil(lambda: view.table.rowCount() == demo.COUNT)
    destroy(windows.pop())
    context.tasks.wait()
    assert not shiboken6.isValid(view)
    readers = [thread.name for thread in threading.enumerate() if thread.name.startswith("list-demo_orders")]
    qtbot.waitUntil(lambda: not [t for t in threading.enumerate() if t.name.startswith("list-demo_orders")])
    assert len(readers) <= 1
