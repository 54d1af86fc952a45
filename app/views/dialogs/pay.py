"""Record a payment: amount, day, method, reference, which invoices it settles, and what is settled along with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid, UserError
from app.services import cash_application, payments
from app.services.cash_application import Payable
from app.services.payments import NewPayment
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.pay_shares import PayShares
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import AmountField, DateField, Field, take_typed
from app.views.widgets.form import Form
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

ZERO: Final = Decimal(0)
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
        self.setMinimumWidth(720)
        self._customer_id, self._currency, self._invoice_id = customer_id, currency, invoice_id
        self.shares = PayShares(currency, context.today())
        self._current: UUID | None = invoice_id
        self._build_fields()
        self._build_table()
        self.go.setEnabled(False)  # until it is known what is open
        read = partial(_read, customer_id=customer_id, currency=currency)
        context.tasks.read(self, read, self._show_open)

    def submit(self) -> None:
        """Book the payment."""
        short = self.shares.unpaid_discounts()
        if short:
            words = self.tr("Paying early takes {} off where all but that is paid. Pay {}, or leave the discount.")
            self.rows.set_errors({(row, "share"): words.format(*_parts(one)) for row, one in short})
            return
        new = NewPayment(
            customer_id=self._customer_id,
            amount=self.amount.value() or ZERO,
            received_on=self.day.value() or self.context.today(),
            currency=self._currency,
            method=str(self.method.currentData()),
            reference=self.reference.text().strip(),
            allocations=self.shares.allocations(),
        )
        today, number, along = self.context.today(), self.card.text(), self.shares.adjustments(self.reason.text())
        self.run(
            "payment.receive",
            lambda tx: cash_application.receive(tx, new, along, number),
            self.tr("The payment is booked."),
            inverse=Inverse("payment.reverse", lambda tx, payment_id: payments.reverse(tx, payment_id, today)),
        )

    def _build_fields(self) -> None:
        self.amount = AmountField(self.tr("Amount"))
        self.day = DateField(self.tr("Received on"), self.context.today, self.context.today())
        self.method = QComboBox()
        for value, words in METHODS:
            self.method.addItem(self.tr(words), value)
        self.reference = Field(self.tr("Reference"))
        self.card = Field(self.tr("Gift card number"), code=True)
        self.reason = Field(self.tr("Reason"))
        self.form.add("amount", self.tr("Amount {}").format(self._currency), self.amount)
        self.form.add("received_on", self.tr("Received on"), self.day)
        self.form.add("method", self.tr("Method"), self.method)
        self.form.add("reference", self.tr("Reference"), self.reference)
        self.form.add("stored_value_id", self.tr("Gift card number"), self.card, self.tr("Of a gift card only."))
        self.card.setEnabled(False)
        self.method.currentIndexChanged.connect(self._method_changed)
        self.amount.changed.connect(self._amount_changed)
        self.day.changed.connect(self._day_changed)

    def _build_table(self) -> None:
        due, shares = self.tr("Due"), self.shares
        self.rows: RowsTable[Payable] = RowsTable(
            (
                Column[Payable]("number", self.tr("Invoice"), lambda one: cells.code(one.number), 110, stretch=True),
                Column[Payable]("due", due, lambda one: cells.text(written.full_day(one.due_on)), 136),
                Column[Payable]("open", self.tr("Open"), lambda one: cells.amount(one.open_amount), 96, right=True),
                Column[Payable]("discount", self.tr("Discount"), self._discount_cell, 90, right=True),
                Column[Payable]("share", self.tr("Pays"), self._share_cell, 100, right=True, edit=self._share_text),
                Column[Payable](
                    "given_up", self.tr("Written off"), lambda one: _some(shares.write_off(one)), 100, right=True
                ),
            )
        )
        self.view = ListView(self.rows, "payment_shares")
        self.view.setAccessibleName(self.tr("Open invoices"))
        self.view.setMinimumHeight(150)
        self.view.picked.connect(self._picked)
        self.rows.edited.connect(self._share_edited)
        self.left = Label("", Type.META, Tone.SOFT)
        self.take, self.give_up, self.keep = QCheckBox(), QCheckBox(), QCheckBox()
        self.body.addWidget(self.view)
        self.body.addWidget(self.left)
        switches = ((self.take, "D", self._switch_discount), (self.give_up, "W", self._switch_write_off))
        for box, key, switch in (*switches, (self.keep, "K", self._switch_kept)):
            box.hide()
            box.clicked.connect(switch)
            QShortcut(QKeySequence(f"Alt+{key}"), self).activated.connect(box.click)
            self.body.addWidget(box)
        self.why = Form()
        self.why.add("reason", self.tr("Reason"), self.reason, self.tr("Why it is written off or kept."))
        self.why.hide()
        self.body.addWidget(self.why)

    def _show_open(self, found: list[Payable]) -> None:
        self.shares.begin(sorted(found, key=lambda one: one.id != self._invoice_id))
        first = next((one for one in found if one.id == self._invoice_id), None)
        if first and self.amount.value() is None:
            self.amount.set_value(first.open_amount)
        self.go.setEnabled(True)
        self.amount.setFocus()
        self.amount.selectAll()
        self.shares.spread(self.amount.value() or ZERO)
        self._show_shares()

    def _method_changed(self, _: int) -> None:
        self.card.setEnabled(self.method.currentData() == "gift_card")

    def _amount_changed(self, amount: Decimal | None) -> None:
        self.shares.spread(amount or ZERO)
        self._show_shares()

    def _day_changed(self, day: date | None) -> None:
        if self.shares.set_day(day or self.context.today()):
            self.context.messages.say(self.tr("It is too late for the discount on that day."))
        self._show_shares()

    def _picked(self, one: Payable | None) -> None:
        if one is not None:
            self._current = one.id
            self._show_switches()

    def _switch_discount(self) -> None:
        take_typed(self)
        one = self._chosen()
        if one is not None:
            self.amount.set_value(self.shares.switch_discount(one))
        self._show_shares()

    def _switch_write_off(self) -> None:
        take_typed(self)
        one = self._chosen()
        if one is not None:
            self.shares.switch_write_off(one)
        self._show_shares()
        self._ask_reason()

    def _switch_kept(self) -> None:
        take_typed(self)
        self.shares.kept = not self.shares.kept
        self._show_shares()
        self._ask_reason()

    def _ask_reason(self) -> None:
        if self.shares.needs_reason:
            self.reason.setFocus()

    def _chosen(self) -> Payable | None:
        """Give the invoice that is highlighted; the first one before any is."""
        known = self.shares.invoices
        return next((one for one in known if one.id == self._current), known[0] if known else None)

    def _show_shares(self) -> None:
        self.rows.set_errors({})
        self.rows.set_rows(self.shares.invoices)
        left = self.shares.left
        says = self.tr("{} {} is kept as income.") if self.shares.kept else self._on_account()
        self.left.setText(says.format(written.amount(left), self._currency) if left else "")
        self._show_switches()

    def _on_account(self) -> str:
        return self.tr("{} {} stays to the customer's credit.")

    def _show_switches(self) -> None:
        """Offer what can be done with the highlighted invoice, and with what is paid too much."""
        one, shares = self._chosen(), self.shares
        offer = shares.offered(one) if one else ZERO
        rest = shares.rest(one) if one else ZERO
        if one is not None:
            until = written.full_day(one.until) if one.until else ""
            words = self.tr("Take {} off {} for paying by {} (Alt+D)").format(written.amount(offer), one.number, until)
            _offer(self.take, words, shown=bool(offer), checked=shares.is_taken(one))
            words = self.tr("Write off {} that stays open of {} (Alt+W)").format(written.amount(rest), one.number)
            _offer(self.give_up, words, shown=rest > 0, checked=shares.is_given_up(one))
        words = self.tr("Keep {} that is paid too much as income (Alt+K)").format(written.amount(shares.left))
        _offer(self.keep, words, shown=shares.left > 0, checked=shares.kept)
        self.why.setVisible(shares.needs_reason)
        self.fit()

    def _share_edited(self, row: int, _column: str, typed: str) -> None:
        value = written.number(typed) if typed.strip() else ZERO
        invoice = self.shares.invoices[row]
        if value is None or not 0 <= value <= invoice.open_amount:
            wrong = self.tr("Between 0 and {}.").format(written.amount(invoice.open_amount))
            self.rows.set_errors({(row, "share"): wrong})
            return
        self.shares.set_share(invoice, value)
        self._show_shares()

    def _failed(self, error: UserError) -> None:
        super()._failed(error)
        if isinstance(error, Invalid) and error.field == "reason":
            self.form.clear_errors()
            self.why.show_error(error)

    def _discount_cell(self, one: Payable) -> cells.Cell:
        taken = self.shares.discount(one)
        offer = self.shares.offered(one)
        if offer and not taken:
            return cells.text(f"({written.amount(offer)})", tone=Tone.FAINT)
        return _some(taken)

    def _share_cell(self, one: Payable) -> cells.Cell:
        return _some(self.shares.share(one))

    def _share_text(self, one: Payable) -> str:
        return written.amount(self.shares.share(one))


def _offer(box: QCheckBox, words: str, *, shown: bool, checked: bool) -> None:
    """Say anew what a box does, and whether it may; its key does nothing while it may not."""
    box.setText(words)
    box.setChecked(checked)
    box.setEnabled(shown)
    box.setVisible(shown)


def _some(amount: Decimal) -> cells.Cell:
    return cells.amount(amount) if amount else cells.text("")


def _parts(one: Payable) -> tuple[str, str]:
    """Write what an invoice's discount is, and what is paid with it."""
    return written.amount(one.discount), written.amount(one.open_amount - one.discount)


def _read(connection: Connection, customer_id: UUID, currency: str) -> list[Payable]:
    return cash_application.payable(connection, customer_id, currency)
