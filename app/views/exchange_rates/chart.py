"""The course of a currency's rate over the days on show, with its highest and lowest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views import format as written
from app.views.curve import curve_through, draw_curve
from app.views.format import tr
from app.views.painting import advance, draw_text
from app.views.theme import Type, colour
from app.views.tokens import Space, Tone

FOOT: Final = 24
HEAD: Final = 10
HEIGHT: Final = 170
LINE: Final = 16


class RateChart(QWidget):
    """Paints rates from their lowest to their highest; figures are brought to whole pixels exactly."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[tuple[date, Decimal]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Course of the rate"))

    def show_rates(self, currency: str, rates: Sequence[tuple[date, Decimal]]) -> None:
        """Show a currency's rates, the earliest first."""
        self.rates = list(rates)
        if self.rates:
            figures = [rate for _, rate in self.rates]
            told = tr("{}: from {} to {}, at most {}, at least {}").format(
                currency,
                written.full_day(self.rates[0][0]),
                written.full_day(self.rates[-1][0]),
                written.quantity(max(figures)),
                written.quantity(min(figures)),
            )
            self.setAccessibleName(told)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.rates:
            return
        figures = [rate for _, rate in self.rates]
        high, low = written.quantity(max(figures)), written.quantity(min(figures))
        axis = max(advance(high, Type.META), advance(low, Type.META)) + Space.MEDIUM
        area = self.rect().adjusted(axis, HEAD, -Space.SMALL, -FOOT)
        painter = QPainter(self)
        for y, said in {area.bottom(): low, area.top(): high}.items():
            if said == low and high == low and y == area.top():
                continue
            painter.setPen(QPen(colour("chart_grid"), 1))
            painter.drawLine(area.left(), y, area.right(), y)
            painter.setPen(colour(Tone.FAINT))
            draw_text(painter, QRect(0, y - LINE // 2, axis - Space.SMALL, LINE), said, Type.META, right=True)
        self._draw_days(painter, area)
        draw_curve(painter, area, curve_through(self.rates))
        painter.end()

    def _draw_days(self, painter: QPainter, area: QRect) -> None:
        first, last = (written.full_day(self.rates[place][0]) for place in (0, -1))
        top = self.height() - FOOT + 6
        painter.setPen(colour(Tone.FAINT))
        width = advance(last, Type.META) + 1
        draw_text(painter, QRect(area.right() - width, top, width, LINE), last, Type.META)
        if first != last:
            draw_text(painter, QRect(area.left(), top, advance(first, Type.META) + 1, LINE), first, Type.META)
