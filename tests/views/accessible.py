"""Walks a window as a screen reader does and finds what it could not say."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTabBar)


def controls(root: QWidget) -> list[QWidget]:
    """All controls of a window that a user can see."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and not isinstance(widget, QHeaderView)
        and widget.isVisibleTo(root)
        and not widget.objectName().startswith("qt_")
    ]


def unnamed(root: QWidget) -> list[str]:
    """The controls a screen reader has no name for."""
    return [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
        for widget in controls(root)
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()
    ]


def focus_order(root: QWidget) -> list[QWidget]:
    """The controls Tab reaches, in order, beginning anywhere."""
    start = root.nextInFocusChain()
    found, widget = [], start
    while True:
        if widget.focusPolicy().value & 1 and widget.isVisibleTo(root) and widget.isEnabled():  # Qt.TabFocus
            found.append(widget)
        widget = widget.nextInFocusChain()
        if widget == start:
            return found
