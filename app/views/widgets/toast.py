"""A short word on what happened, with Undo; it goes away by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.views.theme import Type, font
from app.views.tokens import Space
from app.views.widgets.labels import Label

SHOWN_MS = 6000
WARNED_MS = 12000


class Toast(QFrame):
    """Floats over the bottom of the window; a newer one replaces it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        layout = QHBoxLayout(self)
        layout.setSpacing(Space.MEDIUM)
        self._lines = layout
        self.label = Label("", Type.BODY_STRONG)
        self.button = QPushButton()
        self.button.setFont(font(Type.BODY_STRONG))
        self.button.clicked.connect(self._act)
        layout.addWidget(self.label)
        layout.addWidget(self.button)
        self._do: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        self._window = window
        window.installEventFilter(self)
        self.hide()

    def say(self, text: str, button: str = "", act: Callable[[], None] | None = None, *, warn: bool = False) -> None:
        """Show ``text``, with a button if there is something to do."""
        self.label.setText(text)
        self.label.setWordWrap(len(text) > 110)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        after = Space.SMALL if button else Space.LARGE
        self._lines.setContentsMargins(Space.LARGE, Space.SMALL, after, Space.SMALL)
        self.button.setAccessibleName(button or self.tr("Action"))
        self.setAccessibleName(text)
        self._do = act
        self._timer.start(WARNED_MS if warn else SHOWN_MS)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _act(self) -> None:
        act, self._do = self._do, None
        self.hide()
        if act is not None:
            act()

    def _place(self) -> None:
        window = self._window
        self.setMaximumWidth(max(window.width() - 2 * Space.WIDE, 200))
        self.adjustSize()
        self.move((window.width() - self.width()) // 2, window.height() - self.height() - Space.WIDE - Space.SMALL)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
