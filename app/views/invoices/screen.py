"""Invoices: what is to post, what is open, what is overdue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.models.einvoice import Form
from app.models.invoice import InvoiceKind, InvoiceState
from app.models.payment_terms import Instalment
from app.services import billing, cash_application, companies, instalments, receivables
from app.services.cash_application import Deducted, Payable
from app.services.lists import INVOICES, InvoiceRow
from app.services.receivables import InvoiceSheet
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.bulk import Bulk, run_each
from app.views.cells import Column
from app.views.context import Context
from app.views.dialogs.bill import CreditDialog, PostInvoiceDialog
from app.views.dialogs.collect import CollectDialog
from app.views.dialogs.einvoice import EInvoiceDialog
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.quantities import QuantityLine
from app.views.dialogs.refund import RefundDialog
from app.views.dialogs.reschedule import RescheduleDialog
from app.views.dialogs.settle import TakeBackDialog, UseCreditDialog, WriteOffDialog
from app.views.format import tr
from app.views.invoices import commands
from app.views.invoices.panel import InvoicePanel, state_of, title_of
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, as_of_today, of_states
from app.views.messages import confirm
from app.views.screen import Finder, Found, Group, Place, Waiting
from app.views.tokens import Tone

NARROWED: Final = (
    ("billed", "Invoiced"),
    ("customer", "Customer"),
    ("product", "Product"),
    ("channel", "Channel"),
    ("region", "Region"),
    ("salesperson", "Salesperson"),
)
"""Filters that a figure of a dashboard sets, to show the invoices it is made of."""


def _spec(today: date) -> ListSpec[InvoiceRow]:
    def number(row: InvoiceRow) -> cells.Cell:
        return cells.code(row.number) if row.number else cells.text(title_of(row.kind, None), tone=Tone.SOFT)

    return ListSpec(
        listing=INVOICES,
        columns=(
            Column[InvoiceRow]("number", "Invoice", number, 110, sort="created"),
            Column[InvoiceRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 124, sort="customer", stretch=True
            ),
            Column[InvoiceRow]("order", "Order", _order, 86),
            Column[InvoiceRow](
                "due",
                "Due",
                lambda row: cells.due(row.due_on, today, late=row.state == InvoiceState.POSTED and row.open_amount > 0),
                104,
                sort="due_on",
            ),
            Column[InvoiceRow]("state", "Status", lambda row: cells.state(state_of(row, today)), 104),
            Column[InvoiceRow]("total", "Total", lambda row: cells.amount(row.total), 92, sort="total", right=True),
            Column[InvoiceRow](
                "open", "Open", lambda row: cells.amount(row.open_amount), 88, sort="open_amount", right=True
            ),
            Column[InvoiceRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.SOFT), 54),
        ),
        nouns=("invoice", "invoices"),
        search_hint="Invoice, customer, order, PO…",
        tabs=(
            Tab("to_post", "To post", {"state": "draft"}, "created"),
            Tab("open", "Open", {"open": "yes"}, "due_on"),
            Tab("overdue", "Overdue", {"overdue": "yes"}, "due_on"),
            Tab("credits", "Credit notes", {"kind": "credit"}, counted=False),
            Tab("all", "All", {"known": "yes"}, counted=False),
        ),
        filters=(
            of_states("state", "Status", InvoiceState),
            Filter("open", "Invoices", (Option("yes", "open", True),)),
            Filter("overdue", "Due", (Option("yes", "overdue", as_of_today),)),
            of_states("kind", "Kind", InvoiceKind),
            Filter("known", "Invoices", (Option("yes", "not discarded", True),)),
            *(Filter(name, title, ()) for name, title in NARROWED),
        ),
        bulk=((commands.POST.id, "receipt", "Post"), (commands.PRINT.id, "printer", "Print")),
        total="total",
        open_total="open_amount",
    )


class InvoicesScreen(SheetScreen[InvoiceRow, InvoiceSheet]):
    """The invoices with their lines and bookings."""

    kind = "invoice"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "invoices", receivables.invoice_sheet)
        self.bind(commands.NEW, self.new, self.new_for)
        self.bind_all(
            (commands.NEXT, self.take_next_step),
            (commands.POST, self.post),
            (commands.PAY, self.pay),
            (commands.CREDIT, self.credit),
            (commands.DISCARD, self.discard),
            (commands.PRINT, self.print_invoices),
            (commands.RESCHEDULE, self.reschedule),
            (commands.ORDER, self.show_order),
            (commands.EINVOICE, self.check_einvoice),
            (commands.WRITE_OFF, self.write_off),
            (commands.TAKE_BACK, self.take_deduction_back),
            (commands.USE_CREDIT, self.use_credit),
            (commands.REFUND, self.refund),
            (commands.COLLECT, self.collect),
        )
        self.panel = InvoicePanel(context)
        self.show_list(self.tr("Invoices"), _spec(context.today()), self.panel)
        self.add_buttons((commands.COLLECT, "boxes"), new=commands.NEW)
        self.set_empty(
            "receipt",
            self.tr("No invoices yet"),
            self.tr("Shipping an order drafts its invoice here, ready to post. An invoice without an order is new."),
            commands.NEW,
        )

    # commands ----------------------------------------------------------------------------------

    def new(self) -> None:
        """Write an invoice without an order."""
        self.context.open("new_invoice")

    def new_for(self, customer_id: UUID) -> None:
        """Write an invoice without an order for a customer."""
        self.context.open("new_invoice", customer=customer_id)

    def take_next_step(self) -> None:
        """Post a draft; record the payment of an open invoice."""
        row = self.list.current()
        if row is not None:
            (self._post_one if row.state == InvoiceState.DRAFT else self._pay_one)(row)

    def post(self) -> None:
        """Post the ticked drafts, or the highlighted one."""
        ticked = self.list.table.checked
        row = self.list.current()
        if not ticked.all and not ticked.keys and row is not None:
            self._post_one(row)
        else:
            self.list.with_ticked(self._ask_post_many)

    def pay(self) -> None:
        """Record the payment of the highlighted invoice."""
        self.with_row(self._pay_one)

    def credit(self) -> None:
        """Ask what of the highlighted invoice is credited."""
        self.with_sheet(self._ask_credit)

    def discard(self) -> None:
        """Call the highlighted draft off."""
        self.run_current("invoice.discard", billing.discard, self.tr("The draft is gone."))

    def print_invoices(self) -> None:
        """Show the ticked invoices, or the highlighted one, as they print."""
        self.list.with_ticked(self._print)

    def check_einvoice(self) -> None:
        """Check the e-invoice of the highlighted invoice, and save it."""
        self.with_sheet(self._ask_einvoice)

    def write_off(self) -> None:
        """Ask how much of the highlighted invoice is given up."""
        self.with_row(partial(self._settle, partial(_asks, 1), self._ask_write_off))

    def take_deduction_back(self) -> None:
        """Ask which deduction of the highlighted invoice is taken back."""
        row = self.list.current()
        if row is not None:
            read = partial(cash_application.standing, invoice_id=row.id)
            self.context.tasks.read(self, read, partial(self._ask_take_back, title_of(row.kind, row.number)))

    def use_credit(self) -> None:
        """Ask for which invoices the highlighted credit note is used."""
        self.with_row(partial(self._settle, partial(_asks, -1), self._read_uses))

    def refund(self) -> None:
        """Ask how what the highlighted credit note owes is paid back."""
        self.with_row(partial(self._settle, partial(_asks, -1), self._ask_refund))

    def reschedule(self) -> None:
        """Ask when what is open of the highlighted invoice is paid."""
        row = self.list.current()
        if row is None:
            return
        if row.state != InvoiceState.POSTED:
            self.context.messages.say(self.tr("Nothing is open on {}.").format(title_of(row.kind, row.number)))
            return
        self.context.tasks.read(self, partial(_open_days, invoice_id=row.id), self._ask_days)

    def show_order(self) -> None:
        """Show the order the highlighted invoice bills; of several the keyboard goes to the panel that names them."""
        row = self.list.current()
        if row is not None and row.order_id is not None:
            self.context.open("order", row.order_id)
        elif row is not None and row.orders:
            self.panel.orders_table.setFocus()

    def collect(self) -> None:
        """Show what goes on collective invoices, and post them."""
        CollectDialog(self.context, parent=self).open()

    # inner -------------------------------------------------------------------------------------

    def _post_one(self, row: InvoiceRow) -> None:
        about = f"{row.customer_name}, {written.money(row.total, row.currency)}."
        PostInvoiceDialog(self.context, row.id, about, parent=self).open()

    def _ask_post_many(self, keys: Sequence[UUID]) -> None:
        text = self.tr("Post 1 invoice?") if len(keys) == 1 else self.tr("Post {} invoices?").format(len(keys))
        detail = self.tr("They are dated today, get their numbers and never change again.")
        self._asked = confirm(self, text, detail, self.tr("Post"), partial(self._post_many, tuple(keys)))

    def _post_many(self, keys: tuple[UUID, ...]) -> None:
        run_each(self.context, self, _posting(self.context.today()), keys)
        self.list.untick()

    def _pay_one(self, row: InvoiceRow) -> None:
        if row.state != InvoiceState.POSTED or row.open_amount <= 0:
            self.context.messages.say(self.tr("Nothing is open on {}.").format(title_of(row.kind, row.number)))
            return
        self.read_sheet(row.id, self._ask_pay)

    def _ask_pay(self, sheet: InvoiceSheet) -> None:
        head = sheet.head
        PayDialog(
            self.context,
            head.customer_id,
            head.customer_name,
            currency=head.currency,
            invoice_id=head.id,
            parent=self,
        ).open()

    def _settle(
        self, waits: Callable[[InvoiceRow], bool], ask: Callable[[InvoiceSheet], None], row: InvoiceRow
    ) -> None:
        if waits(row):
            self.read_sheet(row.id, ask)
        else:
            self.context.messages.say(self.tr("Nothing is open on {}.").format(title_of(row.kind, row.number)))

    def _ask_write_off(self, sheet: InvoiceSheet) -> None:
        WriteOffDialog(self.context, sheet.head, parent=self).open()

    def _ask_take_back(self, number: str, standing: Sequence[Deducted]) -> None:
        if standing:
            TakeBackDialog(self.context, number, standing, parent=self).open()
        else:
            self.context.messages.say(self.tr("Nothing of {} was written off or deducted.").format(number))

    def _read_uses(self, sheet: InvoiceSheet) -> None:
        head = sheet.head
        read = partial(cash_application.payable, customer_id=head.customer_id, currency=head.currency)
        self.context.tasks.read(self, read, partial(self._ask_uses, head))

    def _ask_uses(self, head: Any, known: Sequence[Payable]) -> None:
        if known:
            UseCreditDialog(self.context, head, known, parent=self).open()
        else:
            words = self.tr("{} has no open invoice in {}. Refund the credit note instead.")
            self.context.messages.say(words.format(head.customer_name, head.currency))

    def _ask_refund(self, sheet: InvoiceSheet) -> None:
        RefundDialog(self.context, sheet.head, parent=self).open()

    def _ask_days(self, found: tuple[Any, Sequence[Instalment], int]) -> None:
        head, due, decimals = found
        RescheduleDialog(self.context, head, due, decimals, parent=self).open()

    def _ask_credit(self, sheet: InvoiceSheet) -> None:
        left = dict(sheet.creditable)
        asked = [_asked(line, left[line.id]) for line in sheet.lines if left.get(line.id)]
        CreditDialog(self.context, sheet.head.id, sheet.head.number or "", asked, parent=self).open()

    def _ask_einvoice(self, sheet: InvoiceSheet) -> None:
        head, state = sheet.head, sheet.electronic
        if head.number:
            EInvoiceDialog(
                self.context, head.id, head.number, state.wanted or state.made or Form.NONE, parent=self
            ).open()

    def _print(self, keys: Sequence[UUID]) -> None:
        self.context.open("print", keys[0], kinds="invoice", others=tuple(keys[1:]))

    def open_row(self, row: InvoiceRow) -> None:
        """Enter shows the invoice as it prints."""
        self._print([row.id])

    def show_record(self, sheet: InvoiceSheet) -> None:
        """Highlight an invoice; a draft has no number yet and is found by its customer."""
        head = sheet.head
        if head.number:
            self.list.show_record(head.id, head.number)
        else:
            self.list.show_record(head.id, head.customer_name, tab="to_post")


def _order(row: InvoiceRow) -> cells.Cell:
    if row.orders:
        return cells.text(tr("{} orders").format(row.orders), tone=Tone.SOFT)
    return cells.code(row.order_number, tone=Tone.SOFT, strong=False)


def _asks(sign: int, row: InvoiceRow) -> bool:
    """Whether a document is open: an invoice (``sign`` 1), or a credit note (-1)."""
    return row.state == InvoiceState.POSTED and row.open_amount * sign > 0


def _asked(line: Any, left: Fraction) -> QuantityLine:
    per = Fraction(line.grains) / Fraction(line.quantity)
    return QuantityLine(line.id, line.name, line.sku, line.unit, left, per, Fraction(0))


def _posting(on: date) -> Bulk:
    return Bulk(
        "invoice.post",
        partial(_post, on=on),
        _label,
        one=tr("Invoice {} is posted."),
        doing=tr("Posting {} invoices…"),
        done_one=tr("1 invoice is posted."),
        done=tr("{} invoices are posted."),
    )


def _post(tx: Transaction, invoice_id: UUID, on: date) -> str:
    return billing.post(tx, invoice_id, on)


def _label(connection: Connection, invoice_id: UUID) -> str:
    """A draft has no number yet: its order and customer name it."""
    head = receivables.invoice_sheet(connection, invoice_id).head
    return head.number or " · ".join(part for part in (head.order_number, head.customer_name) if part)


def _open_days(connection: Connection, invoice_id: UUID) -> tuple[Any, Sequence[Instalment], int]:
    head = billing.get(connection, invoice_id)
    return head, instalments.still_open(connection, head), companies.decimals(connection, head.currency)


def _sheet(connection: Connection, invoice_id: UUID) -> InvoiceSheet:
    return receivables.invoice_sheet(connection, invoice_id)


def _waiting(connection: Connection, today: date) -> Waiting:
    overdue = receivables.count_overdue(connection, today)
    return Waiting(receivables.count_drafts(connection) + overdue, overdue)


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = receivables.find_invoices(connection, text, limit)
    return [Found(key, number, f"{customer} · {state}", code=True) for key, number, customer, state in found]


PLACE: Final = Place(
    "invoices",
    "Invoices",
    "receipt",
    Group.BILL,
    InvoicesScreen,
    kinds=("invoice",),
    waiting_on=_waiting,
    tables=("invoice",),
    commands=commands.COMMANDS,
    finders=(Finder("invoice", "Invoices", "receipt", _find),),
)
