"""A line of figures over time: stock that steps up and down, and where it runs out; the course of a rate.

Figures are exact; they are brought to thousandths of the box once, and to pixels when drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygon

from app.models.promise import Portion
from app.views.theme import colour

PARTS: Final = 1000
DOT: Final = 3
GROUND: Final = 34
"""How strong the colour under the line is, of 255."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Corners of a line in thousandths of its box, from its start and from its foot; ``zero`` is where nothing is left.

    ``out`` is the corner at which it falls below nothing, or -1.
    """

    corners: tuple[tuple[int, int], ...]
    zero: int
    out: int = -1


def curve_of(balances: Sequence[Portion], today: date, days: int) -> Curve:
    """Make the line of balances over the next ``days``; it keeps its height until the next one."""
    known = [one for one in balances if (one.on - today).days <= days]
    top, foot = max(0, *(one.grains for one in known)), min(0, *(one.grains for one in known))
    span = max(1, top - foot)
    corners: list[tuple[int, int]] = []
    out = -1
    for one in known:
        across, up = (one.on - today).days * PARTS // days, (one.grains - foot) * PARTS // span
        if corners:
            corners.append((across, corners[-1][1]))
        corners.append((across, up))
        if one.grains < 0 and out < 0:
            out = len(corners) - 1
    corners.append((PARTS, corners[-1][1]))
    return Curve(tuple(corners), -foot * PARTS // span, out)


def curve_through(figures: Sequence[tuple[date, Decimal]]) -> Curve:
    """Make the line through figures by day, the earliest first; its box reaches from the lowest to the highest."""
    (first, begin), (last, _) = figures[0], figures[-1]
    foot, top = min(figure for _, figure in figures), max(figure for _, figure in figures)
    if first == last or foot == top:
        height = PARTS // 2 if foot == top else int((begin - foot) * PARTS // (top - foot))
        return Curve(((0, height), (PARTS, height)), 0)
    days, span = (last - first).days, top - foot
    corners = dict.fromkeys(
        ((on - first).days * PARTS // days, int((one - foot) * PARTS // span)) for on, one in figures
    )
    return Curve(tuple(corners), 0)


def draw_curve(painter: QPainter, box: QRect, curve: Curve) -> None:
    """Draw a line over its ground, in warning's colour where it falls below nothing."""
    points = [_point(box, across, up) for across, up in curve.corners]
    zero = _point(box, 0, curve.zero).y()
    ink = colour("chart_reorder" if curve.out >= 0 else "chart_forecast")
    ground = QColor(ink)
    ground.setAlpha(GROUND)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawPolygon(QPolygon([QPoint(points[0].x(), zero), *points, QPoint(points[-1].x(), zero)]))
    painter.setPen(QPen(colour("border2"), 1))
    painter.drawLine(box.left(), zero, box.right(), zero)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 2))
    painter.drawPolyline(QPolygon(points))
    if curve.out >= 0:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("bad"))
        painter.drawEllipse(QPoint(points[curve.out].x(), zero), DOT, DOT)
    painter.restore()


def _point(box: QRect, across: int, up: int) -> QPoint:
    return QPoint(box.left() + (box.width() - 1) * across // PARTS, box.bottom() - (box.height() - 1) * up // PARTS)
