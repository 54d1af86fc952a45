"""The transfer under the highlight: what goes, what left, arrived and was lost, and whom it is for."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.models.product import shown
from app.models.transfer import TransferState
from app.services import transfer_sheets
from app.services.lists import TransferRow
from app.services.transfer_sheets import SheetLine, TransferSheet
from app.services.work_sheets import WantedBy
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.row_panel import RowPanel, fit_rows
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.transfers import commands
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

TABLES: Final = ("transfer", "transfer_line", "peg")


class TransferPanel(RowPanel[TransferRow, TransferSheet]):
    """Shows a transfer."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _read, TABLES, context.messages.tr("Choose a transfer to see what it brings."))
        self.place(self._head())
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[SheetLine] = RowsTable(_COLUMNS)
        self.table = ListView(self.lines, "transfer_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines"))
        self.table.opened.connect(self._open_line)
        self.place(self.table, table=True)
        wanted = Section(self.tr("Brought for"))
        self._wanted = QVBoxLayout()
        self._wanted.setSpacing(Space.SMALL)
        wanted.body.addLayout(self._wanted)
        self.place(wanted, line=False)

    def show_head(self, row: TransferRow) -> None:
        """Number, state and the way it goes."""
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.way.setText(f"{row.source} → {row.target}")
        self._show_next(sends=row.state == TransferState.PLANNED, going=row.going)

    def show_sheet(self, sheet: TransferSheet) -> None:
        """Everything that was read."""
        self._show_next(sends=sheet.can_leave, going=sheet.going)
        head = sheet.head
        found = [
            Fact(self.tr("Leaves"), written.full_day(head.ships_on) if head.ships_on else ""),
            Fact(self.tr("Arrives"), written.full_day(head.expected_on) if head.expected_on else ""),
        ]
        if sheet.work_number:
            link = Button(sheet.work_number, kind=Kind.LINK)
            link.clicked.connect(partial(self.context.open, "work_order", head.work_order_id))
            found.append(Fact(self.tr("Components of"), widget=link))
        self.facts.set_facts(found)
        self.lines.set_rows(sheet.lines)
        fit_rows(self.table, len(sheet.lines), most=30)
        self._show_wanted(sheet)

    def _head(self) -> Section:
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.way = Label("", Type.BODY, Tone.SOFT)
        head.body.addWidget(Row(self.way, None))
        bound = self.context.commands
        self.next = ActionButton(bound[commands.NEXT.id], "play", Kind.PRIMARY)
        more = Button(icon="ellipsis", name=self.tr("More"))
        menu = QMenu(self)
        for command in (commands.SHIP, commands.RECEIVE, commands.LOSE, commands.CANCEL):
            menu.addAction(bound[command.id])
        more.setMenu(menu)
        head.body.addWidget(Row(self.next, None, more))
        return head

    def _show_next(self, *, sends: bool, going: bool) -> None:
        step = commands.SHIP if sends else commands.RECEIVE if going else None
        self.next.setVisible(step is not None)
        if step is not None:
            self.next.set_text(self.tr(step.text))
            self.next.set_icon(step.icon)

    def _show_wanted(self, sheet: TransferSheet) -> None:
        while (item := self._wanted.takeAt(0)) is not None:
            widget: QWidget | None = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        wanted = [(line, one) for line in sheet.lines for one in line.wanted_by]
        for line, one in wanted:
            self._wanted.addWidget(self._wanted_row(line, one))
        if not wanted:
            self._wanted.addWidget(Label(self.tr("The shelf: nobody waits for it."), Type.BODY, Tone.SOFT))

    def _wanted_row(self, line: SheetLine, one: WantedBy) -> QWidget:
        link = Button(one.number, kind=Kind.LINK)
        link.clicked.connect(partial(self.context.open, one.kind, one.id))
        day = written.day(one.ready_on, self.context.today()) if one.ready_on else ""
        pieces = Label(f"{_pieces(line, one.grains)} {line.product.sku}", Type.META, Tone.SOFT)
        tone = Tone.BAD if one.trouble else Tone.SOFT
        return Row(link, Label(one.customer), None, pieces, Label(day, Type.BODY, tone), gap=Space.MEDIUM)

    def _open_line(self, line: SheetLine) -> None:
        self.context.open("product", line.product.id)


def _read(connection: Connection, transfer_id: UUID) -> TransferSheet:
    return transfer_sheets.read(connection, transfer_id)


def _pieces(line: SheetLine, grains: int) -> str:
    return shown(line.pieces(grains)) if grains else cells.DASH


def _item(line: SheetLine) -> Cell:
    return cells.two_lines(line.product.name, line.product.sku)


def _wanted_cell(line: SheetLine) -> Cell:
    short = line.unshipped - line.reserved
    second = written.tr("{} missing").format(_pieces(line, short)) if short > 0 else ""
    return Cell(_pieces(line, line.wanted - line.cancelled), second=second)


def _going(line: SheetLine) -> Cell:
    return cells.text(_pieces(line, line.going), tone=Tone.TEXT if line.going else Tone.FAINT, strong=bool(line.going))


def _received(line: SheetLine) -> Cell:
    lost = written.tr("{} lost").format(_pieces(line, line.lost)) if line.lost else ""
    return Cell(_pieces(line, line.received), tone=Tone.OK if line.received else Tone.FAINT, second=lost)


_COLUMNS: Final = (
    Column[SheetLine]("item", "Item", _item, 140, stretch=True),
    Column[SheetLine]("wanted", "Wanted", _wanted_cell, 84, right=True),
    Column[SheetLine]("going", "On its way", _going, 84, right=True),
    Column[SheetLine]("received", "Arrived", _received, 76, right=True),
)
