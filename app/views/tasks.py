"""Runs service calls off the GUI thread and brings their results back to it.

A job knows a ticket number, a service call and a bound signal, and nothing else: Qt deletes it on a
worker's thread, where no widget may die with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Event
from time import monotonic
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

import shiboken6
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance, Slot
from sqlalchemy import Connection

from app.errors import UserError
from app.models.base import new_id
from app.services.database import Database
from app.services.progress import Cancelled, Progress
from app.services.transaction import Transaction

T = TypeVar("T")

READERS: Final = 3
TELL_EVERY_S: Final = 0.05


class _Database(Protocol):
    """What tasks need of :class:`app.services.database.Database`; tests may give less."""

    def read(self, op: Callable[[Connection], T]) -> T: ...
    def run(
        self, command: str, op: Callable[[Transaction], T], *, by: str, at: datetime, key: UUID | None = None
    ) -> Any: ...


class Working(Progress):
    """The progress of one long job: the worker steps, the window shows and may stop it."""

    def __init__(self, ticket: int, stepped: SignalInstance) -> None:
        self._ticket, self._stepped = ticket, stepped
        self._stop, self._told = Event(), 0.0

    def step(self, done: int, total: int, text: str = "") -> None:
        """Tell the window at most twenty times a second; raise Cancelled when it wants to stop."""
        if self._stop.is_set():
            raise Cancelled
        now = monotonic()
        if now - self._told >= TELL_EVERY_S or done == total:
            self._told = now
            self._stepped.emit(self._ticket, done, total, text)

    def stop(self) -> None:
        """Make the worker's next step end the work."""
        self._stop.set()


@dataclass(frozen=True)
class _Waiting:
    """What to do on the GUI thread when a job has ended."""

    owner: QObject
    done: Callable[[Any], None] | None
    failed: Callable[[UserError], None] | None
    working: Working | None = None
    command: bool = False


class Tasks(QObject):
    """Reads run side by side; commands run one after another, in the order they were asked.

    ``by`` is the person at the desk, ``now`` gives the time (UTC) a command is run at.  Callbacks are
    called on the GUI thread, and only while ``owner`` lives.  A ``UserError`` goes to ``failed`` where
    one is given, every other exception to :attr:`failed`, which the messages show.
    """

    changed = Signal(object)  # Changes, after each committed command
    failed = Signal(object)  # the exception that ended a job
    started_long = Signal(int, str)  # ticket, what is being done
    stepped = Signal(int, int, int, str)  # ticket, done, total, text
    ended_long = Signal(int)
    busy = Signal(bool)  # whether commands are under way
    _finished = Signal(int, object, object)

    def __init__(
        self, database: Database | _Database, by: str, now: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.by, self.now = by, now
        self._database, self._tickets, self._commands = database, count(1), 0
        self._waiting: dict[int, _Waiting] = {}
        self._readers, self._writer, self._long = QThreadPool(self), QThreadPool(self), QThreadPool(self)
        self._aside = QThreadPool(self)
        self._readers.setMaxThreadCount(READERS)
        self._writer.setMaxThreadCount(1)
        self._aside.setMaxThreadCount(1)
        self._long.setMaxThreadCount(2)
        self._finished.connect(self._deliver)

    def read(
        self,
        owner: QObject,
        op: Callable[[Connection], T],
        done: Callable[[T], None],
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Call ``done`` with what ``op`` found."""
        database = self._database
        self._start(self._readers, op, lambda: (database.read(op), None), _Waiting(owner, done, failed))

    def run(
        self,
        owner: QObject,
        command: str,
        op: Callable[[Transaction], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Run ``op`` as the business command ``command`` and call ``done`` with its result."""
        database, by, at, key = self._database, self.by, self.now(), new_id()

        def work() -> tuple[T, object]:
            outcome = database.run(command, op, by=by, at=at, key=key)
            return outcome.value, outcome.changes

        self._commands += 1
        if self._commands == 1:
            self.busy.emit(True)
        self._start(self._writer, op, work, _Waiting(owner, done, failed, command=True))

    def write_aside(
        self,
        owner: QObject,
        op: Callable[[Any], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Write what is no part of the books (soft holds): ``op`` is given the database; one after another."""
        database = self._database
        self._start(self._aside, op, lambda: (op(database), None), _Waiting(owner, done, failed))

    def run_long(
        self,
        owner: QObject,
        text: str,
        op: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[UserError], None] | None = None,
    ) -> Working:
        """Do long work with progress, e.g. an import: ``op`` brings its own database calls.

        The window shows ``text`` with a bar and Cancel; stopping it raises Cancelled inside ``op``.
        """
        ticket = next(self._tickets)
        working = Working(ticket, self.stepped)
        self.started_long.emit(ticket, text)
        self._start(self._long, op, lambda: (op(working), None), _Waiting(owner, done, failed, working), ticket)
        return working

    def stop(self, ticket: int) -> None:
        """Stop a long job."""
        waiting = self._waiting.get(ticket)
        if waiting is not None and waiting.working is not None:
            waiting.working.stop()

    @property
    def waiting(self) -> bool:
        """Whether a job was asked for whose result has not come back yet."""
        return bool(self._waiting)

    def wait(self) -> None:
        """Let running jobs end; for closing the program and for tests."""
        for pool in (self._readers, self._writer, self._aside, self._long):
            pool.waitForDone()

    def _start(
        self, pool: QThreadPool, op: Any, work: Callable[[], Any], waiting: _Waiting, ticket: int | None = None
    ) -> None:
        held = [cell.cell_contents for cell in getattr(op, "__closure__", None) or ()]
        assert not any(isinstance(value, QObject) for value in held), "a job must capture values, not widgets"
        assert not isinstance(getattr(op, "__self__", None), QObject), "a job must be a function, not a widget's method"
        number = next(self._tickets) if ticket is None else ticket
        self._waiting[number] = waiting
        pool.start(_Job(number, work, self._finished))

    @Slot(int, object, object)
    def _deliver(self, ticket: int, outcome: Any, error: Exception | None) -> None:
        waiting = self._waiting.pop(ticket)
        if waiting.working is not None:
            self.ended_long.emit(ticket)
        self._commands -= waiting.command
        try:
            self._tell(waiting, outcome, error)
        finally:
            if waiting.command and not self._commands:
                self.busy.emit(False)  # after what follows from it: that may be the next command

    def _tell(self, waiting: _Waiting, outcome: Any, error: Exception | None) -> None:
        alive = shiboken6.isValid(waiting.owner)
        if error is not None:
            self._fail(waiting if alive else None, error)
            return
        value, changes = outcome
        if alive and waiting.done is not None:
            waiting.done(value)
        if changes is not None:
            self.changed.emit(changes)

    def _fail(self, waiting: _Waiting | None, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if waiting is not None and waiting.failed is not None and isinstance(error, UserError):
            waiting.failed(error)
        else:
            self.failed.emit(error)


class _Job(QRunnable):
    def __init__(self, ticket: int, work: Callable[[], Any], finished: SignalInstance) -> None:
        super().__init__()
        self._ticket, self._work, self._finished = ticket, work, finished

    def run(self) -> None:
        outcome, error = None, None
        try:
            outcome = self._work()
        except Exception as caught:  # every error must reach the GUI thread
            error = caught
        self._finished.emit(self._ticket, outcome, error)
