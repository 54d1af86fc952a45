"""Shapes several widgets and the table cells draw: chips, glyphs, check boxes, bars."""

from __future__ import annotations

import math
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap, QPolygonF, QStaticText, QTransform

from app.views.theme import Type, colour, font, tokens
from app.views.tokens import Glyph, Radius, Size, Status

GLYPH: int = 9
CHECK_BOX: int = 16
_CHIP_PADDING: int = 8
_GAP: int = 6


@cache
def metrics(kind: Type = Type.BODY, *, code: bool = False) -> QFontMetrics:
    """The metrics of one step of the type scale."""
    return QFontMetrics(font(kind, code=code))


@lru_cache(maxsize=8192)
def advance(text: str, kind: Type = Type.BODY, *, code: bool = False) -> int:
    """How wide a text is, in pixels."""
    return metrics(kind, code=code).horizontalAdvance(text)


def chip_width(status: Status, detail: str = "") -> int:
    """How wide a chip is, in pixels."""
    width = 2 * _CHIP_PADDING + GLYPH + _GAP + advance(status.word, Type.META_STRONG)
    return width + (_GAP + 1 + advance(detail, Type.META_STRONG) if detail else 0) + 1


def draw_chip(painter: QPainter, left: int, middle: int, status: Status, detail: str = "") -> int:
    """Draw a status chip centred on ``middle``; gives its width."""
    ratio = round(painter.device().devicePixelRatio() * 100)
    painter.drawPixmap(left, middle - Size.CHIP // 2, _chip(status, detail, tokens().name, ratio))
    return chip_width(status, detail)


@lru_cache(maxsize=1024)
def _chip(status: Status, detail: str, _theme: str, ratio_percent: int) -> QPixmap:
    """A chip as a picture: lists show the same few again and again."""
    background, foreground = (QColor(value) for value in tokens().chips[status.hue])
    width, height = chip_width(status, detail), Size.CHIP
    made, painter = _canvas(width, height, ratio_percent)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(background)
    painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
    draw_glyph(painter, status.glyph, QPointF(_CHIP_PADDING + GLYPH / 2, height / 2), foreground)
    painter.setPen(foreground)
    painter.setFont(font(Type.META_STRONG))
    start = _CHIP_PADDING + GLYPH + _GAP
    measure = metrics(Type.META_STRONG)
    baseline = height / 2 + (measure.ascent() - measure.descent()) / 2
    painter.drawText(QPointF(start, baseline), status.word)
    if detail:
        painter.drawText(QPointF(start + advance(status.word, Type.META_STRONG) + _GAP + 1, baseline), detail)
    painter.end()
    return made


def _canvas(width: int, height: int, ratio_percent: int) -> tuple[QPixmap, QPainter]:
    """A clear picture of a size at 100 %, and a painter on it."""
    made = QPixmap(math.ceil(width * ratio_percent / 100), math.ceil(height * ratio_percent / 100))
    made.setDevicePixelRatio(ratio_percent / 100)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return made, painter


def draw_glyph(painter: QPainter, glyph: Glyph, centre: QPointF, ink: QColor, size: float = GLYPH) -> None:
    """Draw the mark that says the kind of a state without colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius, pen = size / 2 - 0.75, QPen(ink, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = centre.x(), centre.y()
    circle = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
    match glyph:
        case Glyph.RING:
            painter.drawEllipse(circle)
        case Glyph.HALF:
            painter.drawEllipse(circle)
            painter.setBrush(ink)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPie(circle, 90 * 16, 180 * 16)
        case Glyph.DOT:
            painter.setBrush(ink)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(centre, radius - 0.4, radius - 0.4)
        case Glyph.CHECK:
            painter.drawPolyline(
                QPolygonF([QPointF(x - 3.6, y + 0.2), QPointF(x - 1.2, y + 2.7), QPointF(x + 3.8, y - 2.8)])
            )
        case Glyph.BANG:
            painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 0.8))
            painter.drawPoint(QPointF(x, y + 3.7))
        case Glyph.BARS:
            painter.drawLine(QPointF(x - 2, y - 3.4), QPointF(x - 2, y + 3.4))
            painter.drawLine(QPointF(x + 2, y - 3.4), QPointF(x + 2, y + 3.4))
        case Glyph.SLASH:
            painter.drawEllipse(circle)
            painter.drawLine(QPointF(x - radius * 0.7, y + radius * 0.7), QPointF(x + radius * 0.7, y - radius * 0.7))
        case Glyph.CLOCK:
            painter.drawEllipse(circle)
            painter.drawPolyline(QPolygonF([QPointF(x, y - 2.2), QPointF(x, y), QPointF(x + 1.6, y + 0.9)]))
    painter.restore()


def draw_check_box(painter: QPainter, box: QRect, state: Qt.CheckState) -> None:
    """Draw a check box of 16 px in the middle of ``box``."""
    left, top = box.left() + (box.width() - CHECK_BOX) // 2, box.top() + (box.height() - CHECK_BOX) // 2
    ratio = round(painter.device().devicePixelRatio() * 100)
    painter.drawPixmap(left, top, _check_box(state, tokens().name, ratio))


@cache
def _check_box(state: Qt.CheckState, _theme: str, ratio_percent: int) -> QPixmap:
    side = CHECK_BOX
    made, painter = _canvas(side, side, ratio_percent)
    ticked = state != Qt.CheckState.Unchecked
    painter.setPen(QPen(colour("accentfill" if ticked else "control"), 1))
    painter.setBrush(colour("accentfill" if ticked else "surface"))
    painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), Radius.CHECK, Radius.CHECK)
    pen = QPen(colour("onaccent"), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state == Qt.CheckState.Checked:
        painter.drawPolyline(QPolygonF([QPointF(4.2, 8.3), QPointF(6.9, 11), QPointF(11.8, 5.4)]))
    elif state == Qt.CheckState.PartiallyChecked:
        painter.drawLine(QPointF(4.5, side / 2), QPointF(side - 4.5, side / 2))
    painter.end()
    return made


def draw_bar(painter: QPainter, box: QRectF, share: float, fill: QColor, ground: QColor) -> None:
    """Draw a bar of which ``share`` (0…1) is filled."""
    radius = box.height() / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, radius, radius)
    if share > 0:
        filled = QRectF(box)
        filled.setWidth(max(2 * radius, box.width() * min(share, 1)))
        painter.setBrush(fill)
        painter.drawRoundedRect(filled, radius, radius)
    painter.restore()


def draw_text(painter: QPainter, box: QRect, text: str, kind: Type, *, right: bool = False, code: bool = False) -> None:
    """Write one line in the middle of ``box``, cut with an ellipsis where it does not fit."""
    width, room = advance(text, kind, code=code), box.width()
    if width > room:
        text = metrics(kind, code=code).elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = advance(text, kind, code=code)
    painter.setFont(font(kind, code=code))
    left = box.left() + room - width if right else box.left()
    top = box.top() + math.ceil((box.height() - _height(kind)) / 2)
    painter.drawStaticText(left, top, _static(text, kind, code))


@cache
def _height(kind: Type) -> int:
    measure = metrics(kind)
    return measure.ascent() + measure.descent()


@lru_cache(maxsize=4096)
def _static(text: str, kind: Type, code: bool) -> QStaticText:
    """A text laid out once: shaping costs more than drawing."""
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(QTransform(), font(kind, code=code))
    return made
