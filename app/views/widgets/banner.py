"""A warning where the problem is, with its remedy as a button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QWidget

from app.views.painting import advance
from app.views.theme import Type
from app.views.tokens import Size, Space, Tone
from app.views.widgets.labels import IconLabel, Label, show_or_hide

_ICONS = {Tone.WARN: "triangle-alert", Tone.BAD: "circle-alert", Tone.ACCENT: "info", Tone.OK: "circle-check"}


class Banner(QFrame):
    """``text`` in strong words, ``detail`` after it, buttons at the end; hidden while it has no text."""

    def __init__(
        self,
        text: str = "",
        detail: str = "",
        *buttons: QPushButton,
        tone: Tone = Tone.WARN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("tone", str(tone))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.MEDIUM, Space.SMALL, Space.SMALL, Space.SMALL)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(IconLabel(_ICONS[tone], tone))
        self._text = Label(text, Type.BODY_BOLD)
        self._detail = Label(detail, Type.BODY, Tone.SOFT)
        self._buttons = buttons
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._words.setSpacing(Space.SMALL)
        for label in (self._text, self._detail):
            label.setMinimumWidth(1)  # it is the words that give way, not what stands beside the banner
            self._words.addWidget(label)
        self._words.addStretch(1)
        layout.addLayout(self._words, 1)
        for button in buttons:
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(46)
        self.set_text(text, detail)

    def set_text(self, text: str, detail: str = "") -> None:
        """Say something else; an empty text hides the banner."""
        self._text.setText(text)
        self._detail.setText(detail)
        self.setAccessibleName(f"{text} {detail}".strip())
        self._detail.setVisible(bool(detail))
        show_or_hide(self, shown=bool(text))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Words that do not fit into one line stand in several, the detail below the text."""
        words = advance(self._text.text(), Type.BODY_BOLD) + advance(self._detail.text(), Type.BODY)
        beside = sum(one.sizeHint().width() + Space.SMALL for one in self._buttons if not one.isHidden())
        tight = words + beside + Size.ICON + 5 * Space.MEDIUM > self.width()
        for label in (self._text, self._detail):
            label.setWordWrap(tight)
        directions = QBoxLayout.Direction
        self._words.setDirection(directions.TopToBottom if tight else directions.LeftToRight)
