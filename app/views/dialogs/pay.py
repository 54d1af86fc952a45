"""Record a payment: amount, day, method, reference, and which invoices it settles."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.services import balances, companies, payments
from app.services.payments import NewPayment, OpenInvoice
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import AmountField, DateField, Field
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

METHODS: Final = (
    ("transfer", "Bank transfer"),
    ("card", "Card"),
    ("cash", "Cash"),
    ("cheque", "Cheque"),
    ("gift_card", "Gift card"),
    ("wallet", "Store credit"),
    ("other", "Other"),
)


class PayDialog(FormDialog):
    """Books money of one customer; ``invoice_id`` is settled first, the amount is what it has open."""

    def __init__(
        self,
        context: Context,
        customer_id: UUID,
        customer_name: str,
        *,
        currency: str,
        invoice_id: UUID | None = None,
        parent: QWidget,
    ) -> None:
        super().__init__(
            context,
            context.messages.tr("Record payment"),
            context.messages.tr("Record payment"),
            about=customer_name,
            parent=parent,
        )
        self.setMinimumWidth(600)
        self._customer_id, self._currency, self._invoice_id = customer_id, currency, invoice_id
        self._open: list[OpenInvoice] = []
        self._shares: dict[UUID, Decimal] = {}
        self.amount = AmountField(self.tr("Amount"))
        self.day = DateField(self.tr("Received on"), context.today, context.today())
        self.method = QComboBox()
        for value, words in METHODS:
            self.method.addItem(self.tr(words), value)
        self.reference = Field(self.tr("Reference"))
        self.form.add("amount", self.tr("Amount {}").format(currency), self.amount)
        self.form.add("received_on", self.tr("Received on"), self.day)
        self.form.add("method", self.tr("Method"), self.method)
        self.card = Field(self.tr("Gift card number"), code=True)
        self.form.add("reference", self.tr("Reference"), self.reference)
        self.form.add("stored_value_id", self.tr("Gift card number"), self.card, self.tr("Of a gift card only."))
        self.card.setEnabled(False)
        self.method.currentIndexChanged.connect(self._method_changed)
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
        self.view = ListView(self.rows, "payment_shares")
        self.view.setAccessibleName(self.tr("Open invoices"))
        self.view.setMinimumHeight(190)
        self.left = Label("", Type.META, Tone.SOFT)
        self.body.addWidget(self.view)
        self.body.addWidget(self.left)
        self.amount.changed.connect(self._amount_changed)
        self.rows.edited.connect(self._share_edited)
        self.go.setEnabled(False)  # until it is known what is open
        context.tasks.read(self, _reader(customer_id, currency), self._show_open)

    def submit(self) -> None:
        """Book the payment."""
        amount, day = self.amount.value(), self.day.value()
        new = NewPayment(
            customer_id=self._customer_id,
            amount=amount or Decimal(0),
            received_on=day or self.context.today(),
            currency=self._currency,
            method=str(self.method.currentData()),
            reference=self.reference.text().strip(),
            allocations=dict(self._shares),
        )
        today, number = self.context.today(), self.card.text()
        self.run(
            "payment.receive",
            lambda tx: balances.receive(tx, new, number),
            self.tr("The payment is booked."),
            inverse=Inverse("payment.reverse", lambda tx, payment_id: payments.reverse(tx, payment_id, today)),
        )

    def _show_open(self, found: tuple[list[OpenInvoice], int]) -> None:
        self._open = [one for one in found[0] if one.currency == self._currency and one.open_amount > 0]
        self._open.sort(key=lambda one: one.id != self._invoice_id)
        first = next((one for one in self._open if one.id == self._invoice_id), None)
        if first and self.amount.value() is None:
            self.amount.set_value(first.open_amount)
        self.go.setEnabled(True)
        self.amount.setFocus()
        self.amount.selectAll()
        self._spread()

    def _method_changed(self, _: int) -> None:
        self.card.setEnabled(self.method.currentData() == "gift_card")

    def _amount_changed(self, _: Decimal | None) -> None:
        self._spread()

    def _spread(self) -> None:
        amount = self.amount.value() or Decimal(0)
        self._shares = payments.propose(amount, self._open, self._currency) if amount > 0 else {}
        self._show_shares()

    def _show_shares(self) -> None:
        self.rows.set_rows(self._open)
        left = (self.amount.value() or Decimal(0)) - sum(self._shares.values(), Decimal(0))
        self.left.setText(
            self.tr("{} {} stays to the customer's credit.").format(written.amount(left), self._currency)
            if left
            else ""
        )

    def _share_edited(self, row: int, _column: str, typed: str) -> None:
        value = written.number(typed) if typed.strip() else Decimal(0)
        invoice = self._open[row]
        if value is None or not 0 <= value <= invoice.open_amount:
            wrong = self.tr("Between 0 and {}.").format(written.amount(invoice.open_amount))
            self.rows.set_errors({(row, "share"): wrong})
            return
        self._shares[invoice.id] = value
        self.rows.set_errors({})
        self._show_shares()

    def _share_cell(self, one: OpenInvoice) -> cells.Cell:
        return cells.amount(self._shares.get(one.id))

    def _share_text(self, one: OpenInvoice) -> str:
        return written.amount(self._shares.get(one.id, Decimal(0)))


def _reader(customer_id: UUID, currency: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  a read for tasks
    def read(connection: Connection) -> tuple[Sequence[OpenInvoice], int]:
        return payments.open_invoices(connection, customer_id), companies.decimals(connection, currency)

    return read
