"""Booking that the bank took a payment back, with what it takes for that."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.services import bounces
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.fields import AmountField, DateField


class BounceDialog(FormDialog):
    """Asks for the day and the bank's fee."""

    def __init__(self, context: Context, payment_id: UUID, number: str, *, parent: QWidget) -> None:
        about = tr("The opposite of {} is booked and the invoices it settled are open again. The fee is a cost.")
        super().__init__(
            context,
            tr("The bank took {} back").format(number),
            tr("Book it"),
            about=about.format(number),
            parent=parent,
        )
        self._payment_id, self._number = payment_id, number
        self.on = DateField(tr("Day"), context.today, context.today())
        self.fee = AmountField(tr("Bank's fee"))
        self.form.add("on", tr("Day"), self.on)
        self.form.add("fee", tr("Bank's fee"), self.fee, tr("Empty where the bank takes none."))

    def submit(self) -> None:
        """Book it."""
        on, fee, payment_id = self.on.value(), self.fee.value() or Decimal(0), self._payment_id
        if on is None:
            self.form.show_error(Invalid("on", tr("Type the day the bank took it back.")))
            return
        self.run(
            "payment.bounce",
            lambda tx: bounces.bounce(tx, payment_id, on, fee),
            tr("{} is taken back by the bank.").format(self._number),
        )
