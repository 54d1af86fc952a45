"""What happened to a record: stock, money, messages, who and when, in one column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views import icons
from app.views.theme import Type, colour
from app.views.tokens import Space, Tone
from app.views.widgets.labels import Label

DOT = 22
ENTRY = 44


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, in the user's words."""

    icon: str
    title: str
    detail: str
    when: str
    tone: Tone = Tone.SOFT


class _Dot(QWidget):
    """The event's icon on its disc, with the line to the next event."""

    def __init__(self, entry: Entry, *, last: bool) -> None:
        super().__init__()
        self._entry, self._last = entry, last
        self.setFixedWidth(DOT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(DOT, ENTRY)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if not self._last:
            painter.fillRect(DOT // 2, DOT, 1, self.height() - DOT, colour("border2"))
        painter.setBrush(colour("subtle"))
        painter.drawEllipse(QRectF(0, 0, DOT, DOT))
        icons.paint(painter, self._entry.icon, QPoint(5, 5), self._entry.tone, 12)
        painter.end()


class Timeline(QWidget):
    """Events, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._entries: tuple[Entry, ...] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show other events; the same ones again cost nothing."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, entry in enumerate(entries):
            self._layout.addWidget(_line(entry, last=number == len(entries) - 1))


def _line(entry: Entry, *, last: bool) -> QWidget:
    line = QWidget()
    line.setAccessibleName(f"{entry.when}: {entry.title}. {entry.detail}")
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(Space.MEDIUM)
    layout.addWidget(_Dot(entry, last=last))
    words = QVBoxLayout()
    words.setSpacing(0)
    words.setContentsMargins(0, 2, 0, Space.SMALL)
    words.addWidget(Label(entry.title, Type.BODY, wrap=True))
    detail = Label(entry.detail, Type.META, Tone.FAINT, wrap=True)
    words.addWidget(detail)
    words.addStretch(1)
    layout.addLayout(words, 1)
    when = Label(entry.when, Type.META, Tone.FAINT)
    when.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    when.setContentsMargins(0, 2, 0, 0)
    layout.addWidget(when)
    line.setMinimumHeight(ENTRY)
    return line
