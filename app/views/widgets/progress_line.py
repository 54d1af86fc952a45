"""Long work: nothing for a moment, then a line, then time left and Cancel."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.labels import Label

SHOW_AFTER_MS = 400
CANCEL_AFTER_S = 2.0
MINUTE_S = 60


class ProgressLine(QWidget):
    """Shows one long job; ``cancelled`` asks to stop it."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.PAGE, Space.TINY, Space.PAGE, Space.TINY)
        layout.setSpacing(Space.MEDIUM)
        self._text, self._left = Label("", Type.META, Tone.SOFT), Label("", Type.META, Tone.FAINT)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = Button(self.tr("Cancel"), kind=Kind.QUIET, small=True)
        self._cancel.clicked.connect(self._stop)
        layout.addWidget(self._text)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._left)
        layout.addWidget(self._cancel)
        self._started = 0.0
        self._show_timer = QTimer(self, singleShot=True, interval=SHOW_AFTER_MS)
        self._show_timer.timeout.connect(self.show)
        self.hide()

    def start(self, text: str) -> None:
        """A job begins; the line appears only if it takes a moment."""
        self._started = monotonic()
        self._text.setText(text)
        self._left.setText("")
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        self._cancel.hide()
        self._show_timer.start()

    def step(self, done: int, total: int, text: str = "") -> None:
        """The job is at ``done`` of ``total``."""
        if text:
            self._text.setText(text)
        if total:
            self._bar.setRange(0, total)
            self._bar.setValue(done)
        passed = monotonic() - self._started
        if passed >= CANCEL_AFTER_S:
            self._cancel.show()
            if done and total:
                self._left.setText(self._left_text(int(passed * (total - done) / done)))

    def end(self) -> None:
        """The job is over, however it ended."""
        self._show_timer.stop()
        self.hide()

    def _left_text(self, seconds: int) -> str:
        if seconds >= MINUTE_S:
            return self.tr("about {} min left").format((seconds + MINUTE_S // 2) // MINUTE_S)
        return self.tr("about {} s left").format(max(seconds, 1))

    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        self._text.setText(self.tr("Stopping…"))
        self.cancelled.emit()
