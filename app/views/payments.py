"""Payments: what came in, what it was used for, what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QMenu
from sqlalchemy import Connection

from app.services import payments, receivables, refunds
from app.services.lists import PAYMENTS, PaymentRow
from app.services.receivables import Booking, PaymentSheet, Settling
from app.services.refunds import Left
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.dialogs.bounce import BounceDialog
from app.views.dialogs.choose_customer import ChooseCustomerDialog
from app.views.dialogs.pay import METHODS, PayDialog
from app.views.dialogs.pay_back import PayBackDialog
from app.views.format import tr
from app.views.list_page import ListPage
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.messages import confirm
from app.views.row_panel import RowPanel, fit_rows
from app.views.screen import Finder, Found, Group, Place, Screen, Target, Waiting
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Density, Glyph, Hue, Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

NEW: Final = Command(
    "payment.new",
    "New payment",
    "Book money that came in.",
    "Ctrl+N",
    "plus",
    record="customer",
    record_text="New payment from {}",
    opens=True,
)
ALLOCATE: Final = Command(
    "payment.allocate",
    "Use for open invoices",
    "Use what is left for the customer's open invoices, the oldest due first.",
    "Ctrl+Return",
    "check",
    needs_selection=True,
)
TAKE_BACK: Final = Command(
    "payment.reverse",
    "Take back",
    "It bounced or was booked by mistake: book the opposite.",
    "",
    "undo-2",
    needs_selection=True,
)
BOUNCE: Final = Command(
    "payment.bounce",
    "Bounced",
    "The bank took it back: book the opposite, with the bank's fee.",
    "Ctrl+B",
    "undo-2",
    needs_selection=True,
)
PAY_BACK: Final = Command(
    "payment.pay_back",
    "Pay back",
    "Pay the customer back what is left on account, or a part of it.",
    "Ctrl+R",
    "hand-coins",
    needs_selection=True,
)
COMPACT: Final = 28
WORDS: Final = dict(METHODS)


def _state(row: PaymentRow) -> Cell:
    if row.reversed:
        return cells.chip(tr("Taken back"), Hue.GREY, Glyph.SLASH)
    if not row.unallocated:
        return cells.chip(tr("Allocated"), Hue.GREEN, Glyph.CHECK)
    if row.unallocated == row.amount:
        return cells.chip(tr("Not allocated"), Hue.AMBER, Glyph.CLOCK)
    return cells.chip(tr("Part allocated"), Hue.AMBER, Glyph.HALF)


def _spec(today: date) -> ListSpec[PaymentRow]:
    return ListSpec(
        listing=PAYMENTS,
        columns=(
            Column[PaymentRow]("number", "Payment", lambda row: cells.code(row.number), 100, sort="number"),
            Column[PaymentRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 130, sort="customer", stretch=True
            ),
            Column[PaymentRow]("on", "Received", lambda row: cells.on(row.received_on, today), 92, sort="received_on"),
            Column[PaymentRow]("state", "Status", _state, 126),
            Column[PaymentRow]("reference", "Reference", lambda row: cells.text(row.reference, tone=Tone.SOFT), 96),
            Column[PaymentRow]("amount", "Amount", lambda row: cells.amount(row.amount), 96, sort="amount", right=True),
            Column[PaymentRow]("left", "Left", lambda row: cells.amount(_left(row)), 88, right=True),
            Column[PaymentRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.SOFT), 50),
        ),
        nouns=("payment", "payments"),
        search_hint="Payment, customer, reference…",
        tabs=(
            Tab("all", "All", counted=False),
            Tab("unallocated", "Not allocated", {"unallocated": "yes"}),
        ),
        filters=(
            Filter("unallocated", "Payments", (Option("yes", "not allocated", True),)),
            Filter("method", "Method", tuple(Option(value, words, value) for value, words in METHODS)),
        ),
        total="amount",
    )


def _left(row: PaymentRow) -> Decimal:
    return Decimal(0) if row.reversed else row.unallocated


class PaymentPanel(RowPanel[PaymentRow, PaymentSheet]):
    """A payment, what it was used for, and how it was booked."""

    def __init__(self, context: Context) -> None:
        tables = ("payment", "allocation", "invoice")
        super().__init__(context, _sheet, tables, context.messages.tr("Choose a payment to see what it was used for."))
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer = Button("", kind=Kind.LINK)
        self.customer.clicked.connect(self._open_customer)
        head.body.addWidget(Row(self.customer, None))
        self.use = ActionButton(context.commands[ALLOCATE.id], "check", Kind.PRIMARY)
        more, menu = Button(icon="ellipsis", name=self.tr("More")), QMenu(self)
        for command in (PAY_BACK, BOUNCE, TAKE_BACK):
            menu.addAction(context.commands[command.id])
        more.setMenu(menu)
        self.buttons = Row(self.use, None, more)
        head.body.addWidget(self.buttons)
        self.place(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        used = Section(self.tr("Used for"))
        self.rows: RowsTable[Settling] = RowsTable(_USED)
        self.table = ListView(self.rows, "payment_used", density=Density.COMPACT)
        self.table.setAccessibleName(self.tr("Used for"))
        self.table.opened.connect(self._open_invoice)
        self.totals = TotalsBlock()
        used.body.addWidget(self.table)
        used.body.addWidget(self.totals)
        self.place(used)
        journal = Section(self.tr("Journal entry"))
        self.journal: RowsTable[Booking] = RowsTable(_JOURNAL)
        self.journal_table = ListView(self.journal, "payment_journal", density=Density.COMPACT)
        self.journal_table.setAccessibleName(self.tr("Journal entry"))
        journal.body.addWidget(self.journal_table)
        self.place(journal, line=False)

    def show_head(self, row: PaymentRow) -> None:
        """Number, state and customer."""
        self.number.setText(row.number)
        state = _state(row).status
        assert state is not None, "every payment has a state"
        self.chip.set_state(state)
        self.customer.set_text(row.customer_name)
        usable = not row.reversed and row.unallocated > 0
        self.use.setVisible(usable)
        self.context.commands.allow(ALLOCATE.id, allowed=usable)
        self.context.commands.allow(PAY_BACK.id, allowed=usable)
        self.context.commands.allow(TAKE_BACK.id, allowed=not row.reversed)
        self.context.commands.allow(BOUNCE.id, allowed=not row.reversed and row.amount > 0)

    def show_sheet(self, sheet: PaymentSheet) -> None:
        """How it came in, what it was used for, what is left."""
        head = sheet.head
        facts = [
            Fact(self.tr("Received on"), written.full_day(head.received_on)),
            Fact(self.tr("Method"), self.tr(WORDS.get(head.method, head.method))),
            Fact(self.tr("Reference"), head.reference),
            Fact(self.tr("Booked"), f"{written.moment(head.at)}, {head.by}"),
        ]
        if sheet.reversal:
            facts.append(Fact(self.tr("Taken back by"), sheet.reversal, code=True))
        if sheet.reverses:
            facts.append(Fact(self.tr("Takes back"), sheet.reverses, code=True))
        self.facts.set_facts(facts)
        self.rows.set_rows(sheet.settled)
        self.table.setVisible(bool(sheet.settled))
        fit_rows(self.table, len(sheet.settled), COMPACT)
        self.totals.set_rows(self._figures(sheet))
        self.journal.set_rows(sheet.bookings)
        fit_rows(self.journal_table, len(sheet.bookings), COMPACT, most=12)

    def _figures(self, sheet: PaymentSheet) -> list[TotalRow]:
        head = sheet.head
        rows = [
            TotalRow(self.tr("Amount {}").format(head.currency), written.amount(head.amount), strong=True),
            TotalRow(
                self.tr("Used for invoices"), written.amount(sheet.left - head.amount + sheet.kept + sheet.given_back)
            ),
            *([TotalRow(self.tr("Kept as income"), written.amount(-sheet.kept))] if sheet.kept else []),
            *([TotalRow(self._paid_back_words(head), written.amount(-sheet.given_back))] if sheet.given_back else []),
            TotalRow(self.tr("Left"), written.amount(sheet.left), strong=True),
        ]
        if sheet.left and sheet.open_invoices and not sheet.is_taken_back:
            waiting = sum((one.open_amount for one in sheet.open_invoices), Decimal(0))
            count = len(sheet.open_invoices)
            words = (
                self.tr("{} open invoices of this customer")
                if count > 1
                else self.tr("1 open invoice of this customer")
            )
            rows.append(TotalRow(words.format(count), written.amount(waiting)))
        return rows

    def _paid_back_words(self, head: Any) -> str:
        return self.tr("Paid back to the customer") if head.amount > 0 else self.tr("Taken from money on account")

    def _open_customer(self) -> None:
        if self.sheet is not None:
            self.context.open("customer", self.sheet.head.customer_id)

    def _open_invoice(self, one: Settling) -> None:
        self.context.open("invoice", one.invoice_id)


class PaymentsScreen(Screen):
    """The payments with what they were used for."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "payments")
        self.bind(NEW, self.new, self.new_for)
        self.bind(ALLOCATE, self.allocate)
        self.bind(TAKE_BACK, self.take_back)
        self.bind(PAY_BACK, self.pay_back)
        self.bind(BOUNCE, self.bounce)
        self.list: ListPage[PaymentRow] = ListPage(
            context, self.tr("Payments"), _spec(context.today()), scope=self.place_id
        )
        self.list.header.add(ActionButton(context.commands[NEW.id], "plus", Kind.PRIMARY))
        self.list.set_empty(
            EmptyState(
                "hand-coins",
                self.tr("No payments yet"),
                self.tr("Book what a customer paid: it settles the invoices it names, the rest stays to their credit."),
                ActionButton(context.commands[NEW.id], "plus", Kind.PRIMARY),
            )
        )
        self.panel = PaymentPanel(context)
        self.list.set_panel(self.panel)
        self.list.picked.connect(self.panel.show_row)
        self.list.always_pick()
        self.list.opened.connect(self._enter_panel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)

    def visit(self, target: Target) -> None:
        """Show the list, or one payment in it."""
        if target.record_id is not None:
            self.context.tasks.read(self, partial(_sheet, payment_id=target.record_id), self._show_record)
        elif target.option("tab"):
            self.list.show_query(tab=target.option("tab"))

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.list.filters.search.setFocus()

    def new(self) -> None:
        """Ask whose payment it is, then what was paid."""
        dialog = ChooseCustomerDialog(self.context, self.tr("New payment"), parent=self)
        dialog.done_with.connect(self.new_for)
        dialog.open()

    def new_for(self, customer_id: UUID) -> None:
        """Ask what a customer paid."""
        self.context.tasks.read(self, partial(_customer, customer_id=customer_id), partial(self._ask, customer_id))

    def allocate(self) -> None:
        """Use what is left of the highlighted payment for the customer's open invoices, the oldest due first."""
        row = self.list.current()
        if row is not None:
            payment_id, today = row.id, self.context.today()
            self.context.run(
                self,
                "payment.allocate",
                lambda tx: _allocate_rest(tx, payment_id, today),
                done=self._say_allocated,
            )

    def pay_back(self) -> None:
        """Ask how much of what the highlighted payment's customer has on account is paid back, and how."""
        sheet = self.panel.sheet
        if sheet is not None and sheet.left > 0 and not sheet.is_taken_back:
            customer_id, currency, name = sheet.head.customer_id, sheet.head.currency, sheet.head.customer_name
            self.context.tasks.read(
                self,
                partial(_credit, customer_id=customer_id, currency=currency),
                partial(self._ask_pay_back, customer_id, name, currency),
            )

    def _ask_pay_back(self, customer_id: UUID, name: str, currency: str, lefts: list[Left]) -> None:
        PayBackDialog(self.context, customer_id, name, currency, lefts, parent=self).open()

    def bounce(self) -> None:
        """Book that the bank took the highlighted payment back."""
        row = self.list.current()
        if row is not None and not row.reversed:
            BounceDialog(self.context, row.id, row.number, parent=self).open()

    def take_back(self) -> None:
        """Ask, then book the opposite of the highlighted payment."""
        row = self.list.current()
        if row is None or row.reversed:
            return
        text = self.tr("Take {} of {} back?").format(row.number, written.money(row.amount, row.currency))
        detail = self.tr("The opposite is booked today; the invoices it settled are open again.")
        self._asked = confirm(self, text, detail, self.tr("Take back"), partial(self._take_back, row.id))

    def _enter_panel(self, _row: object) -> None:
        """Go on in the panel, with what the payment was used for or what is to be done with it."""
        table, use = self.panel.table, self.panel.use
        (table if table.isVisible() else use if use.isVisible() else self.panel.customer).setFocus()

    def _take_back(self, payment_id: UUID) -> None:
        today = self.context.today()
        self.context.run(
            self,
            "payment.reverse",
            lambda tx: payments.reverse(tx, payment_id, today),
            said=self.tr("The payment is taken back."),
        )

    def _ask(self, customer_id: UUID, found: tuple[str, str, int]) -> None:
        name, currency, _ = found
        PayDialog(self.context, customer_id, name, currency=currency, parent=self).open()

    def _say_allocated(self, numbers: list[str]) -> None:
        if numbers:
            self.context.messages.say(self.tr("Used for {}.").format(", ".join(numbers)))
        else:
            self.context.messages.say(self.tr("This customer has no open invoice in this currency."))

    def _show_record(self, sheet: PaymentSheet) -> None:
        self.list.show_record(sheet.head.id, sheet.head.number)


def _allocate_rest(tx: Transaction, payment_id: UUID, on: date) -> list[str]:
    """Use what is left of a payment for open invoices; return their numbers."""
    sheet = receivables.payment_sheet(tx.connection, payment_id)
    shares = payments.propose(sheet.left, list(sheet.open_invoices), sheet.head.currency)
    numbers = {one.id: one.number for one in sheet.open_invoices}
    for invoice_id, amount in shares.items():
        payments.allocate(tx, payment_id, invoice_id, amount, on)
    return [numbers[invoice_id] for invoice_id in shares]


def _sheet(connection: Connection, payment_id: UUID) -> PaymentSheet:
    return receivables.payment_sheet(connection, payment_id)


def _credit(connection: Connection, customer_id: UUID, currency: str) -> list[Left]:
    return [one for one in refunds.credit(connection, customer_id) if one.currency == currency]


def _customer(connection: Connection, customer_id: UUID) -> tuple[str, str, int]:
    return receivables.paying_customer(connection, customer_id)


def _signed(one: Booking, sign: int) -> Cell:
    value = one.amount * sign
    return cells.amount(value) if value > 0 else Cell()


_USED: Final = (
    Column[Settling]("invoice", "Invoice", lambda one: cells.code(one.invoice_number), 130, stretch=True),
    Column[Settling]("on", "On", lambda one: cells.text(written.full_day(one.on), tone=Tone.SOFT), 136),
    Column[Settling]("amount", "Amount", lambda one: cells.amount(one.amount), 96, right=True),
)
_JOURNAL: Final[tuple[Column[Any], ...]] = (
    Column[Booking](
        "account", "Account", lambda one: cells.text(f"{one.account} {one.account_name}"), 180, stretch=True
    ),
    Column[Booking]("debit", "Debit", lambda one: _signed(one, 1), 84, right=True),
    Column[Booking]("credit", "Credit", lambda one: _signed(one, -1), 84, right=True),
)


def _waiting(connection: Connection) -> Waiting:
    count = receivables.count_unallocated(connection)
    return Waiting(count, count)


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = receivables.find_payments(connection, text, limit)
    return [Found(key, number, f"{customer} · {about}", code=True) for key, number, customer, about in found]


PLACE: Final = Place(
    "payments",
    "Payments",
    "hand-coins",
    Group.BILL,
    PaymentsScreen,
    kinds=("payment",),
    waiting=_waiting,
    tables=("payment", "allocation"),
    commands=(NEW, ALLOCATE, PAY_BACK, TAKE_BACK, BOUNCE),
    finders=(Finder("payment", "Payments", "hand-coins", _find),),
)
