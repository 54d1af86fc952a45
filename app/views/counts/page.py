"""One count list: counted blind with scanner or keyboard, then compared with the books."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.models.product import shown, to_grains
from app.services import companies, count_sheets, counting
from app.services.count_sheets import CountSheet, SheetLine
from app.services.counting import Difference
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.scanner import ScannerInput, ScannerSettings
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.tab_bar import TabBar

TABLES = ("stock_count", "stock_count_line")
COUNTED = "counted"


class CountPage(QWidget):
    """Lines to count; what the books say is on the other tab, for who books."""

    def __init__(self, context: Context, place_id: str) -> None:
        super().__init__()
        self._context, self._place_id = context, place_id
        self._count_id: UUID | None = None
        self._scanner: ScannerInput | None = None
        self._currency = ""
        self.sheet: CountSheet | None = None
        self.header = PageHeader("", back=True, code=True)
        self.tabs = TabBar()
        self.tabs.setAccessibleName(tr("Parts of the list"))
        self.tabs.set_tabs([("enter", tr("To count")), ("differences", tr("Differences"))])
        self.tabs.chosen.connect(self.show_part)
        self.told = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.told.setAccessibleName(tr("What was scanned"))
        self.lines: RowsTable[SheetLine] = RowsTable(_LINES)
        self.lines.edited.connect(self._typed)
        self.lines_view = ListView(self.lines, "count_lines", two_lines=True)
        self.lines_view.setAccessibleName(tr("Lines to count"))
        self.lines_view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.differences: RowsTable[Difference] = RowsTable(_DIFFERENCES)
        self.differences_view = ListView(self.differences, "count_differences", two_lines=True)
        self.differences_view.setAccessibleName(tr("Counted beside the books"))
        self._lay_out()
        context.tasks.changed.connect(self._changed)

    def show_count(self, count_id: UUID) -> None:
        """Read and show a list."""
        if count_id != self._count_id:
            self._count_id, self.sheet = count_id, None
            self.told.setText("")
            self.show_part("enter")
        self._context.tasks.read(self, partial(_read, count_id=count_id), self._show)

    def show_part(self, part: str) -> None:
        """Show the lines to count, or the differences."""
        self.tabs.choose(part)
        self._parts.setCurrentIndex(("enter", "differences").index(part))
        self._tell_rest()

    @property
    def compares(self) -> bool:
        """Whether the differences are on show."""
        return self.tabs.current_id == "differences"

    # counting ----------------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """Take a code: a bin leads to its first line, goods are counted one more."""
        sheet = self.sheet
        if sheet is None or not sheet.is_open or self.compares:
            return
        near = max(0, self.lines_view.currentIndex().row())
        try:
            place, more = count_sheets.find_line(sheet, code, near)
        except UserError as error:
            self._say(str(error), Tone.BAD)
            return
        line = sheet.lines[place]
        self._stand_at(place)
        if not more:
            self._say(tr("Bin {}").format(line.bin), Tone.OK)
            return
        before = Fraction(0) if line.counted is None or line.recount else line.counted
        self._enter(line, before + more)

    def count_again(self) -> None:
        """Have the highlighted difference counted once more."""
        row: Difference | None = self.differences_view.current_row()
        if row is None or self.sheet is None:
            return
        count_id, line_id = self.sheet.id, row.line_id
        self._context.run(
            self,
            "count.again",
            lambda tx: counting.ask_again(tx, count_id, [line_id]),
            said=tr("{} is to be counted again.").format(row.sku),
        )

    def _typed(self, number: int, _column: str, text: str) -> None:
        line = self.lines.row(number)
        value = written.number(text)
        if line is None or not text.strip():
            return
        if value is None or value < 0:
            reason = tr("“{}” is not a count. Type for example 12 or 3*12.").format(text)
            self.lines.set_errors({(number, COUNTED): reason})
            return
        self._enter(line, Fraction(value))
        if number + 1 < len(self.lines.rows):
            self._stand_at(number + 1)

    def _stand_at(self, place: int) -> None:
        """Put the keyboard where the next figure is typed."""
        column = next(n for n, one in enumerate(self.lines.columns) if one.id == COUNTED)
        self.lines_view.setCurrentIndex(self.lines.index(place, column))

    def _enter(self, line: SheetLine, counted: Fraction) -> None:
        """Write a count down at once, so that nothing is lost when the counter walks away."""
        assert self.sheet is not None, "a list is on show"
        place = next(n for n, one in enumerate(self.sheet.lines) if one.id == line.id)
        exact = Decimal(counted.numerator) / Decimal(counted.denominator)
        count_id, line_id = self.sheet.id, line.id
        try:
            grains = to_grains(exact, Fraction(1), line.grain)
        except UserError as error:
            self.lines.set_errors({(place, COUNTED): str(error)})
            return
        self.lines.set_errors({})
        words = tr("{}: {} counted").format(line.sku, written.measured(counted, line.unit))
        self._context.run(
            self,
            "count.enter",
            lambda tx: counting.enter(tx, count_id, {line_id: grains}),
            done=partial(self._entered, words),
            failed=partial(self._refused, place),
        )

    def _entered(self, words: str, _done: object) -> None:
        self._say(words, Tone.OK)

    def _refused(self, place: int, error: UserError) -> None:
        self.lines.set_errors({(place, COUNTED): str(error)})
        self._say(str(error), Tone.BAD)

    def _say(self, words: str, tone: Tone) -> None:
        self.told.setText(words)
        self.told.set_tone(tone)

    # showing -----------------------------------------------------------------------------------

    def _show(self, found: tuple[CountSheet, Sequence[Difference], str]) -> None:
        sheet, report, self._currency = found
        if sheet.id != self._count_id:
            return
        first = self.sheet is None
        self.sheet = sheet
        self.header.set_title(sheet.number, sheet.note or sheet.warehouse)
        self.header.set_state(sheet.state)
        self.lines.set_rows(sheet.lines)
        self.differences.set_rows(sorted(report, key=lambda one: (not one.differs, -abs(one.value))))
        self.tabs.set_counts({"enter": sheet.left, "differences": sum(one.differs for one in report if _known(one))})
        if first and sheet.lines:
            self._stand_at(next((n for n, one in enumerate(sheet.lines) if one.left), 0))
            if sheet.is_open:
                self.lines_view.setFocus()
        self._tell_rest()
        self._context.commands.select(self._place_id, selected=True)

    def _tell_rest(self) -> None:
        """What is still to do, and what booking would change."""
        sheet = self.sheet
        if sheet is None:
            return
        if self.compares:
            rows = [one for one in self.differences.rows if _known(one)]
            differing = sum(one.differs for one in rows)
            worth = written.money(sum((one.value for one in rows), Decimal(0)), self._currency)
            text = tr("{} of {} lines differ, worth {} at list price").format(differing, len(rows), worth)
            self._say(tr("{} lines are still to count").format(sheet.left) if sheet.left else text, Tone.SOFT)
        else:
            left = tr("{} of {} lines are still to count").format(sheet.left, len(sheet.lines))
            self._say(left if sheet.left else tr("All is counted. Compare it with the books."), Tone.SOFT)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        outer.addLayout(tabs)
        outer.addWidget(Hairline())
        told = QHBoxLayout()
        told.setContentsMargins(Space.PAGE, Space.MEDIUM, Space.PAGE, Space.MEDIUM)
        told.addWidget(self.told, 1)
        outer.addLayout(told)
        self._parts = QStackedWidget()
        self._parts.addWidget(self.lines_view)
        self._parts.addWidget(self.differences_view)
        outer.addWidget(self._parts, 1)

    def _changed(self, changes: Any) -> None:
        if self._count_id is not None and self.isVisible() and changes.touch(*TABLES):
            self.show_count(self._count_id)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on scans are for this list."""
        super().showEvent(event)
        if self._scanner is None:
            prefix = str(self._context.settings.value("scanner/prefix", ""))
            self._scanner = ScannerInput(ScannerSettings(prefix=prefix), self)
            self._scanner.scanned.connect(self.scan)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the scanner; all that was counted is written down."""
        super().hideEvent(event)
        scanner, self._scanner = self._scanner, None
        application = QApplication.instance()
        if scanner is not None and application is not None:
            application.removeEventFilter(scanner)
            scanner.deleteLater()


def _known(one: Difference) -> bool:
    return one.counted is not None and not one.recount


def _read(connection: Connection, count_id: UUID) -> tuple[CountSheet, Sequence[Difference], str]:
    sheet = count_sheets.read(connection, count_id)
    return sheet, counting.report(connection, count_id), companies.get(connection).currency


def _counted(one: SheetLine) -> Cell:
    if one.recount:
        return cells.text(tr("count again"), tone=Tone.WARN, strong=True)
    if one.counted is None:
        return Cell(cells.DASH, tone=Tone.FAINT)
    return cells.text(shown(one.counted), strong=True)


def _written(one: SheetLine) -> str:
    return shown(one.counted) if one.counted is not None and not one.recount else ""


def _figure(value: Fraction | None) -> Cell:
    return Cell(cells.DASH, tone=Tone.FAINT) if value is None else cells.text(shown(value))


def _difference(one: Difference) -> Cell:
    if one.recount:
        return cells.text(tr("again"), tone=Tone.WARN, strong=True)
    if one.counted is None or one.expected is None:
        return Cell(cells.DASH, tone=Tone.FAINT)
    by = one.counted - one.expected
    if not by:
        return cells.text("0", tone=Tone.FAINT)
    sign = "+" if by > 0 else "−"
    return cells.text(f"{sign}{shown(abs(by))}", tone=Tone.OK if by > 0 else Tone.BAD, strong=True)


_LINES = (
    Column[SheetLine]("bin", "Bin", lambda one: cells.code(one.bin or cells.DASH), 120),
    Column[SheetLine]("item", "Item", lambda one: cells.two_lines(one.name, one.sku), 260, stretch=True),
    Column[SheetLine]("lot", "Lot", lambda one: cells.code(one.lot, strong=False), 140),
    Column[SheetLine](COUNTED, "Counted", _counted, 120, right=True, edit=_written),
    Column[SheetLine]("unit", "", lambda one: cells.text(one.unit, tone=Tone.FAINT), 70),
    Column[SheetLine]("by", "By", lambda one: cells.text(one.counted_by, tone=Tone.SOFT), 130),
)
_DIFFERENCES = (
    Column[Difference]("bin", "Bin", lambda one: cells.code(one.bin or cells.DASH), 120),
    Column[Difference]("item", "Item", lambda one: cells.two_lines(one.name, one.sku), 240, stretch=True),
    Column[Difference]("lot", "Lot", lambda one: cells.code(one.lot, strong=False), 120),
    Column[Difference]("expected", "Books", lambda one: _figure(one.expected), 84, right=True),
    Column[Difference]("counted", "Counted", lambda one: _figure(one.counted), 84, right=True),
    Column[Difference]("difference", "Difference", _difference, 96, right=True),
    Column[Difference]("value", "Value", lambda one: cells.amount(one.value), 96, right=True),
    Column[Difference]("by", "By", lambda one: cells.text(one.counted_by, tone=Tone.SOFT), 120),
)
