"""The filter field of a list."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.views import icons
from app.views.painting import metrics
from app.views.theme import font
from app.views.tokens import Size

NARROWEST = 200
WIDEST = 320


class SearchField(QLineEdit):
    """Tells what is typed at once; Escape clears it, Down goes to the list."""

    leave_wanted = Signal()

    def __init__(self, hint: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setFont(font())
        self.setTextMargins(Size.ICON + 9, 0, 0, 0)
        room = metrics().horizontalAdvance(hint) + Size.ICON + 46
        self.setFixedWidth(min(max(room, NARROWEST), WIDEST))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        icons.paint(painter, "search", QPoint(8, (self.height() - Size.ICON) // 2), "text3")
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.leave_wanted.emit()
        else:
            super().keyPressEvent(event)
