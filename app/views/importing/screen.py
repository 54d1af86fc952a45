"""The import screen: choose files, match their columns, see every row before anything is written, import."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import UserError
from app.models.base import new_id
from app.services.imports import fields
from app.services.imports.checking import Check, CheckedRow, Outcome
from app.services.imports.detection import Choices
from app.services.imports.fields import Kind
from app.services.imports.mapping import Mapping
from app.services.imports.plan import Effect, Mode, Plan, Report
from app.views import cells, list_saving
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.importing import work
from app.views.importing.matching import Matching
from app.views.importing.reading import Reading
from app.views.importing.start import StartPage
from app.views.importing.work import Checked, FolderDone, Opened
from app.views.screen import Group, Place, Screen, Target
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import Button
from app.views.widgets.buttons import Kind as Look
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader

OPEN = Command(
    "import.open",
    "Import",
    "Bring in customers, products, orders, stock or price agreements from a file.",
    "Ctrl+I",
    "upload",
)
SHOWN: Final = 500
"""Rows shown for checking, those with problems first; the counts are of all rows."""
TABLES: Final = "Tables (*.csv *.tsv *.txt *.xlsx *.csv.gz);;All files (*)"


class ImportScreen(Screen):
    """One page with two steps: match the columns, check the rows; then import."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "import")
        self.bind(OPEN, self.choose_file)
        self._opened: Opened | None = None
        self._plan: Plan | None = None
        self.reading: list[Reading] = []
        self._matching: list[Matching] = []
        self.header = PageHeader(self.tr("Import"), back=True)
        self.header.back_wanted.connect(self.back)
        self.check_again = Button(self.tr("Check again"), "refresh-cw")
        self.add_lines = Button(self.tr("Add a file with the lines"), "file-plus")
        self.rejected = Button(self.tr("Save rejected rows"), "download")
        self.go = Button(self.tr("Import"), "check", Look.PRIMARY)
        self.check_again.clicked.connect(self.check)
        self.add_lines.clicked.connect(self.choose_lines)
        self.rejected.clicked.connect(self.save_rejected)
        self.go.clicked.connect(self.import_rows)
        self.header.add(self.add_lines, self.rejected, self.check_again, self.go)
        self.start = StartPage(context)
        self.kind = self.start.kind
        self.start.drop.dropped.connect(self.open_files)
        self.start.drop.wanted.connect(self.choose_file)
        self.start.folder_wanted.connect(self.choose_folder)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start)
        self._stack.addWidget(self._review())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(Hairline())
        column.addWidget(self._stack, 1)
        self._show_buttons()

    def visit(self, target: Target) -> None:
        """Show the first page, unless a file is being looked at and nothing else is wished for."""
        kind = target.option("what")
        if kind:
            self.start.choose_kind(Kind(kind))
            self.show_start()
        self.start.done.reload()

    def back(self) -> None:
        """Go from a file to the first page, from there to where one came from."""
        if self._stack.currentIndex() == 1:
            self.show_start()
        else:
            self.context.navigator.back()

    def show_start(self) -> None:
        """Let go of what was opened."""
        self._opened = self._plan = None
        self._stack.setCurrentIndex(0)
        self.header.set_title(self.tr("Import"))
        self._show_buttons()
        self.start.done.reload()

    # pages -------------------------------------------------------------------------------------

    def _review(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        row.setSpacing(Space.LARGE)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        self._cards = QVBoxLayout()
        column.addLayout(self._cards)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(left)
        area.setFixedWidth(480)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(area)
        row.addLayout(self._rows_side(), 1)
        return page

    def _rows_side(self) -> QVBoxLayout:
        right = QVBoxLayout()
        self.banner = Banner()
        self.summary = Label("", Type.BODY_BOLD, wrap=True)
        self.partly = QCheckBox(self.tr("Import the good rows and leave the others out"))
        self.partly.toggled.connect(self._show_buttons)
        self.shown_file = QComboBox()
        self.shown_file.setAccessibleName(self.tr("Rows of"))
        self.shown_file.activated.connect(self._show_rows)
        self.rows: RowsTable[CheckedRow] = RowsTable([])
        self.table = QWidget()
        self._holder = QVBoxLayout()
        right.addWidget(self.banner)
        right.addWidget(self.summary)
        right.addWidget(self.partly)
        right.addWidget(self.shown_file, alignment=Qt.AlignmentFlag.AlignLeft)
        right.addLayout(self._holder, 1)
        return right

    # opening -----------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for a file; for orders two may be chosen at once."""
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Import"), "", self.tr(TABLES))
        if names:
            self.open_files([Path(name) for name in names])

    def choose_lines(self) -> None:
        """Ask for the file with the lines of the orders that are open."""
        if self._opened is None:
            return
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Lines of the orders"), "", self.tr(TABLES))
        if name:
            self.open_files([self._opened.files[0].source.path, Path(name)])

    def choose_folder(self) -> None:
        """Ask for the folder of a profile's files."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Import a folder"))
        if name:
            self.import_folder(Path(name), self.start.profile.currentText())

    def open_file(self, path: Path) -> None:
        """Open one file, find out how it is written, and propose which column is which."""
        self.open_files([path])

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open a file or, for orders, two: which has the lines is seen from the columns."""
        names = " + ".join(path.name for path in paths)
        self.context.tasks.run_long(
            self,
            self.tr("Reading {}…").format(names),
            partial(work.open_files, tuple(paths), self.start.chosen_kind()),
            self._show_opened,
            self._refused,
        )

    def import_folder(self, folder: Path, profile: str) -> None:
        """Import all files of a folder by a profile, each all or nothing."""
        database, by, at = self.context.database, self.context.tasks.by, self.context.now()
        self.context.tasks.run_long(
            self,
            self.tr("Importing {}…").format(folder.name),
            partial(work.import_folder, database, folder, profile, by, at),
            self._imported_folder,
            self._refused,
        )

    def _show_opened(self, opened: Opened) -> None:
        self._opened, self._plan = opened, None
        self.banner.set_text("")
        self.summary.setText("")
        self._put_table(QWidget())
        self.header.set_title(self.tr("Import"), opened.names)
        for old in (*self.reading, *self._matching):
            self._cards.removeWidget(old)
            old.deleteLater()
        self.reading, self._matching = [], []
        for place, one in enumerate(opened.files):
            name = f": {one.source.name}" if len(opened.files) > 1 else ""
            reading = Reading(one, self.tr("How the file is read") + name)
            reading.changed.connect(partial(self._read_anew, place))
            card = Matching(one, self.tr("Match the columns") + name)
            card.changed.connect(partial(self._mapped, place))
            self._cards.addWidget(reading)
            self._cards.addWidget(card)
            self.reading.append(reading)
            self._matching.append(card)
        self.shown_file.clear()
        self.shown_file.addItems([self.tr("Rows of {}").format(one.source.name) for one in opened.files])
        self.shown_file.setVisible(len(opened.files) > 1)
        self._stack.setCurrentIndex(1)
        self.check()

    def _read_anew(self, place: int, choices: Choices) -> None:
        if self._opened is None:
            return
        self._plan = None
        self._show_buttons()
        self.context.tasks.run_long(
            self,
            self.tr("Reading {}…").format(self._opened.files[place].source.name),
            partial(work.read_anew, self._opened, place, choices),
            self._show_opened,
            self._refused,
        )

    def _mapped(self, place: int, mapping: Mapping) -> None:
        if self._opened is not None:
            self._opened = self._opened.with_mapping(place, mapping)
            self.check()

    # checking ----------------------------------------------------------------------------------

    def check(self) -> None:
        """Read all rows and compare them with the books; nothing is written."""
        if self._opened is None:
            return
        self._plan = None
        self._show_buttons()
        self.context.tasks.run_long(
            self,
            self.tr("Checking the rows…"),
            partial(work.check, self.context.database, self._opened),
            self._show_checked,
            self._refused,
        )

    def _show_checked(self, checked: Checked) -> None:
        if checked.opened is not self._opened:
            return  # the columns were matched anew meanwhile: a later check tells
        plan = self._plan = checked.plan
        self.banner.set_text("")
        tallies = plan.tallies
        parts = [
            self.tr("{} new").format(f"{tallies[Effect.NEW].rows:,}"),
            self.tr("{} change records").format(f"{tallies[Effect.CHANGED].rows:,}"),
            self.tr("{} unchanged").format(f"{tallies[Effect.UNCHANGED].rows + tallies[Effect.REPEATED].rows:,}"),
            self.tr("{} need a fix").format(f"{plan.rejected:,}"),
        ]
        self.summary.setText(self.tr("{} rows: ").format(f"{plan.rows_read:,}") + "  ·  ".join(parts))
        self._show_rows()
        self._show_buttons()

    def _show_rows(self, _index: int = 0) -> None:
        if self._plan is None:
            return
        of_lines = self.shown_file.currentIndex() == 1
        plan, check = self._plan, self._plan.request.parts[int(of_lines)]
        rows = sorted(plan.line_rows if of_lines else plan.rows, key=_needs_no_fix)[:SHOWN]
        self.rows = RowsTable(_columns(plan, check, of_lines=of_lines))
        self.rows.set_rows(rows)
        self.rows.set_errors(
            {
                (number, one.field): one.sentence()
                for number, row in enumerate(rows)
                for one in row.problems
                if one.field
            }
        )
        table = ListView(self.rows, "import_rows")
        table.setAccessibleName(self.tr("Rows of the file"))
        self._put_table(table)

    def _put_table(self, table: QWidget) -> None:
        self._holder.removeWidget(self.table)
        self.table.deleteLater()
        self.table = table
        self._holder.addWidget(table, 1)

    def _show_buttons(self, _checked: bool = False) -> None:
        plan = self._plan
        on_review = self._stack.currentIndex() == 1
        for button in (self.check_again, self.go, self.rejected):
            button.setVisible(on_review)
        self.add_lines.setVisible(on_review and self._may_have_lines())
        self.partly.setVisible(bool(plan and plan.rejected))
        self.rejected.setEnabled(bool(plan and plan.rejected))
        ready = bool(plan and plan.work and (not plan.rejected or self.partly.isChecked()))
        self.go.setEnabled(ready)
        self.go.set_text(self.tr("Import {} records").format(f"{len(plan.work):,}") if plan else self.tr("Import"))

    def _may_have_lines(self) -> bool:
        """Tell whether one file with orders is open, whose lines may be in a second one."""
        files = self._opened.files if self._opened else ()
        return len(files) == 1 and files[0].mapping.kind is Kind.ORDERS

    # importing ---------------------------------------------------------------------------------

    def import_rows(self) -> None:
        """Write what was checked, as one command; a second press meanwhile does nothing."""
        plan, self._plan = self._plan, None
        if plan is None:
            return
        self._show_buttons()
        mode = Mode.GOOD_ROWS if self.partly.isChecked() else Mode.WHOLE_FILE
        stamp = work.Stamp(self.context.tasks.by, self.context.now(), new_id())
        self.context.tasks.run_long(
            self,
            self.tr("Importing…"),
            partial(work.write, self.context.database, plan, mode, stamp),
            self._imported,
            self._refused,
        )

    def save_rejected(self) -> None:
        """Save the rejected rows with their reasons, to repair and import again."""
        if self._plan is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save rejected rows"), "rejected.csv", "CSV (*.csv)")
        if name:
            self.context.tasks.run_long(
                self,
                self.tr("Saving the rejected rows…"),
                partial(work.save_rejected, self._plan, Path(name)),
                self._saved,
                self._refused,
            )

    def _saved(self, written: list[tuple[int, str]]) -> None:
        self.context.messages.say(" ".join(list_saving.said(name, count) for count, name in written))

    def _imported(self, report: Report) -> None:
        self.context.commands.start("list.reload")
        self.context.messages.say(" ".join(report.sentences()[:2]))
        self.show_start()

    def _imported_folder(self, done: FolderDone) -> None:
        self.context.commands.start("list.reload")
        self.start.done.reload()
        lines = [report.sentences()[0] for report in done.reports]
        said = self.tr("Imported: {}").format(" ".join(lines)) if lines else ""
        if done.error is None:
            self.context.messages.say(said)
        else:
            self.context.messages.warned.emit(f"{done.error} {said}".strip())

    def _refused(self, error: UserError) -> None:
        if self._stack.currentIndex() == 1:
            hint = self.tr("Are the lines in a second file? Add it.") if self._may_have_lines() else ""
            self.banner.set_text(str(error), hint)
        else:
            self.context.messages.error(error)


def _columns(plan: Plan, check: Check, *, of_lines: bool) -> list[Column[CheckedRow]]:
    labels = {one.key: one.label for one in fields.FIELDS[check.kind]}
    columns = [Column[CheckedRow]("row", "Row", partial(_row_number, plan, of_lines), 130)]
    if plan.told:
        columns.append(Column[CheckedRow]("told", "What it changes", partial(_told, plan), 260))
    columns += [
        Column[CheckedRow](key, labels[key], partial(_value, place, key), 130) for place, key in enumerate(check.keys)
    ]
    return [*columns, Column[CheckedRow]("why", "What is wrong", _why, 300, stretch=True)]


def _needs_no_fix(row: CheckedRow) -> bool:
    return row.outcome is not Outcome.REJECTED


def _row_number(plan: Plan, of_lines: bool, row: CheckedRow) -> Cell:
    words = {Effect.NEW: "new", Effect.CHANGED: "changes", Effect.UNCHANGED: "unchanged", Effect.REJECTED: "fix"}
    effect = plan.effect(row, of_lines=of_lines)
    tone = Tone.BAD if effect is Effect.REJECTED else Tone.OK if effect is Effect.NEW else Tone.SOFT
    return cells.text(f"{row.number:,}  {words.get(effect, str(effect))}", tone=tone)


def _value(place: int, key: str, row: CheckedRow) -> Cell:
    value = row.values[place] if place < len(row.values) else None
    wrong = next((one for one in row.problems if one.field == key), None)
    if wrong is not None:
        return Cell(wrong.value or "–", tone=Tone.BAD, hint=wrong.sentence())
    return cells.text("" if value is None else str(value))


def _told(plan: Plan, row: CheckedRow) -> Cell:
    """Say what a row changes, the old value and the new one; of one that needs a fix, why."""
    told = row.reason() or plan.told.get(row.number, "")
    return Cell(told, tone=Tone.BAD if row.problems else Tone.TEXT, strong=not row.problems, hint=told)


def _why(row: CheckedRow) -> Cell:
    return cells.text(row.reason(), tone=Tone.BAD)


PLACE: Final = Place("import", "Import", "upload", Group.HIDDEN, ImportScreen, kinds=("import",), commands=(OPEN,))
