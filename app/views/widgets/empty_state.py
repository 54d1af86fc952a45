"""What stands where nothing is yet: what belongs here and the first step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.labels import IconLabel, Label

WIDTH = 540


class EmptyState(QWidget):
    """Icon, title, two lines of help and the buttons for the first step."""

    def __init__(self, icon: str, title: str, text: str, *buttons: QPushButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = QVBoxLayout(self)
        layout.setSpacing(0)
        layout.addStretch(1)
        layout.addWidget(IconLabel(icon, Tone.FAINT, 32), alignment=centre)
        layout.addSpacing(Space.LARGE + 2)
        self.title = Label(title, Type.ITEM)
        self.text = Label(text, Type.BODY, Tone.SOFT, wrap=True)
        self.text.setAlignment(centre)
        self.text.setFixedWidth(WIDTH)
        self.text.setMinimumHeight(self.text.heightForWidth(WIDTH))
        layout.addWidget(self.title, alignment=centre)
        layout.addSpacing(Space.TINY)
        layout.addWidget(self.text, alignment=centre)
        layout.addSpacing(Space.LARGE + 2)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(2)
