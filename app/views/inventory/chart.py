"""Projected stock over the next weeks: what is free, day by day, with the day it runs out and the next receipt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.models.promise import Portion
from app.services.lists import StockRow
from app.views import format as written
from app.views.axis import ceiling, thousands
from app.views.curve import curve_of, draw_curve
from app.views.format import tr
from app.views.inventory import words
from app.views.painting import advance, draw_text
from app.views.theme import Type, colour
from app.views.tokens import Space, Tone

AXIS: Final = 44
FOOT: Final = 24
HEAD: Final = 8
HEIGHT: Final = 150
WEEKS: Final = 4


class StockChart(QWidget):
    """Paints what of a product is free from today on; figures are brought to whole pixels exactly."""

    def __init__(self) -> None:
        super().__init__()
        self._today: date | None = None
        self._balances: list[Portion] = []
        self._grain = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Projected stock"))

    def show_row(self, row: StockRow) -> None:
        """Show a product's projected stock over all warehouses."""
        if row.today is None:
            return
        self._today, self._grain = row.today, row.grain
        self._balances = row.figures().balances(row.today)
        out = row.runs_out_on()
        now = written.measured(Fraction(self._balances[0].grains, row.grain), row.unit)
        told = tr("runs out {}").format(written.full_day(out)) if out else tr("lasts twelve weeks")
        self.setAccessibleName(tr("Projected stock: free today {}, {}").format(now, told))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._today is None:
            return
        painter = QPainter(self)
        shown = [one for one in self._balances if (one.on - self._today).days <= words.DAYS]
        top, foot = max(0, *(one.grains for one in shown)), min(0, *(one.grains for one in shown))
        area = self.rect().adjusted(AXIS, HEAD, -Space.SMALL, -FOOT)
        self._draw_grid(painter, area, top, foot)
        self._draw_days(painter, area)
        draw_curve(painter, area, curve_of(self._balances, self._today, words.DAYS))
        painter.end()

    def _draw_grid(self, painter: QPainter, area: QRect, top: int, foot: int) -> None:
        """Lines at nothing and at two round figures between it and the top."""
        span = max(1, top - foot)
        most = Fraction(top, self._grain)
        step = ceiling(max(Decimal(1), Decimal(most.numerator) / Decimal(most.denominator))) / 2
        values = {0: Decimal(0), **{int(value * self._grain): value for value in (step, step * 2)}}
        if foot < 0:
            low = Fraction(foot, self._grain)
            values[foot] = Decimal(low.numerator) / Decimal(low.denominator)
        for grains, value in values.items():
            if grains > top and value:
                continue
            y = area.bottom() - (area.height() - 1) * (grains - foot) // span
            painter.setPen(QPen(colour("chart_grid"), 1))
            painter.drawLine(area.left(), y, area.right(), y)
            painter.setPen(colour(Tone.FAINT))
            draw_text(painter, QRect(0, y - 8, AXIS - Space.SMALL, 16), thousands(value), Type.META, right=True)

    def _draw_days(self, painter: QPainter, area: QRect) -> None:
        assert self._today is not None, "there is a day to begin with"
        painter.setPen(colour(Tone.FAINT))
        for place in range(0, words.DAYS + 1, 7 * WEEKS):
            on = self._today + timedelta(days=place)
            name = tr("today") if not place else written.short_day(on)
            x = area.left() + (area.width() - 1) * place // words.DAYS
            width = advance(name, Type.META)
            left = min(max(x - width // 2, 0), self.width() - width)
            if place:
                painter.setPen(QPen(colour("chart_grid"), 1, Qt.PenStyle.DotLine))
                painter.drawLine(x, area.top(), x, area.bottom())
                painter.setPen(colour(Tone.FAINT))
            draw_text(painter, QRect(left, self.height() - FOOT + 6, width + 1, 16), name, Type.META)
