"""A warning where the problem is, with its remedy as a button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.views.theme import Type
from app.views.tokens import Space, Tone
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
        self._text = Label(text, Type.BODY_BOLD, wrap=False)
        self._detail = Label(detail, Type.BODY, Tone.SOFT)
        layout.addWidget(self._text)
        layout.addWidget(self._detail)
        layout.addStretch(1)
        for button in buttons:
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(46)
        self.set_text(text, detail)

    def set_text(self, text: str, detail: str = "") -> None:
        """Say something else; an empty text hides the banner."""
        self._text.setText(text)
        self._detail.setText(detail)
        self.setAccessibleName(f"{text} {detail}".strip())
        show_or_hide(self, shown=bool(text))
