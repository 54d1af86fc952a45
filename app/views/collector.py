"""Keeps Python's garbage collector on the GUI thread.

Python collects on whichever thread happens to allocate.  When that is a worker's thread and the
garbage holds a widget, Qt destroys the widget there and crashes.  So automatic collection is off and
the GUI thread collects from a timer.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

YOUNG: Final = 700
MIDDLE: Final = 10
OLD: Final = 10
"""Python's own thresholds of the three generations."""
EVERY_MS: Final = 1000


class Collector(QObject):
    """Turns automatic collection off and collects once a second instead."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(EVERY_MS)

    def settle(self) -> None:
        """Take what the start has built out of every later collection; call once, when the window stands."""
        gc.collect()
        gc.freeze()

    def collect(self) -> None:
        """Collect the oldest generation that is due, if any."""
        young, middle, old = gc.get_count()
        if old > OLD and middle > MIDDLE:
            gc.collect(2)
        elif middle > MIDDLE:
            gc.collect(1)
        elif young > YOUNG:
            gc.collect(0)
