"""The promise for the lines of a document while they are typed, and the pieces others see as taken meanwhile.

Every change is asked about off the GUI thread and the newest wins: questions under way meanwhile are stopped.  In a
long document the line being typed is asked about first, by itself, and all lines together a moment after the last key.
What the answer would take of stock is held for this window until it is left, closed, or nothing was typed for some
minutes; a window that died is not heard of any more, and its hold ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Connection

from app.errors import UserError
from app.models.base import new_id
from app.services import line_promises, soft_holds
from app.services.database import Database
from app.services.line_promises import Asked, Choices, LineOutlook, Told, Typed
from app.services.progress import Cancelled, Quiet
from app.services.promising import Policy
from app.views.context import Context

LOOK_EVERY_MS: Final = 400
"""How often it is looked whether others took or gave back what the promise was made from."""
HOLD_AFTER_MS: Final = 100
FEW: Final = 4
"""Up to so many lines are asked about together at each key."""
WHOLE_AFTER_MS: Final = 350
UNDER_WAY: Final = 2
CHOICES_AFTER_MS: Final = 300
BEAT_MS: Final = 60_000
HELD_FOR: Final = timedelta(minutes=10)
"""How long pieces stay held after the last key; a page left open all day holds nothing."""

Wants = Mapping[tuple[UUID, UUID], int]


class LivePromise(QObject):
    """Asks, and tells with ``changed`` when there is a new answer; ``told`` is None while nothing is known."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.window = str(new_id())
        self.told: Told | None = None
        self.choices: Choices | None = None
        self.trouble = ""
        self._about: tuple[UUID | None, Policy, date | None] = (None, Policy(), None)
        self._lines: tuple[Typed, ...] = ()
        self._current: UUID | None = None
        self._number = 0
        self._under_way: dict[int, Quiet] = {}
        self._first: UUID | None = None
        self._again = self._looking = self._on_show = False
        self._held: Wants = {}
        self._typed_at: datetime | None = None
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self._look_around)
        self._beat = QTimer(self, interval=BEAT_MS)
        self._beat.timeout.connect(self.beat)
        self._hold_timer = QTimer(self, singleShot=True, interval=HOLD_AFTER_MS)
        self._hold_timer.timeout.connect(self._hold)
        self._whole_timer = QTimer(self, singleShot=True, interval=WHOLE_AFTER_MS)
        self._whole_timer.timeout.connect(self._ask_whole)
        self._choices_timer = QTimer(self, singleShot=True, interval=CHOICES_AFTER_MS)
        self._choices_timer.timeout.connect(self._read_choices)

    # what the page says ------------------------------------------------------------------------

    def begin(self, order_id: UUID | None, policy: Policy, wanted_on: date | None) -> None:
        """Another document is on show, or it leaves in another way or by another day than before."""
        self._about = (order_id, policy, wanted_on)
        self._ask_whole()

    def set_lines(self, lines: tuple[Typed, ...], current: UUID | None, *, typed: bool = True) -> None:
        """The lines are these now; ``typed``: somebody changed them, which is what pieces are held for."""
        if typed and lines != self._lines:
            self._typed_at = self._context.now()
        self._lines = lines
        self.set_current(current)
        self._first = current if typed and len(lines) > FEW and self.told is not None else None
        self._ask()

    def set_current(self, line_id: UUID | None) -> None:
        """The line with the keyboard: other ways and substitutes are looked up for it."""
        if line_id != self._current:
            self._current, self.choices = line_id, None
            self.changed.emit()
            self._choices_timer.start()

    def outlook(self, line_id: UUID) -> LineOutlook | None:
        """What is promised for a line, as far as it is known."""
        return self.told.lines.get(line_id) if self.told else None

    def start(self) -> None:
        """The page came to the front."""
        self._on_show = True
        self._look.start()
        self._beat.start()
        self._ask_whole()

    def stop(self) -> None:
        """The page was left or closed: give back what it holds."""
        self._on_show, self._typed_at = False, None
        for timer in (self._look, self._beat, self._hold_timer, self._whole_timer, self._choices_timer):
            timer.stop()
        self._let_go()

    def beat(self) -> None:
        """Tell the books that this window lives, as long as somebody types in it."""
        typed_at, now = self._typed_at, self._context.now()
        if not self._held or typed_at is None:
            return
        if now - typed_at > HELD_FOR:
            self._typed_at = None
            self._let_go()
        else:
            self._context.tasks.write_aside(self, partial(_extend, window=self.window, at=now), None, self._not_held)

    # asking ------------------------------------------------------------------------------------

    def _asked(self) -> Asked:
        order_id, policy, wanted_on = self._about
        return Asked(self._lines, self.window, order_id, policy, wanted_on)

    def _ask_whole(self) -> None:
        self._first = None
        self._ask()

    def _ask(self) -> None:
        if not self._on_show:
            return
        self._number += 1
        for older in self._under_way.values():
            older.stop()
        if len(self._under_way) >= UNDER_WAY:
            self._again = True
            return
        self._again = False
        number, progress = self._number, Quiet()
        self._under_way[number] = progress
        asked, first = self._asked(), self._first
        product = next((line.product_id for line in asked.lines if line.line_id == first), None)
        if product is not None:
            asked = line_promises.of_product(asked, product)
            self._whole_timer.stop()  # it would overtake this question; the answer starts it again
        question = partial(_read, asked=asked, at=self._context.now(), progress=progress)
        answered, failed = partial(self._answered, number, product is not None), partial(self._failed, number)
        self._context.tasks.read(self, question, answered, failed)

    def _answered(self, number: int, in_part: bool, told: Told | None) -> None:
        del self._under_way[number]
        if told is None or number != self._number or not self._on_show:
            if self._again:
                self._ask()
            return
        if in_part and self.told is not None:
            self.told = replace(self.told, lines={**self.told.lines, **told.lines})
            self._whole_timer.start()
        else:
            self.told, self.trouble = told, ""
            self._hold_timer.start()
        self._choices_timer.start()
        self.changed.emit()

    def _failed(self, number: int, error: UserError) -> None:
        del self._under_way[number]
        self._say_trouble(error)

    def _say_trouble(self, error: UserError) -> None:
        self.told, self.trouble = None, str(error)
        self.changed.emit()

    def _look_around(self) -> None:
        if not self._under_way and not self._whole_timer.isActive() and not self._looking and self._lines:
            self._looking = True
            question = partial(_stamp, asked=self._asked(), at=self._context.now())
            self._context.tasks.read(self, question, self._looked, self._not_looked)

    def _looked(self, stamp: frozenset[Any]) -> None:
        self._looking = False
        if not self._under_way and (self.told is None or stamp != self.told.stamp):
            self._ask_whole()

    def _not_looked(self, error: UserError) -> None:
        self._looking = False
        self._say_trouble(error)

    def _read_choices(self) -> None:
        asked, current = self._asked(), self._current
        if self._on_show and current is not None and any(line.line_id == current for line in asked.lines):
            question = partial(_choices, asked=asked, line_id=current, at=self._context.now())
            self._context.tasks.read(self, question, self._take_choices, self._say_trouble)

    def _take_choices(self, choices: Choices) -> None:
        if choices.line_id == self._current and choices != self.choices:
            self.choices = choices
            self.changed.emit()

    # holding -----------------------------------------------------------------------------------

    def _hold(self) -> None:
        wants = self.told.holds if self.told is not None and self._typed_at is not None else {}
        if wants != self._held:
            self._held = wants
            by, now = self._context.tasks.by, self._context.now()
            write = partial(_hold, window=self.window, wants=wants, by=by, at=now)
            self._context.tasks.write_aside(self, write, None, self._not_held)

    def _let_go(self) -> None:
        if self._held:
            self._held = {}
            tasks = self._context.tasks  # they outlive this page: it must be given back whatever becomes of it
            tasks.write_aside(tasks, partial(_let_go, window=self.window), None, self._not_held)

    def _not_held(self, _error: UserError) -> None:
        """Nobody is bound by a hold, and it ends by itself; the next answer tries again."""
        self._held = {}


def _read(connection: Connection, asked: Asked, at: datetime, progress: Quiet) -> Told | None:
    """Give the answer, or None where it was stopped: another question came after it."""
    try:
        return line_promises.read(connection, asked, at=at, progress=progress)
    except Cancelled:
        return None


def _stamp(connection: Connection, asked: Asked, at: datetime) -> frozenset[Any]:
    return line_promises.stamp(connection, asked, at=at)


def _choices(connection: Connection, asked: Asked, line_id: UUID, at: datetime) -> Choices:
    return line_promises.choices(connection, asked, line_id, at=at)


def _hold(database: Database, window: str, wants: Wants, by: str, at: datetime) -> None:
    soft_holds.hold(database, window, wants, by=by, at=at)


def _extend(database: Database, window: str, at: datetime) -> None:
    soft_holds.extend(database, window, at=at)


def _let_go(database: Database, window: str) -> None:
    soft_holds.let_go(database, window)
