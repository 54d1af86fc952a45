"""What is asked for bank lines: whose money it is, why it is ignored, which of our accounts a statement is of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import payments
from app.services.banking import accounts, booking
from app.services.banking.accounts import NewBankAccount
from app.services.banking.matching import Part
from app.services.lists import BankLineRow
from app.services.payments import OpenInvoice
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.new_document import find_customers
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.record_field import Choice, RecordField

ZERO = Decimal(0)


class AssignDialog(FormDialog):
    """Gives a line to one customer or several: invoices are paid with it, the rest is to the last one's credit."""

    def __init__(self, context: Context, line: BankLineRow, *, parent: QWidget) -> None:
        title = context.messages.tr("Whose money is it?")
        about = f"{written.money(line.amount, line.currency)} · {line.name} · {line.text}"[:240]
        super().__init__(context, title, context.messages.tr("Book"), about=about, parent=parent)
        self.setMinimumWidth(620)
        self._line, self._rest = line, line.amount
        self._parts: list[Part] = []
        self._open: list[OpenInvoice] = []
        self._shares: dict[UUID, Decimal] = {}
        self.customer = RecordField(self.tr("Customer"), context.tasks, find_customers)
        self.customer.setPlaceholderText(self.tr("Name or number"))
        self.form.add("parts", self.tr("Customer"), self.customer)
        self.customer.chosen.connect(self._chosen)
        self.rows: RowsTable[OpenInvoice] = RowsTable(
            (
                Column[OpenInvoice](
                    "number", self.tr("Invoice"), lambda one: cells.code(one.number), 120, stretch=True
                ),
                Column[OpenInvoice]("due", self.tr("Due"), lambda one: cells.text(written.full_day(one.due_on)), 136),
                Column[OpenInvoice](
                    "open", self.tr("Open"), lambda one: cells.amount(one.open_amount), 110, right=True
                ),
                Column[OpenInvoice]("share", self.tr("Pays"), self._share_cell, 110, right=True, edit=self._share_text),
            )
        )
        self.view = ListView(self.rows, "bank_line_assign")
        self.view.setAccessibleName(self.tr("Open invoices"))
        self.view.setMinimumHeight(170)
        self.rows.edited.connect(self._edited)
        self.left = Label("", Type.META, Tone.SOFT, wrap=True)
        self.more = Button(self.tr("The rest is of another customer"), "split")
        self.more.clicked.connect(self._next_customer)
        self.more.setEnabled(False)
        for part in (self.view, self.left, Row(self.more, None)):
            self.body.addWidget(part)
        self._tell()

    def submit(self) -> None:
        """Book the line."""
        choice = self.customer.choice()
        if choice is None:
            self.form.show_error(Invalid("parts", self.tr("Choose a customer from the list.")))
            return
        last = self._part(choice, on_account=self._rest - self._given())
        line_id, parts, on = self._line.id, (*self._parts, last), self.context.today()
        self.run(
            "bank_line.book",
            partial(_book, line_id, parts),
            self.tr("The line is booked."),
            inverse=Inverse("bank_line.reopen", partial(_reopen, line_id, on)),
        )

    def _part(self, choice: Choice, *, on_account: Decimal) -> Part:
        paid = tuple((key, amount) for key, amount in self._shares.items() if amount)
        return Part(choice.id, choice.title, paid, on_account=on_account)

    def _chosen(self, choice: Choice) -> None:
        self.form.clear_errors()
        self.context.tasks.read(self, partial(_open_invoices, customer_id=choice.id), self._show_open)

    def _show_open(self, found: Sequence[OpenInvoice]) -> None:
        currency, way = self._line.currency, self._rest
        self._open = [one for one in found if one.currency == currency and one.open_amount * way > 0]
        self._shares = payments.propose(way, self._open, currency) if way > 0 else {}
        self.view.setFocus()
        self._tell()

    def _edited(self, row: int, _column: str, typed: str) -> None:
        value = written.number(typed) if typed.strip() else ZERO
        one = self._open[row]
        if value is None or abs(value) > abs(one.open_amount) or value * one.open_amount < 0:
            wrong = self.tr("Between 0 and {}.").format(written.amount(one.open_amount))
            self.rows.set_errors({(row, "share"): wrong})
            return
        self._shares[one.id] = value
        self.rows.set_errors({})
        self._tell()

    def _next_customer(self) -> None:
        """Keep what is given to this customer's invoices, and ask whose the rest is."""
        choice = self.customer.choice()
        if choice is None or not self._given():
            return
        self._parts.append(self._part(choice, on_account=ZERO))
        self._rest -= self._parts[-1].amount
        self._open, self._shares = [], {}
        self.customer.set_choice(None)
        self.customer.setFocus()
        self._tell()

    def _given(self) -> Decimal:
        return sum(self._shares.values(), ZERO)

    def _tell(self) -> None:
        """Show the invoices, and what becomes of the rest."""
        self.rows.set_rows(self._open)
        rest = self._rest - self._given()
        currency = self._line.currency
        texts = [
            self.tr("{} to {}.").format(written.money(part.amount, currency), part.customer_name)
            for part in self._parts
        ]
        if rest:
            texts.append(self.tr("{} stays to the customer's credit.").format(written.money(rest, currency)))
        self.left.setText(" ".join(texts))
        self.more.setEnabled(bool(self._given() and rest))

    def _share_cell(self, one: OpenInvoice) -> cells.Cell:
        return cells.amount(self._shares.get(one.id))

    def _share_text(self, one: OpenInvoice) -> str:
        return written.amount(self._shares.get(one.id, ZERO))


class IgnoreDialog(FormDialog):
    """Asks why a line is no payment of a customer."""

    def __init__(self, context: Context, line: BankLineRow, *, parent: QWidget) -> None:
        about = f"{written.money(line.amount, line.currency)} · {line.name} · {line.text}"[:240]
        title = context.messages.tr("Ignore this line")
        super().__init__(context, title, context.messages.tr("Ignore"), about=about, parent=parent)
        self._line_id = line.id
        self.reason = Field(self.tr("Reason"))
        self.reason.setPlaceholderText(self.tr("e.g. bank fees, wages, rent"))
        self.form.add("reason", self.tr("Reason"), self.reason)

    def submit(self) -> None:
        """Leave the line out."""
        line_id, reason, on = self._line_id, self.reason.text(), self.context.today()
        self.run(
            "bank_line.ignore",
            partial(_ignore, line_id, reason),
            self.tr("The line is ignored."),
            inverse=Inverse("bank_line.reopen", partial(_reopen, line_id, on)),
        )


class BankAccountDialog(FormDialog):
    """Adds the account a statement is of; ``done_with`` tells when it is there."""

    def __init__(self, context: Context, number: str, currency: str, *, parent: QWidget) -> None:
        title = context.messages.tr("A new account of ours")
        about = context.messages.tr("The statement is of an account that is not known yet. Is it ours?")
        super().__init__(context, title, context.messages.tr("Add account"), about=about, parent=parent)
        self.name = Field(self.tr("Name"))
        self.name.setPlaceholderText(self.tr("e.g. House bank"))
        self.number, self.currency = Field(self.tr("IBAN or number")), Field(self.tr("Currency"))
        self.number.setText(number)
        self.currency.setText(currency)
        self.form.add("name", self.tr("Name"), self.name)
        self.form.add("number", self.tr("IBAN or number"), self.number)
        self.form.add("currency", self.tr("Currency"), self.currency)

    def submit(self) -> None:
        """Add it."""
        new = NewBankAccount(self.name.text(), self.number.text(), self.currency.text().strip().upper())
        self.run("bank_account.add", partial(_add_account, new), self.tr("The account is added."))


def _book(line_id: UUID, parts: tuple[Part, ...], tx: Transaction) -> list[UUID]:
    return booking.book(tx, line_id, parts, "by hand")


def _ignore(line_id: UUID, reason: str, tx: Transaction) -> None:
    booking.ignore(tx, line_id, reason)


def _reopen(line_id: UUID, on: date, tx: Transaction, _value: object) -> None:
    booking.reopen(tx, line_id, on)


def _add_account(new: NewBankAccount, tx: Transaction) -> UUID:
    return accounts.add(tx, new)


def _open_invoices(connection: Connection, customer_id: UUID) -> list[OpenInvoice]:
    return payments.open_invoices(connection, customer_id)
