"""For which customer?  Asked before a payment or an invoice without an order."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.new_document import find_customers
from app.views.widgets.record_field import Choice, RecordField


class ChooseCustomerDialog(FormDialog):
    """Asks for a customer; ``done_with`` tells the id.  Enter takes the first that is found."""

    def __init__(self, context: Context, title: str, *, parent: QWidget) -> None:
        super().__init__(context, title, context.messages.tr("Go on"), parent=parent)
        self.customer = RecordField(self.tr("Customer"), context.tasks, find_customers)
        self.customer.setPlaceholderText(self.tr("Name or number"))
        self.form.add("customer_id", self.tr("Customer"), self.customer)
        self.customer.chosen.connect(self._chosen)
        self.customer.setFocus()

    def submit(self) -> None:
        """Go on with the customer chosen."""
        choice = self.customer.choice()
        if choice is None:
            self.form.show_error(Invalid("customer_id", self.tr("Choose a customer from the list.")))
            return
        self.accept()
        self.done_with.emit(choice.id)

    def _chosen(self, _: Choice) -> None:
        self.submit()
