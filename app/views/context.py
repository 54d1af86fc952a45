"""What a screen is given to work with; built once by app.main."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, QSettings, Signal

from app.errors import UserError
from app.services.database import Database
from app.services.transaction import Transaction
from app.views.commands import Commands
from app.views.messages import Messages
from app.views.tasks import Tasks
from app.views.undo import Step, UndoStack

T = TypeVar("T")

SHOW_MARGINS: Final = "margins/shown"


class Navigator(QObject):
    """Asks the window to show something; screens know this and not each other."""

    wanted = Signal(str, object, object)  # kind of record or place id, record id or None, options
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kinds: frozenset[str] = frozenset()

    def know(self, kinds: Iterable[str]) -> None:
        """Note which kinds of record, and which places, this window can show."""
        self._kinds = frozenset(kinds)

    def can_open(self, kind: str) -> bool:
        """Whether there is a screen for a kind of record, or a place of that id."""
        return kind in self._kinds

    def open(self, kind: str, record_id: UUID | None = None, **options: Any) -> None:
        """Show a record (``open("order", id)``) or a place (``open("orders")``)."""
        self.wanted.emit(kind, record_id, options)

    def back(self) -> None:
        """Go to what was shown before."""
        self.back_wanted.emit()


class MarginChoice(QObject):
    """Whether costs and margins are shown at this desk; kept in its settings."""

    changed = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self.shown = str(settings.value(SHOW_MARGINS, "yes")) != "no"

    def switch(self) -> None:
        """Show them, or hide them: a customer may look at the screen too."""
        self.shown = not self.shown
        self._settings.setValue(SHOW_MARGINS, "yes" if self.shown else "no")
        self.changed.emit()


@dataclass(frozen=True)
class Inverse:
    """The command that takes another one back: its name, and its call given the first one's result."""

    command: str
    op: Callable[[Transaction, Any], Any]


@dataclass(frozen=True)
class Context:
    """The parts every screen shares.  ``database`` is for list readers only; all else goes through ``tasks``."""

    database: Database
    tasks: Tasks
    commands: Commands
    messages: Messages
    undo: UndoStack
    settings: QSettings
    navigator: Navigator = field(default_factory=Navigator)

    margins: MarginChoice = field(init=False)

    def __post_init__(self) -> None:
        """Let undo wait for the command that is under way."""
        object.__setattr__(self, "margins", MarginChoice(self.settings))
        self.tasks.busy.connect(self.undo.hold)

    def open(self, kind: str, record_id: UUID | None = None, **options: Any) -> None:
        """Show a record of ``kind``, or the place of that id."""
        self.navigator.open(kind, record_id, **options)

    def today(self) -> date:
        """The date at this desk."""
        return self.tasks.now().astimezone().date()

    def now(self) -> datetime:
        """The time, UTC."""
        return self.tasks.now()

    def run(
        self,
        owner: QObject,
        command: str,
        op: Callable[[Transaction], T],
        *,
        said: str | Callable[[T], str] = "",
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
        inverse: Inverse | None = None,
    ) -> None:
        """Run a command, say what happened (``said``; ``{}`` is its result) and offer Undo if it has an inverse.

        ``said`` may also be a function that words the result, e.g. for one and for many.

        ``op`` must capture plain values only, no widget.
        """
        reporter = _Reporter(self, command, op, said, done, inverse)
        self.tasks.run(owner, command, op, reporter.report, failed)


@dataclass(frozen=True)
class _Reporter:
    """Follows one command: words, Undo, and the callback of the view."""

    context: Context
    command: str
    op: Callable[[Transaction], Any]
    said: str | Callable[[Any], str]
    done: Callable[[Any], None] | None
    inverse: Inverse | None

    def report(self, value: Any) -> None:
        """Say what happened and offer to take it back."""
        text = self.said(value) if callable(self.said) else self.said.format(value)
        messages, undo = self.context.messages, self.context.undo
        if self.inverse is not None:
            way_back = _WayBack(self.context, self.command, self.op, self.inverse, text or self.command, value)
            undo.push(way_back.step)
            messages.offer(text, messages.tr("Undo"), partial(undo.take_back, way_back.step))
        elif text:
            messages.say(text)
        if self.done is not None:
            self.done(value)


class _WayBack:
    """A command that was done and its inverse; knows the result of the last time it was done."""

    def __init__(
        self, context: Context, command: str, op: Callable[[Transaction], Any], inverse: Inverse, text: str, value: Any
    ) -> None:  # fmt: skip
        self._context, self._command, self._op, self._inverse = context, command, op, inverse
        self._text, self._value = text, value
        self.step = Step(text, self.undo, self.redo)

    def undo(self) -> None:
        """Run the inverse."""
        tasks, call, value = self._context.tasks, self._inverse.op, self._value
        tasks.run(tasks, self._inverse.command, lambda tx: call(tx, value), self._undone, self._refused)

    def redo(self) -> None:
        """Run the command again."""
        tasks = self._context.tasks
        tasks.run(tasks, self._command, self._op, self._done_again, self._refused)

    def _undone(self, _value: Any) -> None:
        messages = self._context.messages
        messages.say(messages.tr("Taken back: {}").format(self._text))

    def _done_again(self, value: Any) -> None:
        self._value = value
        self._context.messages.say(self._text)

    def _refused(self, error: UserError) -> None:
        """It cannot be taken back (any more): say why, and do not offer it again."""
        self._context.undo.drop(self.step)
        self._context.messages.error(error)
