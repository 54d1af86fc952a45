"""What is done once a day before anybody works: lots over their last day are blocked."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from app.services import quarantine
from app.views.context import Context

LOOK_EVERY_MS: Final = 60_000
"""How often the clock is looked at: a window may stay open over night."""


class DayBegin(QObject):
    """Looks at the clock; on a new day, and when the window opens, it blocks lots over their last day.

    Whoever comes first does it for all desks of the company; where nothing is over, no command is given.
    """

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._day: date | None = None
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Begin the day where it is another one than when it was begun last."""
        day = self._context.now().date()
        if day == self._day:
            return
        self._day = day
        read = partial(quarantine.expired, day=day)
        self._context.tasks.read(self, read, self._block)

    def _block(self, found: list[UUID]) -> None:
        if not found:
            return
        said = self.tr("{} lots are over their last day and are blocked now. Inventory, Blocked shows them.")
        self._context.run(self, "lot.block_expired", lambda tx: len(quarantine.block_expired(tx)), said=said)
