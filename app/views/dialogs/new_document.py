"""A new quote or order: for which customer?  Everything else is typed on its page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import parties
from app.services.transaction import Transaction
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.widgets.record_field import Choice, RecordField


class NewDocumentDialog(FormDialog):
    """Asks for the customer and writes the draft; ``done_with`` tells the new document's id."""

    def __init__(
        self,
        context: Context,
        title: str,
        command: str,
        create: Callable[[Transaction, UUID], UUID],
        *,
        parent: QWidget,
    ) -> None:
        super().__init__(context, title, title, parent=parent)
        self._command, self._create = command, create
        self.customer = RecordField(self.tr("Customer"), context.tasks, find_customers)
        self.customer.setPlaceholderText(self.tr("Name or number"))
        self.form.add("customer_id", self.tr("Customer"), self.customer)
        self.customer.chosen.connect(self._chosen)
        self.customer.setFocus()

    def submit(self) -> None:
        """Write the draft for the customer chosen."""
        choice = self.customer.choice()
        if choice is None:
            self.form.show_error(Invalid("customer_id", self.tr("Choose a customer from the list.")))
            return
        customer_id, create = choice.id, self._create
        self.run(self._command, lambda tx: create(tx, customer_id))

    def _chosen(self, _: Choice) -> None:
        self.submit()


def find_customers(connection: Connection, text: str) -> list[Choice]:
    """Find customers for a field."""
    return [Choice(key, name, "", number) for key, number, name in parties.find(connection, text, 12)]
