"""The blanket order under the highlight: what is agreed, called off and left, and the orders that call it off."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout
from sqlalchemy import Connection

from app.models.product import shown
from app.services import blankets, unit_words
from app.services.blanket_room import BlanketLine
from app.services.blankets import BlanketSheet
from app.services.lists import BlanketRow
from app.views import cells
from app.views import format as written
from app.views.blankets import commands
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.row_panel import RowPanel, fit_rows
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

TABLES: Final = ("blanket", "blanket_line", "blanket_call", "sales_order", "sales_order_line")


class BlanketPanel(RowPanel[BlanketRow, BlanketSheet]):
    """Shows a blanket order."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, _read, TABLES, context.messages.tr("Choose a blanket order to see what is left of it.")
        )
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer = Label("", Type.BODY, Tone.SOFT)
        head.body.addWidget(Row(self.customer, None))
        bound = context.commands
        self.next = ActionButton(bound[commands.CALL_OFF.id], "file-text", Kind.PRIMARY)
        self.end = ActionButton(bound[commands.CLOSE.id], "ban")
        head.body.addWidget(Row(self.next, None, self.end))
        self.place(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[BlanketLine] = RowsTable(_COLUMNS)
        self.table = ListView(self.lines, "blanket_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines"))
        self.place(self.table, table=True)
        called = Section(self.tr("Called off with"))
        self._orders = QVBoxLayout()
        self._orders.setSpacing(Space.SMALL)
        called.body.addLayout(self._orders)
        self.place(called, line=False)

    def show_head(self, row: BlanketRow) -> None:
        """Number, state and customer."""
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.customer.setText(row.customer_name)
        is_open = row.state == "open"
        self.next.setVisible(is_open)
        self.end.set_text(self.tr("Close") if is_open else self.tr("Open again"))

    def show_sheet(self, sheet: BlanketSheet) -> None:
        """Everything that was read."""
        head = sheet.head
        until = written.full_day(head.ends_on) if head.ends_on else self.tr("no end")
        self.facts.set_facts(
            [
                Fact(self.tr("From"), written.full_day(head.starts_on)),
                Fact(self.tr("Until"), until),
                Fact(self.tr("PO number"), head.customer_po, code=True),
            ]
        )
        self.lines.set_rows(sheet.lines)
        fit_rows(self.table, len(sheet.lines), most=30)
        while (item := self._orders.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in sheet.orders:
            link = Button(one.number, kind=Kind.LINK)
            link.clicked.connect(partial(self.context.open, "order", one.id))
            chip = StatusChip()
            chip.set_state(one.stage)
            day = Label(written.day(one.ordered_on, self.context.today()), Type.BODY, Tone.SOFT)
            amount = Label(written.amount(one.total), Type.BODY)
            self._orders.addWidget(Row(link, chip, None, amount, day, gap=Space.MEDIUM))
        if not sheet.orders:
            self._orders.addWidget(Label(self.tr("Nothing was called off yet."), Type.BODY, Tone.SOFT))


def _read(connection: Connection, blanket_id: UUID) -> BlanketSheet:
    return blankets.read(connection, blanket_id)


def _item(line: BlanketLine) -> Cell:
    return cells.two_lines(line.product.name, line.product.sku)


def _pieces(line: BlanketLine, grains: int) -> Cell:
    return cells.text(shown(line.in_unit(grains)))


def _left(line: BlanketLine) -> Cell:
    over = line.called - line.agreed
    if over > 0:
        return Cell("0", tone=Tone.WARN, second=written.tr("{} too many").format(shown(line.in_unit(over))))
    left = line.in_unit(line.left)
    return Cell(shown(left), strong=True, second=unit_words.of(line.unit, left))


_COLUMNS: Final = (
    Column[BlanketLine](
        "item", "Item", lambda line: cells.two_lines(line.product.name, line.product.sku), 130, stretch=True
    ),
    Column[BlanketLine]("agreed", "Agreed", lambda line: cells.text(shown(line.in_unit(line.agreed))), 68, right=True),
    Column[BlanketLine](
        "called", "Called off", lambda line: cells.text(shown(line.in_unit(line.called))), 84, right=True
    ),
    Column[BlanketLine]("left", "Left", _left, 68, right=True),
    Column[BlanketLine]("price", "Price", lambda line: cells.amount(line.unit_price), 68, right=True),
)
