"""Draws a picture with pyqtgraph.  Loaded where the first chart is shown, never when the window starts.

Only this module knows pyqtgraph.  What it is given is exact; figures become floats here, where they become pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QWidget

from app.views import axis
from app.views.painting import advance
from app.views.picture import Band, Figure, Ink, Picture, Series, Shape
from app.views.theme import Type, font
from app.views.tokens import Tokens

LEFT: Final = 56
FOOT: Final = 26
HEAD: Final = 10
SIDE: Final = 14
GAP: Final = 28
"""Room between two names at the foot, in pixels."""
LINE_STEP: Final = 44
"""Room between two lines across, in pixels."""
_BAR: Final = 0.72
_SMALL_DOT: Final = 5
_LINE: Final = 1.4
_LONG: Final = 300
"""From so many figures on, a line is as thin as can be and not smoothed: else Qt takes a second for a thousand."""
_MANY: Final = 2_000
"""From so many figures on, a line is drawn in as many points as there are pixels, with its peaks."""


class ChartCanvas:
    """A picture on a pyqtgraph view, in the colours of one theme; ``bare`` leaves the axes away (small multiples)."""

    def __init__(self, parent: QWidget | None = None, *, bare: bool = False) -> None:
        self._bare = bare
        self.view: Any = pg.PlotWidget(parent, enableMenu=False)
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._plot: Any = self.view.getPlotItem()
        self._plot.hideButtons()
        self._box: Any = self._plot.getViewBox()
        self._box.setMouseEnabled(x=False, y=False)
        self._box.disableAutoRange()
        self._picture: Picture | None = None
        self._tokens: Tokens | None = None
        self._ratio = 1.0
        self._x: Any = np.empty(0)
        self._ticks: list[Any] = []

    def show_picture(self, picture: Picture, tokens: Tokens, ratio: float = 1.0) -> None:
        """Draw a picture anew; ``ratio`` is how many dots a pixel has, for strokes are as many dots wide."""
        self._picture, self._tokens, self._ratio = picture, tokens, ratio
        self._plot.clear()
        self.view.setBackground(tokens.surface)
        self._x = _array(picture.positions())
        self._set_axes()
        self._set_range()
        for band in picture.bands:
            self._add_band(band)
        bars = [one for one in picture.series if one.shape is Shape.BARS]
        self._add_bars(bars)
        for one in picture.series:
            if one.shape is not Shape.BARS:
                self._add_line(one)
        self._add_marks()

    def fit(self) -> None:
        """Choose the names of the axes for the room there is now."""
        if self._picture is not None:
            self._set_range()

    def nearest(self, x: float) -> int:
        """Give the number of the place nearest to a pixel from the left, or -1 where there is none."""
        if not self._x.size:
            return -1
        at = self._box.mapSceneToView(QPointF(x, 0)).x()
        return int(np.abs(self._x - at).argmin())

    def point(self, number: int, figure: Figure) -> QPointF:
        """Give the pixel where a figure of a place stands; of None, the foot."""
        value = float(figure) if figure is not None else self._box.viewRange()[1][0]
        found: QPointF = self._box.mapViewToScene(QPointF(float(self._x[number]), value))
        return found

    def area(self) -> QRect:
        """Give the pixels between the axes."""
        found: QRect = self._box.sceneBoundingRect().toAlignedRect()
        return found

    def render(self, painter: QPainter, target: QRect) -> None:
        """Draw it with another painter: on a picture, a page."""
        self.view.render(painter, target, QRect(0, 0, self.view.width(), self.view.height()))

    # axes --------------------------------------------------------------------------------------------

    def _set_axes(self) -> None:
        assert self._tokens is not None, "colours are known"
        for side in ("left", "bottom"):
            shown: Any = self._plot.getAxis(side)
            shown.setVisible(not self._bare)
            shown.setPen(QPen(Qt.PenStyle.NoPen))
            shown.setTextPen(QColor(self._tokens.text3))
            shown.setStyle(
                tickLength=0, tickAlpha=0, tickFont=font(Type.META), tickTextOffset=8, hideOverlappingLabels=False
            )
        self._plot.getAxis("left").setWidth(0 if self._bare else LEFT)
        self._plot.getAxis("bottom").setHeight(0 if self._bare else FOOT)
        margins = (0, 2, 0, 2) if self._bare else (0, HEAD, SIDE, 0)
        self._plot.layout.setContentsMargins(*margins)
        self._plot.layout.activate()  # at once: what is saved as a picture is never laid out by a window

    def _set_range(self) -> None:
        picture = self._picture
        assert picture is not None, "there is something to show"
        low, high = picture.bounds()
        steps = max(2, min(6, (self.view.height() - FOOT - HEAD) // LINE_STEP))
        lines = axis.ticks(low, high, steps)
        ground, top = (float(low), float(high)) if self._bare else (float(lines[0]), float(lines[-1]))
        left, right = self._ends()
        self._box.setRange(xRange=(left, right), yRange=(ground, top), padding=0)
        if not self._bare:
            self._plot.getAxis("left").setTicks([[(float(one), axis.thousands(one)) for one in lines]])
            self._plot.getAxis("bottom").setTicks([self._names()])
            self._draw_grid([float(one) for one in lines], left, right)

    def _ends(self) -> tuple[float, float]:
        if not self._x.size:
            return 0.0, 1.0
        first, last = float(self._x[0]), float(self._x[-1])
        assert self._picture is not None, "there are places"
        if any(one.shape is Shape.BARS for one in self._picture.series):
            room = self._step() / 2
            return first - room, last + room
        return (first - 0.5, last + 0.5) if first == last else (first, last)

    def _step(self) -> float:
        return float(np.diff(self._x).min()) if self._x.size > 1 else 1.0

    def _names(self) -> list[tuple[float, str]]:
        picture = self._picture
        assert picture is not None, "there is something to name"
        if not picture.places:
            return []
        width = max(1, self.view.width() - LEFT - SIDE)
        first, last = picture.places[0], picture.places[-1]
        if isinstance(first, date) and isinstance(last, date):
            room = width // (advance("Jan 2026", Type.META) + GAP)
            return [(float(day.toordinal()), text) for day, text in axis.days(first, last, room)]
        if isinstance(first, str):
            return _few([(float(at), picture.place_text(number)) for number, at in enumerate(self._x)], width)
        low, high = picture.position_of(first), picture.position_of(last)
        steps = max(1, width // 90)
        return [(float(one), axis.thousands(one)) for one in axis.ticks(low, high, steps)] if high > low else []

    def _draw_grid(self, lines: Sequence[float], left: float, right: float) -> None:
        assert self._tokens is not None, "colours are known"
        for old in self._ticks:
            self._plot.removeItem(old)
        across = np.tile((left, right), len(lines))
        heights = np.repeat(np.array(lines), 2)
        grid = pg.PlotCurveItem(across, heights, connect="pairs", pen=self._pen(QColor(self._tokens.chart_grid), 1))
        grid.setZValue(-100)
        self._plot.addItem(grid, ignoreBounds=True)
        self._ticks = [grid]

    # what is on it -----------------------------------------------------------------------------------

    def _pen(self, ink: QColor, width: float, *, dashed: bool = False) -> QPen:
        made: QPen = pg.mkPen(ink, width=width * self._ratio)
        made.setCapStyle(Qt.PenCapStyle.FlatCap if dashed else Qt.PenCapStyle.RoundCap)
        made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if dashed:
            made.setDashPattern([3, 2])
        return made

    def _colour(self, ink: Ink) -> QColor:
        return QColor(getattr(self._tokens, ink))

    def _add_line(self, one: Series) -> None:
        values = _array(one.values)
        ink = self._colour(one.ink)
        if one.shape is Shape.DOTS:
            dots = {"symbol": "o", "symbolSize": _SMALL_DOT, "symbolBrush": ink, "symbolPen": None}
            self._plot.addItem(pg.PlotDataItem(self._x, values, pen=None, **dots))
            return
        is_long = values.size > _LONG
        if is_long or self._bare:
            pen = pg.mkPen(ink, width=1)
        elif one.shape is Shape.DASHED:
            pen = self._pen(ink, 1, dashed=True)
        else:
            pen = self._pen(ink, 2 if one.shape is Shape.THICK else _LINE)
        steps = "right" if one.shape is Shape.STEPS else None
        line = pg.PlotDataItem(self._x, values, pen=pen, antialias=not is_long, connect="finite", stepMode=steps)
        self._plot.addItem(line)
        if values.size > _MANY:  # once it has its place: before, it would ask what it is shown in and find none
            line.opts["autoDownsampleFactor"] = 1.0  # two points for each pixel, its lowest and its highest
            line.setDownsampling(auto=True, method="peak")
            line.setClipToView(True)

    def _add_band(self, band: Band) -> None:
        low, high = _array(band.low), _array(band.high)
        ground = self._colour(band.ink)
        ground.setAlpha(band.strength)
        for first, last in _runs(np.isfinite(low) & np.isfinite(high)):
            path = QPainterPath(QPointF(self._x[first], low[first]))
            for number in range(first + 1, last + 1):
                path.lineTo(self._x[number], low[number])
            for number in range(last, first - 1, -1):
                path.lineTo(self._x[number], high[number])
            path.closeSubpath()
            item = QGraphicsPathItem(path)
            item.setPen(QPen(Qt.PenStyle.NoPen))
            item.setBrush(ground)
            item.setZValue(-10)
            self._plot.addItem(item, ignoreBounds=True)

    def _add_bars(self, bars: Sequence[Series]) -> None:
        assert self._picture is not None, "there are bars"
        if not bars:
            return
        room = self._step() * _BAR
        foot = np.zeros(self._x.size)
        width = room if self._picture.stacked else room / len(bars)
        for number, one in enumerate(bars):
            heights = np.nan_to_num(_array(one.values))
            shift = 0.0 if self._picture.stacked else (number - (len(bars) - 1) / 2) * width
            item = pg.BarGraphItem(
                x=self._x + shift, y0=foot, height=heights, width=width, brush=self._colour(one.ink), pen=None
            )
            self._plot.addItem(item)
            if self._picture.stacked:
                foot = foot + heights

    def _add_marks(self) -> None:
        assert self._picture is not None, "there are marks"
        for mark in self._picture.marks:
            at = float(self._picture.position_of(mark.place))
            self._add_endless(at, 90, self._colour(mark.ink), mark.text, 0.95)
        for level in self._picture.levels:
            self._add_endless(float(level.figure), 0, self._colour(level.ink), level.text, 0.06)

    def _add_endless(self, at: float, angle: int, ink: QColor, text: str, where: float) -> None:
        options = {"position": where, "color": ink, "movable": False, "anchors": [(0, 0), (1, 0)]}
        if not angle:
            options["anchors"] = [(0, 1), (0, 1)]
        line = pg.InfiniteLine(
            at, angle, pen=self._pen(ink, 1, dashed=True), label=text or None, labelOpts=options if text else None
        )
        if text:
            line.label.setFont(font(Type.META_STRONG))
        self._plot.addItem(line, ignoreBounds=True)


def _array(values: Sequence[Figure] | Sequence[Any]) -> Any:
    return np.array([np.nan if one is None else float(one) for one in values], dtype=float)


def _runs(known: Any) -> Iterator[tuple[int, int]]:
    """Give the first and last number of every row of places without a gap."""
    for is_known, numbers in groupby(range(len(known)), key=lambda number: bool(known[number])):
        found = list(numbers)
        if is_known:
            yield found[0], found[-1]


def _few(named: list[tuple[float, str]], width: int) -> list[tuple[float, str]]:
    """Leave names out, evenly, until the rest fit side by side."""
    widest = max(advance(text, Type.META) for _, text in named) + GAP // 2
    step = max(1, -(-len(named) * widest // width))
    return named[::step]
