"""Paying a customer back what a credit note owes them: as money, or as store credit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.models.stored_value import StoredKind
from app.services import payments, wallets
from app.services.payments import NewPayment
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.pay import METHODS
from app.views.format import tr
from app.views.widgets.fields import AmountField, DateField, Field

ZERO: Final = Decimal(0)


class RefundDialog(FormDialog):
    """Asks how much of a credit note's open amount is paid back, when and how."""

    def __init__(self, context: Context, head: Any, *, parent: QWidget) -> None:
        about = tr("{}, {} is owed to the customer.").format(
            head.customer_name, written.money(-head.open_amount, head.currency)
        )
        super().__init__(context, tr("Refund {}").format(head.number), tr("Refund"), about=about, parent=parent)
        self._head = head
        self.amount = AmountField(tr("Amount"), -head.open_amount)
        self.day = DateField(tr("Paid on"), context.today, context.today())
        self.method = QComboBox()
        for value, words in METHODS:
            if value != StoredKind.GIFT_CARD:
                self.method.addItem(tr(words), value)
        self.reference = Field(tr("Reference"))
        self.form.add("amount", tr("Amount {}").format(head.currency), self.amount)
        self.form.add("received_on", tr("Paid on"), self.day)
        self.form.add("method", tr("Method"), self.method, tr("Store credit takes all that is owed."))
        self.form.add("reference", tr("Reference"), self.reference)
        self.method.currentIndexChanged.connect(self._method_changed)

    def submit(self) -> None:
        """Pay it back."""
        amount, today = self.amount.value() or ZERO, self.context.today()
        on, head = self.day.value() or today, self._head
        if not 0 < amount <= -head.open_amount:
            most = written.amount(-head.open_amount)
            self.form.show_error(Invalid("amount", tr("Type an amount above zero, at most {}.").format(most)))
            return
        new = NewPayment(
            customer_id=head.customer_id,
            amount=-amount,
            received_on=on,
            currency=head.currency,
            method=str(self.method.currentData()),
            reference=self.reference.text().strip(),
            allocations={head.id: -amount},
        )
        credit_id = head.id
        as_credit = self._is_store_credit()
        self.run(
            "payment.refund",
            lambda tx: wallets.refund(tx, credit_id, on) if as_credit else payments.receive(tx, new),
            tr("{} of {} is paid back.").format(written.money(amount, head.currency), head.number),
            inverse=Inverse("payment.reverse", lambda tx, payment_id: payments.reverse(tx, payment_id, today)),
        )

    def _is_store_credit(self) -> bool:
        return bool(self.method.currentData() == StoredKind.WALLET)

    def _method_changed(self, _: int) -> None:
        whole = self._is_store_credit()
        if whole:
            self.amount.set_value(-self._head.open_amount)
        self.amount.setEnabled(not whole)
        self.reference.setEnabled(not whole)
