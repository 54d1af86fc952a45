"""The product under the highlight: its figures, how they go on, where it lies and what comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout
from sqlalchemy import Connection

from app.services import stock_sheet
from app.services.lists import STOCK, StockRow
from app.services.stock_sheet import StockSheet
from app.views import format as written
from app.views.context import Context
from app.views.format import tr
from app.views.inventory import commands, words
from app.views.inventory.chart import StockChart
from app.views.inventory.tables import SheetTables
from app.views.row_panel import RowPanel, fit_rows
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.side_panel import Section

TABLES = (*STOCK.tables, "stock_move", "shelf_move")
FEW_MOVES = 8


class StockPanel(RowPanel[StockRow, StockSheet]):
    """Shows a product's stock in short; Enter opens all of it."""

    def __init__(self, context: Context) -> None:
        hint = context.messages.tr("Choose a product to see its stock.")
        super().__init__(context, _reader(context.now), TABLES, hint)
        head = Section()
        self.name, self.chip = Label("", Type.ITEM, wrap=True), StatusChip()
        title = QHBoxLayout()
        title.addWidget(self.name, 1)
        title.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        head.body.addLayout(title)
        self.sku = Label("", Type.META, Tone.SOFT, code=True)
        head.body.addWidget(Row(self.sku, self.chip, None, gap=Space.MEDIUM))
        bound = context.commands
        self.buttons = Row(
            ActionButton(bound[commands.MOVE.id], "arrow-right", text=tr("Move")),
            ActionButton(bound[commands.SCRAP.id], "trash-2"),
            None,
        )
        head.body.addWidget(self.buttons)
        self.place(head)
        figures = Section()
        self.facts = Facts(3)
        figures.body.addWidget(self.facts)
        self.place(figures)
        projected = Section(tr("Projected stock"))
        self.chart = StockChart()
        projected.body.addWidget(self.chart)
        self.place(projected)
        self.tables = SheetTables(context, "stock_panel")
        self._nothing = Label(tr("Nothing of it is here."), Type.BODY, Tone.FAINT)
        self._show_all = Button(tr("All movements"), kind=Kind.LINK)
        self._show_all.clicked.connect(self._open_page)
        lies = Section(tr("Where it lies"), self._show_all)
        lies.body.addWidget(self._nothing)
        self.place(lies, line=False)
        self.place(self.tables.lies_view, table=True)
        self._due_title = Section(tr("What comes and goes"))
        self.place(self._due_title, line=False)
        self.place(self.tables.due_view, line=False, table=True)

    def show_head(self, row: StockRow) -> None:
        """Name, state and figures."""
        self.name.setText(row.name)
        self.sku.setText(row.sku)
        self.chip.set_state(words.status_of(row, None))
        self.facts.set_facts(facts(row))
        self.chart.show_row(row)
        if self.sheet is None:
            self.tables.clear()

    def show_sheet(self, sheet: StockSheet) -> None:
        """Where it lies, and what comes and goes."""
        self.tables.show_sheet(sheet)
        self._nothing.setVisible(not sheet.lies)
        self.tables.lies_view.setVisible(bool(sheet.lies))
        self._due_title.setVisible(bool(sheet.due))
        self.tables.due_view.setVisible(bool(sheet.due))
        fit_rows(self.tables.lies_view, len(sheet.lies), most=10)
        fit_rows(self.tables.due_view, len(sheet.due), most=12)

    def _open_page(self) -> None:
        if self.row is not None:
            self.context.open("stock", self.row.id)


def facts(row: StockRow) -> Sequence[Fact]:
    """The figures of a product over all warehouses, in its stock unit."""
    figures = row.figures()
    receipts = figures.receipts
    incoming = words.figure(sum(one.grains for one in receipts), row.grain) if receipts else ""
    found = [
        Fact(tr("On hand"), written.measured(Fraction(figures.on_hand, row.grain), row.unit)),
        Fact(tr("Promised"), words.figure(figures.promised + figures.picked, row.grain)),
        Fact(tr("Free"), words.figure(figures.free, row.grain)),
        Fact(tr("Incoming"), incoming),
        Fact(tr("Next receipt"), written.day(receipts[0].on, row.today) if receipts and row.today else ""),
        Fact(tr("Waits for it"), words.figure(row.backordered, row.grain) if row.backordered else ""),
    ]
    if figures.blocked:
        found.append(Fact(tr("Blocked"), words.figure(figures.blocked, row.grain)))
    return found


def _reader(now: Callable[[], datetime]) -> Callable[[Connection, UUID], StockSheet]:
    def read(connection: Connection, product_id: UUID) -> StockSheet:
        return stock_sheet.read(connection, product_id, now(), moves=FEW_MOVES)

    return read
