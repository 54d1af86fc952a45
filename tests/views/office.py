"""The window on a small company, for the tests of shipments, returns, invoices and payments."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.views import invoices, payments, returns, shipments
from app.views.dialogs.form_dialog import FormDialog
from app.views.screen import Group, Place, Screen

W = TypeVar("W", bound=QWidget)
CONTROL = Qt.KeyboardModifier.ControlModifier
ORDER = Place("orders", "Orders", "file-text", Group.SELL, lambda context: Screen(context, "orders"), kinds=("order",))
PLACES = (invoices.PLACE, payments.PLACE, shipments.PLACE, returns.PLACE, invoices.WRITING, ORDER)


def dialog(kind: type[W], qtbot) -> W:
    """The dialog of a kind, once it is open, has the keyboard and has read what it needs."""
    found: list[W] = []

    def there() -> bool:
        found[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return bool(found) and (not isinstance(found[0], FormDialog) or found[0].go.isEnabled())

    qtbot.waitUntil(there)
    QTest.qWaitForWindowActive(found[0])
    return found[0]


def closed(kind: type[QWidget]) -> bool:
    """Whether no dialog of a kind is open any more: while one is, the window behind it takes no key."""
    return not any(isinstance(one, kind) and one.isVisible() for one in QApplication.topLevelWidgets())


def press_next(widget: QWidget) -> None:
    """Ctrl+Enter: the next step of a screen, or the button of a dialog."""
    if not isinstance(widget, QDialog):  # the offscreen platform does not go back to the window by itself
        widget.window().activateWindow()
        QTest.qWaitForWindowActive(widget.window())
    QTest.keyClick(widget, Qt.Key.Key_Return, CONTROL)


def show_empty(open_window, qtbot, place_id: str) -> str:
    """The title of what stands in place of a list without any record."""
    window = open_window(PLACES)
    window.show_place(place_id)
    screen = window.screen_on_show
    empty = screen.list._stack.widget(1)
    qtbot.waitUntil(lambda: screen.list._stack.currentWidget() is empty)
    return empty.title.text()
