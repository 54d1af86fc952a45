"""What the window does once a day before anybody works; see :mod:`app.services.day_begin`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from app.errors import UserError
from app.services import day_begin
from app.services.day_begin import Duty, Step
from app.views.context import Context

LOOK_EVERY_MS: Final = 60_000
"""How often the clock is looked at: a window may stay open over night."""


class DayBegin(QObject):
    """Looks at the clock; on a new day, and when the window opens, it does the duties of the day and says what it did.

    Whoever comes first does them for all desks of the company; where nothing is found, no command is given.
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
        self._context.tasks.read(self, partial(day_begin.due, day=day), self._begin)

    def _begin(self, found: list[tuple[Duty, list[Step]]]) -> None:
        morning = _Morning(self._context, sum(len(steps) for _, steps in found))
        for duty, steps in found:
            for step in steps:
                done = partial(morning.done, duty)
                self._context.tasks.run(self, duty.command, step, done, morning.refused)


@dataclass
class _Morning:
    """The duties of a day under way: counts what their commands did, and says it when the last of them has ended."""

    context: Context
    left: int
    counts: dict[str, int] = field(default_factory=dict)

    def done(self, duty: Duty, count: int) -> None:
        self.counts[duty.command] = self.counts.get(duty.command, 0) + count
        self._ended()

    def refused(self, error: UserError) -> None:
        """One that is refused does not hold up the others; it is tried again on the next day."""
        self.context.messages.error(error)
        self._ended()

    def _ended(self) -> None:
        self.left -= 1
        did = [(duty, count) for duty in day_begin.DUTIES if (count := self.counts.get(duty.command, 0))]
        if self.left or not did:
            return
        words = " ".join(_WORDS[duty.command](count) for duty, count in did)
        place, tab = _SHOWN[did[-1][0].command]
        show = QCoreApplication.translate("DayBegin", "Show")
        self.context.messages.offer(words, show, partial(self.context.open, place, tab=tab))


def lots_blocked(count: int) -> str:
    """Say how many lots were blocked because their last day is over."""
    tr = partial(QCoreApplication.translate, "DayBegin")
    if count == 0:
        return tr("No lot is over its last day.")
    if count == 1:
        return tr("1 lot is over its last day and is blocked now.")
    return tr("{} lots are over their last day and are blocked now.").format(count)


def _returns_charged(count: int) -> str:
    tr = partial(QCoreApplication.translate, "DayBegin")
    if count == 1:
        return tr("1 replacement sent in advance is charged: the goods it is for are not back by their day.")
    many = tr("{} replacements sent in advance are charged: the goods they are for are not back by their day.")
    return many.format(count)


_WORDS: Final[dict[str, Callable[[int], str]]] = {
    day_begin.LOTS.command: lots_blocked,
    day_begin.RETURNS.command: _returns_charged,
}
_SHOWN: Final = {day_begin.LOTS.command: ("inventory", "blocked"), day_begin.RETURNS.command: ("invoices", "to_post")}
"""Where a person sees what was done: the place and its tab."""
