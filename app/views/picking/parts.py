"""The large parts of the picking screen: the band that answers a scan, the ring of what is left, the next stops."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.views import icons
from app.views.painting import draw_text, metrics
from app.views.theme import Type, colour, font
from app.views.tokens import Radius, Space, Tone

BAND_HEIGHT: Final = 92
RING: Final = 282
RING_WIDTH: Final = 15
CARD_HEIGHT: Final = 84
MARK: Final = 42


@cache
def large_code(kind: Type) -> QFont:
    """The font of a code in large type: slashed zero, but figures and hyphens as narrow as they are drawn.

    Figures of equal width serve columns; with them a hyphen is as wide as a figure and tears a bin code apart.
    """
    made = QFont(font(kind, code=True))
    made.unsetFeature(QFont.Tag("tnum"))
    return made


class Mood(StrEnum):
    """What the band says without words."""

    IDLE = "idle"
    RIGHT = "right"
    WRONG = "wrong"
    NOTE = "note"  # neither: short, skipped, taken back


_GROUNDS: Final = {Mood.IDLE: "subtle", Mood.RIGHT: "okfill", Mood.WRONG: "badfill", Mood.NOTE: "accentfill"}
_MARKS: Final = {Mood.IDLE: "scan-barcode", Mood.RIGHT: "circle-check", Mood.WRONG: "circle-x", Mood.NOTE: "info"}


class Band(QWidget):
    """Answers every scan across the whole width: colour, mark, and words to be read from three metres."""

    def __init__(self) -> None:
        super().__init__()
        self.mood, self.title, self.detail, self.hint = Mood.IDLE, "", "", ""
        self.setFixedHeight(BAND_HEIGHT)

    def say(self, mood: Mood, title: str, detail: str = "", hint: str = "") -> None:
        """Answer something."""
        self.mood, self.title, self.detail, self.hint = mood, title, detail, hint
        self.setAccessibleName(f"{title}. {detail} {hint}".strip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(_GROUNDS[self.mood]))
        idle = self.mood is Mood.IDLE
        ink = Tone.TEXT if idle else Tone.ON_ACCENT
        icons.paint(
            painter,
            _MARKS[self.mood],
            QPoint(Space.HUGE, (self.height() - MARK) // 2),
            Tone.SOFT if idle else ink,
            MARK,
        )
        painter.setPen(colour(ink))
        hint_width = metrics(Type.TOUCH).horizontalAdvance(self.hint) + Space.HUGE if self.hint else 0
        words = QRect(Space.HUGE + MARK + 20, 0, 0, self.height())
        words.setRight(self.width() - Space.HUGE - hint_width)
        upper = QRect(words.left(), 16, words.width(), 36)
        lower = QRect(words.left(), 52, words.width(), 26)
        draw_text(painter, upper if self.detail else words, self.title, Type.BAND)
        draw_text(painter, lower, self.detail, Type.TOUCH)
        hint = QRect(self.width() - Space.HUGE - hint_width, 0, hint_width, self.height())
        draw_text(painter, hint, self.hint, Type.TOUCH, right=True)
        painter.end()


class Ring(QWidget):
    """What is left to take, in figures of 104 px, inside a ring that fills."""

    def __init__(self) -> None:
        super().__init__()
        self._left, self._caption, self._done, self._of = "", "", 0, 1
        self.setFixedSize(RING, RING)

    def show_count(self, left: str, caption: str, done: int, of: int) -> None:
        """Show how much is left (words) and the share done (whole numbers of anything)."""
        self._left, self._caption, self._done, self._of = left, caption, done, max(of, 1)
        self.setAccessibleName(f"{left} {caption}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = RING_WIDTH // 2 + 1
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        pen = QPen(colour("chart_grid"), RING_WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawEllipse(box)
        if self._done:
            pen.setColor(colour("accent"))
            painter.setPen(pen)
            painter.drawArc(box, 90 * 16, -(360 * 16 * min(self._done, self._of) // self._of))
        room = RING - 4 * RING_WIDTH
        kind = next((k for k in (Type.QUANTITY, Type.SKU) if _width(self._left, k) <= room), Type.BAND)
        painter.setPen(colour(Tone.TEXT))
        _centred(painter, QRect(0, 56, RING, 140), self._left, kind)
        painter.setPen(colour(Tone.SOFT))
        _centred(painter, QRect(0, 190, RING, 30), self._caption, Type.TOUCH)
        painter.end()


def _width(text: str, kind: Type) -> int:
    return metrics(kind).horizontalAdvance(text)


def _centred(painter: QPainter, box: QRect, text: str, kind: Type) -> None:
    width = min(_width(text, kind), box.width())
    draw_text(painter, QRect(box.left() + (box.width() - width) // 2, box.top(), width + 1, box.height()), text, kind)


class StopCard(QWidget):
    """A stop that comes later: bin and quantity large, SKU and what is known of it below."""

    def __init__(self) -> None:
        super().__init__()
        self._bin, self._quantity, self._sku, self._note = "", "", "", ""
        self.setFixedHeight(CARD_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stop(self, place: str, quantity: str, sku: str, note: str = "") -> None:
        """Show a stop."""
        self._bin, self._quantity, self._sku, self._note = place, quantity, sku, note
        self.setAccessibleName(f"{place} {quantity} {sku} {note}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, CARD_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("surface"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Radius.CARD, Radius.CARD)
        inner = self.rect().adjusted(Space.LARGE, 0, -Space.LARGE, 0)
        upper, lower = QRect(inner), QRect(inner)
        upper.setTop(12)
        upper.setHeight(34)
        lower.setTop(48)
        lower.setHeight(24)
        gap = _width(self._quantity, Type.BAND) + Space.MEDIUM
        painter.setPen(colour(Tone.TEXT))
        measure = QFontMetrics(large_code(Type.BAND))
        place = measure.elidedText(self._bin, Qt.TextElideMode.ElideRight, upper.width() - gap)
        painter.setFont(large_code(Type.BAND))
        painter.drawText(upper, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, place)
        draw_text(painter, upper, self._quantity, Type.BAND, right=True)
        painter.setPen(colour(Tone.SOFT))
        noted = _width(self._note, Type.TOUCH) + Space.MEDIUM if self._note else 0
        draw_text(painter, lower.adjusted(0, 0, -noted, 0), self._sku, Type.TOUCH, code=True)
        painter.setPen(colour(Tone.FAINT))
        draw_text(painter, lower, self._note, Type.TOUCH, right=True)
        painter.end()


class ProgressBar(QWidget):
    """How much of the list is settled, a thin line under the head."""

    def __init__(self) -> None:
        super().__init__()
        self._done, self._of = 0, 1
        self.setFixedHeight(4)

    def show_share(self, done: int, of: int) -> None:
        """Show that ``done`` of ``of`` stops are settled."""
        self._done, self._of = done, max(of, 1)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("border2"))
        painter.fillRect(QRect(0, 0, self.width() * self._done // self._of, self.height()), colour("accent"))
        painter.end()


def two_lines(upper: QWidget, lower: QWidget) -> QVBoxLayout:
    """Put one line above another, both in the middle of the height there is."""
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addStretch(1)
    column.addWidget(upper)
    column.addWidget(lower)
    column.addStretch(1)
    return column
