"""The imports that were done, and undoing one of them."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import UserError
from app.services.imports import undo
from app.services.imports.undo import Outlook, Run, Undone
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.importing import work
from app.views.messages import confirm
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

NAMED: Final = 12
"""Records that stay as they are that are named before an undo."""


class DoneImports(QWidget):
    """A list of the imports, the last one first; the current one can be undone."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.table: RowsTable[Run] = RowsTable(
            [
                Column[Run]("at", self.tr("When"), _when, 190),
                Column[Run]("kind", self.tr("What"), _kind, 110),
                Column[Run]("file", self.tr("File"), _file, 240, stretch=True),
                Column[Run]("by", self.tr("By"), _by, 120),
                Column[Run]("records", self.tr("Records of its own"), _records, 160, right=True),
            ]
        )
        self.view = ListView(self.table, "imports_done")
        self.view.setAccessibleName(self.tr("Imports done"))
        self.undo = Button(self.tr("Undo this import"), "undo-2")
        self.undo.clicked.connect(self.look)
        row = QHBoxLayout()
        row.addWidget(Label(self.tr("Imports done"), Type.BODY_BOLD))
        row.addStretch(1)
        row.addWidget(self.undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.LARGE, 0, 0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self.view.picked.connect(self._picked)
        self.hide()

    def reload(self) -> None:
        """Read the imports again."""
        self._context.tasks.read(self, undo.history, self._show)

    def look(self) -> None:
        """Find out what undoing the current import would do, and ask."""
        run = self.table.row(self.view.current)
        if run is not None:
            self._context.tasks.read(
                self, partial(undo.outlook, run_id=run.id), self._ask, self._context.messages.error
            )

    def take_back(self, run: Run, *, partly: bool = False) -> None:
        """Undo an import."""
        context = self._context
        context.tasks.run_long(
            self,
            self.tr("Undoing {}…").format(run.file_name),
            partial(work.take_back, context.database, run.id, context.tasks.by, context.now(), partly),
            self._undone,
            self._refused,
        )

    def _show(self, runs: list[Run]) -> None:
        self.table.set_rows(runs)
        self.setVisible(bool(runs))
        self._picked(self.table.row(self.view.current))

    def _picked(self, run: Run | None) -> None:
        self.undo.setEnabled(run is not None and run.records > 0)

    def _ask(self, look: Outlook) -> None:
        named = "\n".join(one.sentence() for one in look.kept[:NAMED])
        more = self.tr("\n… and {} more.").format(f"{len(look.kept) - NAMED:,}") if len(look.kept) > NAMED else ""
        if not look.possible:
            text = self.tr("Nothing of {} can be taken back. Nothing was changed.").format(look.run.file_name)
            self._context.messages.warned.emit(f"{text}\n{named}{more}")
            return
        text = self.tr("Take back {} {} of {}?").format(f"{look.possible:,}", look.run.kind.value, look.run.file_name)
        detail = self.tr("What the import wrote goes, what was there before comes back.")
        if look.kept:
            detail = self.tr("{} stay as they are:").format(f"{len(look.kept):,}") + f"\n{named}{more}"
        act = partial(self.take_back, look.run, partly=bool(look.kept))
        self.asking = confirm(self, text, detail, self.tr("Take back"), act)

    def _undone(self, done: Undone) -> None:
        self._context.commands.start("list.reload")
        self._context.messages.say(" ".join(done.sentences()[:2]))
        self.reload()

    def _refused(self, error: UserError) -> None:
        self._context.messages.error(error)
        self.reload()


def _when(run: Run) -> Cell:
    return cells.text(written.moment(run.at))


def _kind(run: Run) -> Cell:
    return cells.text(run.kind.value.capitalize())


def _file(run: Run) -> Cell:
    return cells.text(run.file_name)


def _by(run: Run) -> Cell:
    return cells.text(run.by, tone=Tone.SOFT)


def _records(run: Run) -> Cell:
    if run.undone and not run.records:
        return cells.text("undone", tone=Tone.SOFT)
    return cells.text(f"{run.records:,}")
