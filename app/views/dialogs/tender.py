"""Pay an order with a gift card or store credit, before it is invoiced or after."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget

from app.models.stored_value import StoredKind
from app.services import balances, payments
from app.services.balances import OrderTender
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import AmountField, Field
from app.views.widgets.labels import Label

KINDS: Final = ((StoredKind.GIFT_CARD, "Gift card"), (StoredKind.WALLET, "Store credit"))


class TenderDialog(FormDialog):
    """Takes what an order still asks, or a part of it, from a gift card or the customer's store credit."""

    def __init__(self, context: Context, order_id: UUID, number: str, *, parent: QWidget) -> None:
        about = tr("It is held for the order's invoices and comes back if the order is cancelled. Taxes stay.")
        super().__init__(context, tr("Pay {}").format(number), tr("Pay"), about=about, parent=parent)
        self._order_id = order_id
        self.kind = QComboBox()
        for kind, words in KINDS:
            self.kind.addItem(tr(words), str(kind))
        self.card = Field(tr("Gift card number"), code=True)
        self.amount = AmountField(tr("Amount"))
        self.form.add("method", tr("With"), self.kind)
        self.form.add("stored_value_id", tr("Gift card number"), self.card, tr("Of a gift card only."))
        self.form.add("amount", tr("Amount"), self.amount, tr("Empty: as much as is asked and there is."))
        self.left = Label("", Type.META, Tone.SOFT, wrap=True)
        self.body.addWidget(self.left)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.go.setEnabled(False)  # until it is known what is left to pay
        context.tasks.read(self, partial(balances.order_tender, order_id=order_id), self._show)

    def submit(self) -> None:
        """Take it."""
        order_id, today = self._order_id, self.context.today()
        kind, number, amount = StoredKind(self.kind.currentData()), self.card.text(), self.amount.value()
        self.run(
            "order.tender",
            lambda tx: balances.pay_order(tx, order_id, kind, today, amount, number),
            tr("The order is paid with it."),
            inverse=Inverse("payment.reverse", lambda tx, payment_id: payments.reverse(tx, payment_id, today)),
        )

    def _show(self, found: OrderTender) -> None:
        words = [tr("{} is left to pay.").format(written.money(found.left, found.currency))]
        if found.credit is not None:
            words.append(tr("The customer has store credit of {}.").format(written.money(found.credit, found.currency)))
        self.left.setText(" ".join(words))
        self.go.setEnabled(True)
        self.card.setFocus()

    def _kind_changed(self, _: int) -> None:
        self.card.setEnabled(self.kind.currentData() == str(StoredKind.GIFT_CARD))
