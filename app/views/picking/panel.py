"""The pick list under the highlight: for whom, since when, and its lines by bin."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.models.shipment import PickState
from app.services import pick_sheets
from app.services.lists import PickRow
from app.services.pick_sheets import PickSheet, Stop
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.picking import commands, words
from app.views.picking.round import is_begun
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

TABLES = ("pick", "pick_line", "sales_order")


class PickPanel(RowPanel[PickRow, PickSheet]):
    """Shows a pick list's lines in walking order."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _read, TABLES, context.messages.tr("Choose a pick list to see its lines."))
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer, self.order = Button("", kind=Kind.LINK), Button("", kind=Kind.LINK)
        self.customer.clicked.connect(self._open_customer)
        self.order.clicked.connect(self._open_order)
        head.body.addWidget(Row(self.customer, self.order, None, gap=Space.LARGE))
        bound = context.commands
        self.by_hand = ActionButton(bound[commands.COMPLETE.id], "clipboard-check")
        self.buttons = Row(self.by_hand, ActionButton(bound[commands.PRINT.id], "printer", text=self.tr("Print")), None)
        head.body.addWidget(self.buttons)
        self.place(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[Stop] = RowsTable(_COLUMNS)
        self.table = ListView(self.lines, "pick_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines by bin"))
        self.place(self.table, line=False, table=True)

    def show_head(self, row: PickRow) -> None:
        """Number, state and customer."""
        begun = row.state == PickState.OPEN and is_begun(self.context, row.id)
        self.number.setText(row.number)
        self.chip.set_state("picking" if begun else row.state)
        self.customer.set_text(row.customer_name)
        self.order.set_text(row.order_number)
        self.by_hand.setVisible(row.state == PickState.OPEN)

    def show_sheet(self, sheet: PickSheet) -> None:
        """Dates, who, and the lines."""
        done = written.moment(sheet.picked_at) if sheet.picked_at else ""
        self.facts.set_facts(
            [
                Fact(self.tr("Promised"), written.full_day(sheet.promised_on) if sheet.promised_on else ""),
                Fact(self.tr("Planned"), written.moment(sheet.created_at)),
                Fact(self.tr("Picked by"), sheet.picked_by),
                Fact(self.tr("Picked"), done),
            ]
        )
        self.lines.set_rows(sheet.stops)
        fit_rows(self.table, len(sheet.stops), most=40)

    def _open_customer(self) -> None:
        if self.sheet is not None:
            self.context.open("customer", self.sheet.customer_id)

    def _open_order(self) -> None:
        if self.row is not None:
            self.context.open("order", self.row.order_id)


def _read(connection: Connection, pick_id: UUID) -> PickSheet:
    return pick_sheets.read(connection, pick_id)


def _quantity(stop: Stop) -> Cell:
    wanted = written.measured(stop.shown(stop.wanted), stop.unit)
    if not stop.picked:
        return cells.text(wanted, strong=True)
    tone = Tone.OK if stop.picked >= stop.wanted else Tone.WARN
    return cells.text(f"{words.quantity(stop.picked, stop)} of {wanted}", tone=tone, strong=True)


_COLUMNS = (
    Column[Stop]("bin", "Bin", lambda stop: cells.code(stop.bin or cells.DASH), 84),
    Column[Stop]("item", "Item", lambda stop: cells.two_lines(stop.name, stop.sku), 190, stretch=True),
    Column[Stop]("quantity", "Quantity", _quantity, 110, right=True),
)
