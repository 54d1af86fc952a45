"""Import: choose files, see how they are read, match columns, see every row before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import UserError
from app.services.database import Database
from app.services.imports import fields, profiles, rejected, runs
from app.services.imports.checking import Check, CheckedRow, Outcome
from app.services.imports.detection import Detection, detect
from app.services.imports.fields import Kind
from app.services.imports.mapping import FieldSource, Mapping, conversions, propose, proposed
from app.services.imports.plan import Effect, Mode, Plan, Report, Request
from app.services.imports.reading import Source, open_source
from app.services.progress import Progress
from app.views import cells
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.screen import Group, Place, Screen, Target
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import Button
from app.views.widgets.buttons import Kind as Look
from app.views.widgets.cards import Card
from app.views.widgets.labels import Hairline, IconLabel, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader

OPEN = Command(
    "import.open", "Import", "Bring in customers, products, orders or stock from a file.", "Ctrl+I", "upload"
)
KINDS: Final = (
    (Kind.CUSTOMERS, "Customers"),
    (Kind.PRODUCTS, "Products"),
    (Kind.STOCK, "Stock"),
    (Kind.ORDERS, "Orders"),
)
SHOWN: Final = 500
"""Rows shown for checking, those with problems first; the counts are of all rows."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was opened, how it is read, and the mapping proposed for it."""

    source: Source
    detection: Detection
    mapping: Mapping
    reasons: dict[str, str]


class DropArea(QFrame):
    """A place to drop files on; a click or Enter asks for them."""

    dropped = Signal(object)  # list[Path]
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("drop")
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drop files here"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.WIDE)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconLabel("file-spreadsheet", Tone.FAINT, 32), alignment=centre)
        column.addWidget(Label(self.tr("Drop a CSV or Excel file here"), Type.ITEM), alignment=centre)
        choose = Button(self.tr("Choose a file"), "upload", Look.PRIMARY)
        choose.clicked.connect(self.wanted)
        column.addWidget(choose, alignment=centre)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)


class ImportScreen(Screen):
    """One page with two steps: match the columns, check the rows; then import."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "import")
        self.bind(OPEN, self.choose_file)
        self._opened: Opened | None = None
        self._plan: Plan | None = None
        self._combos: dict[str, QComboBox] = {}
        self.header = PageHeader(self.tr("Import"), back=True)
        self.header.back_wanted.connect(context.navigator.back)
        self.check_again = Button(self.tr("Check again"), "refresh-cw")
        self.rejected = Button(self.tr("Save rejected rows"), "download")
        self.go = Button(self.tr("Import"), "check", Look.PRIMARY)
        self.check_again.clicked.connect(self.check)
        self.rejected.clicked.connect(self.save_rejected)
        self.go.clicked.connect(self.import_rows)
        self.header.add(self.rejected, self.check_again, self.go)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._start())
        self._stack.addWidget(self._review())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(Hairline())
        column.addWidget(self._stack, 1)
        self._show_buttons()

    def visit(self, target: Target) -> None:
        """Begin with a new file."""
        kind = target.option("what")
        if kind:
            self.kind.setCurrentIndex(self.kind.findData(Kind(kind)))

    # pages -------------------------------------------------------------------------------------

    def _start(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.WIDE, Space.HUGE, Space.WIDE, Space.HUGE)
        column.setSpacing(Space.LARGE)
        row = QHBoxLayout()
        row.addWidget(Label(self.tr("What is in the file?"), Type.BODY_BOLD))
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("What is in the file?"))
        for kind, words in KINDS:
            self.kind.addItem(self.tr(words), kind)
        row.addWidget(self.kind)
        row.addStretch(1)
        column.addLayout(row)
        self.drop = DropArea()
        self.drop.dropped.connect(self._dropped)
        self.drop.wanted.connect(self.choose_file)
        column.addWidget(self.drop)
        column.addWidget(
            Label(
                self.tr("Nothing is written before you have seen every row. The same file twice changes nothing."),
                Type.BODY,
                Tone.SOFT,
            )
        )
        saved = QHBoxLayout()
        saved.addWidget(Label(self.tr("Or a whole folder by a saved profile:"), Type.BODY, Tone.SOFT))
        self.profile = QComboBox()
        self.profile.setAccessibleName(self.tr("Profile"))
        self.profile.addItems([one.stem for one in sorted(profiles.SHIPPED.glob("*.json"))])
        folder = Button(self.tr("Choose a folder"))
        folder.clicked.connect(self.choose_folder)
        saved.addWidget(self.profile)
        saved.addWidget(folder)
        saved.addStretch(1)
        column.addLayout(saved)
        column.addStretch(1)
        return page

    def _review(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        row.setSpacing(Space.LARGE)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        reading = Card(self.tr("How the file is read"))
        self.findings = Label("", Type.META, Tone.SOFT, wrap=True)
        reading.body.addWidget(self.findings)
        column.addWidget(reading)
        matching = Card(self.tr("Match the columns"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.MEDIUM)
        matching.body.addLayout(self._grid)
        column.addWidget(matching)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(left)
        area.setFixedWidth(440)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(area)
        right = QVBoxLayout()
        self.banner = Banner()
        self.summary = Label("", Type.BODY_BOLD, wrap=True)
        self.partly = QCheckBox(self.tr("Import the good rows and leave the others out"))
        self.partly.toggled.connect(self._show_buttons)
        self.rows: RowsTable[CheckedRow] = RowsTable([])
        self.table = QWidget()
        self._holder = QVBoxLayout()
        right.addWidget(self.banner)
        right.addWidget(self.summary)
        right.addWidget(self.partly)
        right.addLayout(self._holder, 1)
        row.addLayout(right, 1)
        return page

    # opening -----------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for a file."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import"), "", self.tr("Tables (*.csv *.tsv *.txt *.xlsx *.csv.gz);;All files (*)")
        )
        if name:
            self.open_file(Path(name))

    def choose_folder(self) -> None:
        """Ask for the folder of a profile's files."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Import a folder"))
        if name:
            self.import_folder(Path(name), self.profile.currentText())

    def open_file(self, path: Path) -> None:
        """Open a file, find out how it is written, and propose which column is which."""
        kind = Kind(self.kind.currentData())
        self.context.tasks.run_long(
            self, self.tr("Reading {}…").format(path.name), partial(_open, path, kind), self._show_opened, self._refused
        )

    def import_folder(self, folder: Path, profile: str) -> None:
        """Import all files of a folder by a profile, each all or nothing."""
        database, by, at = self.context.database, self.context.tasks.by, self.context.now()
        self.context.tasks.run_long(
            self,
            self.tr("Importing {}…").format(folder.name),
            partial(_import_folder, database, folder, profile, by, at),
            self._imported_folder,
            self._refused,
        )

    def _dropped(self, paths: list[Path]) -> None:
        self.open_file(paths[0])

    def _show_opened(self, opened: Opened) -> None:
        self._opened = opened
        self.header.set_title(self.tr("Import"), opened.source.name)
        self.findings.setText(
            "\n".join(f"{one.what}: {one.value}  –  {one.evidence}" for one in opened.detection.findings)
        )
        self._show_mapping(opened)
        self._stack.setCurrentIndex(1)
        self.check()

    def _show_mapping(self, opened: Opened) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._combos = {}
        columns = opened.detection.columns
        for number, known in enumerate(fields.FIELDS[opened.mapping.kind]):
            combo = QComboBox()
            combo.addItem(self.tr("– not imported –"), "")
            for column in columns:
                combo.addItem(f"{column.name}   ({column.first})", column.name)
            source = opened.mapping.source(known.key)
            combo.setCurrentIndex(max(0, combo.findData(source.column)) if source else 0)
            combo.setToolTip(opened.reasons.get(known.key, ""))
            combo.setAccessibleName(known.label)
            combo.activated.connect(partial(self._mapped, known.key))
            self._combos[known.key] = combo
            words = known.label + (" *" if known.required else "")
            self._grid.addWidget(Label(words, Type.BODY, Tone.TEXT if known.required else Tone.SOFT), number, 0)
            self._grid.addWidget(combo, number, 1)
        self._grid.setColumnStretch(1, 1)

    def _mapped(self, key: str, _index: int) -> None:
        if self._opened is None:
            return
        column = str(self._combos[key].currentData())
        mapping = self._opened.mapping
        found = self._opened.detection.column(column)
        if found is None:
            changed, question = mapping.without(key), ""
        else:
            source, question = conversions(FieldSource(key, column), found, fields.field(mapping.kind, key))
            changed = mapping.with_source(source)
        self._combos[key].setToolTip(question)
        self._opened = replace(self._opened, mapping=changed)
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
            partial(_check, self.context.database, self._opened),
            self._show_plan,
            self._refused,
        )

    def _show_plan(self, plan: Plan) -> None:
        self._plan = plan
        self.banner.set_text("")
        tallies = plan.tallies
        parts = [
            self.tr("{} new").format(f"{tallies[Effect.NEW].rows:,}"),
            self.tr("{} change records").format(f"{tallies[Effect.CHANGED].rows:,}"),
            self.tr("{} unchanged").format(f"{tallies[Effect.UNCHANGED].rows + tallies[Effect.REPEATED].rows:,}"),
            self.tr("{} need a fix").format(f"{plan.rejected:,}"),
        ]
        self.summary.setText(self.tr("{} rows: ").format(f"{plan.rows_read:,}") + "  ·  ".join(parts))
        self._show_rows(plan)
        self._show_buttons()

    def _show_rows(self, plan: Plan) -> None:
        check = plan.request.check
        columns = [Column[CheckedRow]("row", self.tr("Row"), partial(_row_number, plan), 130)]
        for place, key in enumerate(check.keys):
            label = next(one.label for one in fields.FIELDS[check.kind] if one.key == key)
            columns.append(Column[CheckedRow](key, label, partial(_value, place, key), 130))
        columns.append(Column[CheckedRow]("why", self.tr("What is wrong"), _why, 300, stretch=True))
        rows = sorted(plan.rows, key=lambda row: row.outcome is not Outcome.REJECTED)[:SHOWN]
        self.rows = RowsTable(columns)
        self.rows.set_rows(rows)
        self.rows.set_errors(
            {
                (number, one.field): one.sentence()
                for number, row in enumerate(rows)
                for one in row.problems
                if one.field
            }
        )
        self._holder.removeWidget(self.table)
        self.table.deleteLater()
        self.table = ListView(self.rows, "import_rows")
        self.table.setAccessibleName(self.tr("Rows of the file"))
        self._holder.addWidget(self.table, 1)

    def _show_buttons(self, _checked: bool = False) -> None:
        plan = self._plan
        on_review = self._stack.currentIndex() == 1
        for button in (self.check_again, self.go, self.rejected):
            button.setVisible(on_review)
        self.partly.setVisible(bool(plan and plan.rejected))
        self.rejected.setEnabled(bool(plan and plan.rejected))
        ready = bool(plan and plan.work and (not plan.rejected or self.partly.isChecked()))
        self.go.setEnabled(ready)
        self.go.set_text(self.tr("Import {} records").format(f"{len(plan.work):,}") if plan else self.tr("Import"))

    # importing ---------------------------------------------------------------------------------

    def import_rows(self) -> None:
        """Write what was checked, as one command."""
        if self._plan is None:
            return
        mode = Mode.GOOD_ROWS if self.partly.isChecked() else Mode.WHOLE_FILE
        database, by, at = self.context.database, self.context.tasks.by, self.context.now()
        self.context.tasks.run_long(
            self,
            self.tr("Importing…"),
            partial(_apply, database, self._plan, mode, by, at),
            self._imported,
            self._refused,
        )

    def save_rejected(self) -> None:
        """Save the rejected rows with their reasons, to repair and import again."""
        if self._plan is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save rejected rows"), "rejected.csv", "CSV (*.csv)")
        if name:
            check = self._plan.request.check
            count = rejected.write(check.source, check.detection, self._plan.reasons(), Path(name))
            self.context.messages.say(self.tr("{} rows are saved in {}.").format(count, Path(name).name))

    def _imported(self, report: Report) -> None:
        self.context.commands.start("list.reload")
        self.context.messages.say(" ".join(report.sentences()[:2]))
        self._opened = self._plan = None
        self._stack.setCurrentIndex(0)
        self.header.set_title(self.tr("Import"))
        self._show_buttons()

    def _imported_folder(self, reports: Sequence[Report]) -> None:
        self.context.commands.start("list.reload")
        lines = [report.sentences()[0] for report in reports]
        self.context.messages.say(self.tr("Imported: {}").format(" ".join(lines)))

    def _refused(self, error: UserError) -> None:
        if self._stack.currentIndex() == 1:
            self.banner.set_text(str(error))
        else:
            self.context.messages.error(error)


def _open(path: Path, kind: Kind, progress: Progress) -> Opened:
    source = open_source(path)
    detection = detect(source, progress=progress)
    reasons = {one.source.field: one.reason for one in propose(detection, kind) if one.source}
    return Opened(source, detection, proposed(detection, kind), reasons)


def _check(database: Database, opened: Opened, progress: Progress) -> Plan:
    request = Request(Check(opened.source, opened.detection, opened.mapping))
    return database.read(partial(runs.plan, request=request, progress=progress))


def _apply(database: Database, plan: Plan, mode: Mode, by: str, at: Any, progress: Progress) -> Report:
    return runs.apply(database, plan, by=by, at=at, mode=mode, progress=progress)


def _import_folder(
    database: Database, folder: Path, name: str, by: str, at: Any, progress: Progress
) -> Sequence[Report]:
    return list(runs.apply_profile(database, profiles.find(name), folder, by=by, at=at, progress=progress))


def _row_number(plan: Plan, row: CheckedRow) -> Cell:
    words = {Effect.NEW: "new", Effect.CHANGED: "changes", Effect.UNCHANGED: "unchanged", Effect.REJECTED: "fix"}
    effect = plan.effect(row)
    tone = Tone.BAD if effect is Effect.REJECTED else Tone.OK if effect is Effect.NEW else Tone.SOFT
    return cells.text(f"{row.number:,}  {words.get(effect, str(effect))}", tone=tone)


def _value(place: int, key: str, row: CheckedRow) -> Cell:
    value = row.values[place] if place < len(row.values) else None
    wrong = next((one for one in row.problems if one.field == key), None)
    if wrong is not None:
        return Cell(wrong.value or "–", tone=Tone.BAD, hint=wrong.sentence())
    return cells.text("" if value is None else str(value))


def _why(row: CheckedRow) -> Cell:
    return cells.text(row.reason(), tone=Tone.BAD)


PLACE: Final = Place("import", "Import", "upload", Group.HIDDEN, ImportScreen, kinds=("import",), commands=(OPEN,))
