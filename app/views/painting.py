"""Shapes several widgets and the table cells draw: chips, glyphs, check boxes, bars."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

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


def chip_width(status: Status, detail: str = "") -> int:
    """How wide a chip is, in pixels."""
    measure = metrics(Type.META_STRONG)
    width = 2 * _CHIP_PADDING + GLYPH + _GAP + measure.horizontalAdvance(status.word)
    return width + (_GAP + 1 + measure.horizontalAdvance(detail) if detail else 0) + 1


def draw_chip(painter: QPainter, left: int, middle: int, status: Status, detail: str = "") -> int:
    """Draw a status chip centred on ``middle``; gives its width."""
    background, foreground = (QColor(value) for value in tokens().chips[status.hue])
    width, height = chip_width(status, detail), Size.CHIP
    box = QRectF(left, middle - height / 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(background)
    painter.drawRoundedRect(box, height / 2, height / 2)
    draw_glyph(painter, status.glyph, QPointF(left + _CHIP_PADDING + GLYPH / 2, middle), foreground)
    painter.setPen(foreground)
    painter.setFont(font(Type.META_STRONG))
    start = left + _CHIP_PADDING + GLYPH + _GAP
    measure = metrics(Type.META_STRONG)
    baseline = middle + (measure.ascent() - measure.descent()) / 2
    painter.drawText(QPointF(start, baseline), status.word)
    if detail:
        painter.drawText(QPointF(start + measure.horizontalAdvance(status.word) + _GAP + 1, baseline), detail)
    painter.restore()
    return width


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
    side = CHECK_BOX
    left, top = box.left() + (box.width() - side) // 2, box.top() + (box.height() - side) // 2
    area = QRectF(left + 0.5, top + 0.5, side - 1, side - 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ticked = state != Qt.CheckState.Unchecked
    painter.setPen(QPen(colour("accentfill" if ticked else "control"), 1))
    painter.setBrush(colour("accentfill" if ticked else "surface"))
    painter.drawRoundedRect(area, Radius.CHECK, Radius.CHECK)
    pen = QPen(colour("onaccent"), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state == Qt.CheckState.Checked:
        points = ((4.2, 8.3), (6.9, 11), (11.8, 5.4))
        painter.drawPolyline(QPolygonF([QPointF(left + x, top + y) for x, y in points]))
    elif state == Qt.CheckState.PartiallyChecked:
        painter.drawLine(QPointF(left + 4.5, top + side / 2), QPointF(left + side - 4.5, top + side / 2))
    painter.restore()


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
    used: QFont = font(kind, code=code)
    measure = metrics(kind, code=code)
    width = measure.horizontalAdvance(text)
    if width > box.width():
        text = measure.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        width = measure.horizontalAdvance(text)
    painter.setFont(used)
    left = box.right() + 1 - width if right else box.left()
    baseline = box.top() + math.ceil((box.height() + measure.ascent() - measure.descent()) / 2)
    painter.drawText(left, baseline, text)
