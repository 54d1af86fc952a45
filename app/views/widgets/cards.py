"""Cards and key figures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.labels import IconLabel, Label, show_or_hide


class Card(QFrame):
    """A bordered ground with an optional title row; ``body`` is the layout to fill."""

    def __init__(self, title: str = "", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Space.LARGE, Space.LARGE, Space.LARGE, Space.LARGE)
        self.body.setSpacing(Space.SMALL)
        self.note = Label(note, Type.META, Tone.FAINT)
        if title:
            head = QHBoxLayout()
            head.addWidget(Label(title, Type.CARD))
            head.addWidget(self.note)
            head.addStretch(1)
            self.body.addLayout(head)
            self.setAccessibleName(title)


class KeyFigure(Card):
    """A label, a large figure with its unit, and how it compares."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._label = label
        self.body.setSpacing(Space.TINY)
        self.body.addWidget(Label(label, Type.META, Tone.SOFT))
        self.figure, self.unit = Label("", Type.FIGURE), Label("", Type.BODY, Tone.SOFT)
        self.change, self.note = Label("", Type.META_STRONG), Label("", Type.META, Tone.SOFT)
        self._arrow_place = QHBoxLayout()
        for items in ((self.figure, self.unit), (self.change, self.note)):
            row = QHBoxLayout()
            row.setSpacing(Space.SMALL - 2)
            for item in items:
                row.addWidget(item)
            row.addStretch(1)
            self.body.addLayout(row)

    def set_figure(self, figure: str, unit: str = "", change: str = "", note: str = "", tone: Tone = Tone.OK) -> None:
        """Show a figure; ``change`` is its own short text such as ``↑ 6.2 %``."""
        for label, text in ((self.figure, figure), (self.unit, unit), (self.change, change), (self.note, note)):
            label.setText(text)
        self.change.set_tone(tone)
        show_or_hide(self.change, shown=bool(change))
        self.setAccessibleName(f"{self._label}: {figure} {unit} {change} {note}".strip())


class OpeningFigure(KeyFigure):
    """A key figure that opens the list it counts, by click or Enter."""

    opened = Signal()

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.setProperty("opens", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.setContentsMargins(Space.LARGE, Space.MEDIUM + 2, Space.LARGE, Space.MEDIUM)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class NeedsYou(QWidget):
    """One thing to act on: icon, what it is, why, and the button that does it."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        button: QWidget,
        *,
        tone: Tone = Tone.SOFT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, Space.TINY, 0, Space.TINY)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(IconLabel(icon, tone))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(title, Type.BODY_STRONG))
        words.addWidget(Label(text, Type.META, Tone.FAINT))
        layout.addLayout(words, 1)
        layout.addWidget(button)
