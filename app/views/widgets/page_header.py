"""The head of a page: title, state, what it is about, and the buttons, one of them primary."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.views.theme import Type, font
from app.views.tokens import Space, Status, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.labels import Label

HEIGHT = 60


class PageHeader(QWidget):
    """``add`` puts buttons at the end in the order given; the primary one goes last."""

    back_wanted = Signal()

    def __init__(self, title: str, *, back: bool = False, code: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.SMALL + 4 if back else Space.PAGE, 0, Space.PAGE, 0)
        layout.setSpacing(Space.SMALL)
        if back:
            button = Button(icon="arrow-left", kind=Kind.ICON, name=self.tr("Back"))
            button.clicked.connect(self.back_wanted)
            layout.addWidget(button)
            layout.addSpacing(Space.TINY)
        self.title = Label(title, Type.TITLE, code=code)
        self.chip = StatusChip(parent=self)
        self.chip.hide()
        self.about, self.note = Label("", Type.BODY, Tone.SOFT), Label("", Type.META, Tone.FAINT)
        layout.addWidget(self.title)
        layout.addWidget(self.chip)
        layout.addWidget(self.about)
        layout.addStretch(1)
        layout.addWidget(self.note)
        self._layout = layout
        self.set_title(title)

    def set_title(self, title: str, about: str = "", *, code: bool | None = None) -> None:
        """Change the title and the words after it."""
        self.title.setText(title)
        self.about.setText(about)
        if code is not None:
            self.title.setFont(font(Type.TITLE, code=code))
        self.setAccessibleName(f"{title} {about}".strip())

    def set_state(self, state: str | Status | None, detail: str = "") -> None:
        """Show a status chip beside the title, or none."""
        self.chip.setVisible(state is not None)
        if state is not None:
            self.chip.set_state(state, detail)

    def set_note(self, note: str) -> None:
        """Say something quiet before the buttons, e.g. that all is saved."""
        self.note.setText(note)

    def add(self, *buttons: QWidget) -> None:
        """Add buttons at the end."""
        for button in buttons:
            self._layout.addWidget(button)
