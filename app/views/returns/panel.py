"""The return under the highlight: what comes back, what became of it, and the papers that belong to it."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QMenu
from sqlalchemy import Connection

from app.models.product import shown
from app.models.returns import AWAITED, ReturnState
from app.services import return_sheets
from app.services.lists import ReturnRow
from app.services.return_sheets import ReturnLine, ReturnPaper, ReturnSheet
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.dialogs.give_back import disposition_word
from app.views.format import tr
from app.views.returns import commands
from app.views.row_panel import RowPanel, fit_rows
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

TABLES: Final = ("goods_return", "goods_return_line", "sales_order_line", "shipment", "shipment_line", "invoice")
STEPS: Final = {
    "receive": ("Receive", "package-plus"),
    "repair": ("Repair is done", "package-check"),
    "credit": ("Credit", "receipt"),
    "ship": ("Show the shipment", "truck"),
}
_PAPERS: Final = {"shipment": ("Shipment", "truck"), "credit": ("Credit note", "receipt")}


def next_step(sheet: ReturnSheet) -> str:
    """Say what a return calls for: receive, repair, credit, ship, or nothing."""
    if sheet.head.state == ReturnState.CANCELLED:
        return ""
    if sheet.head.state in AWAITED and not (sheet.head.in_advance and sheet.to_ship):
        return "receive"
    if any(line.in_repair for line in sheet.lines):
        return "repair"
    if sheet.to_ship:
        return "ship"
    return "credit" if sheet.creditable else ""


class ReturnPanel(RowPanel[ReturnRow, ReturnSheet]):
    """Shows a return with its lines and papers."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, read, TABLES, context.messages.tr("Choose a return to see it."))
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer, self.order = Button("", kind=Kind.LINK), Button("", kind=Kind.LINK)
        self.customer.clicked.connect(self._open_customer)
        self.order.clicked.connect(self._open_order)
        head.body.addWidget(Row(self.customer, self.order, None, gap=Space.LARGE))
        bound = context.commands
        self.next = ActionButton(bound[commands.NEXT.id], "play", Kind.PRIMARY)
        more = Button(icon="ellipsis", name=self.tr("More"))
        more.setMenu(
            self._menu(
                commands.RECEIVE,
                commands.REPAIR,
                commands.CREDIT,
                commands.SHIP,
                commands.STOP,
                commands.CANCEL,
                commands.ORDER,
            )
        )
        head.body.addWidget(Row(self.next, ActionButton(bound[commands.PRINT.id], "printer"), None, more))
        self.place(head)
        self.late = Banner("", "", ActionButton(bound[commands.STOP.id], "receipt"))
        self.place(self.late, line=False)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[ReturnLine] = RowsTable(_COLUMNS)
        self.table = ListView(self.lines, "return_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines that come back"))
        self.place(self.table, line=False, table=True)
        self.papers: RowsTable[ReturnPaper] = RowsTable(_paper_columns(context.today()))
        self.documents = ListView(self.papers, "return_panel_papers")
        self.documents.setAccessibleName(self.tr("Shipments and credit notes of this return"))
        self.documents.opened.connect(self._open_paper)
        self.place(self.documents, line=False, table=True)

    def show_head(self, row: ReturnRow) -> None:
        """Number, state and customer."""
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.customer.set_text(row.customer_name)
        self.order.set_text(row.order_number)

    def show_sheet(self, sheet: ReturnSheet) -> None:
        """Reason, what becomes of it, the lines, and what went out for them."""
        head = sheet.head
        step = next_step(sheet)
        self.next.setVisible(bool(step))
        if step:
            text, icon = STEPS[step]
            self.next.set_text(tr(text))
            self.next.set_icon(icon)
        late = head.state in AWAITED and head.in_advance and head.expected_on < self.context.today()
        self.late.set_text(self.tr("Not back in time") if late else "", self.tr("Its replacement may be invoiced."))
        expected = written.full_day(head.expected_on) if head.expected_on else ""
        facts = [
            Fact(self.tr("Reason"), head.reason),
            Fact(self.tr("Sent in advance"), self.tr("yes, here by {}").format(expected) if head.in_advance else ""),
            Fact(self.tr("To ship"), self.tr("{} pieces").format(shown(sheet.to_ship)) if sheet.to_ship else ""),
            Fact(self.tr("Authorised"), f"{written.moment(head.created_at)}, {head.created_by}"),
            Fact(self.tr("Received"), written.moment(head.received_at) if head.received_at else ""),
        ]
        self.facts.set_facts([fact for fact in facts if fact.value])
        self.lines.set_rows(sheet.lines)
        fit_rows(self.table, len(sheet.lines), most=40)
        self.papers.set_rows(sheet.papers)
        fit_rows(self.documents, len(sheet.papers), most=12)
        self.documents.setVisible(bool(sheet.papers))

    def _menu(self, *wanted: Command) -> QMenu:
        menu = QMenu(self)
        for command in wanted:
            menu.addAction(self.context.commands[command.id])
        return menu

    def _open_customer(self) -> None:
        if self.sheet is not None:
            self.context.open("customer", self.sheet.head.customer_id)

    def _open_order(self) -> None:
        if self.row is not None:
            self.context.open("order", self.row.order_id)

    def _open_paper(self, paper: ReturnPaper) -> None:
        self.context.open("invoice" if paper.kind == "credit" else paper.kind, paper.id)


def read(connection: Connection, return_id: UUID) -> ReturnSheet:
    """Read a return for the panel."""
    return return_sheets.sheet(connection, return_id)


def _item(one: ReturnLine) -> Cell:
    words = " · ".join(part for part in (one.reason, one.finding) if part)
    return cells.two_lines(one.name, f"{one.sku}  {words}".strip())


def _becomes(one: ReturnLine) -> Cell:
    word = disposition_word(one.disposition)
    return cells.two_lines(word, one.exchange) if one.exchange else cells.text(word)


def _authorised(one: ReturnLine) -> Cell:
    return cells.text(written.measured(one.authorised, one.unit), strong=True)


def _arrived(one: ReturnLine) -> Cell:
    figures = (
        (one.good, tr("{} good")),
        (one.broken, tr("{} broken")),
        (one.repair, tr("{} to repair")),
        (one.refused, tr("{} sent back")),
        (one.given_up, tr("{} not awaited")),
    )
    words = [text.format(shown(quantity)) for quantity, text in figures if quantity]
    if not words:
        return cells.text(cells.DASH, tone=Tone.SOFT)
    tone = Tone.WARN if one.broken or one.repair else Tone.SOFT
    return (
        cells.text(", ".join(words), tone=tone) if len(words) < 2 else cells.two_lines(words[0], ", ".join(words[1:]))
    )


_COLUMNS: Final = (
    Column[ReturnLine]("item", "Item", _item, 104, stretch=True),
    Column[ReturnLine]("becomes", "Becomes", _becomes, 90),
    Column[ReturnLine]("authorised", "Quantity", _authorised, 82, right=True),
    Column[ReturnLine]("arrived", "Arrived", _arrived, 100),
)


def _paper_columns(today: date) -> tuple[Column[ReturnPaper], ...]:
    def on(one: ReturnPaper) -> Cell:
        return cells.on(one.on, today) if one.on else cells.text(cells.DASH, tone=Tone.SOFT)

    def total(one: ReturnPaper) -> Cell:
        return cells.text("" if one.total is None else written.amount(one.total))

    return (
        Column[ReturnPaper]("kind", "Document", lambda one: cells.text(tr(_PAPERS[one.kind][0])), 86),
        Column[ReturnPaper]("number", "Number", lambda one: cells.code(one.number), 70, stretch=True),
        Column[ReturnPaper]("state", "Status", lambda one: cells.state(one.state), 90),
        Column[ReturnPaper]("on", "Day", on, 64),
        Column[ReturnPaper]("total", "Total", total, 74, right=True),
    )
