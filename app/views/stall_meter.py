"""Measures how long the GUI thread was busy at a stretch: the longest time nobody could click."""

from __future__ import annotations

from time import perf_counter, thread_time

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 1


class StallMeter(QObject):
    """A heartbeat of one millisecond on the GUI thread.

    ``longest_ms`` is its longest gap since the start; ``busiest_ms`` the most processor time the thread
    took in one gap, which tells the program's own share on a machine that does other things too.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest_ms = self.busiest_ms = 0.0
        self._last, self._used = perf_counter(), thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin anew."""
        self.longest_ms = self.busiest_ms = 0.0
        self._last, self._used = perf_counter(), thread_time()
        self._timer.start(BEAT_MS)

    def stop(self) -> float:
        """End; gives the longest gap in milliseconds."""
        self._beat()
        self._timer.stop()
        return self.longest_ms

    def _beat(self) -> None:
        now, used = perf_counter(), thread_time()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000)
        self.busiest_ms = max(self.busiest_ms, (used - self._used) * 1000)
        self._last, self._used = now, used
