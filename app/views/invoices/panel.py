"""The invoice under the highlight: lines, taxes, what settled it, and how it was booked."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QMenu
from sqlalchemy import Connection

from app.models.invoice import InvoiceKind, InvoiceState
from app.models.lines import UNPRICED
from app.models.payment import DeductionKind
from app.services import receivables
from app.services.lists import InvoiceRow
from app.services.receivables import Booking, InvoiceSheet, Settling
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.settle import DEDUCTIONS
from app.views.einvoice_names import FORMS
from app.views.format import tr
from app.views.invoices import commands
from app.views.row_panel import RowPanel, fit_rows
from app.views.tables import RowsTable
from app.views.term_names import TermNames
from app.views.theme import Type
from app.views.tokens import Density, Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

TABLES: Final = (
    "invoice",
    "invoice_order",
    "instalment",
    "invoice_line",
    "allocation",
    "payment",
    "einvoice",
    "customer",
)
COMPACT: Final = 28


def state_of(row: InvoiceRow, today: date) -> str:
    """Give the word for the chip: an open invoice may be overdue or paid in part."""
    if row.state != InvoiceState.POSTED:
        return row.state
    if row.kind != InvoiceKind.CREDIT and row.due_on is not None and row.due_on < today:
        return "overdue"
    return "part_paid" if row.open_amount != row.total else row.state


def title_of(kind: str, number: str | None) -> str:
    """Name a document that may have no number yet."""
    names = {InvoiceKind.CREDIT: tr("Credit note draft"), InvoiceKind.DEPOSIT: tr("Deposit draft")}
    return number or names.get(InvoiceKind(kind), tr("Invoice draft"))


class InvoicePanel(RowPanel[InvoiceRow, InvoiceSheet]):
    """Shows an invoice with everything that belongs to it."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _read, TABLES, context.messages.tr("Choose an invoice to see it."))
        self._terms = TermNames(context, self)
        self._build_head()
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[Any] = RowsTable(_LINES)
        self.table = ListView(self.lines, "invoice_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines"))
        self.place(self.table, line=False, table=True)
        totals = Section()
        self.totals = TotalsBlock()
        totals.body.addWidget(self.totals)
        self.place(totals)
        self.orders_section = Section(self.tr("Orders"))
        self.orders: RowsTable[Any] = RowsTable(_ORDERS)
        self.orders_table = ListView(self.orders, "invoice_orders", density=Density.COMPACT)
        self.orders_table.setAccessibleName(self.tr("Orders"))
        self.orders_table.opened.connect(self._open_one_order)
        self.orders_section.body.addWidget(self.orders_table)
        self.place(self.orders_section)
        self.due_section = Section(self.tr("Instalments"))
        self.due: RowsTable[Any] = RowsTable(_DUE)
        self.due_table = ListView(self.due, "invoice_due", density=Density.COMPACT)
        self.due_table.setAccessibleName(self.tr("Instalments"))
        self.due_section.body.addWidget(self.due_table)
        self.place(self.due_section)
        self.settled_section = Section(self.tr("Settled by"))
        self.settled: RowsTable[Settling] = RowsTable(_SETTLED)
        self.settled_table = ListView(self.settled, "invoice_settled", density=Density.COMPACT)
        self.settled_table.setAccessibleName(self.tr("Settled by"))
        self.settled_table.opened.connect(self._open_payment)
        self.settled_section.body.addWidget(self.settled_table)
        self.place(self.settled_section)
        self.journal_section = Section(self.tr("Journal entry"))
        self.journal: RowsTable[Booking] = RowsTable(JOURNAL)
        self.journal_table = ListView(self.journal, "invoice_journal", density=Density.COMPACT)
        self.journal_table.setAccessibleName(self.tr("Journal entry"))
        self.journal_section.body.addWidget(self.journal_table)
        self.place(self.journal_section, line=False)

    def show_head(self, row: InvoiceRow) -> None:
        """Number, state, customer and the next step."""
        self.number.setText(title_of(row.kind, row.number))
        self.chip.set_state(state_of(row, self.context.today()))
        self.customer.set_text(row.customer_name)
        self.order.set_text(row.order_number)
        self.order.setVisible(row.order_id is not None)
        draft, waits = row.state == InvoiceState.DRAFT, row.open_amount > 0 and row.state == InvoiceState.POSTED
        self.next.setVisible(draft or waits)
        self.next.set_text(self.tr("Post") if draft else self.tr("Record payment"))
        self.next.set_icon("receipt" if draft else "hand-coins")
        posted = row.state in {InvoiceState.POSTED, InvoiceState.PAID}
        self.context.commands.allow(commands.CREDIT.id, allowed=posted and row.kind != InvoiceKind.CREDIT)
        self.context.commands.allow(commands.EINVOICE.id, allowed=posted)
        self.context.commands.allow(commands.DISCARD.id, allowed=draft)
        owed = row.open_amount < 0 and row.state == InvoiceState.POSTED
        for command, allowed in zip(commands.SETTLING, (waits, waits, posted, owed, owed), strict=True):
            self.context.commands.allow(command.id, allowed=allowed)
        self.context.commands.allow(commands.RESCHEDULE.id, allowed=row.state == InvoiceState.POSTED)

    def show_sheet(self, sheet: InvoiceSheet) -> None:
        """Dates, lines, totals, payments and the entry."""
        head = sheet.head
        facts = [
            Fact(self.tr("Invoice date"), written.full_day(head.invoiced_on) if head.invoiced_on else ""),
            Fact(self.tr("Due"), written.full_day(head.due_on) if head.due_on else ""),
            Fact(self.tr("PO number"), head.customer_po, code=True),
            Fact(self.tr("Terms"), self._terms.of(head.payment_term)),
        ]
        if sheet.credits:
            facts.append(Fact(self.tr("Takes back"), sheet.credits, code=True))
        if (words := _electronic(sheet)) is not None:
            facts.append(Fact(self.tr("E-invoice"), words))
        self.facts.set_facts(facts)
        self.lines.set_rows(sheet.lines)
        fit_rows(self.table, len(sheet.lines), most=6)
        self.totals.set_rows(_totals(sheet))
        self.orders.set_rows(sheet.orders)
        self.orders_section.setVisible(bool(sheet.orders))
        fit_rows(self.orders_table, len(sheet.orders), COMPACT)
        self.due.set_rows(sheet.due)
        self.due_section.setVisible(bool(sheet.due))
        fit_rows(self.due_table, len(sheet.due), COMPACT)
        self.settled.set_rows(sheet.settled)
        self.settled_section.setVisible(bool(sheet.settled))
        fit_rows(self.settled_table, len(sheet.settled), COMPACT)
        self.journal.set_rows(sheet.bookings)
        self.journal_section.setVisible(bool(sheet.bookings))
        fit_rows(self.journal_table, len(sheet.bookings), COMPACT)

    def _build_head(self) -> None:
        head, bound = Section(), self.context.commands
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer, self.order = Button("", kind=Kind.LINK), Button("", kind=Kind.LINK)
        self.customer.clicked.connect(self._open_customer)
        self.order.clicked.connect(self._open_order)
        head.body.addWidget(Row(self.customer, self.order, None, gap=Space.LARGE))
        self.next = ActionButton(bound[commands.NEXT.id], "play", Kind.PRIMARY)
        more, menu = Button(icon="ellipsis", name=self.tr("More")), QMenu(self)
        for command in (
            commands.POST,
            *commands.SETTLING,
            commands.CREDIT,
            commands.RESCHEDULE,
            commands.EINVOICE,
            commands.DISCARD,
            commands.ORDER,
        ):
            menu.addAction(bound[command.id])
        more.setMenu(menu)
        head.body.addWidget(Row(self.next, ActionButton(bound[commands.PRINT.id], "printer"), None, more))
        self.place(head)

    def _open_customer(self) -> None:
        if self.sheet is not None:
            self.context.open("customer", self.sheet.head.customer_id)

    def _open_order(self) -> None:
        if self.row is not None and self.row.order_id is not None:
            self.context.open("order", self.row.order_id)

    def _open_one_order(self, one: Any) -> None:
        self.context.open("order", one.order_id)

    def _open_payment(self, one: Settling) -> None:
        if one.payment_id is not None:
            self.context.open("payment", one.payment_id)


def _read(connection: Connection, invoice_id: UUID) -> InvoiceSheet:
    return receivables.invoice_sheet(connection, invoice_id)


def _totals(sheet: InvoiceSheet) -> list[TotalRow]:
    head = sheet.head
    rows = [TotalRow(tr("Untaxed"), written.amount(head.untaxed))]
    for one in sheet.taxes:
        name = tr("{} (included)").format(one.name) if one.included else one.name
        rows.append(TotalRow(name, written.amount(one.amount)))
    if head.rounding:
        rows.append(TotalRow(tr("Rounding"), written.amount(head.rounding)))
    rows.append(TotalRow(tr("Total {}").format(head.currency), written.amount(head.total), strong=True))
    if head.state in {InvoiceState.POSTED, InvoiceState.PAID}:
        if sheet.paid:
            rows.append(TotalRow(tr("Settled"), written.amount(-sheet.paid)))
        rows.append(TotalRow(tr("Open"), written.amount(head.open_amount), strong=True))
    return rows


def _electronic(sheet: InvoiceSheet) -> str | None:
    """Say how far the e-invoice is; nothing where the customer gets none and none was made."""
    state = sheet.electronic
    if state.made is not None and state.at is not None:
        return tr("{}, made {}").format(tr(FORMS[state.made]), written.full_day(state.at.astimezone().date()))
    if not state.wanted:
        return None
    return tr("{}, not made yet").format(tr(FORMS[state.wanted]))


def _quantity(line: Any) -> Cell:
    if line.kind in UNPRICED:
        return Cell()
    return Cell(written.measured(line.quantity, line.unit), strong=True)


def _source(one: Settling) -> Cell:
    if one.deducted:
        words = tr(DEDUCTIONS[DeductionKind(one.deducted)])
        return cells.text(words if one.amount > 0 else tr("{}, taken back").format(words))
    return cells.code(one.payment_number) if one.payment_id else cells.text(tr("credit note"))


_LINES: Final = (
    Column[Any]("item", "Item", lambda line: cells.two_lines(line.name, line.sku), 180, stretch=True),
    Column[Any]("quantity", "Qty", _quantity, 84, right=True),
    Column[Any]("amount", "Amount", lambda line: cells.amount(line.net), 96, right=True),
)
_ORDERS: Final = (
    Column[Any]("order", "Order", lambda row: cells.code(row.number), 130, stretch=True),
    Column[Any]("amount", "Amount", lambda row: cells.amount(row.amount), 96, right=True),
    Column[Any]("open", "Open", lambda row: cells.amount(row.open_amount), 96, right=True),
)
_DUE: Final = (
    Column[Any]("due", "Due", lambda row: cells.text(written.full_day(row.due_on)), 130, stretch=True),
    Column[Any]("amount", "Amount", lambda row: cells.amount(row.amount), 96, right=True),
    Column[Any]("open", "Open", lambda row: cells.amount(row.open_amount), 96, right=True),
)
_SETTLED: Final = (
    Column[Settling]("from", "Payment", _source, 130, stretch=True),
    Column[Settling]("on", "On", lambda one: cells.text(written.full_day(one.on), tone=Tone.SOFT), 120),
    Column[Settling]("amount", "Amount", lambda one: cells.amount(one.amount), 96, right=True),
)


def _debit(one: Booking) -> Cell:
    return cells.amount(one.amount) if one.amount > 0 else Cell()


def _credit(one: Booking) -> Cell:
    return cells.amount(-one.amount) if one.amount < 0 else Cell()


JOURNAL: Final = (
    Column[Booking](
        "account", "Account", lambda one: cells.text(f"{one.account} {one.account_name}"), 160, stretch=True
    ),
    Column[Booking]("debit", "Debit", _debit, 96, right=True),
    Column[Booking]("credit", "Credit", _credit, 96, right=True),
)
