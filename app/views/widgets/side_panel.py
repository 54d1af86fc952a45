"""The detail panel at the side of a list, and sections with lines between them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.views.theme import Type
from app.views.tokens import Space
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.labels import Hairline, Label

LIST_PANEL = 416
RECORD_PANEL = 320


class Section(QWidget):
    """A part of a panel with its own margins; ``body`` is the layout to fill."""

    def __init__(self, title: str = "", button: QPushButton | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE - 2)
        self.body.setSpacing(Space.SMALL)
        if title:
            head = QHBoxLayout()
            head.addWidget(Label(title, Type.BODY_BOLD))
            head.addStretch(1)
            if button is not None:
                head.addWidget(button)
            self.body.addLayout(head)
            self.setAccessibleName(title)


class SidePanel(QFrame):
    """A scrolling column of sections.  ``close_wanted`` folds it away."""

    close_wanted = Signal()

    def __init__(self, width: int = LIST_PANEL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(width)
        self.setAccessibleName(self.tr("Details"))
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        line = QFrame()
        line.setObjectName("upright")
        line.setFixedWidth(1)
        outer.addWidget(line)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addStretch(1)
        self._scroll.setWidget(inner)
        outer.addWidget(self._scroll)
        self.close_button = Button(
            icon="panel-right-close", kind=Kind.ICON, name=self.tr("Close the details"), small=True
        )
        self.close_button.clicked.connect(self.close_wanted)

    def add(self, section: QWidget, *, line: bool = True, table: bool = False) -> None:
        """Add a section below the others; ``line`` draws a hairline under it.

        A ``table`` is put in so that its text stands under the sections' text.
        """
        if table:
            holder = QWidget()
            layout = QVBoxLayout(holder)
            layout.setContentsMargins(Space.SMALL, 0, Space.SMALL, 0)
            layout.addWidget(section)
            section = holder
        self.body.insertWidget(self.body.count() - 1, section)
        if line:
            self.body.insertWidget(self.body.count() - 1, Hairline())
