"""Orders per week as a line, the year before dashed under it; the week under the pointer is read out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.services.today import Weeks
from app.views import format as written
from app.views.axis import STEPS, ceiling, thousands
from app.views.format import tr
from app.views.painting import advance, draw_text
from app.views.theme import Type, colour
from app.views.tokens import Radius, Space, Tone

AXIS: Final = 56
FOOT: Final = 26
HEAD: Final = 10


class WeekChart(QWidget):
    """Paints :class:`Weeks`; money is scaled to whole pixels with exact arithmetic."""

    def __init__(self) -> None:
        super().__init__()
        self._weeks: Weeks | None = None
        self._hovered = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Orders per week"))

    def show_weeks(self, weeks: Weeks) -> None:
        """Show other weeks."""
        self._weeks = weeks
        last = written.money(weeks.values[-1], weeks.currency)
        self.setAccessibleName(tr("Orders per week, last week {}").format(last))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 150)  # it takes what the page has to spare

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 150)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._weeks is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = ceiling(max(*self._weeks.values, *self._weeks.year_before, Decimal(1)))
        self._draw_grid(painter, top)
        self._draw_months(painter)
        before = QPen(colour(Tone.FAINT), 1, Qt.PenStyle.DashLine)
        self._draw_line(painter, self._weeks.year_before, top, before)
        actual = QPen(colour("chart_forecast"), 2)
        actual.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._draw_line(painter, self._weeks.values, top, actual)
        if self._hovered >= 0:
            self._draw_hovered(painter, top)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._weeks is not None:
            width = max(self._area().width(), 1)
            count = len(self._weeks.values) - 1
            place = (int(event.position().x()) - AXIS) * count + width // 2
            self._hovered = min(max(place // width, 0), count)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def _area(self) -> QRect:
        return self.rect().adjusted(AXIS, HEAD, -Space.SMALL, -FOOT)

    def _point(self, number: int, value: Decimal, top: Decimal) -> QPoint:
        assert self._weeks is not None, "there are weeks to place"
        area = self._area()
        x = area.left() + area.width() * number // (len(self._weeks.values) - 1)
        return QPoint(x, area.bottom() - int(area.height() * value / top))

    def _draw_grid(self, painter: QPainter, top: Decimal) -> None:
        area = self._area()
        for step in range(STEPS + 1):
            value = top * step / STEPS
            y = area.bottom() - area.height() * step // STEPS
            painter.setPen(QPen(colour("chart_grid"), 1))
            painter.drawLine(area.left(), y, area.right(), y)
            painter.setPen(colour(Tone.FAINT))
            label = QRect(0, y - 8, AXIS - Space.SMALL, 16)
            draw_text(painter, label, thousands(value), Type.META, right=True)

    def _draw_months(self, painter: QPainter) -> None:
        assert self._weeks is not None, "there are weeks to name"
        painter.setPen(colour(Tone.FAINT))
        y, last = self.height() - FOOT + 6, -1000
        for number in range(len(self._weeks.mondays)):
            name = _month(self._weeks.mondays, number)
            if not name:
                continue
            x = self._point(number, Decimal(0), Decimal(1)).x()
            width = advance(name, Type.META)
            left = min(max(x - width // 2, AXIS), self.width() - width)
            if left > last + Space.HUGE:
                draw_text(painter, QRect(left, y, width + 1, 16), name, Type.META)
                last = left + width

    def _draw_line(self, painter: QPainter, values: Sequence[Decimal], top: Decimal, pen: QPen) -> None:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygon([self._point(number, value, top) for number, value in enumerate(values)]))

    def _draw_hovered(self, painter: QPainter, top: Decimal) -> None:
        assert self._weeks is not None, "a week is under the pointer"
        weeks, number = self._weeks, self._hovered
        point = self._point(number, weeks.values[number], top)
        area = self._area()
        painter.setPen(QPen(colour("border2"), 1))
        painter.drawLine(point.x(), area.top(), point.x(), area.bottom())
        painter.setBrush(colour("chart_forecast"))
        painter.setPen(QPen(colour("surface"), 2))
        painter.drawEllipse(point, 5, 5)
        lines = (
            tr("Week of {}").format(written.full_day(weeks.mondays[number])),
            written.money(weeks.values[number], weeks.currency),
            tr("year before {}").format(written.amount(weeks.year_before[number])),
        )
        width = max(advance(line, Type.META_STRONG) for line in lines) + 2 * Space.MEDIUM
        left = point.x() + Space.MEDIUM
        left = left if left + width < self.width() else point.x() - Space.MEDIUM - width
        box = QRect(left, area.top(), width, 64)
        painter.setPen(QPen(colour("border2"), 1))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(box, Radius.BUTTON, Radius.BUTTON)
        for place, line in enumerate(lines):
            painter.setPen(colour(Tone.TEXT if place == 1 else Tone.SOFT))
            row = QRect(box.left() + Space.MEDIUM, box.top() + 6 + 18 * place, width - 2 * Space.MEDIUM, 18)
            draw_text(painter, row, line, Type.META_STRONG if place == 1 else Type.META)


def _month(mondays: Sequence[date], number: int) -> str:
    """Name the month at its first week, with the year in January."""
    monday = mondays[number]
    if number and mondays[number - 1].month == monday.month:
        return ""
    name = written.month(monday)
    return f"{name} {monday.year}" if monday.month == 1 else name
