"""Lucide icons (ISC licence, see resources/icons/LICENSE) drawn in a token's colour at any scale.

The files are strokes in ``currentColor``; the engine puts in the colour of the theme in force each
time it draws, so an icon follows light and dark, and disabled, without being made again.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.views.theme import RESOURCES, tokens
from app.views.tokens import Size, Tone

FOLDER: Final = RESOURCES / "icons"
STROKE: Final = "1.75"


@cache
def _source(name: str) -> str:
    path: Path = FOLDER / f"{name}.svg"
    return path.read_text(encoding="utf-8").replace('stroke-width="2"', f'stroke-width="{STROKE}"')


@lru_cache(maxsize=512)
def _pixmap(name: str, value: str, size: int, ratio_percent: int) -> QPixmap:
    """One icon in one colour; ``size`` in pixels at 100 %, ``ratio_percent`` the screen's scale."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", value).encode()))
    side = round(size * ratio_percent / 100)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(ratio_percent / 100)
    return made


def pixmap(name: str, tone: str | Tone = Tone.SOFT, size: int = Size.ICON, ratio: float = 1.0) -> QPixmap:
    """The icon ``name`` (a Lucide name) in a token's colour; FileNotFoundError if it is not shipped."""
    return _pixmap(name, getattr(tokens(), str(tone)), size, round(ratio * 100))


def paint(painter: QPainter, name: str, where: QPoint, tone: str | Tone = Tone.SOFT, size: int = Size.ICON) -> None:
    """Draw an icon with its top left corner at ``where``."""
    painter.drawPixmap(where, pixmap(name, tone, size, painter.device().devicePixelRatio()))


class _Engine(QIconEngine):
    """Draws one icon; disabled is faint, on an accent button it is the button's text colour."""

    def __init__(self, name: str, tone: str, active: str) -> None:
        super().__init__()
        self._name, self._tone, self._active = name, tone, active

    def _value(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return str(tokens().text3)
        name = self._active if state == QIcon.State.On else self._tone
        return str(getattr(tokens(), name))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        side = min(rect.width(), rect.height())
        image = _pixmap(self._name, self._value(mode, state), side, round(ratio * 100))
        left = rect.left() + (rect.width() - side) // 2
        painter.drawPixmap(QPoint(left, rect.top() + (rect.height() - side) // 2), image)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _pixmap(self._name, self._value(mode, state), min(size.width(), size.height()), 100)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        side = min(size.width(), size.height())  # at 100 %; the picture is ``scale`` times as large
        return _pixmap(self._name, self._value(mode, state), side, round(scale * 100))

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tone, self._active)


def icon(name: str, tone: str | Tone = Tone.SOFT, active: str | Tone = Tone.TEXT) -> QIcon:
    """An icon for buttons and actions; ``active`` is its colour while the button is on."""
    _source(name)  # a wrong name fails here, not at the first paint
    return QIcon(_Engine(name, str(tone), str(active)))
