"""What can be done with the rows that are ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.labels import Label


class BulkBar(QWidget):
    """Count and sum of the ticked rows, the actions for them, and a cross that unticks all."""

    cleared = Signal()

    def __init__(self, actions: Sequence[tuple[QAction, str, str]], parent: QWidget | None = None) -> None:
        """Take the actions as (action, icon, short text)."""
        super().__init__(parent)
        ground = QFrame()
        ground.setObjectName("bulk")
        ground.setFixedHeight(44)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(Space.PAGE, 0, Space.LARGE, Space.SMALL)
        outer.addWidget(ground)
        layout = QHBoxLayout(ground)
        layout.setContentsMargins(Space.LARGE, 0, Space.SMALL, 0)
        layout.setSpacing(Space.TINY)
        self._count, self._sum = Label("", Type.BODY_BOLD), Label("", Type.BODY, Tone.SOFT)
        layout.addWidget(self._count)
        layout.addSpacing(Space.TINY)
        layout.addWidget(self._sum)
        layout.addSpacing(Space.MEDIUM)
        for action, icon, text in actions:
            layout.addWidget(ActionButton(action, icon, Kind.QUIET, text=text))
        layout.addStretch(1)
        close = Button(icon="x", kind=Kind.ICON, name=self.tr("Untick all"))
        close.clicked.connect(self.cleared)
        layout.addWidget(close)
        self.hide()

    def show_count(self, count: int, total: str = "") -> None:
        """Show how many rows are ticked; none hides the bar."""
        self._count.setText(self.tr("{} selected").format(f"{count:,}"))
        self._sum.setText(total)
        self.setAccessibleName(f"{self._count.text()} {total}".strip())
        self.setVisible(count > 0)

    def show_sum(self, total: str) -> None:
        """Show the sum of the ticked rows once it is known."""
        self._sum.setText(total)
