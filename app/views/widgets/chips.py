"""Status chips and filter chips."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.views import icons
from app.views.painting import chip_width, draw_chip, draw_text, metrics
from app.views.theme import Type, colour
from app.views.tokens import Size, Space, Status, status


class StatusChip(QWidget):
    """A state in glyph, word and colour; ``detail`` such as ``87 %`` follows the word."""

    def __init__(self, state: str | Status = "draft", detail: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status, self._detail = status("draft"), ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(state, detail)

    def set_state(self, state: str | Status, detail: str = "") -> None:
        """Show another state."""
        self._status = state if isinstance(state, Status) else status(state)
        self._detail = detail
        self.setAccessibleName(f"{self._status.word} {detail}".strip())
        self.setFixedSize(self.sizeHint())
        self.update()

    @property
    def word(self) -> str:
        """The word on show."""
        return self._status.word

    def sizeHint(self) -> QSize:
        return QSize(chip_width(self._status, self._detail) + 1, Size.CHIP)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_chip(painter, 0, Size.CHIP // 2, self._status, self._detail)
        painter.end()


class FilterChip(QAbstractButton):
    """A filter in force: ``Status any open ×``.  A click opens the choices, the cross takes it away."""

    removed = Signal()

    def __init__(self, title: str, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._value, self._over_cross = title, value, False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Filter {title}: {value}").format(title=title, value=value))
        self.setAccessibleDescription(self.tr("Enter changes it, Delete takes it away."))

    def sizeHint(self) -> QSize:
        title = metrics(Type.META).horizontalAdvance(self._title)
        value = metrics(Type.META_STRONG).horizontalAdvance(self._value)
        return QSize(9 + title + 6 + value + 8 + 12 + 8, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        painter.setPen(QPen(colour("accent" if focus else "border"), 2 if focus else 1))
        painter.setBrush(colour("subtle"))
        inset = 1 if focus else 0.5
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        area = self.rect().adjusted(9, 0, 0, 0)
        painter.setPen(colour("text2"))
        draw_text(painter, area, self._title, Type.META)
        area.setLeft(area.left() + metrics(Type.META).horizontalAdvance(self._title) + 6)
        painter.setPen(colour("text"))
        draw_text(painter, area, self._value, Type.META_STRONG)
        cross = QPoint(self.width() - 20, self.height() // 2 - 6)
        icons.paint(painter, "x", cross, "text" if self._over_cross else "text3", 12)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over_cross = event.position().x() > self.width() - 26
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over_cross = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.position().x() > self.width() - 26:
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


CHIP_GAP = Space.SMALL
