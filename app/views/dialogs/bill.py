"""Invoices: post with a date, draft a part, credit."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtWidgets import QRadioButton, QWidget

from app.errors import Invalid
from app.services import billing
from app.services.transaction import Transaction
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.widgets.fields import DateField


class PostInvoiceDialog(FormDialog):
    """Asks the invoice's date and posts it: from then on it never changes."""

    def __init__(self, context: Context, invoice_id: UUID, about: str, *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("Post invoice"),
            context.messages.tr("Post invoice"),
            about=context.messages.tr("{} A posted invoice has its number and never changes.").format(about),
            parent=parent,
        )
        self._invoice_id = invoice_id
        self.day = DateField(self.tr("Invoice date"), context.today, context.today())
        self.form.add("invoiced_on", self.tr("Invoice date"), self.day)
        self.day.setFocus()

    def submit(self) -> None:
        """Post it."""
        day = self.day.value()
        if day is None:
            self.form.show_error(Invalid("invoiced_on", self.tr("Type the invoice's date.")))
            return
        invoice_id, on = self._invoice_id, day
        self.run("invoice.post", lambda tx: billing.post(tx, invoice_id, on), self.tr("Invoice {} is posted."))


class PartInvoiceDialog(FormDialog):
    """Asks which part of an order is invoiced; ``lines`` carry what is left to invoice."""

    def __init__(
        self, context: Context, order_id: UUID, number: str, lines: Sequence[QuantityLine], *, parent: QWidget
    ) -> None:
        super().__init__(
            context,
            context.messages.tr("Invoice part of {}").format(number),
            context.messages.tr("Draft invoice"),
            parent=parent,
        )
        self._order_id = order_id
        self.table = QuantityTable(self.tr("Lines to invoice"), self.tr("Invoice"), lines)
        self.body.addWidget(self.table)

    def submit(self) -> None:
        """Draft the invoice."""
        try:
            quantities = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        order_id = self._order_id
        self.run(
            "invoice.draft", lambda tx: billing.draft(tx, order_id, quantities), self.tr("The invoice is drafted.")
        )


class CreditDialog(FormDialog):
    """Asks what of an invoice is credited: all of it, or quantities; ``lines`` carry invoice lines."""

    def __init__(
        self, context: Context, invoice_id: UUID, number: str, lines: Sequence[QuantityLine], *, parent: QWidget
    ) -> None:
        super().__init__(
            context,
            context.messages.tr("Credit {}").format(number),
            context.messages.tr("Post credit note"),
            parent=parent,
        )
        self._invoice_id = invoice_id
        self.day = DateField(self.tr("Date"), context.today, context.today())
        self.whole, self.part = QRadioButton(self.tr("The whole invoice")), QRadioButton(self.tr("These quantities"))
        self.whole.setChecked(True)
        self.form.add("on", self.tr("Date"), self.day)
        self.body.addWidget(self.whole)
        self.body.addWidget(self.part)
        self.table = QuantityTable(self.tr("Lines to credit"), self.tr("Credit"), lines)
        self.table.setEnabled(False)
        self.part.toggled.connect(self.table.setEnabled)
        self.body.addWidget(self.table)

    def submit(self) -> None:
        """Write and post the credit note."""
        try:
            quantities = None if self.whole.isChecked() else self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        invoice_id, on = self._invoice_id, self.day.value() or self.context.today()

        def op(tx: Transaction) -> UUID:
            return billing.credit(tx, invoice_id, on, quantities)

        self.run("invoice.credit", op, self.tr("The credit note is posted."))
