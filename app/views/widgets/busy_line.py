"""A thin line that says that a list is being read, once it takes longer than a moment."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views.theme import colour

HEIGHT = 2
SHOW_AFTER_MS = 250
STEP_MS = 40
STEPS = 30
SHARE = 4
"""The moving part is one SHARE-th of the width."""


class BusyLine(QWidget):
    """Keeps its two pixels, so that nothing moves when it comes and goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._step = -1
        self._wait = QTimer(self, singleShot=True, interval=SHOW_AFTER_MS)
        self._wait.timeout.connect(self._begin)
        self._beat = QTimer(self, interval=STEP_MS)
        self._beat.timeout.connect(self._move)

    def set_busy(self, busy: bool) -> None:
        """Begin or end; what is over within a moment never shows."""
        if busy:
            self._wait.start()
            return
        self._wait.stop()
        self._beat.stop()
        self._step = -1
        self.update()

    @property
    def shown(self) -> bool:
        """Whether the line is on show."""
        return self._step >= 0

    def _begin(self) -> None:
        self._step = 0
        self._beat.start()
        self.update()

    def _move(self) -> None:
        self._step = (self._step + 1) % STEPS
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._step >= 0:
            painter = QPainter(self)
            part = self.width() // SHARE
            left = (self.width() + part) * self._step // STEPS - part
            painter.fillRect(left, 0, part, HEIGHT, colour("accent"))
            painter.end()
