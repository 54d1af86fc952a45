"""One command for each of many records: in the background, one report at the end, the failed ones tried again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.models.base import new_id
from app.services.database import Changes, Database
from app.services.progress import Cancelled, Progress
from app.services.transaction import Transaction
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.widgets.list_view import ListView

WIDTH: Final = 720
ROWS_SHOWN: Final = 8


@dataclass(frozen=True)
class Bulk:
    """What is done to each record.

    ``op`` is the service call, ``label`` reads the number people know a record by.  ``one`` is said of a
    single record (``{}`` is what ``op`` answered), ``doing``, ``done_one`` and ``done`` (``{}`` is how
    many) of several.
    """

    command: str
    op: Callable[[Transaction, UUID], Any]
    label: Callable[[Connection, UUID], str]
    one: str
    doing: str
    done_one: str
    done: str

    def said(self, count: int) -> str:
        """Say how many have been done."""
        return self.done_one if count == 1 else self.done.format(f"{count:,}")


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was left as it was, and why."""

    id: UUID
    label: str
    reason: str


@dataclass
class Result:
    """How it went: what is done, what could not be, and which rows were touched."""

    done: int = 0
    failures: list[Failure] = field(default_factory=list)
    changed: dict[str, set[UUID]] = field(default_factory=dict)

    def note(self, changes: Changes) -> None:
        """Add what one command changed."""
        for table, rows in changes.rows.items():
            self.changed.setdefault(table, set()).update(rows)

    def changes(self) -> Changes:
        """All that was changed, as of one command."""
        return Changes({table: frozenset(rows) for table, rows in self.changed.items()})


def run_each(context: Context, owner: QWidget, bulk: Bulk, keys: Sequence[UUID]) -> None:
    """Do it to each of ``keys``, each in a transaction of its own; those that cannot be are listed at the end."""
    if len(keys) == 1:
        op, key = bulk.op, keys[0]
        context.run(owner, bulk.command, lambda tx: op(tx, key), said=bulk.one)
        return
    work = partial(_work, context.database, bulk, tuple(keys), context.tasks.by, context.now())
    context.tasks.run_long(owner, bulk.doing.format(f"{len(keys):,}"), work, partial(_report, context, owner, bulk))


def _work(
    database: Database, bulk: Bulk, keys: tuple[UUID, ...], by: str, at: datetime, progress: Progress
) -> Result:  # fmt: skip
    result = Result()
    for place, key in enumerate(keys):
        try:
            progress.step(place, len(keys))
        except Cancelled:
            stopped = tr("Not tried: you stopped it before.")
            result.failures += [_failure(database, bulk, left, stopped) for left in keys[place:]]
            break
        try:
            outcome = database.run(bulk.command, _call(bulk, key), by=by, at=at, key=new_id())
        except UserError as error:
            result.failures.append(_failure(database, bulk, key, str(error)))
        else:
            result.done += 1
            result.note(outcome.changes)
    return result


def _call(bulk: Bulk, key: UUID) -> Callable[[Transaction], Any]:
    return lambda tx: bulk.op(tx, key)


def _failure(database: Database, bulk: Bulk, key: UUID, reason: str) -> Failure:
    try:
        label = database.read(lambda connection: bulk.label(connection, key))
    except UserError:  # the record itself is gone: the reason says so
        label = ""
    return Failure(key, label, reason)


def _report(context: Context, owner: QWidget, bulk: Bulk, result: Result) -> None:
    if result.changed:
        context.tasks.changed.emit(result.changes())
    if result.failures:
        BulkReport(context, bulk, result, parent=owner).open()
    else:
        context.messages.say(bulk.said(result.done))


class BulkReport(FormDialog):
    """Says what is done and lists what could not be, each with its reason; tries those again."""

    def __init__(self, context: Context, bulk: Bulk, result: Result, *, parent: QWidget) -> None:
        left = len(result.failures)
        about = (
            tr("{} Could not be done for 1 more, which is as it was.")
            if left == 1
            else tr("{} Could not be done for {} more, which are as they were.")
        )
        title = tr("1 could not be done") if left == 1 else tr("{} could not be done").format(f"{left:,}")
        super().__init__(
            context, title, tr("Try again"), about=about.format(bulk.said(result.done), f"{left:,}"), parent=parent
        )
        self._owner, self._bulk, self.failures = parent, bulk, tuple(result.failures)
        self.leave.set_text(tr("Close"))
        self.setMinimumWidth(WIDTH)
        self.rows: RowsTable[Failure] = RowsTable([Column[Failure]("why", tr("Why not"), _why, 300, stretch=True)])
        self.view = ListView(self.rows, "bulk_report", two_lines=True)
        self.view.setAccessibleName(tr("Why not"))
        self.view.setMinimumHeight(34 + 48 * min(ROWS_SHOWN, left) + 2)
        self.rows.set_rows(self.failures)
        self.body.addWidget(self.view)

    def submit(self) -> None:
        """Try those again that could not be done."""
        self.accept()
        run_each(self.context, self._owner, self._bulk, [one.id for one in self.failures])


def _why(one: Failure) -> Cell:
    return Cell(one.label, strong=True, code=True, second=one.reason, hint=one.reason)
