"""A picture as a file: PNG, SVG or PDF, in the light colours, with its title and legend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF, QRect, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from app.errors import Invalid
from app.services import spreadsheets
from app.views.painting import draw_text
from app.views.picture import Picture
from app.views.theme import Type
from app.views.tokens import LIGHT, Space
from app.views.widgets.chart_canvas import ChartCanvas
from app.views.widgets.chart_legend import HEIGHT, draw_legend, width_of

DOTS_PER_INCH: Final = 96
SHARP: Final = 2
_TITLE: Final = 24
_HEAD: Final = Space.LARGE + _TITLE + Space.SMALL
_POINTS: Final = 72


def save(path: Path, picture: Picture, size: QSize) -> None:
    """Save a picture; ``size`` is that of the whole, in pixels at 96 an inch (a PNG has twice as many).

    Raises:
        Invalid: the ending is none of .png, .svg and .pdf, or the file cannot be written.

    """
    writers = {".png": _write_png, ".svg": _write_svg, ".pdf": _write_pdf}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise Invalid("file", f"{path.name} ends neither in .png, .svg nor .pdf. Choose one of them.")
    spreadsheets.whole(path, lambda writing: _written(writer, writing, picture, size))


def _written(writer: Callable[[Path, Picture, QSize], bool], path: Path, picture: Picture, size: QSize) -> int:
    path.touch()  # a folder that is not there is told before anything is drawn
    if not writer(path, picture, size):
        raise OSError(0, "the file could not be written", str(path))
    return len(picture.places)


def _write_png(path: Path, picture: Picture, size: QSize) -> bool:
    image = QImage(size * SHARP, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(SHARP)
    _draw(QPainter(image), picture, size)
    return image.save(str(path), "PNG")  # type: ignore[call-overload,no-any-return]


def _write_svg(path: Path, picture: Picture, size: QSize) -> bool:
    made = QSvgGenerator()
    made.setFileName(str(path))
    made.setResolution(DOTS_PER_INCH)  # that of the screen the axes are laid out for
    made.setSize(size)
    made.setViewBox(QRect(0, 0, size.width(), size.height()))
    made.setTitle(picture.title)
    _draw(QPainter(made), picture, size)
    return path.stat().st_size > 0


def _write_pdf(path: Path, picture: Picture, size: QSize) -> bool:
    made = QPdfWriter(str(path))
    made.setResolution(DOTS_PER_INCH)
    points = QSizeF(size.width() * _POINTS / DOTS_PER_INCH, size.height() * _POINTS / DOTS_PER_INCH)
    made.setPageSize(QPageSize(points, QPageSize.Unit.Point))
    made.setPageMargins(QMarginsF(0, 0, 0, 0))
    made.setTitle(picture.title)
    _draw(QPainter(made), picture, size)
    return path.stat().st_size > 0


def _draw(painter: QPainter, picture: Picture, size: QSize) -> None:
    """Draw title, legend and chart on a ground of their own."""
    canvas = ChartCanvas()
    try:
        canvas.view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)  # laid out as if it stood in a window
        canvas.view.show()
        canvas.view.resize(size.width() - 2 * Space.LARGE, size.height() - _HEAD - Space.SMALL)
        canvas.show_picture(picture, LIGHT, painter.device().devicePixelRatio())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor(LIGHT.surface))
        painter.setPen(QColor(LIGHT.text))
        legend = size.width() - Space.LARGE - width_of(picture)
        title = QRect(Space.LARGE, Space.LARGE, max(1, legend - 2 * Space.LARGE), _TITLE)
        draw_text(painter, title, picture.title, Type.CARD)
        draw_legend(painter, legend, Space.LARGE + (_TITLE - HEIGHT) // 2, picture, LIGHT)
        canvas.render(painter, QRect(Space.LARGE, _HEAD, canvas.view.width(), canvas.view.height()))
        painter.end()
    finally:
        canvas.view.close()
        canvas.view.deleteLater()
