"""The parts of the Today page that open a list: key figures, and open orders by stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.services.today import StageShare
from app.views.axis import thousands
from app.views.painting import draw_text
from app.views.theme import Type, colour, tokens
from app.views.tokens import Hue, Space, Tone, status

BAR: Final = 10
ROW: Final = 30
GAP: Final = 2
SWATCH: Final = 10


class Stages(QWidget):
    """A bar of all open orders by stage and a row for each; a click or Enter opens that stage."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shares: tuple[StageShare, ...] = ()
        self._current = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_stages(self, shares: Sequence[StageShare]) -> None:
        """Show other stages."""
        self._shares = tuple(shares)
        self._current = min(self._current, len(self._shares) - 1)
        words = [f"{status(one.stage).word} {one.count}" for one in self._shares]
        self.setAccessibleName(self.tr("Open orders by stage: {}").format(", ".join(words)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, BAR + Space.MEDIUM + ROW * len(self._shares))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_bar(painter)
        for number, share in enumerate(self._shares):
            self._draw_row(painter, share, self._row_box(number), current=number == self._current)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = (int(event.position().y()) - BAR - Space.MEDIUM) // ROW
        if 0 <= number < len(self._shares):
            self.opened.emit(self._shares[number].stage)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._shares:
            self._current = min(max(self._current + step, 0), len(self._shares) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.opened.emit(self._shares[self._current].stage)
        else:
            super().keyPressEvent(event)

    def _row_box(self, number: int) -> QRect:
        return QRect(0, BAR + Space.MEDIUM + ROW * number, self.width(), ROW)

    def _draw_bar(self, painter: QPainter) -> None:
        total = sum(share.count for share in self._shares)
        left, done = 0, 0
        painter.setPen(Qt.PenStyle.NoPen)
        for share in self._shares:
            done += share.count
            right = self.width() * done // max(total, 1)
            painter.setBrush(_ink(share.stage))
            painter.drawRoundedRect(QRectF(left, 0, max(right - left - GAP, 1), BAR), 3, 3)
            left = right

    def _draw_row(self, painter: QPainter, share: StageShare, box: QRect, *, current: bool) -> None:
        if current and self.hasFocus():
            painter.fillRect(box, colour("sel"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_ink(share.stage))
        top = box.top() + (ROW - SWATCH) // 2
        painter.drawRoundedRect(QRect(QPoint(0, top), QSize(SWATCH, SWATCH)), 2, 2)
        painter.setPen(colour(Tone.TEXT))
        draw_text(painter, box.adjusted(SWATCH + Space.SMALL, 0, -110, 0), status(share.stage).word, Type.BODY)
        draw_text(painter, box.adjusted(0, 0, -70, 0), str(share.count), Type.BODY, right=True)
        painter.setPen(colour(Tone.FAINT))
        draw_text(painter, box, thousands(share.value), Type.META, right=True)


_INKS: Final = {  # stages whose chips share a hue stand apart in a bar
    "draft": Hue.GREY,
    "confirmed": Hue.BLUE,
    "deposit": Hue.AMBER,
    "backorder": Hue.ORANGE,
    "picking": Hue.AMBER,
    "packed": Hue.TEAL,
    "part": Hue.TEAL,
    "shipped": Hue.GREEN,
    "invoiced": Hue.VIOLET,
}


def _ink(stage: str) -> QColor:
    return QColor(tokens().chips[_INKS.get(stage, status(stage).hue)][1])
