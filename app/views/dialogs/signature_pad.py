"""A canvas to sign on with mouse, pen or finger; gives the signature as a PNG."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QImageWriter, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.views.theme import colour

PEN: Final = 2.2
PICTURE: Final = QSize(900, 300)
"""The saved picture's size in pixels, transparent, black ink: it prints on any paper."""


class SignaturePad(QWidget):
    """Draw with the left button down; ``changed`` after each stroke."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(QSize(360, 120))
        self.setAccessibleName(self.tr("Signature"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._strokes: list[list[QPointF]] = []

    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self._strokes

    def clear(self) -> None:
        """Wipe the pad."""
        self._strokes = []
        self.update()
        self.changed.emit()

    def png(self) -> bytes | None:
        """The signature as a PNG with transparent ground; None while nothing is drawn."""
        if self.is_empty():
            return None
        image = QImage(PICTURE, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(PICTURE.width() / self.width(), PICTURE.height() / self.height())
        painter.scale(scale, scale)
        self._draw(painter, QColor("black"))
        painter.end()
        return png_of(image)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._strokes.append([event.position()])
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._strokes and event.buttons() & Qt.MouseButton.LeftButton:
            self._strokes[-1].append(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("control"), 1))
        painter.setBrush(colour("surface"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        painter.setPen(QPen(colour("border2"), 1, Qt.PenStyle.DashLine))
        line = self.height() * 3 // 4
        painter.drawLine(16, line, self.width() - 16, line)
        self._draw(painter, colour("text"))
        painter.end()

    def _draw(self, painter: QPainter, ink: QColor) -> None:
        pen = QPen(ink, PEN)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            path = QPainterPath(stroke[0])
            for point in stroke[1:] or [stroke[0] + QPointF(0.1, 0.1)]:
                path.lineTo(point)
            painter.drawPath(path)


def png_of(image: QImage) -> bytes:
    """Write a picture as PNG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(data.data())
