"""Paying a customer back what is left on account of their payments, or a part of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.services import payments, refunds, stored_value_ledger
from app.services.payments import NewPayment
from app.services.refunds import Left
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.pay import METHODS
from app.views.format import tr
from app.views.widgets.fields import AmountField, DateField, Field

ZERO: Final = Decimal(0)


class PayBackDialog(FormDialog):
    """Asks how much of a customer's money on account is paid back, when and how; the oldest payment goes first."""

    def __init__(
        self,
        context: Context,
        customer_id: UUID,
        name: str,
        currency: str,
        lefts: list[Left],
        *,
        parent: QWidget,
    ) -> None:
        self._customer_id, self._name, self._currency, self._lefts = customer_id, name, currency, lefts
        self._most = sum((one.left for one in lefts), ZERO)
        told = written.money(self._most, currency)
        if len(lefts) == 1:
            about = tr("{} has {} on account, left of {}.").format(name, told, lefts[0].number)
        else:
            about = tr("{} has {} on account, left of {} payments; the oldest is paid back first.").format(
                name, told, len(lefts)
            )
        super().__init__(context, tr("Pay {} back").format(name), tr("Pay back"), about=about, parent=parent)
        self.amount = AmountField(tr("Amount"), self._most)
        self.day = DateField(tr("Paid on"), context.today, context.today())
        self.method = QComboBox()
        for value, words in METHODS:
            if value not in stored_value_ledger.METHODS:
                self.method.addItem(tr(words), value)
        self.reference = Field(tr("Reference"))
        self.form.add("amount", tr("Amount {}").format(currency), self.amount)
        self.form.add("received_on", tr("Paid on"), self.day)
        self.form.add("method", tr("Method"), self.method)
        self.form.add("reference", tr("Reference"), self.reference)

    def submit(self) -> None:
        """Book it."""
        amount, today = self.amount.value() or ZERO, self.context.today()
        if not 0 < amount <= self._most:
            most = written.amount(self._most)
            self.form.show_error(Invalid("amount", tr("Type an amount above zero, at most {}.").format(most)))
            return
        new = NewPayment(
            customer_id=self._customer_id,
            amount=-amount,
            received_on=self.day.value() or today,
            currency=self._currency,
            method=str(self.method.currentData()),
            reference=self.reference.text().strip(),
            paid_back=refunds.spread(self._lefts, self._currency, amount),
        )
        self.run(
            "payment.refund",
            lambda tx: payments.receive(tx, new),
            tr("{} is paid back to {}.").format(written.money(amount, self._currency), self._name),
            inverse=Inverse("payment.reverse", lambda tx, payment_id: payments.reverse(tx, payment_id, today)),
        )
