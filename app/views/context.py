"""What a screen is given to work with; built once by app.main."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
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


class Navigator(QObject):
    """Asks the window to show something; screens know this and not each other."""

    wanted = Signal(str, object, object)  # kind of record or place id, record id or None, options
    back_wanted = Signal()

    def open(self, kind: str, record_id: UUID | None = None, **options: Any) -> None:
        """Show a record (``open("order", id)``) or a place (``open("orders")``)."""
        self.wanted.emit(kind, record_id, options)

    def back(self) -> None:
        """Go to what was shown before."""
        self.back_wanted.emit()


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
        said: str = "",
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
        inverse: Inverse | None = None,
    ) -> None:
        """Run a command, say what happened (``said``; ``{}`` is its result) and offer Undo if it has an inverse.

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
    said: str
    done: Callable[[Any], None] | None
    inverse: Inverse | None

    def report(self, value: Any) -> None:
        text = self.said.format(value) if self.said else ""
        messages, undo = self.context.messages, self.context.undo
        if self.inverse is not None:
            undo.push(Step(text or self.command, self._undo(value), self._redo))
            messages.offer(text, messages.tr("Undo"), undo.undo)
        elif text:
            messages.say(text)
        if self.done is not None:
            self.done(value)

    def _undo(self, value: Any) -> Callable[[], None]:
        inverse = self.inverse
        assert inverse is not None
        tasks, call, command = self.context.tasks, inverse.op, inverse.command
        return lambda: tasks.run(tasks, command, lambda tx: call(tx, value))

    def _redo(self) -> None:
        self.context.tasks.run(self.context.tasks, self.command, self.op)
