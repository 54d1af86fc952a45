"""Selling gift cards and giving store credit."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.services import gift_cards, wallets
from app.services.gift_cards import CardSale
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.new_document import find_customers
from app.views.format import tr
from app.views.widgets.fields import AmountField, DateField, Field, QuantityField
from app.views.widgets.record_field import RecordField


class _CustomerDialog(FormDialog):
    """A dialog that is about one customer, chosen first."""

    def __init__(self, context: Context, title: str, button: str, *, about: str, parent: QWidget) -> None:
        super().__init__(context, title, button, about=about, parent=parent)
        self.customer = RecordField(tr("Customer"), context.tasks, find_customers)
        self.customer.setPlaceholderText(tr("Name or number"))
        self.form.add("customer_id", tr("Customer"), self.customer)
        self.customer.setFocus()

    def customer_id(self) -> UUID | None:
        """The customer chosen; without one the field says so."""
        choice = self.customer.choice()
        if choice is None:
            self.form.show_error(Invalid("customer_id", tr("Choose a customer from the list.")))
            return None
        return choice.id


class SellCardsDialog(_CustomerDialog):
    """Sells gift cards on an invoice that is posted at once."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        about = tr("The invoice is posted at once, without tax; the cards can be used from then on.")
        super().__init__(context, tr("Sell gift cards"), tr("Sell"), about=about, parent=parent)
        self.count = QuantityField(tr("Cards"), Decimal(1), decimals=0)
        self.value = AmountField(tr("Value of each"), None)
        self.expires_on = DateField(tr("Last day"), context.today, None)
        self.email = Field(tr("E-mail"))
        self.form.add("count", tr("Cards"), self.count)
        self.form.add("value", tr("Value of each"), self.value)
        self.form.add("expires_on", tr("Last day"), self.expires_on, tr("Empty: they do not expire."))
        self.form.add("email", tr("E-mail"), self.email, tr("Where their numbers are sent."))

    def submit(self) -> None:
        """Sell them."""
        customer_id, today = self.customer_id(), self.context.today()
        if customer_id is None:
            return
        sale = CardSale(
            customer_id,
            int(self.count.value() or 0),
            self.value.value() or Decimal(0),
            today,
            self.expires_on.value(),
            self.email.text(),
        )
        self.run(
            "gift_card.sell",
            lambda tx: gift_cards.sell(tx, sale),
            tr("The gift cards are sold."),
            inverse=Inverse("gift_card.take_back", lambda tx, key: gift_cards.take_back_sale(tx, key, today)),
        )


class GrantDialog(_CustomerDialog):
    """Gives a customer store credit out of goodwill."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        about = tr("An expense today; the customer pays orders and invoices with it.")
        super().__init__(context, tr("Give store credit"), tr("Give"), about=about, parent=parent)
        self.amount = AmountField(tr("Amount"), None)
        self.reason = Field(tr("Reason"))
        self.form.add("amount", tr("Amount"), self.amount)
        self.form.add("reason", tr("Reason"), self.reason)

    def submit(self) -> None:
        """Give it."""
        customer_id, today = self.customer_id(), self.context.today()
        if customer_id is None:
            return
        amount, reason = self.amount.value() or Decimal(0), self.reason.text()
        self.run(
            "wallet.grant",
            lambda tx: wallets.grant(tx, customer_id, amount, today, reason),
            tr("The store credit is given."),
            inverse=Inverse("wallet.withdraw", lambda tx, key: wallets.withdraw(tx, key, today)),
        )
