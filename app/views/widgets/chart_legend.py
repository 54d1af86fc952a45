"""The legend of a picture: its strokes and grounds with their names, on screen and in what is saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.painting import advance, draw_text
from app.views.picture import Band, Picture, Series, Shape
from app.views.theme import Type, tokens
from app.views.tokens import Space, Tokens

KEY: Final = 14
HEIGHT: Final = 18
_GROUND: Final = 10
_DOT: Final = 3


def entries(picture: Picture) -> Iterator[tuple[str, Series | Band]]:
    """Give the names of a legend, each once; bands of one name (80 / 95 %) share one."""
    told = set[str]()
    named: list[Series | Band] = [*picture.series, *reversed(picture.bands)]
    for one in named:
        if one.name and one.name not in told:
            told.add(one.name)
            yield one.name, one


def width_of(picture: Picture) -> int:
    """How wide a legend is, in pixels."""
    return sum(KEY + Space.SMALL + advance(name, Type.META) + Space.LARGE for name, _ in entries(picture))


def draw_legend(painter: QPainter, left: int, top: int, picture: Picture, values: Tokens) -> None:
    """Draw a legend in one row, its left upper corner given, in the colours of a theme."""
    middle = top + HEIGHT // 2
    for name, one in entries(picture):
        _draw_key(painter, QRect(left, middle - _GROUND // 2, KEY, _GROUND), one, values)
        width = advance(name, Type.META)
        painter.setPen(QColor(values.text2))
        draw_text(painter, QRect(left + KEY + Space.SMALL, top, width + 1, HEIGHT), name, Type.META)
        left += KEY + Space.SMALL + width + Space.LARGE


def _draw_key(painter: QPainter, box: QRect, one: Series | Band, values: Tokens) -> None:
    ink = QColor(getattr(values, one.ink))
    middle = box.center().y()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if isinstance(one, Band) or one.shape is Shape.BARS:
        if isinstance(one, Band):
            ink.setAlpha(min(255, one.strength * 2))
        painter.setBrush(ink)
        painter.drawRoundedRect(box, 2, 2)
    elif one.shape is Shape.DOTS:
        painter.setBrush(ink)
        painter.drawEllipse(box.center(), _DOT, _DOT)
    else:
        pen = QPen(ink, 2)
        if one.shape is Shape.DASHED:
            pen = QPen(ink, 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPoint(box.left(), middle), QPoint(box.right(), middle))
    painter.restore()


class Legend(QWidget):
    """The legend of a chart on a card; as wide as its names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_picture(self, picture: Picture) -> None:
        """Name the strokes of another picture."""
        self._picture = picture
        self.setAccessibleName(", ".join(name for name, _ in entries(picture)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(width_of(self._picture) if self._picture else 0, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is not None:
            painter = QPainter(self)
            draw_legend(painter, 0, 0, self._picture, tokens())
            painter.end()
